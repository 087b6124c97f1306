"""The index says which files are meshgen's, and is believed only as far as meshgen writes it."""

import json
import re
import subprocess
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from builders import cluster, mesh, service
from workspace import Workspace, files, state

from meshgen import __version__
from meshgen.ownership import MAX_BYTES

MESH = mesh(services=[service()])
DIGEST = "0" * 64


def test_the_index_lists_every_file_with_its_digest_sorted(work: Workspace) -> None:
    built = work.built(MESH)
    index = work.index()
    listed = index["files"]

    assert list(listed) == sorted(listed)
    assert listed == {
        path: sha256(content).hexdigest() for path, content in built.items() if path != ".meshgen.json"
    }
    assert (index["schema"], index["meshgen"]) == ("meshgen.index/v1", __version__)
    assert index["mesh"]["file"] == "mesh.yaml"
    assert re.fullmatch(r"sha256:[0-9a-f]{64}", index["mesh"]["digest"])
    assert set(index) == {"schema", "meshgen", "mesh", "files"}
    assert set(index["mesh"]) == {"file", "digest", "data"}


def test_the_index_knows_no_place_and_no_time(work: Workspace) -> None:
    work.built(MESH)
    there = work.folder / "elsewhere/named.yaml"
    there.parent.mkdir()
    (work.folder / "mesh.yaml").rename(there)
    assert work.build(str(there), "-o", str(work.folder / "elsewhere/tree")).status == 0
    first, second = work.index(), json.loads((there.parent / "tree/.meshgen.json").read_bytes())

    assert second["mesh"].pop("file") == "named.yaml"
    assert first["mesh"].pop("file") == "mesh.yaml"
    assert first["mesh"] == second["mesh"]
    text = (work.out / ".meshgen.json").read_text("ascii")
    assert text.endswith("}\n")
    assert str(work.folder) not in text
    assert "/" not in re.sub(r'"((cluster\d|meshgen\.index)/[^"]*|[\d.]+/\d+)"', "", text)


@pytest.mark.parametrize(
    ("now", "same"),
    [
        pytest.param(mesh(cluster(2), cluster(1)), True, id="clusters in another order"),
        pytest.param(dict(reversed(mesh().items())), True, id="keys in another order"),
        pytest.param(mesh(domain="mesh.cilium.io"), True, id="a default that is written out"),
        pytest.param(
            mesh(ignore=[{"code": "MG307", "reason": "none is needed"}]),
            True,
            id="a finding that is accepted",
        ),
        pytest.param(mesh(name="other"), False, id="another name"),
        pytest.param(mesh(cluster(1), cluster(2, podCIDRs=["10.9.0.0/16"])), False, id="another PodCIDR"),
    ],
)
def test_the_digest_is_of_what_the_mesh_means(work: Workspace, now: dict[str, Any], *, same: bool) -> None:
    work.built(mesh())
    before = work.index()["mesh"]["digest"]
    work.built(now)

    assert (work.index()["mesh"]["digest"] == before) == same


def spoilt(index: dict[str, Any], files_: Any = None, **keys: Any) -> str:
    """The index with files added, or keys replaced."""
    return json.dumps({**index, "files": {**index["files"], **(files_ or {})}, **keys})


