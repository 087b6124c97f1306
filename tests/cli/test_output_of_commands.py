"""What goes to standard output, to standard error and into files; formats and colours."""

import io
import json
from pathlib import Path

import pytest
from builders import cluster, mesh, text
from commands import Run, program

ERROR = text(mesh(cluster(1), cluster(2, id=1)))
OPTIONS = [
    pytest.param(["--format", "concise", "--strict", "--quiet"], id="several"),
    pytest.param(["--format", "json"], id="a format"),
    pytest.param(["--color", "always"], id="a colour"),
    pytest.param(["-q"], id="a short one"),
    pytest.param(["--strict"], id="a flag"),
]


@pytest.mark.parametrize("options", OPTIONS)
@pytest.mark.parametrize("content", [ERROR, text(mesh())], ids=["a finding", "no finding"])
def test_common_options_stand_before_or_after_the_command(
    run: Run, folder: Path, options: list[str], content: bytes
) -> None:
    (folder / "mesh.yaml").write_bytes(content)

    assert run(*options, "check") == run("check", *options)


def test_options_before_and_after_add_up(run: Run, folder: Path) -> None:
    (folder / "mesh.yaml").write_bytes(ERROR)

    ran = run("--format", "json=findings.json", "check", "--format", "concise", "--quiet")

    assert ran.out.startswith("mesh.yaml:")
    assert json.loads((folder / "findings.json").read_text())["summary"]["error"] == 1


def test_a_colour_after_the_command_wins_over_one_before_it(run: Run, folder: Path) -> None:
    (folder / "mesh.yaml").write_bytes(ERROR)

    assert "\x1b[" not in run("--color", "always", "check", "--color", "never").out


def test_several_formats_are_written_at_once(run: Run, folder: Path) -> None:
    (folder / "mesh.yaml").write_bytes(ERROR)

    ran = run(
        *("check", "--format", "json", "--format", "sarif=x.sarif", "--format", "junit=y.xml"),
        *("--format", "github=z.txt", "--format", "concise=c.txt", "--format", "text=t.txt"),
    )

    assert ran.status == 1
    assert json.loads(ran.out)["schema"] == "meshgen.findings/v1"
    assert json.loads((folder / "x.sarif").read_text())["version"] == "2.1.0"
    assert (folder / "y.xml").read_text().startswith("<?xml")
    assert (folder / "z.txt").read_text().startswith("::error file=mesh.yaml,")
    assert (folder / "c.txt").read_text().startswith("mesh.yaml:")
    assert (folder / "t.txt").read_text().startswith("error[MG202]: ")


def test_formats_in_files_leave_text_to_standard_output(run: Run, folder: Path) -> None:
    (folder / "mesh.yaml").write_bytes(ERROR)

    ran = run("check", "--format", "json=findings.json", "--color", "always")

    assert ran.out.startswith("\x1b[31;1merror[MG202]")
    assert "\x1b" not in (folder / "findings.json").read_text()


def test_a_file_never_has_colours(run: Run, folder: Path) -> None:
    (folder / "mesh.yaml").write_bytes(ERROR)

    run("check", "--format", "text=report.txt", "--color", "always")

    assert "\x1b" not in (folder / "report.txt").read_text()


@pytest.mark.usefixtures("sound")
@pytest.mark.parametrize("name", ["json", "sarif", "junit"])
def test_machines_get_a_whole_document_when_there_is_no_finding(run: Run, name: str) -> None:
    ran = run("check", "--quiet", "--format", name)

    assert ran.status == 0
    assert ran.out.startswith(("{", "<?xml"))
    assert ran.err == ""


@pytest.mark.usefixtures("sound")
@pytest.mark.parametrize("name", ["text", "concise"])
def test_quiet_says_nothing_of_a_sound_mesh(run: Run, name: str) -> None:
    loud, quiet = run("check", "--format", name), run("check", "-q", "--format", name)

    assert loud == (0, "mesh.yaml: no findings\n", "")
    assert quiet == (0, "", "")


def test_quiet_keeps_findings_and_failures(run: Run, folder: Path) -> None:
    (folder / "mesh.yaml").write_bytes(ERROR)

    assert "error[MG202]" in run("check", "--quiet").out
    assert run("check", "--quiet", "missing.yaml").err.startswith("meshgen: cannot read")


@pytest.mark.usefixtures("sound")
def test_findings_are_on_standard_output_and_progress_on_standard_error(run: Run) -> None:
    built = run("build")
    quiet = run("build", "--quiet")

    assert built.out == ""
    assert built.err.startswith("out: ")
    assert quiet == (0, "", "")


@pytest.mark.usefixtures("sound")
def test_json_of_a_build_can_be_piped(run: Run) -> None:
    ran = run("build", "--format", "json")

    assert json.loads(ran.out)["findings"] == []
    assert "out: " in ran.err


