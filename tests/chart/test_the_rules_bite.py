"""The checker of the chart's rules finds what breaks them, so that its silence says something."""

from typing import Any

import pytest
from rules import broken

GOOD = {"cluster": {"name": "a", "id": 1}, "clustermesh": {"useAPIServer": True}}
ISSUER = {"auto": {"method": "certmanager"}}
BROUGHT = {"auto": {"enabled": False}}


def mesh(**values: Any) -> dict[str, Any]:
    """Values with something of the mesh."""
    return GOOD | {"clustermesh": {"useAPIServer": True, **values}}


def tls(**values: Any) -> dict[str, Any]:
    """Values with something of its certificates."""
    return mesh(apiserver={"tls": values})


def peers(*clusters: dict[str, Any]) -> dict[str, Any]:
    """Values with other clusters."""
    return mesh(config={"enabled": True, "clusters": list(clusters)})


@pytest.mark.parametrize(
    ("values", "minor", "rule"),
    [
        (GOOD | {"cluster": {"id": 1}}, 13, "the name default with an ID"),
        (GOOD | {"cluster": {"name": "A", "id": 1}}, 16, "the cluster's name"),
        (GOOD | {"cluster": {"name": "a" * 33, "id": 1}}, 16, "the cluster's name"),
        (mesh(maxConnectedClusters=256), 15, "maxConnectedClusters"),
        (
            GOOD | {"cluster": {"name": "a", "id": 128}, "eni": {"enabled": True}},
            17,
            "an ID whose bits the cloud's CNI needs",
        ),
        (GOOD | {"clustermesh": {}}, 16, "a mesh without clustermesh-apiserver"),
        (GOOD | {"identityAllocationMode": "kvstore"}, 15, "identityAllocationMode"),
        (GOOD | {"disableEndpointCRD": True}, 15, "disableEndpointCRD"),
        (mesh(apiserver={"kvstoremesh": {"kvstoreMode": "x"}}), 18, "kvstoreMode"),
        (mesh(config={"clusters": {"b": {"ips": ["1"], "port": 1}}}), 18, "clusters as a map"),
        (peers({"name": "b", "port": 1}), 18, "a cluster without an address"),
        (peers({"name": "b", "ips": ["1"]}), 18, "a URL that ends in a colon"),
        (peers({"ips": ["1"], "port": 1}), 18, "a cluster without a name"),
        (tls(**ISSUER), 16, "cert-manager without an issuer"),
        (tls(auto={"method": "x"}), 16, "the method"),
        (tls(**BROUGHT), 15, "no certificates for the chart's own Secrets"),
        (tls(**BROUGHT), 16, "no certificates for the chart's own Secrets"),
        (tls(**BROUGHT, server={"cert": "x"}), 20, "certificates in values"),
        (tls(ca={}), 15, "tls.ca"),
        (tls(authMode="x"), 14, "authMode"),
        (GOOD | {"routingMode": "native"}, 15, "native routing without its CIDR"),
        (GOOD | {"routingMode": "direct"}, 15, "routingMode"),
        (GOOD | {"tunnelProtocol": "gre"}, 15, "tunnelProtocol"),
    ],
)
def test_a_broken_rule_is_found(values: dict[str, Any], minor: int, rule: str) -> None:
    assert broken(values, minor) == [rule]


def test_good_values_break_none() -> None:
    assert broken(GOOD, 20) == []
