"""Where host names become addresses, by version, delivery and values of the chart."""

from typing import Any

import pytest
from builders import cluster, mesh, text

from meshgen.chart.names import names_of
from meshgen.cilium.profile import Names
from meshgen.model.parse import parse
from meshgen.source import load

AGENTS, APISERVER, FILES = Names.AGENTS, Names.APISERVER, Names.FILES
MIRRORS = {"apiserver": {"kvstoremesh": {"enabled": True}}}
NO_MIRRORS = {"apiserver": {"kvstoremesh": {"enabled": False}}}
NO_ALIASES = {"disableKubernetesHostAliases": True}


@pytest.mark.parametrize(
    ("version", "delivery", "values", "expected"),
    [
        pytest.param("1.6.9", None, {}, (AGENTS,), id="the guide"),
        pytest.param("1.9.5", None, {}, (AGENTS,), id="no profile"),
        pytest.param("1.13.18", "helm", {}, (AGENTS,), id="no values for a mesh"),
        pytest.param("1.15.19", "helm", {}, (AGENTS,), id="1.15"),
        pytest.param("1.15.19", "helm", MIRRORS, (APISERVER,), id="1.15 with KVStoreMesh"),
        pytest.param("1.19.6", "manifests", {}, (APISERVER,), id="1.19 with manifests"),
        pytest.param("1.19.6", "helm", {}, (APISERVER,), id="1.19"),
        pytest.param("1.19.6", "helm", NO_MIRRORS, (AGENTS,), id="1.19 without KVStoreMesh"),
        pytest.param("1.19.6", "helm", NO_ALIASES, (APISERVER,), id="a value that 1.19 lacks"),
        pytest.param("1.20.0", "manifests", {}, (FILES,), id="1.20 with manifests"),
        pytest.param("1.20.0", "helm", {}, (APISERVER, FILES), id="1.20"),
        pytest.param("1.20.0", "helm", NO_MIRRORS, (AGENTS, FILES), id="1.20 without KVStoreMesh"),
        pytest.param("1.20.0", "helm", NO_ALIASES, (FILES,), id="1.20 without hostAliases"),
    ],
)
def test_they_stand_where_pods_restart_with_them(
    version: str, delivery: str | None, values: dict[str, Any], expected: tuple[Names, ...]
) -> None:
    cilium = {"version": version} | ({"delivery": delivery} if delivery else {})
    made = mesh(cluster(1, helmValues={"clustermesh": values}), cilium=cilium)

    assert names_of(parse(load(text(made), "mesh.yaml")).clusters[0]) == expected
