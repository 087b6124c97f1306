"""Whom a policy is about: `x-wing@cluster1`, `namespace:shop@*`, `entity:world`; and on which port."""

import re
from collections.abc import Callable
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from ..addresses import Cidr, cidr

FORMS = (
    "WORKLOAD@CLUSTER, namespace:NAME@CLUSTER, any@CLUSTER (CLUSTER is a name, *, same or {label=value}), "
    "entity:NAME, cidr:BLOCK, fqdn:NAME, service:NAMESPACE/NAME"
)
PORT_FORMS = '80, "53/UDP", "8000-8100/TCP", or the name of a port'
ENTITIES = ("world", "host", "remote-node", "kube-apiserver", "cluster", "all")
PROTOCOLS = ("TCP", "UDP", "SCTP")

_LABEL = r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?"
_NAME = re.compile(_LABEL)
_POD = re.compile(r"(?P<who>[^@]*)@(?P<where>\{[^{}]*\}|[^@:{}\s]{1,1000})")
_CIDR = re.compile(r"cidr:(?P<block>[0-9A-Fa-f.:]+/[0-9]+)")
_OTHER = re.compile(r"(?P<kind>entity|fqdn|service):(?P<name>[^:\s]*)")
_MORE = re.compile(r"(?::(?P<port>.*))?", re.DOTALL)
# https://docs.cilium.io/en/stable/security/policy/language/#dns-based: * stands for any of these.
_FQDN = re.compile(r"(?=.{1,255}$)(\*|[A-Za-z0-9_*-]+)(\.[A-Za-z0-9_*-]+)*\.?")
_PAIR = re.compile(
    r"\s*(?P<key>([a-z0-9][-a-z0-9.]{0,251}[a-z0-9]/|[a-z0-9]/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)"
    r"\s*=\s*(?P<value>([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?)\s*"
)
_PORT = re.compile(
    r"(?:(?P<first>[0-9]{1,5})(?:-(?P<last>[0-9]{1,5}))?|(?P<name>[a-z0-9-]{1,15}))(?:/(?P<protocol>[A-Z]+))?"
)
# https://www.rfc-editor.org/rfc/rfc6335#section-5.1
_PORT_NAME = re.compile(r"([0-9]+-)*[0-9]*[a-z][a-z0-9]*(-[a-z0-9]+)*")
_LAST_PORT = 65535


class ReferenceFormError(ValueError):
    """A text is no reference, or no port; tells what is wrong with it, in words that follow the text."""

    def __init__(self, reason: str, way_out: str = f"accepted: {FORMS}") -> None:
        super().__init__(reason)
        self.reason = reason
        self.way_out = way_out


class Kind(StrEnum):
    """What a reference names."""

    WORKLOAD = "workload"
    NAMESPACE = "namespace"
    ANY = "any"
    ENTITY = "entity"
    CIDR = "cidr"
    FQDN = "fqdn"
    SERVICE = "service"


class Scope(StrEnum):
    """How a reference names its clusters."""

    NAMED = "named"
    ALL = "all"
    SAME = "same"
    LABELS = "labels"


class Where(NamedTuple):
    """The clusters of a reference: one by its `name`, all, the other side's own, or those with `labels`."""

    scope: Scope
    name: str = ""
    labels: tuple[tuple[str, str], ...] = ()


class Reference(NamedTuple):
    """
    Whom a policy is about, and the text it was read from.

    `name` is that of the workload, namespace, entity or service, or the pattern of an FQDN; `where` is
    there for pods only, `block` for a CIDR, `namespace` for a service.
    """

    text: str
    kind: Kind
    name: str = ""
    where: Where | None = None
    namespace: str = ""
    block: Cidr | None = None

    @property
    def has_pods(self) -> bool:
        """Whether it names pods, in which a policy can be enforced."""
        return self.where is not None or self.kind is Kind.SERVICE


class PolicyPort(NamedTuple):
    """A port, a range of them, or the name that a workload gives to one."""

    text: str
    first: int = 0
    last: int = 0
    name: str = ""
    protocol: str = "TCP"


class Target(NamedTuple):
    """A reference with the port behind it, if there is one: `rebel-base@cluster2:80`."""

    text: str
    reference: Reference
    port: PolicyPort | None = None


