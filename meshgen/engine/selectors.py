"""Label selectors of policies as requirements, with the scopes that Cilium adds in silence."""

from collections.abc import Iterator, Mapping
from typing import Any

from .labels import ANY, CLUSTER, K8S, NAMESPACE, NAMESPACE_LABELS, RESERVED, Requirement, Selector
from .semantics import Semantics


def requirement_of(key: str, operator: str, values: tuple[str, ...] = ()) -> Requirement:
    """A requirement on a key as it is written: `k8s:app`, `any:app`, `reserved:host`, or `app`."""
    source, colon, rest = key.partition(":")
    return Requirement(source, rest, operator, values) if colon else Requirement(ANY, key, operator, values)


def written(selector: Mapping[str, Any] | None) -> Selector:
    """The requirements of a LabelSelector, nothing added."""
    return tuple(_requirements(selector or {}))


def _requirements(selector: Mapping[str, Any]) -> Iterator[Requirement]:
    for key, value in (selector.get("matchLabels") or {}).items():
        yield requirement_of(key, "In", (value,))
    yield from _expressions(selector)


def _expressions(selector: Mapping[str, Any]) -> Iterator[Requirement]:
    for expression in selector.get("matchExpressions") or ():
        values = tuple(sorted(set(expression.get("values") or ())))
        yield requirement_of(expression["key"], expression["operator"], values)


def in_namespace(namespace: str) -> Requirement:
    """That a pod is in a namespace."""
    return Requirement(K8S, NAMESPACE, "In", (namespace,))


def in_cluster(cluster: str) -> Requirement:
    """That a pod is in a cluster."""
    return Requirement(K8S, CLUSTER, "In", (cluster,))


def leaves_namespace(selector: Mapping[str, Any] | None) -> bool:
    """Whether a subject names pods that have no namespace yet: `reserved:init`."""
    return any(each[:2] == (RESERVED, "init") for each in written(selector))


def subject(selector: Mapping[str, Any] | None, namespace: str | None, rules: Semantics) -> Selector:
    """
    Which endpoints of its own cluster a block is for.

    In a namespaced policy `k8s:io.kubernetes.pod.namespace` under matchLabels is overwritten with the
    policy's own namespace (pkg/k8s/apis/cilium.io/utils); any other spelling is a further requirement.
    """
    found = written(selector)
    if namespace is None:
        return found
    if not rules.init_stays_in_namespace and leaves_namespace(selector):
        return found
    labels = (selector or {}).get("matchLabels") or {}
    kept = tuple(
        requirement_of(key, "In", (value,)) for key, value in labels.items() if key != f"{K8S}:{NAMESPACE}"
    )
    return (*kept, *_expressions(selector or {}), in_namespace(namespace))


def peer(
    selector: Mapping[str, Any] | None, namespace: str | None, cluster: str, rules: Semantics
) -> Selector:
    """
    Which endpoints a peer stands for: its own requirements and the implicit scopes.

    `namespace` is None for a cluster-wide policy, and empty where no scope is added at all.
    Source: getEndpointSelector in pkg/k8s/apis/cilium.io/utils/utils.go.
    """
    found = written(selector)
    if any(source == RESERVED for source, *_ in found):
        return found
    keys = {key for source, key, *_ in found if source in {K8S, ANY}}
    scope: tuple[Requirement, ...] = ()
    if NAMESPACE not in keys and namespace != "":
        if namespace is None:
            scope = (Requirement(K8S, NAMESPACE, "Exists"),)
        elif not (rules.namespace_labels_free and any(key.startswith(NAMESPACE_LABELS) for key in keys)):
            scope = (in_namespace(namespace),)
    if rules.local_cluster and CLUSTER not in keys:
        scope = (*scope, in_cluster(cluster))
    return (*found, *scope)
