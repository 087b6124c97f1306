"""Exit statuses, the same for every command: 0 clean, 1 findings, 2 usage, 3 could not run, 130 stopped."""

import io
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from builders import cluster, mesh, text
from commands import PROGRAM, Run, program

from meshgen import __version__
from meshgen.cli import interrupts
from meshgen.cli.console import console
from meshgen.cli.run import main

COMMANDS = ("check", "build", "explain", "schema", "init", "suggest")
_NOBODY = 65534
ERROR = text(mesh(cluster(1), cluster(2, id=1)))
WARNING = text(mesh(cluster(1), cluster(2, nodeCIDRs=None)))


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["check"], id="a check of a sound mesh"),
        pytest.param(["check", "mesh.yaml"], id="with its name"),
        pytest.param(["build"], id="a build"),
        pytest.param(["explain"], id="the list of codes"),
        pytest.param(["explain", "mg203"], id="a page, in any case"),
        pytest.param(["explain", "overlapping-pod-cidrs"], id="a page by its name"),
        pytest.param(["schema"], id="the schema"),
        pytest.param(["init", "other.yaml"], id="a new mesh.yaml"),
        pytest.param(["init", "-"], id="a new mesh.yaml, printed"),
        pytest.param(["suggest", "id"], id="an ID"),
        pytest.param(["suggest", "pod-cidr"], id="a PodCIDR"),
        pytest.param(["--version"], id="the version"),
        pytest.param(["--help"], id="help"),
        pytest.param(["-h"], id="help, in short"),
    ],
)
@pytest.mark.usefixtures("sound")
def test_what_is_done_ends_with_0_and_says_nothing_of_failure(run: Run, arguments: list[str]) -> None:
    ran = run(*arguments)

    assert ran.status == 0
    assert ran.out or ran.err
    assert "meshgen: " not in ran.err


@pytest.mark.parametrize("command", ["check", "build"])
def test_an_error_finding_ends_with_1(run: Run, folder: Path, command: str) -> None:
    (folder / "mesh.yaml").write_bytes(ERROR)

    ran = run(command)

    assert ran.status == 1
    assert "error[MG202]" in ran.out
    assert [path.name for path in folder.iterdir()] == ["mesh.yaml"]


@pytest.mark.parametrize("what", ["id", "pod-cidr"])
def test_nothing_is_suggested_for_a_file_that_is_no_mesh(run: Run, folder: Path, what: str) -> None:
    (folder / "mesh.yaml").write_text("clusters: []\n")

    ran = run("suggest", what)

    assert ran.status == 1
    assert "error[MG102]" in ran.out


@pytest.mark.parametrize("what", ["id", "pod-cidr"])
def test_something_is_suggested_for_a_mesh_with_findings_since_it_is_their_remedy(
    run: Run, folder: Path, what: str
) -> None:
    (folder / "mesh.yaml").write_bytes(ERROR)

    assert run("suggest", what).status == 0


@pytest.mark.parametrize("command", ["check", "build"])
def test_a_warning_ends_with_0_and_with_strict_it_is_an_error(run: Run, folder: Path, command: str) -> None:
    (folder / "mesh.yaml").write_bytes(WARNING)

    strict, lenient = run(command, "--strict"), run(command)

    assert (lenient.status, strict.status) == (0, 1)
    assert "warning[MG217]" in lenient.out
    assert "mesh.yaml: 1 warning" in lenient.out
    assert "error[MG217]" in strict.out
    assert "mesh.yaml: 1 error" in strict.out
    assert "warning" not in strict.out


