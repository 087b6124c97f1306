"""
The fields of policies, where each stands, and the version of Cilium that first has it.

Sources: the definitions that Cilium publishes for CiliumNetworkPolicy, 1.14 to 1.20, which are those of
CiliumClusterwideNetworkPolicy as well, and its release notes for what is older; the reference of
NetworkPolicy of Kubernetes.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from ..cilium.version import Version
from ..engine.semantics import first_with
from ..location import SourcePath
from .objects import CLUSTERWIDE, NAMESPACED
from .rules import DEFAULT_DENY_OFF, DENY


class Field(NamedTuple):
    """
    A field, and those below it: in each of its items where it holds a list.

    Without any below, what it holds is not looked at. `since` is None for fields older than Cilium 1.7,
    and where nothing published tells.
    """

    below: "Mapping[str, Field]" = MappingProxyType({})
    since: Version | None = None
    is_list: bool = False


def _fields(*names: str) -> dict[str, Field]:
    return dict.fromkeys(names, Field())


def _list(below: Mapping[str, Field], since: Version | None = None) -> Field:
    return Field(below, since, is_list=True)


RANGES = first_with(lambda rules: rules.end_ports)
"""The first version with `endPort`."""

_HEAD = _fields("apiVersion", "kind", "metadata", "status")
_SELECTOR = Field({**_fields("matchLabels"), "matchExpressions": _list(_fields("key", "operator", "values"))})
_SELECTORS = _list(_SELECTOR.below)
_NODES = _list(_SELECTOR.below, first_with(lambda rules: rules.node_peers))
_SECRET = Field(_fields("name", "namespace"))
_TLS = Field({"secret": _SECRET, **_fields("trustedCA", "certificate", "privateKey")})
_GROUPS = _list({"aws": Field(_fields("labels", "securityGroupsIds", "securityGroupsNames", "region"))})
_CIDR_SET = _list(
    {
        **_fields("cidr", "except"),
        "cidrGroupRef": Field(since=Version(1, 14)),
        "cidrGroupSelector": _SELECTOR._replace(since=Version(1, 17)),
    }
)
_ICMPS = _list({"fields": _list(_fields("family", "type"))}, first_with(lambda rules: rules.icmps))
_PORTS = _list({**_fields("port", "protocol"), "endPort": Field(since=RANGES)})
_REQUESTS = Field(
    {
        "http": _list(
            {
                **_fields("path", "method", "host", "headers"),
                "headerMatches": _list({**_fields("mismatch", "name", "value"), "secret": _SECRET}),
            }
        ),
        "kafka": _list(_fields("role", "apiKey", "apiVersion", "clientID", "topic")),
        "dns": _list(_fields("matchName", "matchPattern")),
        **_fields("l7proto", "l7"),
    }
)
_LISTENER = Field(
    {
        "envoyConfig": Field(_fields("kind", "name")),
        "name": Field(),
        "priority": Field(since=Version(1, 16)),
    }
)
_DENIED_AT = {"toPorts": _list({"ports": _PORTS}), "icmps": _ICMPS}
_ALLOWED_AT = {
    "toPorts": _list(
        {
            "ports": _PORTS,
            "rules": _REQUESTS,
            "terminatingTLS": _TLS,
            "originatingTLS": _TLS,
            "serverNames": Field(),
            "listener": _LISTENER,
        }
    ),
    "icmps": _ICMPS,
    "authentication": Field(_fields("mode"), since=Version(1, 14)),
    "auth": Field(_fields("type"), since=Version(1, 13)),  # in 1.13 only; then it became authentication
}
_CALLERS = {
    "fromEndpoints": _SELECTORS,
    "fromRequires": _SELECTORS,
    "fromCIDR": Field(),
    "fromCIDRSet": _CIDR_SET,
    "fromEntities": Field(),
    "fromGroups": _GROUPS._replace(since=first_with(lambda rules: rules.groups_on_ingress)),
    "fromNodes": _NODES,
}
_CALLED = {
    "toEndpoints": _SELECTORS,
    "toRequires": _SELECTORS,
    "toCIDR": Field(),
    "toCIDRSet": _CIDR_SET,
    "toEntities": Field(),
    "toServices": _list(
        {
            "k8sService": Field(_fields("serviceName", "namespace")),
            "k8sServiceSelector": Field({"selector": _SELECTOR, "namespace": Field()}),
        }
    ),
    "toGroups": _GROUPS,
    "toNodes": _NODES,
}
_BLOCK = Field(
    {
        "endpointSelector": _SELECTOR,
        "nodeSelector": _SELECTOR._replace(since=Version(1, 8)),
        "ingress": _list({**_CALLERS, **_ALLOWED_AT}),
        "ingressDeny": _list({**_CALLERS, **_DENIED_AT}, DENY),
        "egress": _list({**_CALLED, "toFQDNs": _list(_fields("matchName", "matchPattern")), **_ALLOWED_AT}),
        "egressDeny": _list({**_CALLED, **_DENIED_AT}, DENY),
        "labels": _list(_fields("key", "value", "source")),
        "enableDefaultDeny": Field(_fields("ingress", "egress"), since=DEFAULT_DENY_OFF),
        "description": Field(),
        "log": Field(_fields("value"), since=Version(1, 18)),
    }
)
_CILIUM = {**_HEAD, "spec": _BLOCK, "specs": _list(_BLOCK.below)}

_PEERS = _list(
    {
        "podSelector": _SELECTOR,
        "namespaceSelector": _SELECTOR,
        "ipBlock": Field(_fields("cidr", "except")),
    }
)
_OF_KUBERNETES = {
    **_HEAD,
    "spec": Field(
        {
            "podSelector": _SELECTOR,
            "policyTypes": Field(),
            "ingress": _list({"from": _PEERS, "ports": _list(_fields("port", "protocol", "endPort"))}),
            "egress": _list({"to": _PEERS, "ports": _list(_fields("port", "protocol", "endPort"))}),
        }
    ),
}

FIELDS: Mapping[str, Mapping[str, Field]] = {
    NAMESPACED: _CILIUM,
    CLUSTERWIDE: _CILIUM,
    "NetworkPolicy": _OF_KUBERNETES,
}
"""The fields of an object of each kind."""


class Unknown(NamedTuple):
    """
    A key that no version has at its place.

    `known` are the keys that may stand there, and `elsewhere` is a place that has this one, such as
    `spec.ingress.toPorts.ports`; empty where none has.
    """

    path: SourcePath
    known: tuple[str, ...]
    elsewhere: str


def unknown_fields(policy: Mapping[str, Any]) -> Iterator[Unknown]:
    """The keys of a policy that no version of Cilium has, or Kubernetes for a NetworkPolicy."""
    fields = FIELDS[policy["kind"]]
    for path, known in _keys(policy, fields, ()):
        if path[-1] not in known:
            yield Unknown(path, tuple(known), next(_places(str(path[-1]), fields), ""))


def newer_fields(policy: Mapping[str, Any]) -> Iterator[tuple[str, Version]]:
    """The keys of a policy that some version of Cilium lacks, each with the first that has it."""
    for path, known in _keys(policy, FIELDS[policy["kind"]], ()):
        field = known.get(str(path[-1]))
        if field is not None and field.since is not None:
            yield str(path[-1]), field.since


def _keys(
    value: Any, fields: Mapping[str, Field], path: SourcePath
) -> Iterator[tuple[SourcePath, Mapping[str, Field]]]:
    """Every key that is written, with the fields that may stand at its place."""
    for key, item in value.items() if isinstance(value, dict) else ():
        yield (*path, key), fields
        field = fields.get(key, Field())
        if not field.is_list:
            yield from _keys(item, field.below, (*path, key)) if field.below else ()
        elif isinstance(item, list):
            for index, each in enumerate(item):
                yield from _keys(each, field.below, (*path, key, index))


def _places(name: str, fields: Mapping[str, Field], above: str = "") -> Iterator[str]:
    """The places that have a field of a name, those further up first."""
    for key, field in fields.items():
        if name in field.below:
            yield f"{above}{key}"
    for key, field in fields.items():
        yield from _places(name, field.below, f"{above}{key}.")
