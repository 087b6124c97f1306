"""What meshgen writes for the chart breaks none of the chart's own rules, and names no value it lacks."""

from typing import Any

import pytest
from builders import cluster
from charted import MINORS, charted, emitted
from rules import broken

from meshgen.chart.known import unknown
from meshgen.cilium.version import parse_version

AWS_CNI = {"chaining": "aws-cni"}
NATIVE = {"datapath": {"mode": "native", "nativeRoutingCIDR": "10.0.0.0/8"}}
NATIVE_SIX = {"datapath": {"mode": "native", "nativeRoutingCIDR": "fd00::/16"}}
SIX = {"podCIDRs": ["10.1.0.0/16", "fd01::/104"]}
ISSUER = {"name": "mesh", "kind": "Issuer", "group": "awspca.cert-manager.io"}
PROVIDERS = (
    "gcp", "aws", "azure", "oracle", "ibm", "alibaba", "openstack", "digitalocean", "metallb", "lb-ipam",
    "generic",
)  # fmt: skip

MESHES: dict[str, dict[str, Any]] = {
    "plain": {},
    **{provider: {"first": {"provider": provider}} for provider in PROVIDERS},
    "regions": {"first": {"provider": "gcp", "region": "us-west1"}},
    "node ports": {"first": {"service": {"type": "NodePort", "port": 32379}}},
    "a host name": {"first": {"service": {"hostname": "a.example.com"}, "serviceIPs": None}},
    "labels and ranges": {"first": {"service": {"labels": {"a": "b"}, "sourceRanges": ["10.0.0.0/8"]}}},
    "native": {"cilium": NATIVE},
    "native IPv6": {"cilium": NATIVE_SIX, "first": SIX},
    "geneve": {"cilium": {"datapath": {"tunnelProtocol": "geneve"}}},
    "dual stack": {"first": SIX},
    "IPv6 alone": {"first": {"podCIDRs": ["fd01::/104"]}},
    "511": {"cilium": {"maxConnectedClusters": 511}},
    "a domain": {"domain": "mesh.example.com"},
    "a domain and a host name": {
        "domain": "mesh.example.com", "first": {"service": {"hostname": "a.example.com"}},
    },
    "generated": {"tls": {"source": "generate"}},
    "files": {"tls": {"source": "files"}},
    "in the cluster": {"tls": {"source": "in-cluster", "issuer": ISSUER}},
    "in the cluster with a bundle": {"tls": {"source": "in-cluster", "caBundle": "pki/authorities.pem"}},
    "in the cluster of a domain": {"tls": {"source": "in-cluster"}, "domain": "mesh.example.com"},
    "ENI": {"cilium": {"ipam": "eni", "datapath": {"mode": "native"}}},
    "Azure IPAM": {"cilium": {"ipam": "azure"}},
    "Alibaba IPAM": {"cilium": {"ipam": "alibabacloud"}},
    "Kubernetes IPAM": {"cilium": {"ipam": "kubernetes"}},
    "multi-pool": {"cilium": {"ipam": "multi-pool"}},
    "chained": {"cilium": AWS_CNI},
    "WireGuard": {"cilium": {"encryption": "wireguard"}},
    "IPsec": {"cilium": {"encryption": "ipsec"}},
    "other values": {"first": {"helmValues": {"hubble": {"ui": {"enabled": True}}}}},
}  # fmt: skip


def made(version: str, delivery: str, name: str) -> dict[str, Any]:
    """A mesh of the table."""
    asked = dict(MESHES[name])
    cilium = {"delivery": delivery} | asked.pop("cilium", {})
    first = cluster(1, **asked.pop("first", {}))
    return charted(version, first, cluster(2), cilium=cilium, **asked)


# What a version cannot do is refused by MG602 or MG603, and never reaches the chart.
REFUSED = {
    "511": ("1.13", "1.14"),
    "a host name": ("1.13",),
    "a domain and a host name": ("1.13",),
    "generated": ("1.13", "1.14", "1.15"),
    "in the cluster": ("1.13",),
    "in the cluster with a bundle": ("1.13",),
    "in the cluster of a domain": ("1.13",),
    "files": MINORS[1:],
    "multi-pool": ("1.13",),
}
CASES = [
    (version, delivery, name)
    for version in MINORS
    for delivery in ("helm", "manifests")
    for name in MESHES
    if version not in REFUSED.get(name, ()) and (version, delivery) != ("1.13", "helm")
]


@pytest.mark.parametrize(("version", "delivery", "name"), CASES)
def test_the_chart_takes_what_is_written(version: str, delivery: str, name: str) -> None:
    minor = int(version.partition(".")[2])

    for values in emitted(made(version, delivery, name)):
        assert broken(values, minor) == []
        assert list(unknown(parse_version(version), values)) == []