def parse_reference(text: str) -> Reference:
    """
    What a text such as `x-wing@cluster1` names.

    Raises:
        ReferenceFormError: when it is not a reference.

    """
    target = parse_target(text)
    if target.port is not None:
        reason = "has a port, and none is taken here"
        raise ReferenceFormError(reason, "write ports: [...] beside it")
    return target.reference


@lru_cache(maxsize=65536)
def parse_target(text: str) -> Target:
    """
    What a text such as `rebel-base@cluster2:80` names; the port may be left out.

    Raises:
        ReferenceFormError: when it is not a reference, or the port is none.

    """
    for pattern, make in _MAKERS:
        if match := pattern.match(text):
            more = _MORE.fullmatch(text, match.end())
            if more is None:
                break
            port = None if more["port"] is None else parse_port(more["port"])
            return Target(text, make(match), port)
    reason = "is not a reference: no cluster is written" if _NAME.fullmatch(text) else "is not a reference"
    raise ReferenceFormError(reason)


def _pods(match: re.Match[str]) -> Reference:
    text, who, where = match[0], match["who"], _where(match["where"])
    if who == "any":
        return Reference(text, Kind.ANY, where=where)
    kind = Kind.WORKLOAD
    if who.startswith("namespace:"):
        kind, who = Kind.NAMESPACE, who.removeprefix("namespace:")
    if not _NAME.fullmatch(who):
        reason = f"names no {kind}: before the @ stands no DNS label of a-z, 0-9 and -"
        raise ReferenceFormError(reason)
    return Reference(text, kind, who, where)


def _where(text: str) -> Where:
    if text == "*":
        return Where(Scope.ALL)
    if text == "same":
        return Where(Scope.SAME)
    if not text.startswith("{"):
        return Where(Scope.NAMED, name=text)
    pairs = [_PAIR.fullmatch(pair) for pair in text[1:-1].split(",")]
    labels = {pair["key"]: pair["value"] for pair in pairs if pair}
    if not all(pairs) or len(labels) != len(pairs):
        reason = "selects clusters by something else than labels such as {env=prod,tier=1}"
        raise ReferenceFormError(reason)
    return Where(Scope.LABELS, labels=tuple(sorted(labels.items())))


def _block(match: re.Match[str]) -> Reference:
    try:
        block = cidr(match["block"])
    except ValueError as error:
        reason = f"has a block that {error}"
        raise ReferenceFormError(reason) from None
    return Reference(match[0], Kind.CIDR, match["block"], block=block)


def _other(match: re.Match[str]) -> Reference:
    text, kind, name = match[0], Kind(match["kind"]), match["name"]
    if kind is Kind.ENTITY and name not in ENTITIES:
        reason = "names no entity"
        raise ReferenceFormError(reason, f"accepted: {', '.join(f'entity:{entity}' for entity in ENTITIES)}")
    if kind is Kind.FQDN and not _FQDN.fullmatch(name):
        reason = "has no DNS name such as api.example.com or *.example.com"
        raise ReferenceFormError(reason)
    if kind is not Kind.SERVICE:
        return Reference(text, kind, name)
    namespace, _, service = name.partition("/")
    if not _NAME.fullmatch(namespace) or not _NAME.fullmatch(service):
        reason = "has no namespace and name such as service:default/rebel-base"
        raise ReferenceFormError(reason)
    return Reference(text, kind, service, namespace=namespace)


_MAKERS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Reference]], ...] = (
    (_CIDR, _block),
    (_OTHER, _other),
    (_POD, _pods),
)


def parse_port(written: int | str) -> PolicyPort:
    """
    A port of a policy.

    Raises:
        ReferenceFormError: when it is none.

    """
    text = str(written)
    match = _PORT.fullmatch(text)
    first = int(match["first"] or 0) if match else 0
    last = int(match["last"] or first) if match else 0
    name = match["name"] or "" if match else ""
    if not match or not (1 <= first <= last <= _LAST_PORT or _PORT_NAME.fullmatch(name)):
        reason = "is not a port"
    elif match["protocol"] not in {None, *PROTOCOLS}:
        reason = "has an unknown protocol"
    else:
        return PolicyPort(text, first, last, name, match["protocol"] or "TCP")
    raise ReferenceFormError(reason, f"accepted: {PORT_FORMS}; protocols {', '.join(PROTOCOLS)}")