def test_strict_leaves_infos_as_they_are(run: Run, folder: Path) -> None:
    service_cidrs = {"serviceCIDRs": ["10.96.0.0/16"]}
    (folder / "mesh.yaml").write_bytes(text(mesh(cluster(1, **service_cidrs), cluster(2, **service_cidrs))))

    ran = run("check", "--strict")

    assert ran.status == 0
    assert "info[MG216]" in ran.out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        pytest.param(["check", "--bogus"], "--bogus", id="an unknown option"),
        pytest.param(["--bogus", "check"], "--bogus", id="an unknown option before the command"),
        pytest.param(["chekc"], "chekc", id="an unknown command"),
        pytest.param(["check", "a.yaml", "b.yaml"], "b.yaml", id="an argument too many"),
        pytest.param(
            ["check", "--format", "xml"], "text, concise, json, sarif, github, junit", id="a format"
        ),
        pytest.param(["check", "--format", "json="], "'json='", id="a format with an empty path"),
        pytest.param(
            ["check", "--format", "json", "--format", "text"], "only one", id="two formats to stdout"
        ),
        pytest.param(["--format", "json", "check", "--format", "text"], "only one", id="on both sides"),
        pytest.param(["check", "--color", "sometimes"], "sometimes", id="a colour"),
        pytest.param(["check", "--as-of", "tomorrow"], "'tomorrow' is not a date", id="a date"),
        pytest.param(["check", "--as-of", "20270131"], "2027-01-31", id="a date in another form"),
        pytest.param(["explain", "MG999"], "'MG999'; did you mean", id="an unknown code"),
        pytest.param(["explain", "nonsense"], "`meshgen explain` lists them", id="what is no code at all"),
        pytest.param(["suggest"], "Missing argument", id="nothing to suggest"),
        pytest.param(["suggest", "name"], "'name'", id="what cannot be suggested"),
        pytest.param(["suggest", "pod-cidr", "--size", "0"], "'0' is not a prefix length", id="a size of 0"),
        pytest.param(["suggest", "pod-cidr", "--size", "x"], "'x' is not a prefix length", id="a size"),
        pytest.param(["suggest", "pod-cidr", "--size", "64"], "--ipv6", id="a size of IPv6 for IPv4"),
        pytest.param(["suggest", "pod-cidr", "--size", "129", "--ipv6"], "'129'", id="a size past IPv6"),
        pytest.param(["init", "--clusters", "0"], "1<=x<=200", id="no cluster"),
        pytest.param(["init", "--clusters", "201"], "1<=x<=200", id="more clusters than init numbers"),
    ],
)
@pytest.mark.usefixtures("sound")
def test_wrong_usage_ends_with_2_and_names_what_is_wrong(run: Run, arguments: list[str], told: str) -> None:
    ran = run(*arguments)

    assert ran.status == 2
    assert told in ran.err
    assert ran.out == ""


def test_without_a_command_the_help_is_shown(run: Run) -> None:
    ran = run()

    assert ran.status == 2
    assert all(command in ran.err for command in COMMANDS)


@pytest.mark.parametrize("command", [["check"], ["build"], ["suggest", "id"], ["suggest", "pod-cidr"]])
@pytest.mark.parametrize(
    ("name", "reason"),
    [
        pytest.param("missing.yaml", "No such file or directory", id="missing"),
        pytest.param("folder", "Is a directory", id="a folder"),
        pytest.param("missing.yaml/mesh.yaml", "No such file or directory", id="in a missing folder"),
        pytest.param("mesh.yaml/mesh.yaml", "Not a directory", id="in a file"),
        pytest.param("m\0.yaml", "embedded null byte", id="with a NUL in its name"),
    ],
)
def test_a_mesh_that_cannot_be_read_ends_with_3_and_one_line(
    run: Run, sound: Path, command: list[str], name: str, reason: str
) -> None:
    sound.with_name("folder").mkdir()

    ran = run(*command, name)

    assert ran == (3, "", f"meshgen: cannot read {name!r}: {reason}\n")


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    "command", [["check"], ["build"], ["suggest", "id"], ["pki", "status"], ["diff", "HEAD"]]
)
def test_a_folder_without_a_mesh_is_told_how_to_begin(run: Run, command: list[str]) -> None:
    ran = run(*command)

    reason = "No such file or directory (meshgen init writes one; name one that is elsewhere as MESH)"
    assert ran == (3, "", f"meshgen: cannot read 'mesh.yaml': {reason}\n")


def test_a_mesh_without_permission_ends_with_3(run: Run, sound: Path) -> None:
    sound.chmod(0)
    user = os.geteuid()
    # Root may read every file, so for a moment the test is nobody.
    os.seteuid(user or _NOBODY)
    try:
        ran = run("check")
    finally:
        os.seteuid(user)

    assert ran == (3, "", "meshgen: cannot read 'mesh.yaml': Permission denied\n")


