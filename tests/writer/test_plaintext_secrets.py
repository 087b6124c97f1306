"""`tls.source: files` gives the guide's own Secret, in clear text, beside mesh.yaml and never in the tree."""

import base64
import json
import os
import shutil
import stat
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import yaml
from builders import cluster, mesh, service, text
from extracted import SUFFIXES, fresh_guide_files
from workspace import Workspace, extracted, files, state

from meshgen.trust.inventory import Inventory

MESH = mesh(cluster(1), cluster(2), name="rebels", tls={"source": "files"})
KUBECTL = Path(sys.executable).with_name("kubectl")
WARNING = "warning: secrets/rebels holds private keys in clear text"


@pytest.fixture
def secret(work: Workspace) -> Workspace:
    """A workspace with TLS files of both clusters."""
    extracted(work.folder / "config", "cluster1", "cluster2")
    work.write(MESH)
    return work


def written(work: Workspace, name: str) -> dict[str, Any]:
    """The Secret of a cluster."""
    path = work.folder / f"secrets/rebels/{name}/cilium-clustermesh.secret.yaml"
    made: dict[str, Any] = yaml.safe_load(path.read_bytes())
    return made


def guides_own(config: Path) -> dict[str, Any]:
    """The Secret as the guide's second script makes it."""
    command = [KUBECTL, "create", "secret", "generic", "cilium-clustermesh", "--dry-run=client", "-o", "yaml"]
    listed = [f"--from-file={path}" for path in sorted(config.iterdir()) if path.suffix != ".ips"]
    made = subprocess.run([*command, *listed], capture_output=True, check=True).stdout
    parsed: dict[str, Any] = yaml.safe_load(made)
    return parsed


def test_the_secret_is_the_one_that_the_guide_makes(secret: Workspace) -> None:
    assert secret.build().status == 0
    guides = guides_own(secret.folder / "config")

    for name in ("cluster1", "cluster2"):
        ours = written(secret, name)
        assert ours["data"] == guides["data"]
        assert list(ours["data"]) == list(guides["data"])
        assert (ours["apiVersion"], ours["kind"]) == (guides["apiVersion"], guides["kind"])
        assert ours["metadata"]["name"] == guides["metadata"]["name"]
        assert ours["metadata"]["namespace"] == "kube-system"
        assert "stringData" not in ours


def test_kubectl_reads_the_secret_as_it_was_extracted(secret: Workspace) -> None:
    given = extracted(secret.folder / "config", "cluster1", "cluster2")
    assert secret.build().status == 0
    shutil.rmtree(secret.folder / "config")
    path = secret.folder / "secrets/rebels/cluster1/cilium-clustermesh.secret.yaml"
    read = subprocess.run(
        [KUBECTL, "label", "--local", "-f", path, "x=y", "-o", "yaml"], capture_output=True, check=True
    )
    data = yaml.safe_load(read.stdout)["data"]

    assert len(data) == len(given) == 8
    assert {key: base64.b64decode(value) for key, value in data.items()} == given


def test_the_namespace_is_that_of_each_cluster(secret: Workspace) -> None:
    secret.write(
        mesh(cluster(1, cilium={"namespace": "cilium"}), cluster(2), name="rebels", tls={"source": "files"})
    )
    assert secret.build().status == 0

    assert written(secret, "cluster1")["metadata"]["namespace"] == "cilium"
    assert written(secret, "cluster2")["metadata"]["namespace"] == "kube-system"


