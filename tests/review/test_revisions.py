"""Both sides of a change out of Git, or from the disk."""

import subprocess
from pathlib import Path

import pytest
from builders import ROOT
from commands import Run, program
from meshes import allow, shop, written

from meshgen.cli.revisions import Revision

SQL = allow("sql", "web@cluster1", "db@cluster2", 5432)
RAW = (
    "apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata: {name: raw, namespace: data}\n"
    "spec:\n  endpointSelector: {}\n  ingress:\n    - fromEntities: [world]\n"
)


def git(folder: Path, *words: str) -> None:
    who = ("-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false")
    subprocess.run(["git", "-C", str(folder), *who, *words], check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository whose mesh lies in a folder, committed twice."""
    base = shop()
    base["policy"]["raw"] = [{"file": "policies/raw.yaml"}]
    (tmp_path / "deploy" / "policies").mkdir(parents=True)
    (tmp_path / "deploy" / "policies" / "raw.yaml").write_text(RAW)
    written(tmp_path, "deploy/mesh.yaml", base)
    git(tmp_path, "init", "--quiet", "--initial-branch", "main")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "--message", "first")
    base["policy"]["rules"] = [SQL]
    written(tmp_path, "deploy/mesh.yaml", base)
    git(tmp_path, "commit", "--quiet", "--all", "--message", "second")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_two_revisions_are_compared_with_the_files_beside_them(repository: Path, meshgen: Run) -> None:
    (repository / "deploy" / "policies" / "raw.yaml").unlink()

    ran = meshgen("diff", "main~1", "main", "--mesh", "deploy/mesh.yaml")

    assert ran.status == 1
    assert "+ opened high cross-cluster: web@cluster1 -> db@cluster2: none => 5432/TCP" in ran.out
    assert "data/posture-data-ingress in cluster2 (main~1:deploy/mesh.yaml:" in ran.out
    assert "data/sql-ingress in cluster2 (main:deploy/mesh.yaml:" in ran.out
    assert ran.out.endswith("main~1 -> main: new access\n")


def test_a_raw_policy_of_a_revision_is_named_with_its_place(repository: Path, meshgen: Run) -> None:
    (repository / "deploy" / "policies" / "raw.yaml").write_text(RAW.replace("world", "host"))

    ran = meshgen("diff", "HEAD", "--mesh", "deploy/mesh.yaml")

    assert "- cut world: entity:world -> namespace:data@*: any => none" in ran.out
    assert "data/raw in cluster1 (HEAD:deploy/policies/raw.yaml:7)" in ran.out


def test_the_working_tree_is_the_other_side(repository: Path, meshgen: Run) -> None:
    assert meshgen("diff", "main", "--mesh", "deploy/mesh.yaml").status == 0
    written(repository, "deploy/mesh.yaml", shop())

    assert meshgen("diff", "main", "--mesh", "deploy/mesh.yaml").status == 1


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        pytest.param(("nope",), "cannot read 'nope': there is neither such a file", id="no revision"),
        pytest.param(("^main",), "cannot read '^main': there is neither such a file nor", id="left out"),
        pytest.param(
            ("main^{tree}",), "cannot read 'main^{tree}': main^{tree}^{commit}: expected", id="no commit"
        ),
        pytest.param(("--", "--help"), "cannot read '--help': there is neither", id="an option"),
        pytest.param(("main", "main", "--mesh", "gone/mesh.yaml"), "cannot read 'main'", id="no folder"),
        pytest.param(
            ("main", "main", "--mesh", "deploy/gone.yaml"), "there is no deploy/gone.yaml in", id="no file"
        ),
    ],
)
def test_what_cannot_be_read_is_one_line_and_status_3(
    repository: Path, meshgen: Run, arguments: tuple[str, ...], told: str
) -> None:
    del repository
    mesh = () if "--mesh" in arguments else ("--mesh", "deploy/mesh.yaml")

    ran = meshgen("diff", *mesh, *arguments)

    assert ran.status == 3
    assert told in ran.err
    assert ran.err.count("\n") == 1


def test_outside_of_a_repository(tmp_path: Path, meshgen: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    written(tmp_path, "mesh.yaml", shop())

    ran = meshgen("diff", "base.yaml")

    assert ran.err == "meshgen: cannot read 'base.yaml': there is no such file, and no Git repository\n"


def test_without_git(tmp_path: Path, meshgen: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    ran = meshgen("diff", "main", "main", "--mesh", str(tmp_path / "mesh.yaml"))

    assert ran.status == 3
    assert "git could not be run" in ran.err


def test_a_side_that_is_no_mesh_is_told_with_its_findings(tmp_path: Path, meshgen: Run) -> None:
    broken = tmp_path / "broken.yaml"
    broken.write_text("version: 1\n")

    ran = meshgen("diff", str(broken), written(tmp_path, "mesh.yaml", shop()))

    assert ran.status == 1
    assert "MG102" in ran.out


@pytest.mark.parametrize("content", ["spec: [", None], ids=["no YAML", "missing"])
def test_a_base_with_a_policy_file_that_cannot_be_used_is_refused(
    repository: Path, meshgen: Run, content: str | None
) -> None:
    raw = repository / "deploy" / "policies" / "raw.yaml"
    if content is None:
        raw.unlink()
    else:
        raw.write_text(content)
    git(repository, "commit", "--quiet", "--all", "--message", "broken")
    raw.write_text(RAW)

    ran = meshgen("diff", "HEAD", "--mesh", "deploy/mesh.yaml", "--fail-on", "opened", "--format", "markdown")

    assert ran.status == 1
    assert ran.out.startswith("error[MG429]: policies/raw.yaml: ")
    assert "--> HEAD:deploy/mesh.yaml:" in ran.out
    assert ran.err == "HEAD:deploy/mesh.yaml: nothing can be compared with policies that are not known\n"


def test_a_policy_file_that_cannot_be_used_any_more_fails_the_review(repository: Path, meshgen: Run) -> None:
    (repository / "deploy" / "policies" / "raw.yaml").write_text("spec: [")

    ran = meshgen("diff", "HEAD", "--mesh", "deploy/mesh.yaml", "--fail-on", "opened")

    assert ran.status == 1
    assert ran.out.startswith("! 1 new error, which meshgen check shows\n")


def test_a_mesh_with_certificates_is_compared_file_by_file(
    meshgen: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)

    ran = meshgen("diff", "examples/mesh.yaml", "examples/mesh.yaml", "--format", "json")

    assert '"files": []' in ran.out
    assert ran.status == 0


def test_the_same_bytes_under_every_hash_seed(tmp_path: Path) -> None:
    base = written(tmp_path, "base.yaml", shop())
    rules = [SQL, allow("in", "entity:world", "db@*"), allow("back", "db@*", "web@*", 80)]
    head = written(tmp_path, "head.yaml", shop(rules=rules))

    for arguments in (("diff", base, head), ("diff", base, head, "--format", "json"), ("reach", head)):
        runs = {
            program(*arguments, folder=tmp_path, variables={"PYTHONHASHSEED": seed}).out
            for seed in ("0", "1", "2")
        }
        assert len(runs) == 1


def test_a_name_that_is_a_file_and_a_revision_is_refused(repository: Path, meshgen: Run) -> None:
    (repository / "main").write_text("version: 1\n")

    ran = meshgen("diff", "main", "--mesh", "deploy/mesh.yaml")

    assert ran.status == 3
    assert ran.err == "meshgen: 'main' is both a file and a revision: write ./main for the file\n"


def test_a_folder_stands_for_the_mesh_in_it(repository: Path, meshgen: Run) -> None:
    ran = meshgen("diff", "./deploy", "--mesh", "deploy/mesh.yaml")

    assert ran.status == 0
    assert str(repository)


def test_certificates_of_a_revision_are_read_with_it(meshgen: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """The repository's own example has a store; of a clone without history, HEAD is there all the same."""
    monkeypatch.chdir(ROOT)

    ran = meshgen("diff", "HEAD", "HEAD", "--mesh", "examples/mesh.yaml", "--format", "json")

    assert ran.status == 0
    assert '"files": []' in ran.out


def test_paths_of_a_revision_stay_in_it(repository: Path) -> None:
    revision = Revision("main", str(repository / "deploy"))

    assert revision.names("") == ["mesh.yaml", "policies/"]
    assert revision.names("policies") == ["raw.yaml"]
    assert revision.names("gone") == []
    assert revision.read("../../etc/passwd") is None
    assert revision.read("a\nb") is None
    assert revision.read("policies") is None
    assert revision.scan("policies/raw.yaml") == RAW.encode()
    revision.close()


def test_a_revision_that_was_not_read_is_closed_all_the_same(repository: Path) -> None:
    Revision("main", str(repository)).close()
