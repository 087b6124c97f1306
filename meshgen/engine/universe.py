"""Everything that policies can tell apart: pods, nodes, and what lies outside."""

import ipaddress
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from typing import NamedTuple

from .applied import Applied
from .cilium_policies import V6
from .domains import EVERY, covers, is_pattern, overlaps
from .entries import Entry
from .labels import BLURRED, FQDN, NAMESPACE, RESERVED, Endpoint, Selector, Universe
from .witnesses import witnesses

NODES = ("host", "remote-node", "kube-apiserver", "health", "ingress", "init", "unmanaged")
"""Reserved identities inside the mesh; none of them is the subject of a policy for pods."""

_LAST = V6 + (1 << 128) - 1


class Outside(NamedTuple):
    """What lies outside and is to be told apart beside what rules name: ranges of addresses, and domains."""

    spans: tuple[tuple[int, int], ...] = ()
    domains: tuple[str, ...] = ()


def universe(
    pods: Iterable[Endpoint],
    sides: Iterable[Iterable[Applied]],
    namespaces: Mapping[str, Mapping[str, str]],
    outside: Outside = Outside(),  # noqa: B008 - it is immutable
    *,
    any_pod: bool = False,
) -> Universe:
    """
    A universe in which the policies of all sides can be compared.

    With `any_pod` it has a pod of every kind that the policies can tell apart, whether or not somebody
    listed it; `namespaces` are those that exist, with the labels that are known of them.

    Raises:
        TooManyError: when there are more kinds of pods than can be looked at.

    """
    applied = [each for side in sides for each in side]
    entries = [entry for each in applied for entry in each.entries]
    found = [*pods, *_nodes(), *_outside(entries, outside)]
    if any_pod:
        names = [named.name for entry in entries for grant in entry.grants or () for named in grant.names]
        clusters = dict.fromkeys(each.setting.name for each in applied)
        asked = dict.fromkeys(selector for entry in entries for selector in selectors(entry))
        found += witnesses(asked, clusters, _namespaces(asked, namespaces), names)
    return Universe(found, open=True)


def selectors(entry: Entry) -> Iterator[Selector]:
    """Every selector of an entry."""
    yield entry.subject
    yield from entry.peers.endpoints
    yield from entry.peers.others
    yield from entry.requires


def _namespaces(
    asked: Iterable[Selector], known: Mapping[str, Mapping[str, str]]
) -> dict[str, Mapping[str, str]]:
    named = {
        value
        for selector in asked
        for requirement in selector
        if requirement.key == NAMESPACE
        for value in requirement.values
    }
    return {name: known.get(name, {}) for name in sorted(named | known.keys())}


def _nodes() -> Iterator[Endpoint]:
    for name in NODES:
        labels = {f"{RESERVED}:{name}": ""}
        if name == "kube-apiserver":
            labels[f"{RESERVED}:remote-node"] = ""
        yield Endpoint(f"entity:{name}", "", labels)


def _outside(entries: list[Entry], more: Outside) -> Iterator[Endpoint]:
    """The world, in as few parts as the addresses and the domains in rules tell apart."""
    world = {f"{RESERVED}:world": ""}
    spans = {span for entry in entries for span in entry.peers.addresses} | set(more.spans)
    edges = {0, V6, _LAST + 1} | {first for first, _ in spans} | {last + 1 for _, last in spans}
    ordered = sorted(edges)
    for first, end in pairwise(ordered):
        name = _range_name(first, end - 1)
        yield Endpoint(name, "", world, address=(first, end - 1))
    domains = {domain for entry in entries for domain in entry.peers.domains} | set(more.domains)
    for told, covering in _domains(domains):
        yield Endpoint(told, "", world | dict.fromkeys((f"{FQDN}:{text}" for text in covering), ""))


def _domains(texts: set[str]) -> Iterator[tuple[str, list[str]]]:
    """Names that rules tell apart: how they are called, and the names and patterns that cover them."""
    patterns = tuple(sorted(filter(is_pattern, texts)))
    named = {
        name: [pattern for pattern in patterns if covers(pattern, name)]
        for name in sorted(texts - {*patterns})
    }
    for name, covering in named.items():
        yield f"fqdn:{name}", [name, *covering]
    parts = overlaps(patterns)
    if parts is None:
        yield "other names of patterns", [BLURRED, *(text for text in patterns if text == EVERY)]
        return
    of: dict[str, list[frozenset[str]]] = defaultdict(list)
    for part in parts:
        for text in part:
            of[text].append(part)
    taken = {pattern for covering in named.values() for pattern in covering}
    whole = {text for text, found in of.items() if len(found) == 1} - taken
    # Whatever covers all names that a pattern covers, is there wherever it is: the more, the narrower.
    wider = {text: frozenset.intersection(*found) for text, found in of.items()}
    for part in sorted(parts, key=sorted):
        narrowest = sorted(text for text in part if not any(wider[text] < wider[other] for other in part))
        yield _told(narrowest, whole), sorted(part)


def _told(narrowest: list[str], whole: set[str]) -> str:
    """How the names are called that these patterns cover; all names of one of `whole` are together."""
    told = " and ".join(f"fqdn:{text}" for text in narrowest)
    if len(narrowest) > 1:
        return f"names of {told}"
    return told if narrowest[0] in whole else f"other names of {told}"


def _range_name(first: int, last: int) -> str:
    if (first, last) == (0, V6 - 1):
        return "world (IPv4)"
    if (first, last) == (V6, _LAST):
        return "world (IPv6)"
    kind = ipaddress.IPv6Address if first >= V6 else ipaddress.IPv4Address
    start = V6 if first >= V6 else 0
    blocks = list(ipaddress.summarize_address_range(kind(first - start), kind(last - start)))
    if len(blocks) == 1:
        return f"cidr:{blocks[0]}"
    return f"addresses {kind(first - start)} to {kind(last - start)}"