HOSTILE = [
    pytest.param(lambda _: "", "it is no index", id="nothing"),
    pytest.param(lambda _: "<<<<<<< HEAD\n{}\n=======\n{}\n>>>>>>> b\n", "merge conflict", id="a conflict"),
    pytest.param(
        lambda _: "\udcff".encode("utf-8", "surrogateescape").decode("latin-1"), "no index", id="bytes"
    ),
    pytest.param(lambda _: "[" * 100_000, "no index", id="deep nesting"),
    pytest.param(lambda _: "[]", "no index", id="a list"),
    pytest.param(lambda _: "null", "no index", id="null"),
    pytest.param(lambda _: "{}", "no index", id="without keys"),
    pytest.param(
        lambda index: spoilt(index, schema="meshgen.index/v2"), "its schema is", id="a newer schema"
    ),
    pytest.param(
        lambda index: spoilt(index, schema=["x" * 1000]), "its schema is", id="a schema of another type"
    ),
    pytest.param(lambda index: spoilt(index, files=["a"]), "no mapping", id="a list of files"),
    pytest.param(lambda index: spoilt(index, {"a": 1}), "names 'a'", id="a number for a digest"),
    pytest.param(lambda index: spoilt(index, {"a": None}), "names 'a'", id="no digest"),
    pytest.param(lambda index: spoilt(index, {"../x": DIGEST}), "names '../x'", id="a path out of it"),
    pytest.param(
        lambda index: spoilt(index, {"a/../../x": DIGEST}), "names", id="a path out of it by a detour"
    ),
    pytest.param(lambda index: spoilt(index, {"/etc/passwd": DIGEST}), "names '/etc", id="an absolute path"),
    pytest.param(lambda index: spoilt(index, {"a//b": DIGEST}), "names", id="an empty part"),
    pytest.param(lambda index: spoilt(index, {"./a": DIGEST}), "names", id="a dot"),
    pytest.param(lambda index: spoilt(index, {"": DIGEST}), "names ''", id="no path"),
    pytest.param(lambda index: spoilt(index, {"a\\b": DIGEST}), "names", id="a backslash"),
    pytest.param(lambda index: spoilt(index, {"a\0b": DIGEST}), "names", id="a NUL"),
    pytest.param(lambda index: spoilt(index, {"a\nb": DIGEST}), "names 'a\\nb'", id="a line feed"),
    pytest.param(lambda index: spoilt(index, {"\ud800": DIGEST}), "names", id="half a surrogate pair"),
    pytest.param(lambda index: spoilt(index, {"a" * 300: DIGEST}), "names", id="a name too long for a disk"),
    pytest.param(lambda index: spoilt(index, {".meshgen.json": DIGEST}), "names", id="itself"),
    pytest.param(
        lambda index: spoilt(index).replace('"files": {', '"files": {"ROLLOUT.md": "0", '),
        "a key stands in it twice",
        id="a file twice",
    ),
    pytest.param(lambda index: spoilt(index)[:-1] + ', "files": {}}', "twice", id="a key twice"),
    pytest.param(lambda index: spoilt(index) + " " * MAX_BYTES, "it is too large", id="huge"),
]


@pytest.mark.parametrize(("spoil", "reason"), HOSTILE)
def test_an_index_that_meshgen_did_not_write_is_not_believed(
    work: Workspace, tmp_path: Path, spoil: Any, reason: str
) -> None:
    before = work.built(MESH)
    (tmp_path / "x").write_text("mine")
    (work.out / "a").write_text("mine")
    work.write(mesh(services=[service(ports=[81])]))
    (work.out / ".meshgen.json").write_text(spoil(work.index()), "utf-8")
    seen = state(work.folder)
    run = work.build()

    assert run.status == 1
    assert re.findall(r"^error.*", run.out, re.MULTILINE) == [
        line for line in run.lines if line.startswith("error[MG702]: .meshgen.json cannot be believed: ")
    ]
    assert reason in run.lines[0]
    assert len(run.lines[0]) < 200
    assert "  --> out/.meshgen.json" in run.lines
    assert "build with --force" in run.out
    assert state(work.folder) == seen

    check = work.build("--check")
    assert check.lines[0].startswith("in doubt     out: the index cannot be believed: ")
    assert "hand-edited  out/.meshgen.json" in check.lines
    assert check.lines[-1] == "meshgen build mesh.yaml -o out --force"

    assert work.build("--force").status == 0
    assert work.build("--check").status == 0
    assert (tmp_path / "x").read_text() == (work.out / "a").read_text() == "mine"
    assert set(files(work.out)) == {*before, "a"}


