"""Help: every command says what it does, with examples that really run; shells complete its words."""

import shlex
import subprocess
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from builders import cluster, mesh, text
from commands import PROGRAM, Run, program

from meshgen.cli.run import Commands

COMMANDS = list(Commands.HELP)


def command(name: str) -> click.Command:
    found = Commands(name="meshgen").get_command(click.Context(Commands(name="meshgen")), name)
    assert found is not None
    return found


def examples(name: str) -> list[str]:
    """The example lines of a command's help."""
    return [line.strip() for line in (command(name).epilog or "").splitlines() if "meshgen" in line]


# Those of `pki` need a store: tests/docs/test_pki_help.py.
EXAMPLES = [line for name in COMMANDS if name != "pki" for line in examples(name)]


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_has_help_and_examples(run: Run, name: str) -> None:
    ran = run(name, "--help")

    assert ran.status == 0
    assert f"Usage: meshgen {name} " in ran.out
    assert "Examples:" in ran.out
    assert len(examples(name)) >= 1
    assert all(line in ran.out for line in examples(name))
    assert ran == run(name, "-h")


@pytest.mark.parametrize("name", COMMANDS)
def test_the_list_says_the_same_as_the_command(run: Run, name: str) -> None:
    listed = Commands.HELP[name]

    assert listed in run("--help").out
    assert (command(name).help or "").strip().startswith(listed.rstrip("."))


@pytest.mark.parametrize("name", COMMANDS)
def test_each_option_says_what_it_is(name: str) -> None:
    for parameter in command(name).params:
        if isinstance(parameter, click.Option):
            assert parameter.help, parameter.name


@pytest.mark.usefixtures("sound")
@pytest.mark.parametrize(
    ("words", "listed"),
    [
        (["check"], "Findings as text, concise, json, sarif, github or junit;"),
        (["suggest", "id"], "text or json;"),
        (["explain"], "text or json;"),
        (["schema"], "json;"),
        (["init", "other.yaml"], ""),
        (["reach"], "text, markdown, json, csv, dot or html;"),
        (["trace", "a@cluster1", "b@cluster2"], "text or json;"),
        (["pki", "status"], "text or json;"),
    ],
)
def test_a_format_that_is_not_in_the_help_is_refused_wherever_it_stands(
    run: Run, words: list[str], listed: str
) -> None:
    told = " ".join(run(*words, "--help").out.split())
    other = "sarif" if "dot" in listed else "dot"
    before, after = run("--format", other, *words), run(*words, "--format", other)

    assert told.partition(" --format FORMAT[=PATH] ")[2].startswith(listed)
    assert ("--format" in told) is bool(listed)
    assert (before.status, after.status) == (2, 2)
    assert f"this command has no format {other}; it" in before.err


def commit(folder: Path) -> None:
    """Make a repository of a folder, with the branches main and origin/main."""
    for words in (
        "init --quiet --initial-branch main",
        "add .",
        "-c user.name=a -c user.email=a@example.com commit --quiet --message first",
        "update-ref refs/remotes/origin/main main",
    ):
        subprocess.run(["git", "-C", str(folder), *words.split()], check=True)


def prepare_import(run: Run, folder: Path) -> None:
    """Values of two clusters, what kubectl and the guide's script leave of them, and a tree."""
    assert run("build").status == 0
    (folder / "mesh.yaml").unlink()
    (folder / "config").mkdir()
    for number, name in enumerate(("east", "west"), 1):
        (folder / "config" / name).write_text(f"endpoints:\n- https://{name}.mesh.cilium.io:2379\n")
        for file in (f"{name}.yaml", f"values-{name}.yaml"):
            (folder / file).write_text(f"cluster: {{name: {name}, id: {number}}}\n")
        (folder / "dumps" / name).mkdir(parents=True)
        data = f"{{cluster-name: {name}, cluster-id: '{number}'}}"
        config = f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: cilium-config}}\ndata: {data}\n"
        (folder / "dumps" / name / "config.yaml").write_text(config)


