# ruff: noqa: E501 - a row of a table is one line
"""Names and paths that would lead out of the tree write nothing, anywhere."""

from pathlib import Path
from typing import Any

import pytest
from builders import cluster, mesh, service
from strategies import flow

from meshgen.cli.run import main

NAMES = [
    "../../etc/passwd", "..", ".", "/etc/passwd", "a/b", "a\\b", "~root", "", " ", "a\nb", "a\0b", "\x1b[2J", "$(id)", "`id`", "-rf", "a;b",
    "a" * 300, "con:", "世界", "a\u202eb", "default", "{{ x }}", "%2e%2e",
]  # fmt: skip


def written(folder: Path) -> set[str]:
    """What there is beside mesh.yaml."""
    return {str(path.relative_to(folder)) for path in folder.rglob("*")} - {"mesh.yaml"}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder deep enough for a few `..`."""
    made = tmp_path / "a/b/c"
    made.mkdir(parents=True)
    monkeypatch.chdir(made)
    return made


@pytest.mark.parametrize("name", NAMES, ids=repr)
@pytest.mark.parametrize(
    "place",
    [
        pytest.param(lambda name: mesh(cluster(1, name=name), cluster(2)), id="of a cluster"),
        pytest.param(lambda name: mesh(services=[service(name, selector={"a": "b"})]), id="of a service"),
        pytest.param(lambda name: mesh(services=[service(namespace=name)]), id="of a namespace"),
        pytest.param(lambda name: mesh(cilium={"version": "1.6.9", "namespace": name}), id="of Cilium's namespace"),
        pytest.param(lambda name: mesh(name=name), id="of the mesh"),
        pytest.param(lambda name: mesh(domain=name), id="of the domain"),
        pytest.param(lambda name: mesh(cluster(1, context=name), cluster(2)), id="of a context"),
    ],
)  # fmt: skip
def test_a_hostile_name_is_an_error_or_harmless(
    folder: Path, capsys: pytest.CaptureFixture[str], place: Any, name: str
) -> None:
    (folder / "mesh.yaml").write_bytes(flow(place(name)))
    status = main(["build"])
    shown = capsys.readouterr().out

    assert all(line.isprintable() for line in shown.splitlines())
    assert status in {0, 1}
    assert {path.parts[0] for path in map(Path, written(folder))} == (set() if status else {"out"})
    top = folder.parent.parent.parent
    assert {path.parts[:3] for path in map(Path, written(top))} <= {("a",), ("a", "b"), ("a", "b", "c")}


@pytest.mark.parametrize(
    "files",
    [
        "/dev",
        "/dev/zero",
        "/proc/self",
        "..",
        "../../../../../../etc",
        "a" * 5_000,
        "世界",
        "-",
        "~",
        "%s",
        "a\nb",
        "\x1b[2J",
    ],
    ids=repr,
)
def test_a_hostile_folder_of_tls_files_is_one_line_each(
    folder: Path, capsys: pytest.CaptureFixture[str], files: str
) -> None:
    data = mesh(cluster(1, name="zero"), cluster(2, name="environ"), tls={"source": "files", "files": files})
    (folder / "mesh.yaml").write_bytes(flow(data))
    status = main(["build"])
    shown = capsys.readouterr()

    assert status in {1, 3}
    assert written(folder) == set()
    assert all(line.isprintable() for line in (shown.out + shown.err).splitlines())
    assert "Traceback" not in shown.err


@pytest.mark.parametrize(
    ("block", "codes"),
    [
        ("0.0.0.0/0", {"MG203", "MG206", "MG207"}),
        ("::/0", set()),
        ("10.0.0.0/0", {"MG212"}),
        ("::ffff:10.0.0.0/104", {"MG104"}),
        ("10.0.0.0/-1", {"MG104"}),
        ("010.0.0.0/8", {"MG104"}),
    ],
)
def test_a_hostile_block_is_told(
    folder: Path, capsys: pytest.CaptureFixture[str], block: str, codes: set[str]
) -> None:
    (folder / "mesh.yaml").write_bytes(flow(mesh(cluster(1, podCIDRs=[block]), cluster(2))))
    status = main(["check", "--format", "concise"])
    shown = capsys.readouterr().out

    assert status in ({1} if codes else {0, 1})
    assert all(f"[{code}]" in shown for code in codes)


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("1" + "0" * 400, "MG209"),
        ("0x7fffffff", "MG209"),
        ("-1", "MG209"),
        ("1e2", "MG103"),
        (".inf", "MG103"),
        ("0o17", None),
        ("017", "MG103"),
        ("9" * 5_000, "MG103"),
        ("0x" + "f" * 1_001, "MG103"),
    ],
    ids=lambda value: str(value)[:12],
)
def test_a_hostile_id_is_told(
    folder: Path, capsys: pytest.CaptureFixture[str], number: str, code: str | None
) -> None:
    content = flow(mesh()).decode().replace('"id": 1,', f'"id": {number},')
    (folder / "mesh.yaml").write_text(content)
    status = main(["check", "--format", "concise"])
    shown = capsys.readouterr().out

    assert status == (1 if code else 0)
    assert code is None or f"[{code}]" in shown
    assert max(map(len, shown.splitlines())) < 500
