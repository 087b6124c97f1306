"""Symbolic links in a revision lead where they lead in the working tree."""

import json
from pathlib import Path

import pytest
from commands import Run
from meshes import shop, written
from test_revisions import RAW, git

from meshgen.cli.input import Beside
from meshgen.cli.revisions import Revision
from meshgen.cli.run import CannotRunError

LINKS = {
    "deploy/policies/beside.yaml": "real.yaml",
    "deploy/policies/dotted.yaml": "./../policies//real.yaml",
    "deploy/policies/above.yaml": "../../shared/raw.yaml",
    "deploy/policies/twice.yaml": "above.yaml",
    "deploy/policies/through.yaml": "../linked/raw.yaml",
    "deploy/policies/back.yaml": "../linked/../shared/raw.yaml",
    "deploy/linked": "../shared",
    "deploy/policies/dangling.yaml": "gone.yaml",
    "deploy/policies/loop.yaml": "loop.yaml",
    "deploy/policies/file.yaml": "real.yaml/",
    "deploy/policies/below.yaml": "real.yaml/more",
    "deploy/policies/folder.yaml": "../../shared",
}


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with files and links between them, in one commit."""
    root = tmp_path / "repository"
    for name in ("deploy/policies/real.yaml", "shared/raw.yaml"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(f"{RAW}# {name}\n")
    for name, target in LINKS.items():
        (root / name).symlink_to(target)
    (tmp_path / "outside.yaml").write_text(RAW)
    written(root, "deploy/mesh.yaml", shop())
    git(root, "init", "--quiet", "--initial-branch", "main")
    commit(root)
    monkeypatch.chdir(root)
    return root


def commit(root: Path) -> None:
    git(root, "add", ".")
    git(root, "commit", "--quiet", "--message", "a change")


@pytest.mark.parametrize("name", LINKS)
def test_a_link_is_read_as_in_the_working_tree(repository: Path, name: str) -> None:
    path = name.removeprefix("deploy/")
    tree, revision = Beside(str(repository / "deploy")), Revision("main", "deploy")

    assert revision.read(path) == tree.read(path)
    assert revision.scan(path) == tree.scan(path) is None
    assert revision.names(path) == tree.names(path)
    revision.close()


@pytest.mark.parametrize(
    "folder", ["", "policies", "policies/", "linked", "linked/../shared", "gone", "mesh.yaml"]
)
def test_folders_hold_what_they_hold_in_the_working_tree(repository: Path, folder: str) -> None:
    revision = Revision("main", "deploy")

    assert revision.names(folder) == Beside(str(repository / "deploy")).names(folder)
    revision.close()


def test_a_mesh_and_a_policy_behind_links_are_compared(repository: Path, meshgen: Run) -> None:
    data = shop()
    data["policy"]["raw"] = [{"file": "policies/through.yaml"}]
    written(repository, "shared/mesh.yaml", data)
    (repository / "deploy" / "mesh.yaml").unlink()
    (repository / "deploy" / "mesh.yaml").symlink_to("../shared/mesh.yaml")
    commit(repository)

    same = meshgen("diff", "HEAD", "--mesh", "deploy/mesh.yaml")
    (repository / "shared" / "raw.yaml").write_text(RAW.replace("world", "host"))
    other = meshgen("diff", "HEAD", "--mesh", "deploy/mesh.yaml")

    assert (same.status, same.err) == (0, "")
    assert "- cut world: entity:world -> namespace:data@*: any => none" in other.out
    assert "(HEAD:deploy/policies/through.yaml:7)" in other.out


@pytest.mark.parametrize("absolute", [False, True])
def test_a_link_out_of_the_repository_is_refused(repository: Path, meshgen: Run, *, absolute: bool) -> None:
    target = str(repository.parent / "outside.yaml") if absolute else "../../../outside.yaml"
    data = shop()
    data["policy"]["raw"] = [{"file": "policies/out.yaml"}]
    (repository / "deploy" / "policies" / "out.yaml").symlink_to(target)
    written(repository, "deploy/mesh.yaml", data)
    commit(repository)

    ran = meshgen("diff", "main", "--mesh", "deploy/mesh.yaml")

    told = f"a symbolic link leads out of the repository, to {target}"
    assert (ran.status, ran.out) == (3, "")
    assert ran.err == f"meshgen: cannot read deploy/policies/out.yaml in the revision 'main': {told}\n"


def test_a_mesh_behind_a_link_out_of_the_repository_is_refused(repository: Path, meshgen: Run) -> None:
    (repository / "deploy" / "other.yaml").symlink_to("../../outside.yaml")
    commit(repository)

    ran = meshgen("diff", "main", "main", "--mesh", "deploy/other.yaml")

    assert ran.status == 3
    assert "cannot read deploy/other.yaml in the revision 'main': a symbolic link leads out" in ran.err


def test_an_object_that_the_repository_lacks_is_one_line(repository: Path) -> None:
    revision = Revision("main", "deploy")
    revision.read("mesh.yaml")
    for each in (repository / ".git" / "objects").glob("??/*"):
        each.unlink()

    with pytest.raises(CannotRunError, match=r"its object [0-9a-f]+ is missing or broken"):
        revision.read("policies/real.yaml")
    revision.close()


def test_code_scanning_gets_every_place_by_its_path(repository: Path, meshgen: Run) -> None:
    """Of a revision SARIF can name the path alone, for changes of clusters as for connections."""
    written(repository, "deploy/mesh.yaml", shop(domain="mesh.example.com"))
    commit(repository)
    ran = meshgen("diff", "HEAD~1", "HEAD", "--mesh", "deploy/mesh.yaml", "--format", "sarif")
    results = json.loads(ran.out)["runs"][0]["results"]
    places = {
        place["physicalLocation"]["artifactLocation"]["uri"]
        for result in results
        for place in (*result["locations"], *result.get("relatedLocations", ()))
    }
    assert places == {"deploy/mesh.yaml"}
