"""The way to DNS that pods need once they are closed for what goes out."""

from collections.abc import Iterator
from typing import Any

from ..kube.manifest import OWN
from ..model.policy import Dns
from . import labels
from .directory import Directory


def dns_of(directory: Directory, cluster: str) -> Dns:
    """How a cluster resolves names."""
    policy = directory.clusters[cluster].policy or directory.mesh.policy
    return policy.dns if policy else Dns()


def dns_rules(dns: Dns, *, learn: bool = False) -> Iterator[dict[str, Any]]:
    """
    Egress rules to a cluster's own DNS, whichever cluster that is.

    With `learn` the queries pass Cilium's proxy: only so it learns the addresses of names.
    """
    port: dict[str, Any] = {
        "ports": [
            {"port": str(number), "protocol": protocol}
            for number in sorted(set(dns.ports))
            for protocol in ("UDP", "TCP")
        ]
    }
    if learn:
        port["rules"] = {"dns": [{"matchPattern": "*"}]}
    peer = labels.peer((OWN,), dns.namespace, tuple(sorted(dns.labels.items())))
    yield {"toEndpoints": [peer], "toPorts": [port]}
    if dns.node_local:
        yield {"toEntities": ["host"], "toPorts": [port]}