def test_a_lost_index_is_made_anew_where_nothing_else_differs(work: Workspace) -> None:
    before = work.built(MESH)
    (work.out / ".meshgen.json").unlink()
    (work.out / "mine").write_text("mine")
    seen = state(work.out / "cluster1")

    check = work.build("--check")
    assert check.lines == ["missing      out/.meshgen.json", "meshgen build mesh.yaml -o out"]
    assert work.build().err.startswith("out: 0 written, 0 removed, ")
    assert files(work.out) == {**before, "mine": b"mine"}
    assert state(work.out / "cluster1") == seen


def test_a_lost_index_and_lost_permissions_are_made_good(work: Workspace) -> None:
    work.built(MESH)
    (work.out / ".meshgen.json").unlink()
    for path in work.out.rglob("*.*"):
        if path.name != "apply.sh" and path.is_file():
            path.unlink()
    (work.out / "cluster1/apply.sh").chmod(0o644)
    (work.out / "cluster2/apply.sh").chmod(0o644)

    assert work.build().status == 0
    assert work.build("--check").status == 0


@pytest.mark.parametrize("force", [[], ["--force"]], ids=["as it is", "with force"])
@pytest.mark.parametrize("place", ["ROLLOUT.md", "cluster1/values.yaml", "cluster1"])
def test_a_lost_index_leaves_everything_foreign_where_something_differs(
    work: Workspace, place: str, force: list[str]
) -> None:
    work.built(MESH)
    (work.out / ".meshgen.json").unlink()
    if place == "cluster1":
        (work.out / place).rename(work.folder / "away")
    (work.out / place).write_text("mine")
    before = state(work.folder)

    refused = work.build(*force)
    assert [line for line in refused.lines if line.startswith("error")] == [
        "error[MG701]: out holds files, and no .meshgen.json says that they are meshgen's"
    ]
    assert "if they are: git checkout -- out/.meshgen.json; otherwise " in refused.out
    check = work.build("--check")
    assert check.status == 1
    assert check.lines[0] == "in the way   out: it holds files, and no index says that they are meshgen's"
    assert f"in the way   out/{place}" in check.lines
    assert check.lines[-1] == "git checkout -- out/.meshgen.json && meshgen build mesh.yaml -o out"
    assert state(work.folder) == before


def test_the_index_from_git_is_what_helps(work: Workspace) -> None:
    work.built(MESH)
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@example.com"]
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "built"]):
        subprocess.run([*git, *command], cwd=work.folder, check=True)
    (work.out / ".meshgen.json").unlink()
    work.write(mesh(services=[service(ports=[81])]))
    [*_, last] = work.build("--check").lines
    first, _, second = last.partition(" && ")
    subprocess.run(first.split(), cwd=work.folder, check=True)

    assert work.run(*second.split()[1:]).status == 0
    assert work.build("--check").status == 0


def test_an_index_that_names_a_file_of_somebody_else_removes_it_only_as_it_was_listed(
    work: Workspace,
) -> None:
    work.built(MESH)
    (work.out / "mine").write_text("mine")
    index = work.out / ".meshgen.json"
    index.write_text(spoilt(work.index(), {"mine": DIGEST}))

    assert "error[MG702]: mine was edited by hand" in work.build().out
    assert (work.out / "mine").read_text() == "mine"


def test_an_index_of_no_files_is_still_ours(work: Workspace) -> None:
    work.write()
    work.out.mkdir()
    (work.out / ".meshgen.json").write_text('{"schema": "meshgen.index/v1", "files": {}}')

    assert work.build().status == 0
    assert work.build("--check").status == 0


def test_another_version_of_meshgen_rewrites_the_index_alone(work: Workspace) -> None:
    built = work.built(MESH)
    index = work.out / ".meshgen.json"
    index.write_text(spoilt(work.index(), meshgen="0.0.1"))

    assert work.build("--check").lines[0] == "changed      out/.meshgen.json"
    assert "out: 0 written, 0 removed" in work.build().err
    assert files(work.out) == built
