"""What a mesh cannot do with, version by version."""

from typing import Any

import pytest
from charted import told, with_values

FILTER = {"labels": "k8s:app"}
NODES = {"nodeSelectorLabels": True, "nodeLabels": "server"}
BESIDE = {"kubeProxyReplacement": True, "hostFirewall": {"enabled": True}}
WIREGUARD = {"encryption": "wireguard"}
MIRROR = {"clustermesh": {"apiserver": {"kvstoremesh": {"enabled": True}}}}
ANY = {"clustermesh": {"policyDefaultLocalCluster": False}}


@pytest.mark.parametrize(
    ("version", "values", "cilium", "count"),
    [
        ("1.15", FILTER, {}, 1),
        ("1.15", {"extraConfig": FILTER}, {}, 1),
        ("1.16", FILTER, {}, 0),
        ("1.8", FILTER, {}, 0),
        ("1.9", FILTER, {}, 0),
        ("1.18", NODES, {}, 0),
        ("1.19.4", NODES, {}, 1),
        ("1.19.4", NODES | ANY, {}, 0),
        ("1.19.4", {"nodeLabels": "server"}, {}, 0),
        ("1.19.4", {"nodeSelectorLabels": True}, {}, 0),
        ("1.19.5", NODES, {}, 0),
        ("1.15", BESIDE, WIREGUARD, 1),
        ("1.15", BESIDE | {"kubeProxyReplacement": False}, WIREGUARD, 0),
        ("1.15", BESIDE | MIRROR, WIREGUARD, 0),
        ("1.15", BESIDE, {}, 0),
        ("1.16", BESIDE, WIREGUARD, 0),
        ("1.15", {"kubeProxyReplacement": "true", "encryption": {"nodeEncryption": True}}, WIREGUARD, 1),
        ("1.13", {"authentication": {"mutual": {"spire": {"enabled": True}}}}, {}, 0),
        ("1.14", {"authentication": {"mutual": {"spire": {"enabled": True}}}}, {}, 1),
        ("1.20", {"egressGateway": {"enabled": False}}, {}, 0),
        ("1.20", {"egressGateway": {"enabled": True}}, {}, 1),
    ],
)
def test_each_is_told_where_it_stands_in_the_way(
    version: str, values: dict[str, Any], cilium: dict[str, Any], count: int
) -> None:
    assert len(told(with_values(version, values, cilium=cilium), "MG612")) == count
