"""Where the tree is, as mesh.yaml says it: nothing secret, and nothing for a template or a shell."""

from typing import Any

import pytest
from builders import mesh, text

from meshgen.inspection import inspect
from meshgen.redaction import without_credentials, without_queries

GOOD = {"tool": "flux", "repoURL": "https://git.example.com/fleet.git", "revision": "main", "path": "out"}


def refused(**gitops: Any) -> list[tuple[str, str]]:
    found = inspect(text(mesh(gitops=GOOD | gitops)), "mesh.yaml").diagnostics
    return [(one.code, one.path) for one in found if one.code != "MG217"]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("repoURL", "https://git.example.com:8443/a/b.git"),
        ("repoURL", "http://git.example.com/a"),
        ("repoURL", "ssh://git@git.example.com:22/a/b.git"),
        ("repoURL", "https://dev.example.com/org/a%20b/_git/c@d"),
        ("repoURL", "https://git_a.example.com./a"),
        ("path", "a/.github"),
        ("revision", "release/1.2"),
        ("revision", "refs/tags/v1"),
        ("path", "."),
        ("path", "./out"),
        ("path", "clusters/.mesh/out/"),
    ],
)
def test_accepted(key: str, value: str) -> None:
    assert refused(**{key: value}) == []


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("repoURL", "https://user:password@git.example.com/a"),
        ("repoURL", "https://token@git.example.com/a"),
        ("repoURL", "ssh://git:password@git.example.com/a"),
        ("repoURL", "git@git.example.com:a.git"),
        ("repoURL", "https://git.example.com/{{.cluster}}"),
        ("repoURL", "https://git.example.com/${a}"),
        ("repoURL", "file:///srv/git"),
        ("repoURL", "https:///a"),
        ("repoURL", "http://-a/b"),
        ("repoURL", "https://git..example.com/a"),
        ("repoURL", "https://git.example.com:99999/a"),
        ("repoURL", "https://git.example.com:0/a"),
        ("repoURL", "https://git.example.com:/a"),
        ("repoURL", "https://git.example.com:000443/a"),
        ("repoURL", "ssh://git@git.example.com:org/a"),
        ("repoURL", "https://git.example.com/a?token=b"),
        ("revision", "a..b"),
        ("revision", "a//b"),
        ("revision", "a.lock"),
        ("revision", "a.lock/b"),
        ("revision", "a/.b"),
        ("path", ".git"),
        ("path", "a/.Git/b"),
        ("revision", "-f"),
        ("revision", "main."),
        ("revision", ""),
        ("path", "/out"),
        ("path", "../out"),
        ("path", "a/../b"),
        ("path", "out/{{.a}}"),
    ],
)
def test_refused(key: str, value: str) -> None:
    assert refused(**{key: value}) == [("MG104", f"gitops.{key}")]


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        ("https://a:b@c/d", "https://***@c/d"),
        ("https://token@c/d", "https://*****@c/d"),
        ("http://a:@b@c", "http://****@c"),
        ("ssh://git@c/d", "ssh://git@c/d"),
        ("ssh://git:b@c/d", "ssh://*****@c/d"),
        ("https://c/d@e", "https://c/d@e"),
        ("robot@c", "robot@c"),
    ],
)
def test_a_password_is_covered_where_it_is_shown(told: str, shown: str) -> None:
    assert without_credentials(told) == shown


@pytest.mark.parametrize("part", ["a:", "a@", "://", "https://", "://a:", "https://a@"])
def test_a_long_line_without_a_password_is_looked_through_once(part: str) -> None:
    """What takes the square of its length would not come to its end here."""
    assert len(without_credentials("https://" + part * 200_000)) == 8 + len(part) * 200_000


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        ("https://a/b?token=c", "https://a/b?*******"),
        ("{u: 'https://a/b?c#d', v: https://a/b?c}", "{u: 'https://a/b?*#d', v: https://a/b?*}"),
        ("https://a/b what? c", "https://a/b what? c"),
        ("https://a/b", "https://a/b"),
        ("a?b", "a?b"),
        ("a?b https://a?", "a?b https://a?"),
    ],
)
def test_what_a_url_is_asked_with_is_not_shown(told: str, shown: str) -> None:
    assert without_queries(told) == shown


def test_queries_of_long_lines_are_covered_in_time() -> None:
    assert without_queries("://" * 200_000 + "?a").endswith("/?*")
