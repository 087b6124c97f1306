"""As whom clusters dial each other: what `authMode` and the source of certificates come to."""

from typing import Any

import pytest
from builders import cluster, mesh, text

from meshgen.chart.overrides import default_local_cluster, override
from meshgen.chart.users import dials_by_name, knows_names
from meshgen.inspection import inspect
from meshgen.model import Mesh

ISSUER = {"source": "in-cluster", "issuer": {"name": "mesh"}}


def parsed(version: str = "1.19.6", tls: dict[str, Any] | None = None, **values: Any) -> Mesh:
    written = mesh(
        cluster(1, helmValues={"clustermesh": values}), cluster(2), cilium={"version": version}, tls=tls
    )
    found = inspect(text(written), "mesh.yaml").mesh
    assert found is not None
    return found


def apiserver(**tls: Any) -> dict[str, Any]:
    return {"apiserver": {"tls": tls}}


OTHERS = apiserver(authMode="cluster", auto={"enabled": False})
LEGACY = apiserver(authMode="legacy")
MESHGENS = {"source": "generate"}


@pytest.mark.parametrize(
    ("version", "tls", "values", "expected"),
    [
        pytest.param("1.19.6", None, {}, "shared", id="the default"),
        pytest.param("1.19.6", None, apiserver(authMode="cluster"), "own", id="cluster"),
        pytest.param("1.19.6", None, LEGACY, "shared, unknown", id="legacy"),
        pytest.param("1.19.6", None, OTHERS, "shared", id="other people's certificates"),
        pytest.param("1.19.6", MESHGENS, {}, "own", id="meshgen's certificates"),
        pytest.param("1.19.6", MESHGENS, LEGACY, "own, unknown", id="whatever the chart is told"),
        pytest.param("1.19.6", ISSUER, {}, "own", id="certificates made in the cluster"),
        pytest.param("1.15.19", ISSUER, {}, "own", id="certificates that the chart asks for"),
        pytest.param("1.15.19", ISSUER, apiserver(authMode="migration"), "shared", id="migration"),
        pytest.param("1.13.18", None, apiserver(authMode="cluster"), "shared, unknown", id="no modes"),
    ],
)
def test_user_and_users(
    version: str, tls: dict[str, Any] | None, values: dict[str, Any], expected: str
) -> None:
    written = parsed(version, tls, **values)
    [one, _] = written.clusters

    dials = "own" if dials_by_name(written, one) else "shared"
    assert dials + ("" if knows_names(written, one) else ", unknown") == expected


@pytest.mark.parametrize(
    ("version", "value", "meant"),
    [
        ("1.18.12", True, True),
        ("1.19.6", False, False),
        ("1.19.6", "false", False),
        ("1.19.6", 1, True),
        ("1.19.6", "yes", None),
        ("1.19.6", None, None),
        ("1.19.6", 3, None),
        ("1.17.18", True, None),
    ],
)
def test_what_peers_without_a_cluster_mean(version: str, value: object, meant: bool | None) -> None:  # noqa: FBT001
    [one, other] = parsed(version, policyDefaultLocalCluster=value).clusters

    assert default_local_cluster(one) is meant
    assert default_local_cluster(other) is None


def test_a_value_below_what_is_no_mapping_is_none() -> None:
    [one, _] = parsed(apiserver="on").clusters

    assert override(one, "clustermesh", "apiserver") == "on"
    assert override(one, "clustermesh", "apiserver", "replicas") is None
