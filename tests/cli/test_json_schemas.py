"""What commands write as JSON is as the schemas under schemas/ say."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from builders import ROOT, cluster, mesh, text
from commands import Run
from jsonschema import Draft202012Validator

from meshgen.cli.run import Commands
from meshgen.devtools import REPORTS

VALUES = "cluster: {name: cluster1, id: 1}\nclustermesh: {useAPIServer: true}\nnonsense: {a: [1, null]}\n"
IMPORT = ("import", "cluster1.yaml", "other.yaml@1.18.2", "-o", "imported.yaml", "--cilium-version", "1.19.6")
WRITES = [
    pytest.param(("check", "unsound.yaml"), "findings", id="check, with related places"),
    pytest.param(("check", "broken.yaml"), "findings", id="check, of what is no YAML"),
    pytest.param(("check",), "findings", id="check, with nothing to say"),
    pytest.param(("build", "-o", "examples"), "findings", id="build, with a finding without a place"),
    pytest.param(("suggest", "id"), "suggest", id="suggest, an ID"),
    pytest.param(("suggest", "pod-cidr"), "suggest", id="suggest, a block"),
    pytest.param(("suggest", "id", "broken.yaml"), "findings", id="suggest, of what is no YAML"),
    pytest.param(("pki", "init", "broken.yaml"), "findings", id="pki init"),
    pytest.param(("pki", "issue", "broken.yaml"), "findings", id="pki issue"),
    pytest.param(("pki", "import", "broken.yaml"), "findings", id="pki import"),
    pytest.param(("pki", "rotate", "broken.yaml"), "findings", id="pki rotate"),
    pytest.param(("pki", "status"), "pki-status", id="pki status"),
    pytest.param(("pki", "status", "unstored.yaml"), "pki-status", id="pki status, of nothing"),
    pytest.param(("explain",), "codes", id="explain, all"),
    pytest.param(("explain", "MG203"), "codes", id="explain, one"),
    pytest.param(("reach", "broken.yaml"), "findings", id="reach, of what is no YAML"),
    pytest.param(("test", "broken.yaml"), "findings", id="test, of what is no YAML"),
    pytest.param(
        ("trace", "a@*", "b@*", "--mesh", "broken.yaml"), "findings", id="trace, of what is no YAML"
    ),
    pytest.param(("diff", "mesh.yaml", "broken.yaml"), "findings", id="diff, of what is no YAML"),
    pytest.param(("reach",), "reach", id="reach"),
    pytest.param(("reach", "doubtful.yaml"), "reach", id="reach, with what nobody knows"),
    pytest.param(("trace", "x-wing@*", "rebel-base@*"), "trace", id="trace"),
    pytest.param(("trace", "entity:world", "x-wing@cluster1:80"), "trace", id="trace, from outside"),
    pytest.param(("test",), "test", id="test"),
    pytest.param(("test", "expecting.yaml"), "test", id="test, with failures"),
    pytest.param(("diff", "mesh.yaml", "expecting.yaml"), "review", id="diff"),
    pytest.param(IMPORT, "import", id="import"),
]
WEB = {"name": "web", "labels": {"app": "web"}}
OF_A_GROUP = (
    "apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata: {name: group, namespace: default}\n"
    "spec:\n  endpointSelector: {}\n  ingress: [{fromCIDRSet: [{cidrGroupRef: partners}]}]\n"
)


@pytest.fixture
def example(folder: Path) -> Path:
    """The mesh of the guide, and others beside it."""
    shutil.copytree(ROOT / "examples", folder, dirs_exist_ok=True)
    guide = (folder / "mesh.yaml").read_text()
    (folder / "broken.yaml").write_text("a: [\n")
    (folder / "unsound.yaml").write_bytes(text(mesh(cluster(1), cluster(2, id=1))))
    (folder / "unstored.yaml").write_bytes(text(mesh(tls={"source": "files"})))
    (folder / "group.yaml").write_text(OF_A_GROUP)
    doubtful = mesh(workloads=[WEB], policy={"raw": [{"file": "group.yaml"}]}, cilium={"version": "1.19.6"})
    (folder / "doubtful.yaml").write_bytes(text(doubtful))
    absent = '\n  - {from: x-wing@cluster2, to: "rebel-base@cluster2:80", is: deny}\n'
    (folder / "expecting.yaml").write_text(
        guide.replace("is: allow}", "is: deny}", 1).replace("expect:\n", f"expect:{absent}", 1)
    )
    (folder / "cluster1.yaml").write_text(VALUES)
    (folder / "other.yaml").write_text(VALUES.replace("cluster1, id: 1", "other, id: 2"))
    return folder


def leaves(group: Commands, *path: str) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command that does something, as one types it."""
    for name in group.list_commands(click.Context(group)):
        found = group.get_command(click.Context(group), name)
        assert found is not None
        if isinstance(found, Commands):
            yield from leaves(found, *path, name)
        else:
            yield (*path, name), found


def validator(name: str) -> Draft202012Validator:
    """The committed schema of a report."""
    loaded = json.loads((ROOT / "schemas" / f"{name}.schema.json").read_text("utf-8"))
    Draft202012Validator.check_schema(loaded)
    return Draft202012Validator(loaded, format_checker=Draft202012Validator.FORMAT_CHECKER)


@pytest.mark.usefixtures("example")
@pytest.mark.parametrize(("words", "name"), WRITES)
def test_what_a_command_writes_is_as_its_schema_says(run: Run, words: tuple[str, ...], name: str) -> None:
    ran = run(*words, "--format", "json")

    assert ran.out, ran.err
    validator(name).validate(json.loads(ran.out))


def test_what_nobody_knows_and_what_fails_is_among_it(run: Run, example: Path) -> None:
    del example
    reached = json.loads(run("reach", "doubtful.yaml", "--format", "json").out)
    tested = json.loads(run("test", "expecting.yaml", "--format", "json").out)

    assert "unknown" in {row["verdict"] for row in reached["rows"]}
    assert {one["found"] for one in tested["expectations"]} == {"allowed", "denied", None}
    assert {one["holds"] for one in tested["expectations"]} == {True, False}


def test_every_command_that_writes_json_has_a_schema() -> None:
    shown: list[tuple[str, ...]] = [param.values[0] for param in WRITES]  # type: ignore[misc]
    for path, command in leaves(Commands(name="meshgen")):
        formats = [one.type for one in command.params if one.name == "formats"]
        writes = any(type_.shell_complete(None, None, "json") for type_ in formats)  # type: ignore[arg-type]
        # NOTE: what `schema` writes is the schema of mesh.yaml, and no report.
        assert path == ("schema",) or writes == any(words[: len(path)] == path for words in shown), path
    assert {param.values[1] for param in WRITES} == set(REPORTS)