@pytest.mark.parametrize("mask", [0o000, 0o022, 0o077, 0o777])
def test_nobody_else_may_read_it_whatever_the_umask(secret: Workspace, mask: int) -> None:
    before = os.umask(mask)
    try:
        run = secret.build()
    finally:
        os.umask(before)

    assert run.status == 0
    top = secret.folder / "secrets"
    for path in (top, top / "rebels", *(top / "rebels").rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path
    for path in secret.out.rglob("*.yaml"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o644


def test_a_secret_that_others_may_read_is_written_anew(secret: Workspace) -> None:
    assert secret.build().status == 0
    path = secret.folder / "secrets/rebels/cluster1/cilium-clustermesh.secret.yaml"
    path.chmod(0o644)

    assert "secrets/rebels: 1 written" in secret.build().err
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("force", [[], ["--force"]], ids=["", "with force"])
def test_files_that_git_checked_out_are_not_replaced_by_keys(secret: Workspace, force: list[str]) -> None:
    # A commit with placeholders, an index that owns them, and a .gitignore.
    assert secret.build().status == 0
    shutil.rmtree(secret.out)
    top = secret.folder / "secrets/rebels"
    for path in top.rglob("*.yaml"):
        path.write_text("placeholder")
    index = {
        "schema": "meshgen.index/v1",
        "files": {
            str(path.relative_to(top)): sha256(b"placeholder").hexdigest() for path in top.rglob("*.yaml")
        },
    }
    (top / ".meshgen.json").write_text(json.dumps(index))
    for path in top.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    before = state(secret.folder)

    run = secret.build(*force)

    assert run.status == 1
    assert [line for line in run.lines if line.startswith("error")] == [
        f"error[MG701]: {path} can be read by others and is not what was written here; did Git check it out?"
        for path in (
            ".meshgen.json",
            "cluster1/cilium-clustermesh.secret.yaml",
            "cluster2/cilium-clustermesh.secret.yaml",
        )
    ]
    assert "git rm -r --cached secrets/rebels" in run.out
    assert state(secret.folder) == before


def test_a_file_in_place_of_a_cluster_s_folder_is_told(secret: Workspace) -> None:
    assert secret.build().status == 0
    folder = secret.folder / "secrets/rebels/cluster1"
    shutil.rmtree(folder)
    folder.write_text("mine")

    assert "error[MG701]: cluster1 is in the way, and not meshgen's" in secret.build().lines


def test_a_lost_index_of_secrets_is_not_in_git(secret: Workspace) -> None:
    assert secret.build().status == 0
    (secret.folder / "secrets/rebels/.meshgen.json").unlink()
    assert secret.build().status == 0
    (secret.folder / "secrets/rebels/.meshgen.json").unlink()
    extracted(secret.folder / "config", "cluster1", "cluster2")
    (secret.folder / "secrets/rebels/cluster1/cilium-clustermesh.secret.yaml").write_text("mine")
    run = secret.build()

    assert "error[MG701]: secrets/rebels holds files, and no .meshgen.json says that they are meshgen's" in (
        run.lines
    )
    assert "  = help: if they are, delete them and build anew; otherwise move them away" in run.lines


@pytest.mark.parametrize("linked", ["secrets", "secrets/rebels"])
def test_keys_are_not_written_through_a_link(
    secret: Workspace, tmp_path_factory: pytest.TempPathFactory, linked: str
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "deep"
    elsewhere.mkdir()
    (secret.folder / linked).parent.mkdir(exist_ok=True)
    (secret.folder / linked).symlink_to(elsewhere)
    run = secret.build()

    assert (run.status, run.out) == (3, "")
    assert run.err == (
        f"meshgen: {linked} is a symbolic link, and private keys are never written through one\n"
    )
    assert list(elsewhere.parent.rglob("*")) == [elsewhere]
    assert not secret.out.exists()


def test_git_ignores_the_folder(secret: Workspace) -> None:
    subprocess.run(["git", "init", "-q"], check=True)
    assert secret.build().status == 0
    untracked = ["git", "status", "--porcelain", "--untracked-files=all", "secrets"]
    ignored = ["git", "check-ignore", "--no-index", "--stdin"]
    paths = [str(path.relative_to(secret.folder)) for path in (secret.folder / "secrets").rglob("*")]

    assert subprocess.run(untracked, capture_output=True, check=True).stdout == b""
    run = subprocess.run(ignored, input="\n".join(paths), capture_output=True, text=True, check=True)
    assert run.stdout.splitlines() == paths


def test_the_keys_are_warned_of_and_only_where_they_are(secret: Workspace) -> None:
    run = secret.build()

    assert WARNING in run.err
    assert "no tls section" not in run.err
    assert "secrets/rebels: 2 written, 0 removed, 0 unchanged" in run.err
    assert not [path for path in secret.out.rglob("*") if "secret" in path.name]
    assert run.out == ""


def test_without_a_tls_section_one_line_says_that_the_secret_is_left_out(work: Workspace) -> None:
    work.write(mesh())
    run = work.build()

    assert run.err.splitlines()[1:] == [
        "no tls section in mesh.yaml: the Secret cilium-clustermesh is left out"
    ]
    assert not (work.folder / "secrets").exists()


def test_a_check_writes_no_secret(secret: Workspace) -> None:
    before = state(secret.folder)
    assert secret.build("--check").status == 1
    assert state(secret.folder) == before

    assert secret.build().status == 0
    shutil.rmtree(secret.folder / "secrets")
    before = state(secret.folder)
    assert secret.build("--check").status == 0
    assert state(secret.folder) == before


def test_a_second_build_changes_nothing(secret: Workspace) -> None:
    assert secret.build().status == 0
    before = state(secret.folder)

    assert secret.build().status == 0
    assert state(secret.folder) == before


def test_a_key_restarts_nobody_and_a_new_certificate_restarts_the_agents(secret: Workspace) -> None:
    assert secret.build().status == 0
    first = files(secret.out)
    key = secret.folder / "config/cluster2.etcd-client.key"
    key.write_bytes(key.read_bytes().replace(b"\n", b"\r\n"))
    assert "secrets/rebels: 2 written" in secret.build().err
    assert files(secret.out) == first

    for name, content in fresh_guide_files("cluster2").items():
        (secret.folder / "config" / name).write_bytes(content)
    assert secret.build().status == 0
    changed = {path for path, content in files(secret.out).items() if content != first[path]}
    assert changed == {
        ".meshgen.json",
        "cluster1/patches/cilium.daemonset.yaml",
        "cluster2/patches/cilium.daemonset.yaml",
    }


@pytest.mark.parametrize("clusters", [["cluster1"], []], ids=["of one cluster", "of all clusters"])
def test_every_missing_file_is_told_in_one_run(work: Workspace, clusters: list[str]) -> None:
    extracted(work.folder / "config", *clusters)
    work.write(MESH)
    before = state(work.folder)
    run = work.build()
    lacking = [name for name in ("cluster1", "cluster2") if name not in clusters]

    assert run.status == 1
    assert [line for line in run.lines if line.startswith("error")] == [
        f"error[MG501]: the TLS file config/{name}{suffix} of {name} is missing"
        for name in lacking
        for suffix in SUFFIXES
    ]
    assert state(work.folder) == before


@pytest.mark.parametrize("kind", ["a folder", "a FIFO", "a dangling link", "nothing"])
def test_what_is_no_file_is_missing_and_nothing_hangs(secret: Workspace, kind: str) -> None:
    path = secret.folder / "config/cluster1.etcd-client.key"
    path.unlink()
    if kind == "a folder":
        path.mkdir()
    elif kind == "a FIFO":
        os.mkfifo(path)
    elif kind == "a dangling link":
        path.symlink_to("nowhere")
    run = secret.build()

    assert run.status == 1
    assert [line for line in run.lines if line.startswith("error")] == [
        "error[MG501]: the TLS file config/cluster1.etcd-client.key of cluster1 is missing"
    ]


def test_links_to_files_are_followed_as_in_a_mounted_secret(secret: Workspace) -> None:
    (secret.folder / "config").rename(secret.folder / "real")
    (secret.folder / "config").mkdir()
    for path in (secret.folder / "real").iterdir():
        (secret.folder / "config" / path.name).symlink_to(path)

    assert secret.build().status == 0
    assert written(secret, "cluster1")["data"] == guides_own(secret.folder / "real")["data"]


@pytest.mark.parametrize("folder", ["pki/etcd", "{}/pki/etcd", "../{}/pki/etcd", "."])
def test_the_folder_of_the_files_is_relative_to_the_mesh(work: Workspace, folder: str) -> None:
    place = work.folder / ("" if folder == "." else "pki/etcd")
    extracted(place, "cluster1", "cluster2")
    named = folder.format(work.folder.name if folder.startswith("..") else work.folder)
    work.write(MESH | {"tls": {"source": "files", "files": named}})

    assert work.build().status == 0
    assert len(written(work, "cluster2")["data"]) == 8


@pytest.mark.parametrize("folder", ["line\nfeed", "x" * 5000, "\u202e"])
def test_a_folder_that_cannot_be_is_missing(work: Workspace, folder: str) -> None:
    work.write(MESH | {"tls": {"source": "files", "files": folder}})
    run = work.build()

    assert run.status == 1
    assert run.out.count("error[MG501]") == 8


def test_a_file_larger_than_a_secret_stops_the_build(secret: Workspace) -> None:
    (secret.folder / "config/cluster1").write_bytes(bytes(1024 * 1024 + 1))
    run = secret.build()

    assert (run.status, run.out) == (3, "")
    assert run.err == "meshgen: config/cluster1 is larger than a Secret can be (1 MiB)\n"
    assert not secret.out.exists()


def test_a_cluster_that_leaves_takes_its_secret_along(secret: Workspace) -> None:
    extracted(secret.folder / "config", "cluster3")
    secret.write(mesh(cluster(1), cluster(2), cluster(3), name="rebels", tls={"source": "files"}))
    assert secret.build().status == 0
    secret.write(MESH)

    refused = secret.build()
    assert refused.status == 1
    assert [line for line in refused.lines if line.startswith("  -->")] == [
        "  --> out/cluster3",
        "  --> secrets/rebels/cluster3",
    ]
    assert secret.build("--allow-removal", "cluster3").status == 0
    assert not (secret.folder / "secrets/rebels/cluster3").exists()


def test_neither_is_written_when_one_may_not_be(secret: Workspace) -> None:
    assert secret.build().status == 0
    (secret.out / "ROLLOUT.md").write_text("mine")
    with (secret.folder / "config/cluster1").open("a", encoding="utf-8") as config:
        config.write("# new\n")
    before = state(secret.folder)
    assert "out/ROLLOUT.md" in secret.build().out
    assert state(secret.folder) == before

    assert secret.build("--force").status == 0
    path = secret.folder / "secrets/rebels/cluster1/cilium-clustermesh.secret.yaml"
    path.write_text("mine")
    secret.write(MESH | {"services": [service()]})
    before = state(secret.folder)
    assert "secrets/rebels/cluster1/cilium-clustermesh.secret.yaml" in secret.build().out
    assert state(secret.folder) == before


def test_an_interrupted_build_of_secrets_is_repaired_as_well(secret: Workspace) -> None:
    assert secret.build().status == 0
    (secret.folder / "secrets/.rebels.meshgen").mkdir()

    assert "secrets/rebels: repaired what an interrupted build had left" in secret.build().err
    assert {path.name for path in (secret.folder / "secrets").iterdir()} == {".gitignore", "rebels"}


def test_from_standard_input_they_go_to_the_current_folder(tmp_path: Path) -> None:
    extracted(tmp_path / "config", "cluster1", "cluster2")
    command = [sys.executable, "-m", "meshgen", "build", "-"]
    subprocess.run(command, cwd=tmp_path, input=text(MESH), capture_output=True, check=True)

    assert (tmp_path / "secrets/rebels/cluster1/cilium-clustermesh.secret.yaml").exists()


def test_what_is_read_does_not_show_itself() -> None:
    assert repr(Inventory(files={"cluster1.etcd-client.key": b"secret"})) == "Inventory(0 certificates)"
