"""Releases of GitOps tools: what stands in them counts, and what does not is named."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from commands import Run
from given import read, values, write

from meshgen.importing.parameters import with_parameters


def application(*sources: dict[str, Any], kind: str = "Application") -> dict[str, Any]:
    """An Application of some sources, or an ApplicationSet."""
    spec: dict[str, Any] = {"sources": list(sources)}
    spec = spec if kind == "Application" else {"template": {"spec": spec}}
    return {"apiVersion": "argoproj.io/v1alpha1", "kind": kind, "spec": spec}


def chart(**helm: Any) -> dict[str, Any]:
    """A source of Cilium's chart."""
    return {"chart": "cilium", "targetRevision": "1.19.2", "helm": helm}


def flux(**spec: Any) -> dict[str, Any]:
    """A HelmRelease of any patch of 1.19."""
    chart = {"spec": {"chart": "cilium", "version": "1.19.x"}}
    return {
        "apiVersion": "helm.toolkit.fluxcd.io/v2",
        "kind": "HelmRelease",
        "spec": {"chart": chart, **spec},
    }


@pytest.mark.parametrize(
    "sources",
    [
        pytest.param([chart(valuesObject=values(1))], id="one"),
        pytest.param(
            [{"ref": "values"}, chart(values=yaml.safe_dump(values(1)))], id="of a chart among others"
        ),
        pytest.param(
            [
                {"ref": "x"},
                {"path": "charts/mine", "targetRevision": "1.19.2", "helm": {"valuesObject": values(1)}},
            ],
            id="of a chart of one's own",
        ),
        pytest.param([chart(valuesObject=values(1), values="cluster: {name: other}")], id="both forms"),
    ],
)
def test_sources_of_an_application_have_values(run: Run, sources: list[dict[str, Any]]) -> None:
    write("one.yaml", application(*sources))
    assert run("import", "one.yaml").status == 0
    assert read()["cilium"]["version"] == "1.19.2"
    assert read()["clusters"][0]["name"] == "cluster1"


def test_parameters_count_before_values(run: Run) -> None:
    helm = chart(
        valuesObject=values(1),
        parameters=[{"name": "cluster.id", "value": "7"}, {"name": "a[5]", "value": "1"}, {"value": "1"}],
        fileParameters=[{"name": "x", "path": "y"}],
        valueFiles=["prod.yaml"],
    )
    write("one.yaml", application(helm))
    out = run("import", "one.yaml").out
    assert read()["clusters"][0]["id"] == 7
    for what in (
        "the parameter a[5]",
        "the parameter one without a name",
        "the file of parameter x",
        "prod.yaml",
    ):
        assert f"unknown  one.yaml: {what} is not read" in out

    alone = [{"name": "cluster.name", "value": "east"}, {"name": "cluster.id", "value": "7"}]
    write("one.yaml", application(chart(parameters=alone)))
    Path("mesh.yaml").unlink()
    assert run("import", "one.yaml").status == 0
    assert read()["clusters"][0]["id"] == 7


@pytest.mark.parametrize(
    ("name", "value", "made"),
    [
        ("a.b", "true", {"a": {"b": True}}),
        ("a", "null", {"a": None}),
        ("a", "0", {"a": 0}),
        ("a", "007", {"a": "007"}),
        ("a", "x\\,y", {"a": "x,y"}),
        ("a", "{x,1}", {"a": ["x", 1]}),
        ("a", "{}", {"a": []}),
        ("a[0].b", "1", {"a": [{"b": 1}]}),
        ("a\\.b/c", "1", {"a.b/c": 1}),
    ],
)
def test_parameters_are_read_as_helm_does(name: str, value: str, made: dict[str, Any]) -> None:
    assert with_parameters({}, [{"name": name, "value": value}]) == (made, [])
    assert with_parameters({}, [{"name": name, "value": value, "forceString": True}])[1] == []


@pytest.mark.parametrize("name", ["", "a..b", "a.", "a[x]", "a[3]", "a,b=c"])
def test_a_name_that_is_none_is_told(name: str) -> None:
    assert with_parameters({"x": 1}, [{"name": name, "value": "1"}])[0] == {"x": 1}


@pytest.mark.parametrize(
    "one",
    [
        pytest.param(
            application(chart(valueFiles=["$values/east/values.yaml"]), {"ref": "values"}), id="Application"
        ),
        pytest.param(
            application(chart(valueFiles=["$values/east/values.yaml"]), kind="ApplicationSet"),
            id="ApplicationSet",
        ),
        pytest.param(
            flux(valuesFrom=[{"kind": "ConfigMap", "name": "$values/east/values.yaml"}]), id="HelmRelease"
        ),
    ],
)
def test_values_that_are_elsewhere_are_asked_for(run: Run, one: dict[str, Any]) -> None:
    refused = run("import", write("one.yaml", one))
    assert refused.status == 2
    assert "one.yaml: its values are in " in refused.err
    assert "$values/east/values.yaml: give what stands there" in refused.err


def test_a_release_and_the_values_beside_it_belong_together(run: Run) -> None:
    more = {"kind": "Secret", "name": "more", "valuesKey": "more.yaml"}
    write("east/release.yaml", flux(valuesFrom=[{"kind": "ConfigMap", "name": "all"}, more]))
    write("east/values.yaml", values(1))
    out = run("import", "east").out
    assert read()["cilium"]["version"] == "1.19"
    assert "unknown  east: Secret more is not read" in out
    assert "ConfigMap all" not in out

    write("one.yaml", flux(values=values(2), valuesFrom=[more]))
    out = run("import", "one.yaml").out
    assert "unknown  one.yaml: Secret more is not read" in out


@pytest.mark.parametrize(
    ("helm", "place"),
    [
        pytest.param("values: |\n        a: 1\n        b: [\n", "one.yaml:8:", id="a block"),
        pytest.param("values: |\n        a: 1\n        b: .nan\n", "one.yaml:8:12", id="no number of JSON"),
        pytest.param('values: "a: ["\n', "one.yaml:6:15", id="a line"),
    ],
)
def test_what_is_wrong_in_a_text_has_its_place_in_the_file(run: Run, helm: str, place: str) -> None:
    head = "apiVersion: argoproj.io/v1alpha1\nkind: Application\nspec:\n  source:\n    helm:\n      "
    Path("one.yaml").write_text(head + helm)
    found = run("import", "one.yaml", "--cilium-version", "1.19")
    assert found.status == 1
    assert place in found.out


def test_further_documents_in_a_text_are_told(run: Run) -> None:
    text = yaml.safe_dump(values(1)) + "---\ndebug: {enabled: true}\n"
    out = run("import", write("one.yaml", application(chart(values=text)))).out
    assert (
        "unknown  one.yaml: 1 of the documents in helm.values, of which Helm takes the first, is not read"
        in out
    )
