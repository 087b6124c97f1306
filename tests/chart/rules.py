"""
The chart's own rules for values, written down apart from meshgen.

Source: templates/validate.yaml, templates/clustermesh-config/_helpers.tpl and templates/cilium-configmap.yaml
of the charts 1.13 to 1.20.
"""

import re
from collections.abc import Iterator
from typing import Any

NAME = re.compile(r"([a-z0-9][-a-z0-9]*)?[a-z0-9]")


def broken(values: dict[str, Any], minor: int) -> list[str]:
    """Which rules of the chart 1.`minor` some values break."""
    return [*_cluster(values, minor), *_mesh(values, minor), *_tls(values, minor), *_datapath(values)]


def _at(values: Any, path: str, default: Any = None) -> Any:
    for step in path.split("."):
        if not isinstance(values, dict) or values.get(step) is None:
            return default
        values = values[step]
    return values


def _cluster(values: dict[str, Any], minor: int) -> Iterator[str]:
    name, number = _at(values, "cluster.name", "default"), _at(values, "cluster.id", 0)
    if number != 0 and name == "default":
        yield "the name default with an ID"
    if minor >= 16 and (len(name) > 32 or not NAME.fullmatch(name)):
        yield "the cluster's name"
    most = _at(values, "clustermesh.maxConnectedClusters", 255)
    if most not in {255, 511}:
        yield "maxConnectedClusters"
    marked = 128 <= number <= 255 or 384 <= number <= 511
    marks = _at(values, "eni.enabled") or _at(values, "alibabacloud.enabled")
    marks = marks or _at(values, "cni.chainingMode") == "aws-cni"
    if minor >= 17 and marked and marks:
        yield "an ID whose bits the cloud's CNI needs"


def _mesh(values: dict[str, Any], minor: int) -> Iterator[str]:
    if not _at(values, "clustermesh.useAPIServer"):
        yield "a mesh without clustermesh-apiserver"
    if 15 <= minor <= 17 and _at(values, "identityAllocationMode", "crd") != "crd":
        yield "identityAllocationMode"
    mode = _at(values, "identityAllocationMode", "crd")
    if minor >= 15 and _at(values, "disableEndpointCRD") and (minor < 18 or mode != "kvstore"):
        yield "disableEndpointCRD"
    if _at(values, "clustermesh.apiserver.kvstoremesh.kvstoreMode", "internal") not in {
        "internal",
        "external",
    }:
        yield "kvstoreMode"
    clusters = _at(values, "clustermesh.config.clusters", [])
    if isinstance(clusters, dict):
        if minor < 19:
            yield "clusters as a map"
        clusters = [{"name": name, **one} for name, one in clusters.items() if one.get("enabled", True)]
    for one in clusters if _at(values, "clustermesh.config.enabled") else ():
        yield from _peer(one)


def users(values: dict[str, Any], minor: int) -> set[str] | None:
    """
    Whom the chart lets in by the ConfigMap clustermesh-remote-users; None where it does not render it.

    Source: templates/clustermesh-apiserver/users-configmap.yaml at cilium/cilium e0cc421a53 (1.14),
    acc72544fd (1.16) and in 1.19; cilium#30008, cilium#33137 and cilium#42866.
    """
    if minor < 14 or _at(values, "clustermesh.apiserver.tls.authMode", "legacy") == "legacy":
        return None
    if minor >= 19 and not _at(values, "clustermesh.config.enabled"):
        return None
    clusters = _at(values, "clustermesh.config.clusters", [])
    names = set(clusters) if isinstance(clusters, dict) else {one["name"] for one in clusters}
    mirrors = _at(values, "clustermesh.apiserver.kvstoremesh.enabled", minor >= 16)
    own = {_at(values, "cluster.name")} if mirrors and minor <= 16 else set()
    return {f"remote-{name}" for name in names | own}


def _peer(one: dict[str, Any]) -> Iterator[str]:
    if not one.get("ips") and not one.get("address"):
        yield "a cluster without an address"
    if not one.get("port"):
        yield "a URL that ends in a colon"
    if not one.get("name"):
        yield "a cluster without a name"


def _tls(values: dict[str, Any], minor: int) -> Iterator[str]:
    tls = _at(values, "clustermesh.apiserver.tls", {})
    auto = {"enabled": True, "method": "helm"} | tls.get("auto", {})
    parts = [tls.get(part, {}) for part in ("server", "admin", "remote")]
    if auto["enabled"]:
        yield from _made(auto)
    elif minor < 16 or (minor < 20 and tls.get("enableSecrets", True)):
        if not all({"cert", "key"} <= part.keys() for part in parts):
            yield "no certificates for the chart's own Secrets"
    elif minor >= 20 and any({"cert", "key"} & part.keys() for part in parts):
        yield "certificates in values"
    if minor >= 15 and "ca" in tls:
        yield "tls.ca"
    if tls.get("authMode", "legacy") not in {"legacy", "migration", "cluster"}:
        yield "authMode"


def _made(auto: dict[str, Any]) -> Iterator[str]:
    if auto["method"] not in {"helm", "cronJob", "certmanager"}:
        yield "the method"
    if auto["method"] == "certmanager" and not auto.get("certManagerIssuerRef"):
        yield "cert-manager without an issuer"


def _datapath(values: dict[str, Any]) -> Iterator[str]:
    native = _at(values, "routingMode") == "native" or _at(values, "tunnel") == "disabled"
    cloud = _at(values, "ipam.mode") in {"eni", "alibabacloud"}
    if (
        native
        and not cloud
        and not _at(values, "ipv4NativeRoutingCIDR")
        and not _at(values, "ipv6NativeRoutingCIDR")
    ):
        yield "native routing without its CIDR"
    if _at(values, "routingMode", "tunnel") not in {"native", "tunnel"}:
        yield "routingMode"
    if _at(values, "tunnelProtocol", "vxlan") not in {"vxlan", "geneve"}:
        yield "tunnelProtocol"