def test_a_name_with_a_line_feed_is_told_on_one_line(run: Run) -> None:
    assert run("check", "a\nb").err == "meshgen: cannot read 'a\\nb': No such file or directory\n"


def test_standard_input_is_read_for_a_dash(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(ERROR)))

    ran = run("check", "-", "--format", "concise")

    assert ran.status == 1
    assert ran.out.startswith("<stdin>:")
    assert ran.out.endswith("<stdin>: 1 error\n")
    assert list(folder.iterdir()) == []


def test_a_build_from_standard_input_says_mesh_yaml_as_its_source(
    run: Run, folder: Path, sound: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("build", "-o", "from-file")
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(sound.read_bytes())))

    assert run("build", "-", "-o", "from-input").status == 0
    files = {path.relative_to(folder / "from-file") for path in (folder / "from-file").rglob("*.yaml")}
    assert files
    for path in files:
        assert (folder / "from-input" / path).read_bytes() == (folder / "from-file" / path).read_bytes()


def test_a_closed_standard_input_ends_with_3(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", None)

    assert run("check", "-") == (3, "", "meshgen: cannot read standard input: it is closed\n")


def test_a_standard_input_that_fails_ends_with_3(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (folder / "written").open("w") as only_for_writing:
        monkeypatch.setattr("sys.stdin", only_for_writing)

        ran = run("check", "-")

    assert ran.status == 3
    assert ran.err.startswith("meshgen: cannot read standard input: ")


@pytest.mark.usefixtures("sound")
def test_no_standard_output_at_all_ends_with_3(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr("sys.stdout", None)
        status = main(["check"])

    assert (status, capsys.readouterr().err) == (3, "meshgen: standard output is closed\n")


@pytest.mark.usefixtures("sound")
def test_a_pipe_that_nobody_reads_any_more_is_given_up(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as pipe, monkeypatch.context() as patched:
        patched.setattr("sys.stdout", pipe)
        status = main(["check"])

    assert (status, capsys.readouterr().err) == (3, "")


@pytest.mark.usefixtures("sound")
@pytest.mark.parametrize(("output", "status"), [("stdout", 3), ("stderr", 0)])
def test_a_program_ends_with_its_status_also_where_it_cannot_say_anything(
    monkeypatch: pytest.MonkeyPatch, output: str, status: int
) -> None:
    ended: list[int] = []
    monkeypatch.setattr("gc.disable", lambda: None)
    with monkeypatch.context() as patched:
        patched.setattr("sys.argv", ["meshgen", "check"])
        patched.setattr(f"sys.{output}", None)
        console(leave=ended.append)

    assert ended == [status]


@pytest.mark.usefixtures("sound")
def test_an_interrupt_in_the_middle_of_a_check_is_one_line(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("meshgen.cli.check.inspect", interrupted)

    assert run("check") == (130, "", "meshgen: interrupted\n")


def test_a_file_beside_the_mesh_that_is_too_large_for_a_secret_ends_with_3(run: Run, folder: Path) -> None:
    (folder / "mesh.yaml").write_bytes(text(mesh(tls={"source": "files", "files": "config/"})))
    (folder / "config").mkdir()
    for name in ("cluster1", "cluster2"):
        for ending in ("", ".etcd-client-ca.crt", ".etcd-client.crt", ".etcd-client.key"):
            (folder / "config" / f"{name}{ending}").write_bytes(b"x" * (1024 * 1024 + 1))

    ran = run("build")

    assert ran == (3, "", "meshgen: config/cluster1 is larger than a Secret can be (1 MiB)\n")
    assert not (folder / "out").exists()


def test_a_closed_standard_output_ends_with_3(sound: Path) -> None:
    done = subprocess.run(
        ["bash", "-c", f"{PROGRAM} check >&-"], cwd=sound.parent, capture_output=True, check=False
    )

    assert (done.returncode, done.stderr) == (3, b"meshgen: standard output is closed\n")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
def test_a_full_disk_behind_standard_output_ends_with_3_and_one_line(sound: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [PROGRAM, "check"], cwd=sound.parent, stdout=full, stderr=subprocess.PIPE, check=False
        )

    assert (done.returncode, done.stderr) == (3, b"meshgen: No space left on device\n")


def test_a_reader_that_goes_away_gets_no_traceback(folder: Path) -> None:
    many = mesh(*[cluster(number, id=1) for number in range(1, 200)])
    (folder / "mesh.yaml").write_bytes(text(many))
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as pipe:
        done = subprocess.run(
            [PROGRAM, "check"], cwd=folder, stdout=pipe, stderr=subprocess.PIPE, check=False
        )

    assert (done.returncode, done.stderr) == (3, b"")


def test_an_interrupt_ends_with_130_and_one_line(folder: Path) -> None:
    os.mkfifo(folder / "mesh.yaml")
    # A test may be started with interrupts ignored, and what it starts would ignore them as well.
    listening = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
    started = f"{listening}; from meshgen.cli.run import main; raise SystemExit(main(['check']))"
    running = subprocess.Popen(
        [sys.executable, "-c", started], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    # It waits for someone to write into the pipe; that the pipe opens shows that it has come so far.
    while running.poll() is None:
        with suppress(OSError):
            writing = os.open(folder / "mesh.yaml", os.O_WRONLY | os.O_NONBLOCK)
            running.send_signal(signal.SIGINT)
            break
        time.sleep(0.01)
    out, err = running.communicate(timeout=60)
    os.close(writing)

    assert (running.returncode, out, err) == (130, b"", b"meshgen: interrupted\n")


@pytest.fixture
def listening(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A process that can be interrupted, as a program of its own is; afterwards it is as before."""
    monkeypatch.setattr("gc.disable", lambda: None)
    monkeypatch.setattr("meshgen.cli.interrupts._COME", [])
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("listening")
def test_an_interrupt_outside_of_a_run_ends_with_130_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    ended: list[int] = []
    monkeypatch.setattr("meshgen.cli.run.main", lambda: signal.raise_signal(signal.SIGINT))
    console(leave=ended.append)

    assert ended == [130]


class PanicError(BaseException):
    """What a library in Rust makes of an interrupt."""


@pytest.mark.usefixtures("listening", "sound")
@pytest.mark.parametrize("made", [PanicError, ValueError])
def test_an_interrupt_that_a_library_makes_something_else_of_ends_with_130(
    run: Run, monkeypatch: pytest.MonkeyPatch, made: type[BaseException]
) -> None:
    def converting(*_: object, **__: object) -> None:
        try:
            signal.raise_signal(signal.SIGINT)
        except KeyboardInterrupt:
            raise made from None

    interrupts.listen()
    monkeypatch.setattr("meshgen.cli.check.inspect", converting)

    assert run("check") == (130, "", "meshgen: interrupted\n")


@pytest.mark.usefixtures("listening")
def test_what_is_no_interrupt_is_not_called_one(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise PanicError

    monkeypatch.setattr("meshgen.cli.run.main", broken)
    with pytest.raises(PanicError):
        console(leave=print)


@pytest.mark.usefixtures("listening")
def test_interrupts_that_are_ignored_stay_ignored() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    interrupts.listen()

    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN


def test_a_bug_is_one_sentence_and_its_place_is_shown_only_with_debug(
    run: Run, sound: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = "-----BEGIN PRIVATE KEY-----"

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError(key)

    monkeypatch.setattr("meshgen.cli.check.inspect", broken)

    plain, debug, before = run("check"), run("check", "--debug"), run("--debug", "check")

    told = "meshgen: this is a bug in meshgen, please report it: RuntimeError (--debug shows where)\n"
    assert plain == (3, "", told)
    assert debug.status == before.status == 3
    for ran in (debug, before):
        assert ran.err.startswith("Traceback (most recent call last):")
        assert ran.err.endswith(told)
        assert "in broken" in ran.err
        assert key not in ran.err
    assert sound.exists()


def test_debug_shows_where_a_file_could_not_be_read(run: Run) -> None:
    ran = run("check", "missing.yaml", "--debug")

    assert "Traceback" in ran.err
    assert ran.err.endswith("meshgen: cannot read 'missing.yaml': No such file or directory\n")


@pytest.mark.usefixtures("sound")
def test_a_report_that_cannot_be_written_ends_with_3_and_one_line(run: Run) -> None:
    ran = run("check", "--format", "sarif=missing/findings.sarif")

    assert ran == (3, "", "meshgen: missing/findings.sarif: No such file or directory\n")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
@pytest.mark.usefixtures("sound")
@pytest.mark.parametrize(
    "command", [["check"], ["test"], ["pki", "status"]], ids=["findings", "outcomes", "certificates"]
)
def test_a_full_disk_behind_a_report_ends_with_3_and_names_the_report(
    run: Run, folder: Path, command: list[str]
) -> None:
    if command[0] == "pki":
        (folder / "mesh.yaml").write_bytes(text(mesh(tls={"source": "generate"})))

    ran = run(*command, "--format", "json=/dev/full")

    assert ran == (3, "", "meshgen: /dev/full: No space left on device\n")


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["check", "--format", "json=mesh.yaml"], id="by default"),
        pytest.param(["check", "./link.yaml", "--format", "sarif=mesh.yaml"], id="by another name"),
        pytest.param(["--format", "json=link.yaml", "build", "mesh.yaml"], id="through a link"),
        pytest.param(["pki", "status", "--format", "json=mesh.yaml"], id="by default, of pki"),
        pytest.param(["build", "--identity", "age.txt", "--format", "json=age.txt"], id="a key"),
        pytest.param(["diff", "mesh.yaml", ".", "--format", "json=./mesh.yaml"], id="in a folder"),
        pytest.param(
            ["diff", "HEAD", "sub", "--mesh", "a/b.yaml", "--format", "json=sub/b.yaml"], id="of one"
        ),
        pytest.param(["diff", "HEAD", "--allow", "age.txt", "--format", "html=age.txt"], id="declared"),
    ],
)
def test_a_report_is_not_written_over_what_is_read(
    run: Run, folder: Path, sound: Path, arguments: list[str]
) -> None:
    (folder / "link.yaml").symlink_to("mesh.yaml")
    (folder / "age.txt").write_text("a key")
    (folder / "sub").mkdir()
    (folder / "sub" / "b.yaml").write_text("a mesh")
    before = {path: path.read_bytes() for path in folder.rglob("*.*")}

    ran = run(*arguments)

    assert (ran.status, ran.out) == (2, "")
    assert "which is no report of meshgen\n" in ran.err
    assert {path: path.read_bytes() for path in folder.rglob("*.*")} == before
    assert sound.exists()


@pytest.mark.usefixtures("sound")
@pytest.mark.parametrize("other", ["a.txt", "./a.txt", "link.txt"])
def test_two_reports_do_not_go_into_one_file(run: Run, folder: Path, other: str) -> None:
    (folder / "link.txt").symlink_to("a.txt")

    ran = run("--format", "json=a.txt", "check", "--format", f"sarif={other}")

    assert (ran.status, ran.out) == (2, "")
    assert f"--format sarif={other} would write over the report of --format json=a.txt\n" in ran.err
    assert not (folder / "a.txt").exists()


@pytest.mark.usefixtures("sound")
def test_two_reports_go_into_one_device(run: Run) -> None:
    assert run("check", "--format", "json=/dev/null", "--format", "sarif=/dev/null").status == 0


@pytest.mark.usefixtures("sound")
def test_a_report_is_written_over_an_older_one(run: Run, folder: Path) -> None:
    (folder / "report.json").write_text("old")

    assert run("check", "--format", "json=report.json").status == 0
    assert "old" not in (folder / "report.json").read_text()


def test_the_version_is_the_packages(folder: Path) -> None:
    assert program("--version", folder=folder) == (0, f"meshgen, version {__version__}\n", "")


def test_it_runs_as_a_module(sound: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "meshgen", "check"], cwd=sound.parent, capture_output=True, check=False
    )

    assert (done.returncode, done.stdout) == (0, b"mesh.yaml: no findings\n")
