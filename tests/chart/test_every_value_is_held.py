"""A law: what meshgen writes into values, helmValues cannot change in silence."""

from collections.abc import Iterator
from typing import Any

import pytest
from builders import cluster
from charted import MINORS, charted, inspected

from meshgen.chart.contradictions import contradictions
from meshgen.chart.known import takes
from meshgen.chart.values import derived
from meshgen.cilium.version import parse_version
from meshgen.importing.differences import leaves
from meshgen.model import Mesh

NATIVE = {"datapath": {"mode": "native", "nativeRoutingCIDR": "10.0.0.0/8"}}
SHAPED = {
    "provider": "aws",
    "service": {"annotations": {"a": "b"}, "labels": {"c": "d"}, "sourceRanges": ["10.0.0.0/8"]},
}
NAMED = {"serviceIPs": None, "service": {"hostname": "a.example.com"}}

MESHES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "plain": ({}, {}),
    "native": ({}, {"cilium": NATIVE}),
    "tunnel": ({}, {"cilium": {"datapath": {"tunnelProtocol": "geneve"}}}),
    "eni": ({}, {"cilium": {"ipam": "eni", "encryption": "wireguard"}}),
    "azure": ({"provider": "azure"}, {"cilium": {"ipam": "azure", "encryption": "ipsec"}}),
    "chained": ({"provider": "gcp"}, {"cilium": {"chaining": "portmap", "maxConnectedClusters": 511}}),
    "six": ({"podCIDRs": ["10.1.0.0/16", "fd00::/104"]}, {}),
    "six alone": ({"podCIDRs": ["fd00::/104"]}, {}),
    "shaped": (SHAPED, {}),
    "named": (NAMED, {"domain": "b.example.com"}),
    "node port": ({"service": {"type": "NodePort", "port": 32379}}, {}),
    "generated": ({}, {"tls": {"source": "generate"}}),
    "bundled": ({}, {"tls": {"source": "in-cluster", "issuer": {"name": "m"}, "caBundle": "ca.pem"}}),
}

_AUTO = "clustermesh.apiserver.tls.auto."
FREE = {
    f"{_AUTO}enabled": "without tls, certificates may be brought by others",
    f"{_AUTO}method": "without tls, all but helm keep certificates",
    "clustermesh.apiserver.tls.authMode": "without tls, nobody says whose certificates these are",
}
"""What helmValues may say otherwise, and why; all of it only where mesh.yaml has no `tls`."""


def other(value: Any) -> Any:
    """Another value of the same type."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    return ["10.99.0.0/16"] if isinstance(value, list) else f"other-{value}"


def silent(mesh: Mesh) -> Iterator[str]:
    """The values of the first cluster that another one takes the place of without a finding."""
    first, *rest = mesh.clusters
    minor = parse_version(first.cilium.version)[:2]
    for path, value in leaves(derived(mesh, first)):
        if not takes(minor, path):
            continue  # other findings refuse what asks for it, and it in helmValues
        given = other(value)
        for step in reversed(path):
            given = {step: given}
        changed = mesh.model_copy(
            update={"clusters": (first.model_copy(update={"helm_values": given}), *rest)}
        )
        if not list(contradictions(changed, 0)):
            yield ".".join(path)


@pytest.mark.parametrize("version", MINORS)
@pytest.mark.parametrize("delivery", ["helm", "manifests"])
@pytest.mark.parametrize("name", MESHES)
def test_no_value_of_meshgen_s_is_changed_in_silence(version: str, delivery: str, name: str) -> None:
    one, overrides = MESHES[name]
    cilium = overrides.get("cilium", {}) | {"delivery": delivery}
    mesh = inspected(charted(version, cluster(1, **one), cluster(2), **overrides | {"cilium": cilium})).mesh
    assert mesh is not None

    assert set(silent(mesh)) - (FREE.keys() if mesh.tls.source is None else set()) == set()
