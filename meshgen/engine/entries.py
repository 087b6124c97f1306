"""What a policy object comes down to: entries, each one rule for one direction."""

from enum import StrEnum
from typing import NamedTuple

from .labels import Selector
from .ports import NamedPort, Range

ObjectPath = tuple[str | int, ...]
"""A route into a policy object, such as `("spec", "ingress", 0)`."""


class Direction(StrEnum):
    """Which side of a connection a rule is about: its subject's."""

    EGRESS = "egress"
    INGRESS = "ingress"


class L7(NamedTuple):
    """Rules about requests: what reads them (`http`, `dns` …), and the rules as canonical JSON."""

    parser: str
    rules: str


class Grant(NamedTuple):
    """Ports of a rule, and the requests it is narrowed to."""

    ranges: tuple[Range, ...]
    names: tuple[NamedPort, ...] = ()
    l7: L7 | None = None


class Peers(NamedTuple):
    """
    The other side of a rule.

    `endpoints` are held to `fromRequires`, `others` (entities) are not; `addresses` are ranges of
    integers. `domains` are toFQDNs, `unclear` says why nobody can tell whom else the rule means, which
    is then `written` out.
    """

    anyone: bool = False
    endpoints: tuple[Selector, ...] = ()
    others: tuple[Selector, ...] = ()
    addresses: tuple[tuple[int, int], ...] = ()
    domains: tuple[str, ...] = ()
    unclear: str | None = None
    written: str = ""


class Entry(NamedTuple):
    """
    One rule of one block: for whom, with whom, at which ports.

    `grants` is None for every port. `closes` tells that it turns default deny on.
    """

    path: ObjectPath
    direction: Direction
    subject: Selector
    deny: bool
    closes: bool
    peers: Peers
    grants: tuple[Grant, ...] | None
    requires: tuple[Selector, ...] = ()


class Refusal(NamedTuple):
    """
    Why Cilium refuses an object, and which part of it is at fault.

    `newer` tells that a later version has what this one lacks.
    """

    path: ObjectPath
    reason: str
    newer: bool = False
