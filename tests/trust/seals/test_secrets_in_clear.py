"""Backend plaintext: Secrets beside mesh.yaml, for nobody else's eyes, and never in the tree."""

import json
import stat
import subprocess
from pathlib import Path

import pytest
from programs import sops
from workplaces import OPERATOR, Workplace, changed, decoded, extracted, generated, public_bytes


@pytest.fixture
def plain(sealed: Workplace) -> Workplace:
    """Generated certificates, and Secrets that are to be written in clear."""
    sealed.write(generated(backend="plaintext"))
    return sealed


def test_keys_of_the_store_are_written_only_where_an_identity_opens_them(plain: Workplace) -> None:
    before = plain.files()
    for options in ([], ["--identity", plain.stranger]):
        done = plain.run("build", *options)
        assert done.codes == ["MG519"] * 10
        assert "meshgen build --identity FILE" in done.out
    assert changed(before, plain.files()) == []
    done = plain.must("build", identity=True)
    assert f"warning: {plain.folder}/secrets/test holds private keys in clear text" in done.err


def test_the_secrets_are_whole_and_private_and_nothing_of_them_is_in_the_tree(plain: Workplace) -> None:
    plain.must("build", identity=True)
    paths = sorted((plain.folder / "secrets").rglob("*.secret.yaml"))
    assert len(paths) == 10
    for path in paths:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert not path.is_relative_to(plain.folder / "out")
    tree = b"".join(plain.files("out").values())
    assert b"kind: Secret" not in tree
    assert b"PRIVATE KEY" not in tree


def test_whoever_has_no_identity_still_verifies_the_tree(plain: Workplace) -> None:
    plain.must("build", identity=True)
    assert plain.must("build", "--check").err.endswith("out: up to date\n")


@pytest.mark.parametrize("around", ["", "SOPS_AGE_KEY_FILE", "SOPS_AGE_KEY"])
def test_a_check_ends_with_a_command_that_a_build_can_do(
    plain: Workplace, monkeypatch: pytest.MonkeyPatch, around: str
) -> None:
    if around:
        monkeypatch.setenv(around, str(plain.identity) if around.endswith("FILE") else str(OPERATOR))
    unnamed = plain.run("build", "--check").out.splitlines()[-1]
    named = plain.run("build", "--check", identity=True).out.splitlines()[-1]

    assert unnamed.endswith("out" if around else "out --identity FILE")
    assert named.endswith(f"out --identity {plain.identity}")


def test_a_secret_in_clear_is_what_sops_would_open_to(sealed: Workplace, tmp_path: Path) -> None:
    plain = sealed.copied(tmp_path / "plain")
    plain.write(generated(backend="plaintext"))
    plain.must("build", identity=True)
    for path in sorted((plain.folder / "secrets").rglob("*.secret.yaml")):
        relative = path.relative_to(plain.folder / "secrets" / "test")
        mine = decoded(plain.object(f"../secrets/test/{relative}"))
        its = sealed.folder / "out" / str(relative).replace(".secret.yaml", ".secret.sops.yaml")
        text = sops("decrypt", "--output-type", "json", its, SOPS_AGE_KEY=str(OPERATOR))
        assert mine == decoded(json.loads(text))
        (key,) = [name for name in mine if name.endswith(".key")]
        assert public_bytes(mine[key])


def git(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["git", "-C", str(folder), *arguments], capture_output=True, check=False, encoding="utf-8"
    )


def test_git_ignores_every_secret(plain: Workplace) -> None:
    assert git(plain.folder, "init", "-q").returncode == 0
    plain.must("build", identity=True)
    git(plain.folder, "add", "--all")
    tracked = git(plain.folder, "ls-files").stdout.splitlines()
    assert [path for path in tracked if path.startswith("secrets/")] == []
    assert "out/cluster1/kustomization.yaml" in tracked


LEAKY = [
    pytest.param("*.log\n", id="one that is about something else"),
    pytest.param("*\n!test/\n", id="one that lets a mesh through"),
    pytest.param("# nothing\n!*\n", id="one that lets everything through"),
]


@pytest.mark.parametrize("content", LEAKY)
def test_a_folder_that_git_does_not_ignore_is_refused_and_left_alone(plain: Workplace, content: str) -> None:
    folder = plain.folder / "secrets"
    folder.mkdir()
    (folder / ".gitignore").write_text(content)
    before = plain.files()
    done = plain.run("build", identity=True)
    assert done.status == 3
    assert done.err == (
        f"meshgen: {folder}/.gitignore does not ignore everything; private keys are written there only "
        "if it does\n"
    )
    assert changed(before, plain.files()) == [], "the lock is still there too"


@pytest.mark.parametrize("content", ["", "# ours\n", "*\n", "*\n!.gitignore\n", "/test\n*\n"])
def test_a_folder_that_git_ignores_is_used(plain: Workplace, content: str) -> None:
    folder = plain.folder / "secrets"
    folder.mkdir()
    (folder / ".gitignore").write_text(content)
    plain.must("build", identity=True)
    git(plain.folder, "init", "-q")
    assert (
        git(plain.folder, "check-ignore", "secrets/test/cluster1/cilium-clustermesh.secret.yaml").returncode
        == 0
    )


def test_secrets_never_lie_in_the_output_directory(plain: Workplace) -> None:
    before = plain.files()
    done = plain.run("build", "-o", plain.folder, identity=True)
    assert done.status in {1, 3}
    assert changed(before, plain.files()) == []
    done = plain.run("build", "-o", plain.folder / "secrets", identity=True)
    assert (done.status, "private keys are never written there" in done.err) == (3, True)


def test_the_guides_files_need_no_identity_and_no_store(tmp_path: Path) -> None:
    place = Workplace(tmp_path / "mesh", generated(backend="plaintext", tls={"source": "files"}))
    extracted(place.folder / "config", "cluster1", "cluster2")
    assert place.run("build", "--check").out.splitlines()[-1].endswith("out")
    place.must("build")
    place.must("build", "--check")
    mine = decoded(place.object("../secrets/test/cluster1/cilium-clustermesh.secret.yaml"))
    assert mine == {path.name: path.read_bytes() for path in (place.folder / "config").iterdir()}
    assert not (place.folder / "meshgen.lock").exists()
