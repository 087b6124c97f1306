"""Where identities come from, and what is said of those that are none."""

import os
import threading
from pathlib import Path

import pytest
from workplaces import OPERATOR, STRANGER, Workplace, generated, public


@pytest.fixture
def opened(sealed: Workplace) -> Workplace:
    """A mesh whose Secrets must be sealed anew, which needs an identity."""
    recipients = [public(OPERATOR), public(STRANGER)]
    sealed.write(generated(secrets={"backend": "sops", "sops": {"recipients": recipients}}))
    assert sealed.run("build").codes == ["MG519"] * 10
    return sealed


def test_an_identity_is_taken_from_a_file_that_age_keygen_writes(opened: Workplace) -> None:
    opened.must("build", "--identity", opened.identity)


def test_identities_of_several_files_count_together(opened: Workplace) -> None:
    opened.must("build", "--identity", opened.stranger, "--identity", opened.identity)


def test_an_identity_of_somebody_else_opens_nothing(opened: Workplace) -> None:
    assert opened.run("build", "--identity", opened.stranger).codes == ["MG519"] * 10


@pytest.mark.parametrize("variable", ["SOPS_AGE_KEY_FILE", "SOPS_AGE_KEY"])
def test_an_identity_is_taken_from_the_variables_that_sops_reads(
    opened: Workplace, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv(variable, str(opened.identity if variable.endswith("FILE") else OPERATOR))
    opened.must("build")


def test_an_empty_variable_is_none(sealed: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOPS_AGE_KEY", "")
    monkeypatch.setenv("SOPS_AGE_KEY_FILE", "")
    sealed.must("build")


def test_an_identity_may_come_through_a_pipe_that_can_be_read_only_once(
    opened: Workplace, tmp_path: Path
) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_text, args=(f"{OPERATOR}\n",))
    writer.start()
    opened.must("build", "--identity", pipe)
    writer.join()


def test_no_identity_is_read_where_nothing_is_sealed(tmp_path: Path) -> None:
    plain = Workplace(tmp_path / "mesh", generated(tls=None, secrets=None))
    plain.must("build", "--identity", tmp_path / "no-such-file")


SECRET = str(OPERATOR)
MALFORMED = [
    pytest.param(SECRET[:-1], "line 1 is not an age identity as age-keygen makes them", id="cut off"),
    pytest.param(f"#\n\n{SECRET}x", "line 3 is not an age identity as age-keygen makes them", id="too long"),
    pytest.param(
        public(OPERATOR), "line 1 is not an age identity as age-keygen makes them", id="a recipient"
    ),
    pytest.param("\x00\xff", "line 1 is not an age identity as age-keygen makes them", id="no text"),
    pytest.param("# a comment\n", "there is no age identity in it", id="nothing in it"),
]


@pytest.mark.parametrize(("content", "told"), MALFORMED)
def test_a_malformed_identity_ends_the_run_and_is_not_shown(
    sealed: Workplace, tmp_path: Path, content: str, told: str
) -> None:
    path = tmp_path / "identity.txt"
    path.write_text(content)
    for command in (["build"], ["build", "--debug"], ["check"], ["pki", "status"]):
        done = sealed.run(*command, "--identity", path)
        assert (done.status, done.err.splitlines()[-1]) == (3, f"meshgen: {path}: {told}")
        assert "AGE-SECRET-KEY-1" not in done.out + done.err


def test_a_malformed_variable_is_named_and_not_shown(
    sealed: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOPS_AGE_KEY", SECRET[:-4])
    done = sealed.run("check", "--debug")
    assert (done.status, done.err.splitlines()[-1]) == (
        3,
        "meshgen: SOPS_AGE_KEY: line 1 is not an age identity as age-keygen makes them",
    )
    assert SECRET[20:40] not in done.out + done.err


def test_a_missing_identity_file_is_named(sealed: Workplace, tmp_path: Path) -> None:
    done = sealed.run("build", "--identity", tmp_path / "absent.txt")
    assert (done.status, done.err) == (3, f"meshgen: {tmp_path}/absent.txt: No such file or directory\n")


def test_a_file_without_an_end_is_given_up(sealed: Workplace) -> None:
    for options in (
        ["check", "--identity", "/dev/zero"],
        ["pki", "import", "--ca", "/dev/zero", "--ca-key", "x"],
    ):
        done = sealed.run(*options)
        assert (done.status, done.err) == (3, "meshgen: /dev/zero: larger than 1 MiB\n")
