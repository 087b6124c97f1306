"""The labels that Cilium gives to every pod, and selectors made of them."""

from collections.abc import Sequence
from typing import Any

from ..kube.manifest import OWN, Own

CLUSTER = "io.cilium.k8s.policy.cluster"
ACCOUNT = "io.cilium.k8s.policy.serviceaccount"
NAMESPACE = "io.kubernetes.pod.namespace"
_KUBERNETES = "k8s:"

Pairs = tuple[tuple[str, str], ...]


def subject(pairs: Pairs) -> dict[str, Any]:
    """
    The pods of its own cluster and namespace that a policy is for.

    NOTE: no namespace here: Cilium overwrites it where it is written as `k8s:`, and adds it otherwise.
    """
    return {"matchLabels": {CLUSTER: OWN, **dict(pairs)}}


def peer(clusters: Sequence[str | Own], namespace: str | None, pairs: Pairs) -> dict[str, Any]:
    """
    The pods on the other side.

    Both scopes are written out: Cilium's own defaults for them differ between versions.
    """
    match: dict[str, str | Own] = {}
    expressions: list[dict[str, Any]] = []
    if len(clusters) == 1:
        match[_KUBERNETES + CLUSTER] = clusters[0]
    else:
        expressions.append({"key": _KUBERNETES + CLUSTER, "operator": "In", "values": list(clusters)})
    if namespace is None:
        expressions.append({"key": _KUBERNETES + NAMESPACE, "operator": "Exists"})
    else:
        match[_KUBERNETES + NAMESPACE] = namespace
    match |= {_KUBERNETES + ACCOUNT if key == ACCOUNT else key: value for key, value in pairs}
    parts = {"matchLabels": match, "matchExpressions": expressions}
    return {key: part for key, part in parts.items() if part}