class Terminal(io.TextIOWrapper):
    """A standard output that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("options", "no_color", "coloured"),
    [
        pytest.param([], None, True, id="a terminal gets colours"),
        pytest.param([], "1", False, id="but not with NO_COLOR"),
        pytest.param([], "", True, id="an empty NO_COLOR does not count"),
        pytest.param(["--color", "never"], None, False, id="nor when it is told so"),
        pytest.param(["--color", "always"], "1", True, id="the option wins over NO_COLOR"),
        pytest.param(["--color", "auto"], None, True, id="auto is the default"),
    ],
)
def test_colours_on_a_terminal(
    run: Run, monkeypatch: pytest.MonkeyPatch, options: list[str], no_color: str | None, *, coloured: bool
) -> None:
    Path("mesh.yaml").write_bytes(ERROR)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    if no_color is not None:
        monkeypatch.setenv("NO_COLOR", no_color)
    written = io.BytesIO()
    monkeypatch.setattr("sys.stdout", Terminal(written))

    assert run("check", *options).status == 1
    assert (b"\x1b[31;1merror[MG202]" in written.getvalue()) is coloured


def test_a_dumb_terminal_gets_no_colours(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("mesh.yaml").write_bytes(ERROR)
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "dumb")
    written = io.BytesIO()
    monkeypatch.setattr("sys.stdout", Terminal(written))

    assert run("check").status == 1
    assert b"\x1b" not in written.getvalue()


def test_a_pipe_gets_no_colours_unless_it_is_told_so(folder: Path) -> None:
    (folder / "mesh.yaml").write_bytes(ERROR)

    assert "\x1b" not in program("check", folder=folder).out
    assert "\x1b" in program("check", "--color", "always", folder=folder).out


def test_standard_output_is_utf_8_in_every_locale(folder: Path) -> None:
    (folder / "mesh.yaml").write_bytes(text(mesh(cluster(1, name="größe"), cluster(2))))
    for variables in ({}, {"PYTHONIOENCODING": "ascii"}, {"LC_ALL": "C", "PYTHONUTF8": "0"}):
        ran = program("check", "--format", "concise", folder=folder, variables=variables)

        assert ran.status == 1
        assert "größe" in ran.out


def test_a_file_name_that_is_no_text_is_shown_as_well_as_it_can_be(run: Run, sound: Path) -> None:
    name = b"m\xff.yaml".decode("utf-8", "surrogateescape")
    sound.with_name(name).write_bytes(ERROR)

    for form in ("text", "concise", "json", "sarif", "github", "junit"):
        ran = run("check", name, "--format", form)

        assert ran.status == 1, form
        assert "m\ufffd.yaml" in ran.out or "m%EF%BF%BD.yaml" in ran.out, form


def test_pages_and_lists_are_json_when_asked_for(run: Run) -> None:
    listed = json.loads(run("explain", "--format", "json").out)
    page = json.loads(run("explain", "MG203", "--format", "json").out)

    assert {"code", "name", "severity", "summary"} == set(listed[0])
    assert page["page"].startswith("# MG203: overlapping-pod-cidrs\n")
    assert page["code"] == "MG203"


@pytest.mark.parametrize("command", [["explain"], ["explain", "MG203"], ["schema"]])
def test_pages_and_lists_go_into_files_when_asked_for(run: Run, folder: Path, command: list[str]) -> None:
    plain = run(*command)

    assert run(*command, "--format", "json=shown.json") == plain
    assert (folder / "shown.json").read_text() == run(*command, "--format", "json").out


def test_the_list_of_codes_has_a_line_for_each(run: Run) -> None:
    lines = run("explain").out.splitlines()

    assert lines == sorted(lines)
    assert len(lines) == len({line.split()[0] for line in lines})
    assert any(line.split()[:3] == ["MG203", "error", "overlapping-pod-cidrs"] for line in lines)


def test_a_page_has_all_that_helps(run: Run) -> None:
    page = run("explain", "MG203").out

    sections = ("# MG203: ", "## Why it matters", "## Fails", "## Passes", "## How to fix")
    places = [page.index(section) for section in sections]
    assert places == sorted(places)
    assert "error[MG203]: " in page


def test_the_schema_is_the_committed_one(run: Run, root: Path) -> None:
    assert run("schema").out == (root / "schemas" / "mesh.schema.json").read_text()


@pytest.mark.parametrize(
    ("versions", "told"),
    [
        pytest.param(["1.19.6"], "the chart makes the certificates in each cluster", id="the chart"),
        pytest.param(["1.13.18"], "the Secret cilium-clustermesh is left out", id="nobody"),
        pytest.param(
            ["1.14.19", "1.13.18", "1.13.18"],
            "the chart makes the certificates in cluster1; "
            "the Secret cilium-clustermesh is left out of cluster2, cluster3",
            id="both",
        ),
        pytest.param(
            ["1.14.19", *["1.13.18"] * 10],
            "the chart makes the certificates in cluster1; the Secret cilium-clustermesh is left out of "
            "cluster10, cluster11, cluster2, cluster3, cluster4, cluster5, cluster6, cluster7 and 2 more",
            id="many",
        ),
    ],
)
def test_without_a_tls_section_a_build_says_who_makes_certificates_where(
    run: Run, folder: Path, versions: list[str], told: str
) -> None:
    clusters = [cluster(number, cilium={"version": each}) for number, each in enumerate(versions, 1)]
    (folder / "mesh.yaml").write_bytes(text(mesh(*clusters)))

    ran = run("build")
    assert ran.status == 0
    assert f"no tls section in mesh.yaml: {told}\n" in ran.out + ran.err
