"""The hooks of .pre-commit-hooks.yaml, run by pre-commit itself; only their installation is left out."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from builders import cluster, mesh, text

BIN = Path(sys.executable).parent
SOUND = mesh(cluster(1), cluster(2))
OVERLAPPING = mesh(cluster(1), cluster(2, podCIDRs=["10.1.128.0/17"]))


class Repository:
    """A Git repository with a mesh.yaml, and one with the hooks."""

    def __init__(self, root: Path, folder: Path) -> None:
        self.path = folder / "project"
        self._hooks = folder / "hooks"
        self._environment = {
            "PATH": f"{BIN}:{os.getenv('PATH')}",
            "PYTHONPATH": str(root),
            "HOME": str(folder),
            "PRE_COMMIT_HOME": str(folder / "cache"),
            "GIT_AUTHOR_NAME": "someone", "GIT_AUTHOR_EMAIL": "someone@example.org",
            "GIT_COMMITTER_NAME": "someone", "GIT_COMMITTER_EMAIL": "someone@example.org",
        }  # fmt: skip
        self._hooks.mkdir()
        shutil.copy(root / ".pre-commit-hooks.yaml", self._hooks)
        self._git(self._hooks, "init", "--quiet")
        self._git(self._hooks, "add", ".")
        self._git(self._hooks, "commit", "--quiet", "--message", "hooks")
        self.path.mkdir()
        self._git(self.path, "init", "--quiet")

    def _git(self, folder: Path, *arguments: str) -> str:
        ran = subprocess.run(
            ["git", *arguments],
            cwd=folder, env=self._environment, check=True, capture_output=True, text=True,
        )  # fmt: skip
        return ran.stdout.strip()

    def configure(self, hook: str, **settings: object) -> None:
        """Use one hook; `language: system` stands for what pre-commit would install."""
        revision = self._git(self._hooks, "rev-parse", "HEAD")
        hooks = [{"id": hook, "language": "system", **settings}]
        repos = [{"repo": str(self._hooks), "rev": revision, "hooks": hooks}]
        (self.path / ".pre-commit-config.yaml").write_text(yaml.safe_dump({"repos": repos}))

    def write(self, name: str, data: dict[str, object]) -> None:
        """Write a mesh.yaml."""
        path = self.path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(text(data))

    def commit(self) -> None:
        """Commit everything, without hooks."""
        self._git(self.path, "add", ".")
        self._git(self.path, "commit", "--quiet", "--message", "all", "--no-verify")

    def build(self) -> None:
        """Build the tree."""
        subprocess.run([BIN / "meshgen", "build", "--quiet"], cwd=self.path, check=True)

    def run(self) -> tuple[int, str]:
        """Run the hooks on what is staged, as a commit would."""
        self._git(self.path, "add", ".")
        ran = subprocess.run(
            [BIN / "pre-commit", "run"],
            cwd=self.path, env=self._environment, check=False, capture_output=True, text=True,
        )  # fmt: skip
        return ran.returncode, ran.stdout + ran.stderr


@pytest.fixture
def repository(root: Path, tmp_path: Path) -> Repository:
    return Repository(root, tmp_path)


def test_the_manifest_is_valid(root: Path) -> None:
    subprocess.run([BIN / "pre-commit", "validate-manifest", root / ".pre-commit-hooks.yaml"], check=True)


def test_the_check_hook_lets_a_sound_mesh_through_and_stops_an_unsound_one(repository: Repository) -> None:
    repository.configure("meshgen-check")
    repository.write("mesh.yaml", SOUND)
    passed, _ = repository.run()
    repository.write("mesh.yaml", OVERLAPPING)
    failed, shown = repository.run()

    assert passed == 0
    assert failed == 1
    assert "error[MG203]: PodCIDRs of cluster1 and cluster2 overlap" in shown


def test_the_check_hook_reads_the_mesh_that_its_args_name(repository: Repository) -> None:
    repository.configure("meshgen-check", args=["meshes/east.yaml", "--format", "concise"], files="east")
    repository.write("mesh.yaml", SOUND)
    repository.write("meshes/east.yaml", OVERLAPPING)
    status, shown = repository.run()

    assert status == 1
    assert "meshes/east.yaml:19:5: error[MG203]" in shown


def test_the_check_hook_takes_a_commit_of_several_meshes(repository: Repository) -> None:
    repository.configure("meshgen-check")
    repository.write("mesh.yaml", SOUND)
    repository.write("other/mesh.yaml", SOUND)
    status, shown = repository.run()

    assert status == 0, shown


def test_the_check_hook_rests_when_no_mesh_changed(repository: Repository) -> None:
    repository.configure("meshgen-check")
    repository.write("mesh.yaml", OVERLAPPING)
    repository.commit()
    (repository.path / "notes.txt").write_text("nothing\n")
    status, shown = repository.run()

    assert status == 0
    assert "Skipped" in shown


def test_the_build_check_hook_lets_a_fresh_tree_through_and_stops_a_stale_one(
    repository: Repository,
) -> None:
    repository.configure("meshgen-build-check")
    repository.write("mesh.yaml", SOUND)
    repository.build()
    passed, _ = repository.run()
    repository.write("mesh.yaml", mesh(cluster(1), cluster(2), cluster(3)))
    failed, shown = repository.run()

    assert passed == 0
    assert failed == 1
    assert shown.rstrip().endswith("meshgen build mesh.yaml -o out")


def test_the_build_check_hook_sees_a_deleted_file(repository: Repository) -> None:
    repository.configure("meshgen-build-check")
    repository.write("mesh.yaml", SOUND)
    repository.build()
    repository.commit()
    (repository.path / "out/ROLLOUT.md").unlink()
    status, shown = repository.run()

    assert status == 1
    assert "missing      out/ROLLOUT.md" in shown
