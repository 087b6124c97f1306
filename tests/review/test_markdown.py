"""A comment on a pull request: it fits, it drops nothing in silence, and names cannot break out of it."""

import re

import pytest
from meshes import allow, located, shop

from meshgen.reporting.markup import code, plain
from meshgen.review import markdown, text
from meshgen.review.markdown import LONGEST

HOSTILE = [
    "<img src=x onerror=alert(1)>",
    "</code></details><script>alert(1)</script>",
    "`|` | @everyone [a](javascript:alert(1))",
    "line\nbreak\n\n# heading",
    "&lt;b&gt; *bold* _under_ ~~x~~",
]


def many(count: int, port: int) -> list[dict[str, object]]:
    return [
        allow(f"r{number}", f"a{number}@cluster1", f"b{number}@cluster2", port) for number in range(count)
    ]


def large(count: int, port: int) -> dict[str, object]:
    names = [f"{side}{number}" for number in range(count) for side in "ab"]
    workloads = [{"name": name, "namespace": "shop", "labels": {"app": name}} for name in names]
    return shop(rules=many(count, port), workloads=workloads)


def test_two_thousand_rows_fit_and_each_is_counted() -> None:
    made = located(large(1000, 80), large(1000, 81))
    assert len(made.review.rows) == 2000

    comment = markdown.render(made)

    assert len(comment) <= LONGEST
    table = [line for line in comment.splitlines() if re.match(r"\| [-+~?]+ \|", line)]
    grouped = [int(count) for count in re.findall(r"\*\*(\d+) rows\*\*", comment)]
    alone = len(table) - len(grouped)
    assert grouped
    assert alone > 50
    assert alone + sum(grouped) == 2000
    assert sum(line.startswith("| ~+ |") for line in table if "rows**" not in line) > 50


def test_it_begins_with_the_mark_by_which_it_is_found_again() -> None:
    made = markdown.render(located(shop(), shop()))

    assert made.startswith("<!-- meshgen:review mesh=test -->\n")
    assert "Connections: no change." in made


@pytest.mark.parametrize("hostile", HOSTILE)
def test_text_of_others_stays_text(hostile: str) -> None:
    for escaped in (code(hostile), plain(hostile)):
        inner = escaped.removeprefix("<code>").removesuffix("</code>")
        assert "\n" not in escaped
        assert not set(inner) & set("<>|`[]*_")
        assert "@" not in inner


def test_hostile_names_in_policies_stay_text() -> None:
    raw = (
        "apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\n"
        "metadata: {name: '<script>alert(1)</script> @all', namespace: data}\n"
        "spec:\n  endpointSelector: {matchLabels: {app: db}}\n  ingress:\n"
        "    - fromEndpoints: [{matchLabels: {k8s:io.kubernetes.pod.namespace: shop}}]\n"
        "      toPorts:\n        - ports: [{port: '80', protocol: TCP}]\n"
        "          rules: {http: [{path: '</code>|<img src=x onerror=alert(1)>'}]}\n"
    )
    base, head = shop(), shop()
    head["policy"]["raw"] = [{"file": "raw.yaml"}]
    head["policy"]["rules"] = [allow("out", "web@*", "db@*", 80)]

    comment = markdown.render(located(base, head, files=({}, {"raw.yaml": raw.encode()})))

    assert "<script" not in comment
    assert "<img" not in comment
    assert "@all" not in comment
    assert "&#60;script&#62;" in comment
    allowed = {"!--", "br", "code", "/code", "details", "/details", "summary", "/summary"}
    assert set(re.findall(r"<([^\s>]+)", comment)) <= allowed


def test_text_for_a_terminal_has_no_control_characters() -> None:
    made = located(shop(), shop(rules=[allow("sql", "web@cluster1", "db@cluster2", 5432)]))

    assert "\x1b" not in text.render(made)
    assert "\x1b[31;1m+\x1b[0m opened" in text.render(made, colour=True)


def test_what_must_be_read_first_stands_first() -> None:
    head = shop(rules=[allow("sql", "web@cluster1", "db@cluster2", 5432)])
    head["expect"] = [{"from": "web@cluster1", "to": "db@cluster2:5432", "is": "deny"}]
    made = located(shop(), head, gates=["opened"])

    comment = markdown.render(made._replace(errors=2))

    order = [
        "**Checks**: 2 errors",
        "**Gates that fail** (1)",
        "**Expectations that fail** (1 of 1)",
        "| + |",
    ]
    assert [comment.index(part) for part in order] == sorted(comment.index(part) for part in order)


def test_files_that_could_not_be_compared_are_told() -> None:
    found = located(shop(), shop())
    review = found.review._replace(files=None, no_files="head.yaml cannot be built: MG203")

    told = markdown.render(found._replace(review=review))

    assert "Files were not compared: head.yaml cannot be built: MG203" in told
