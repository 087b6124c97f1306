"""What cannot be imported gets a diagnosis, and writes nothing."""

from pathlib import Path
from typing import Any

import pytest
from commands import Run
from given import values, write

from meshgen.cli import run as running
from meshgen.importing.providers import by_nodes


@pytest.mark.parametrize(
    ("given", "told"),
    [
        pytest.param(values(1, cluster=None), "has no cluster.name; write CLUSTER=one.yaml", id="no name"),
        pytest.param(values(1, cluster={"name": "default"}), "has no cluster.name", id="the default name"),
        pytest.param(
            {"replicaCount": 1, "image": {"tag": "1"}}, "neither values of Cilium's chart", id="another chart"
        ),
        pytest.param([1], "neither values of Cilium's chart", id="a list"),
        pytest.param(
            values(1, cluster={"name": "x" * 2000, "id": 1}), "cannot be merged into", id="a long name"
        ),
    ],
)
def test_files_that_say_too_little_are_refused(run: Run, given: Any, told: str) -> None:
    refused = run("import", write("one.yaml", given), "--cilium-version", "1.19")
    assert refused.status == 2
    assert told in refused.err
    assert not Path("mesh.yaml").exists()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        pytest.param([], "values do not say which Cilium they are for", id="no version"),
        pytest.param(["--cilium-version", "cluster2=1.19"], "give --cilium-version", id="that of another"),
        pytest.param(["--cilium-version", "new"], "'new' is not a Cilium version", id="no version at all"),
        pytest.param(
            ["--cilium-version", "1.9"], "nothing is known of Cilium 1.9's chart", id="an unknown one"
        ),
        pytest.param(
            ["two.yaml", "--cilium-version", "1.19"],
            "are both values of the cluster cluster1",
            id="twice the same",
        ),
    ],
)
def test_arguments_that_do_not_fit_are_refused(run: Run, arguments: list[str], told: str) -> None:
    write("one.yaml", values(1))
    write("two.yaml", values(1))
    refused = run("import", "one.yaml", *arguments)
    assert refused.status == 2
    assert told in refused.err
    assert not Path("mesh.yaml").exists()


def test_a_version_of_a_file_that_is_none_is_refused(run: Run) -> None:
    write("one.yaml", values(1))
    refused = run("import", "one.yaml@1.x")
    assert (refused.status, "'1.x' is not a Cilium version" in refused.err) == (2, True)


def test_no_file_is_a_question_of_usage(run: Run) -> None:
    assert run("import").status == 2


@pytest.mark.parametrize(
    ("text", "code"),
    [
        pytest.param("a: [", "MG001", id="no YAML"),
        pytest.param("a: 1\na: 2\n", "MG002", id="a key twice"),
        pytest.param("a: &a [*a]\n", "MG003", id="an alias of itself"),
        pytest.param(
            "".join(
                f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 99)}]\n" if n else "a0: &a0 [x]\n"
                for n in range(9)
            ),
            "MG003",
            id="a bomb",
        ),
        pytest.param("\0", "MG001", id="no text"),
    ],
)
def test_files_that_are_no_yaml_have_findings(run: Run, text: str, code: str) -> None:
    Path("one.yaml").write_text(text)
    found = run("import", "one.yaml", "--cilium-version", "1.19")
    assert found.status == 1
    assert f"error[{code}]" in found.out
    assert "one.yaml:" in found.out
    assert not Path("mesh.yaml").exists()


def test_of_a_folder_the_file_is_named(run: Run) -> None:
    write("all/one.yaml", values(1))
    Path("all/two.yaml").write_text("a: 1\nb: .nan\n")
    found = run("import", "all", "--cilium-version", "1.19")
    assert (found.status, "--> all/two.yaml:2:4" in found.out) == (1, True)
    assert "2 | b: .nan" in found.out


def test_an_empty_folder_says_nothing(run: Run) -> None:
    Path("empty").mkdir()
    refused = run("import", "empty")
    assert (refused.status, "has no values, no dump" in refused.err) == (2, True)
    write("blank.yaml", None)
    assert run("import", "blank.yaml").status == 2


def test_files_that_are_not_there_are_named(run: Run) -> None:
    for name in ("none.yaml", "east=none.yaml", "none.yaml@1.19"):
        failed = run("import", name)
        assert failed.status == 3
        assert "none.yaml" in failed.err


def test_files_of_which_there_is_too_much_are_not_read(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    command = __import__("importlib").import_module("meshgen.cli.import")
    write("all/one.yaml", values(1))
    write("all/two.yaml", values(2))
    monkeypatch.setattr(command, "_MOST_FILES", 1)
    assert "all has 2 files; at most 1 are read" in run("import", "all").err
    monkeypatch.setattr(command, "MAX_BYTES", 10)
    failed = run("import", "all/one.yaml")
    assert (failed.status, "is larger than" in failed.err) == (running.Exit.FAILED, True)


def test_a_folder_may_have_the_values_of_every_cluster(run: Run) -> None:
    write("all/one.yaml", values(1))
    write("all/two.yaml", values(2))
    for _ in range(2):
        assert run("import", "all", "--cilium-version", "1.19", "-o", "all/mesh.yaml").status == 0


def test_a_path_with_marks_in_it_is_a_path(run: Run) -> None:
    write("a=b@c.yaml", values(1))
    assert run("import", "a=b@c.yaml@1.19").status == 0
    assert run("import", "a=b@c.yaml", "--cilium-version", "1.19").status == 0


def test_the_mesh_can_be_printed(run: Run) -> None:
    printed = run("import", write("one.yaml", values(1)), "--cilium-version", "1.19", "-o", "-")
    assert printed.out.startswith("version: 1\n")
    assert "read     one.yaml: cluster1, Cilium 1.19" in printed.err
    assert not Path("mesh.yaml").exists()


def test_a_disk_that_is_full_leaves_the_mesh_as_it_was(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("mesh.yaml").write_text("version: 1\nname: mine\ncilium: {version: '1.19'}\n")
    before = Path("mesh.yaml").read_text()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device", "mesh.yaml")

    monkeypatch.setattr("os.replace", full)
    failed = run("import", write("one.yaml", values(1)), "--cilium-version", "1.19")
    assert (failed.status, "No space left on device" in failed.err) == (3, True)
    assert Path("mesh.yaml").read_text() == before
    assert sorted(path.name for path in Path.cwd().iterdir()) == ["mesh.yaml", "one.yaml"]


def test_the_report_never_shows_a_key(run: Run) -> None:
    given = values(1)
    given["clustermesh"]["config"]["clusters"] = {"-----BEGIN PRIVATE KEY-----": {}}
    done = run("import", write("one.yaml", given), "--cilium-version", "1.19")
    assert "BEGIN" not in done.out + done.err


def test_nodes_that_do_not_say_whose_they_are_have_no_provider() -> None:
    assert by_nodes(["", "kind://a", "azure:///x"]) == ("azure", "providerID azure")
    assert by_nodes(["kind://a"]) == ("", "")
    assert by_nodes(["ocid1.instance.oc1"]) == ("oracle", "providerID ocid1")