@pytest.mark.parametrize("line", EXAMPLES)
def test_each_example_runs(run: Run, folder: Path, line: str) -> None:
    workloads = [{"name": name, "labels": {"app": name}} for name in ("x-wing", "rebel-base")]
    content = text(mesh(cluster(1), cluster(2), workloads=workloads))
    for name in ("examples", "base", "head"):
        (folder / name).mkdir()
        (folder / name / "mesh.yaml").write_bytes(content)
    if not line.startswith("meshgen init"):
        (folder / "mesh.yaml").write_bytes(content)
    if "--allow-removal" in line:
        three = text(mesh(cluster(1), cluster(2), cluster(3)))
        (folder / "before.yaml").write_bytes(three)
        assert run("build", "before.yaml").status == 0
    elif line.startswith("meshgen diff"):
        commit(folder)
    elif "build --check" in line:
        assert run("build").status == 0
    elif line.startswith("meshgen import"):
        prepare_import(run, folder)
    words, _, target = line.partition(" > ")
    first, *arguments = shlex.split(words)

    ran = run(*arguments)

    assert first == "meshgen"
    assert ran.status == 0, ran
    assert ran.out or not target


@pytest.fixture
def completed(run: Run, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], list[str]]:
    """What bash is told for a line that ends where the words do."""

    def complete(words: str) -> list[str]:
        monkeypatch.setenv("_MESHGEN_COMPLETE", "bash_complete")
        monkeypatch.setenv("COMP_WORDS", words)
        monkeypatch.setenv("COMP_CWORD", str(len(words.split(" ")) - 1))
        ran = run()
        assert ran.status == 0
        return ran.out.split()

    return complete


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        pytest.param("meshgen ", [f"plain,{name}" for name in COMMANDS], id="commands"),
        pytest.param("meshgen s", ["plain,schema", "plain,suggest"], id="commands that begin so"),
        pytest.param("meshgen explain MG70", [f"plain,MG70{digit}" for digit in range(1, 5)], id="codes"),
        pytest.param("meshgen explain mg901", ["plain,MG901"], id="codes in any case"),
        pytest.param(
            "meshgen explain overlapping",
            ["plain,overlapping-pod-cidrs", "plain,overlapping-node-cidrs"],
            id="names of codes",
        ),
        pytest.param("meshgen check --format s", ["plain,sarif"], id="formats"),
        pytest.param("meshgen --format js", ["plain,json"], id="formats before the command"),
        pytest.param("meshgen check --color a", ["plain,auto", "plain,always"], id="colours"),
        pytest.param("meshgen init --provider az", ["plain,azure"], id="providers"),
        pytest.param("meshgen suggest ", ["plain,id", "plain,pod-cidr"], id="what can be suggested"),
        pytest.param("meshgen check me", ["file,me"], id="files, which the shell completes"),
        pytest.param("meshgen build --all", ["plain,--allow-removal"], id="options"),
    ],
)
def test_a_shell_completes(completed: Callable[[str], list[str]], words: str, expected: list[str]) -> None:
    assert completed(words) == expected


def test_all_codes_are_offered_when_nothing_is_typed_yet(completed: Callable[[str], list[str]]) -> None:
    offered = completed("meshgen explain ")

    assert "plain,MG001" in offered
    assert all(word.startswith("plain,MG") for word in offered)


def test_a_script_for_a_shell_is_printed_and_it_works(folder: Path) -> None:
    ran = program(folder=folder, variables={"_MESHGEN_COMPLETE": "bash_source"})
    asked = (
        "COMP_WORDS=(meshgen explain MG90); COMP_CWORD=2; _meshgen_completion meshgen; echo ${COMPREPLY[@]}"
    )
    done = subprocess.run(
        ["bash", "-c", f"PATH={Path(PROGRAM).parent}:$PATH; {ran.out}\n{asked}"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.status == 0
    assert done.stdout == "MG901\n"


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_other_shells_have_a_script_too(run: Run, monkeypatch: pytest.MonkeyPatch, shell: str) -> None:
    monkeypatch.setenv("_MESHGEN_COMPLETE", f"{shell}_source")

    ran = run()

    assert ran.status == 0
    assert f"_MESHGEN_COMPLETE={shell}_complete" in ran.out
