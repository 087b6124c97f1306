"""Help of `meshgen pki`: what its list says, its commands say, and their examples run in this order."""

import shlex
import shutil
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from builders import cluster, mesh, text
from documentation import DEMO_IDENTITY, ROOT

from meshgen.cli.pki import PkiCommands
from meshgen.cli.run import Commands, main
from meshgen.trust.seals.age import read_identities

LISTED = list(PkiCommands.HELP)


def _command(*path: str) -> click.Command:
    found: click.Command | None = Commands(name="meshgen")
    for name in path:
        assert isinstance(found, Commands)
        found = found.get_command(click.Context(found), name)
    assert found is not None
    return found


def _examples(*path: str) -> list[str]:
    return [line.strip() for line in (_command(*path).epilog or "").splitlines() if "meshgen " in line]


@pytest.fixture
def operators_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A mesh that is to have certificates, here and in examples/, and an identity that opens its keys."""
    shutil.copy(DEMO_IDENTITY, tmp_path / "operator.age.txt")
    [identity] = read_identities(DEMO_IDENTITY.read_text())
    written = mesh(
        *map(cluster, (1, 2, 3)),
        tls={"source": "generate"},
        secrets={"backend": "sops", "sops": {"recipients": [identity.recipient]}},
    )
    (tmp_path / "examples").mkdir()
    for place in ("mesh.yaml", "examples/mesh.yaml"):
        (tmp_path / place).write_bytes(text(written))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("name", LISTED)
def test_the_list_of_pki_says_the_same_as_its_command(name: str) -> None:
    help_text = (_command("pki", name).help or "").strip()

    assert help_text.startswith(PkiCommands.HELP[name].partition(",")[0].rstrip("."))
    assert _examples("pki", name)


@pytest.mark.usefixtures("operators_folder")
def test_the_examples_of_pki_run_one_after_the_other(run_line: Callable[[str], int]) -> None:
    lines = [
        *_examples("pki", "init"),
        *_examples("pki", "issue"),
        *_examples("pki", "status"),
        *_examples("pki", "rotate"),
        *_examples("pki")[1:],
    ]

    assert {line: run_line(line) for line in lines} == dict.fromkeys(lines, 0)


@pytest.fixture
def run_line() -> Callable[[str], int]:
    """Run an example in this process; gives its exit status."""

    def run(line: str) -> int:
        first, *arguments = shlex.split(line)
        assert first == "meshgen"
        return main(arguments)

    return run


def test_the_demonstration_identity_says_what_it_is() -> None:
    [comment, *_] = DEMO_IDENTITY.read_text().splitlines()

    assert comment.startswith("# A demonstration identity")
    assert DEMO_IDENTITY.relative_to(ROOT).as_posix() in (ROOT / "docs/explanation/security.md").read_text()
