"""
Kubernetes NetworkPolicies as entries, the way Cilium translates them.

Source: ParseNetworkPolicy in pkg/k8s/network_policy.go.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from . import ports
from .cilium_policies import Context, span, without
from .entries import Direction, Entry, Grant, Peers
from .labels import K8S, NAMESPACE, NAMESPACE_LABELS, Requirement, Selector
from .network_admission import SECTIONS
from .ports import NamedPort, Range
from .selectors import in_cluster, in_namespace


def entries(policy: Mapping[str, Any], context: Context) -> Iterator[Entry]:
    """The entries of a NetworkPolicy; one that grants nothing stands for a direction without a rule."""
    spec, namespace = policy["spec"], policy["metadata"].get("namespace") or "default"
    chosen = (*_own(spec.get("podSelector") or {}), in_namespace(namespace))
    types = spec.get("policyTypes") or ["Ingress", *(["Egress"] if spec.get("egress") else [])]
    for direction, kind, key in SECTIONS:
        if kind not in types:
            continue
        written = list(enumerate(spec.get(direction.value) or ()))
        for index, rule in written:
            yield Entry(
                path=("spec", direction.value, index),
                direction=direction,
                subject=chosen,
                deny=False,
                closes=True,
                peers=_peers(rule.get(key), namespace, direction, context),
                grants=_grants(rule.get("ports"), context),
            )
        if not written:
            yield Entry(("spec",), direction, chosen, deny=False, closes=True, peers=Peers(), grants=None)


def _own(selector: Mapping[str, Any], prefix: str = "") -> Selector:
    """Requirements on labels of Kubernetes."""
    labels = selector.get("matchLabels") or {}
    expressions = selector.get("matchExpressions") or ()
    return (
        *(Requirement(K8S, prefix + key, "In", (value,)) for key, value in labels.items()),
        *(
            Requirement(
                K8S, prefix + each["key"], each["operator"], tuple(sorted(set(each.get("values") or ())))
            )
            for each in expressions
        ),
    )


def _peers(written: Any, namespace: str, direction: Direction, context: Context) -> Peers:
    if not written:
        return Peers(anyone=True)
    selectors: list[Selector] = []
    addresses: list[tuple[int, int]] = []
    for each in written:
        block = each.get("ipBlock")
        if block is not None:
            addresses += without(span(block["cidr"]), [span(part) for part in block.get("except") or ()])
        if block is None or (context.rules.ip_block_admits_namespace and direction is Direction.INGRESS):
            selectors.append(_pods(each, namespace, context))
    return Peers(endpoints=tuple(selectors), addresses=tuple(addresses))


def _pods(each: Mapping[str, Any], namespace: str, context: Context) -> Selector:
    around = each.get("namespaceSelector")
    own = _own(each.get("podSelector") or {})
    if around is None:
        scope: Selector = (in_namespace(namespace),)
    else:
        scope = _own(around, NAMESPACE_LABELS) or (Requirement(K8S, NAMESPACE, "Exists"),)
    local = context.rules.local_cluster and not any(key.endswith("policy.cluster") for _, key, *_ in own)
    return (*own, *scope, *((in_cluster(context.cluster),) if local else ()))


def _grants(written: Any, context: Context) -> tuple[Grant, ...] | None:
    if not written:
        return None
    ranges: list[Range] = []
    names: list[NamedPort] = []
    for each in written:
        port, of = each.get("port"), ports.protocols(each.get("protocol") or "TCP", sctp=True)
        if isinstance(port, str) and ports.is_name(port):
            names.append(NamedPort(port.lower(), of))
        else:
            last = each.get("endPort") if context.rules.end_ports else None
            ranges += ports.ranges_of(int(port or 0), last, of)
    return (Grant(tuple(ranges), tuple(names)),)
