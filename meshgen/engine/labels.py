"""Endpoints, and which of them a selector matches, as bitsets."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import NamedTuple

from .domains import contains, is_pattern

Bits = int
"""A set of endpoints: bit `i` stands for the i-th of a universe."""

NAMESPACE = "io.kubernetes.pod.namespace"
CLUSTER = "io.cilium.k8s.policy.cluster"
SERVICE_ACCOUNT = "io.cilium.k8s.policy.serviceaccount"
NAMESPACE_LABELS = "io.cilium.k8s.namespace.labels."
NAMESPACE_NAME = "kubernetes.io/metadata.name"
ANY = "any"
K8S = "k8s"
RESERVED = "reserved"
FQDN = "fqdn"
_OF_CLUSTER = f"{K8S}:{CLUSTER}"
BLURRED = "?"
"""Stands for names of which nobody can tell by which patterns they are covered."""


class Endpoint(NamedTuple):
    """
    Something with an identity: a pod, a node, or an address outside.

    `labels` are `source:key` to value. Only what `cluster` manages can be the subject of a policy;
    nodes and the world belong to none. `ports` are the named ports of its containers; `address` is
    the range of addresses that an endpoint outside stands for, as integers (IPv6 after IPv4). One that
    is not `known` stands for pods that may exist; its ports count for itself only.
    """

    name: str
    cluster: str
    labels: Mapping[str, str]
    ports: Mapping[str, int] = {}
    address: tuple[int, int] | None = None
    known: bool = True

    @property
    def managed(self) -> bool:
        """Whether a cluster manages it, whose name may be empty in a mesh that is not sound."""
        return bool(self.cluster) or _OF_CLUSTER in self.labels


def pod(  # noqa: PLR0913
    name: str,
    *,
    cluster: str,
    namespace: str,
    labels: Mapping[str, str],
    service_account: str = "default",
    namespace_labels: Mapping[str, str] | None = None,
    ports: Mapping[str, int] | None = None,
) -> Endpoint:
    """A pod with the labels that Cilium and the API server give it besides its own."""
    own = {f"{K8S}:{key}": value for key, value in labels.items()}
    given = {
        f"{K8S}:{NAMESPACE}": namespace,
        _OF_CLUSTER: cluster,
        f"{K8S}:{SERVICE_ACCOUNT}": service_account,
    }
    around = {**(namespace_labels or {}), NAMESPACE_NAME: namespace}
    of_namespace = {f"{K8S}:{NAMESPACE_LABELS}{key}": value for key, value in around.items()}
    return Endpoint(name, cluster, own | of_namespace | given, ports or {})


class Requirement(NamedTuple):
    """A condition on one label: `operator` is In, NotIn, Exists or DoesNotExist."""

    source: str
    key: str
    operator: str
    values: tuple[str, ...] = ()


Selector = tuple[Requirement, ...]
"""Requirements that must all hold; none at all matches every endpoint."""


def holds(requirement: Requirement, labels: Mapping[str, str]) -> bool:
    """Whether labels (`source:key` to value) meet a requirement."""
    found = [
        value
        for label, value in labels.items()
        if (parts := label.partition(":"))[2] == requirement.key and requirement.source in {ANY, parts[0]}
    ]
    match requirement.operator:
        case "In":
            return any(value in requirement.values for value in found)
        case "NotIn":
            return not any(value in requirement.values for value in found)
        case "Exists":
            return bool(found)
        case _:
            return not found


class Universe:
    """
    All endpoints that are told apart, with an index from labels to bits.

    In an `open` universe other pods than these may exist.
    """

    def __init__(self, endpoints: Iterable[Endpoint], *, open: bool = False) -> None:  # noqa: A002
        self.endpoints = tuple(endpoints)
        self.open = open
        self.everyone: Bits = (1 << len(self.endpoints)) - 1
        self._matching: dict[Selector, Bits] = {}
        self._ranges: dict[tuple[tuple[int, int], ...], Bits] = {}

    @cached_property
    def _values(self) -> dict[tuple[str, str], dict[str, Bits]]:
        """For each source and key, which endpoints have which value."""
        lists: dict[tuple[str, str], dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
        for index, endpoint in enumerate(self.endpoints):
            for label, value in endpoint.labels.items():
                source, _, key = label.partition(":")
                lists[source, key][value].append(index)
        return {
            label: {value: bits_of(indexes) for value, indexes in values.items()}
            for label, values in lists.items()
        }

    @cached_property
    def _sources(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, dict[str, None]] = defaultdict(dict)
        for source, key in self._values:
            found[key][source] = None
        return {key: tuple(sources) for key, sources in found.items()}

    @cached_property
    def of_cluster(self) -> dict[str, Bits]:
        """What each cluster manages."""
        found: dict[str, list[int]] = defaultdict(list)
        for index, endpoint in enumerate(self.endpoints):
            if endpoint.managed:
                found[endpoint.cluster].append(index)
        return {cluster: bits_of(indexes) for cluster, indexes in found.items()}

    @cached_property
    def domains(self) -> Bits:
        """The names outside that rules mention; nobody knows their addresses."""
        return bits_of(
            index
            for index, endpoint in enumerate(self.endpoints)
            if any(label.startswith(f"{FQDN}:") for label in endpoint.labels)
        )

    def domain(self, name: str) -> Bits:
        """The endpoints that stand for what a name or a pattern of names resolves to."""
        return self._values.get((FQDN, name), {}).get("", 0)

    def named(self, name: str) -> Bits:
        """The same for a name or a pattern that no rule may have; what is more than that is left out."""
        found = self.domain(name) | self.blurred(name)
        if (FQDN, name) not in self._values:
            for source, text in self._values:
                if source == FQDN and contains(name, text):
                    found |= self.domain(text)
        return found

    def blurred(self, name: str) -> Bits:
        """Those that a pattern of names perhaps stands for as well."""
        return self.domain(BLURRED) if is_pattern(name) else 0

    @cached_property
    def outside(self) -> Bits:
        """The world."""
        return self.matching((Requirement(RESERVED, "world", "Exists"),))

    @cached_property
    def _outside(self) -> list[tuple[int, int, int]]:
        """The first and the last address of each endpoint outside, and its index, in this order."""
        return sorted(
            (*endpoint.address, index)
            for index, endpoint in enumerate(self.endpoints)
            if endpoint.address is not None
        )

    @cached_property
    def named_ports(self) -> dict[str, dict[int, Bits]]:
        """For each name of a port, the numbers it stands for in known pods, and in whose."""
        return self._numbered(known=True)

    @cached_property
    def numbers(self) -> dict[str, dict[int, Bits]]:
        """The same, pods that may exist included."""
        return self._numbered(known=False)

    def _numbered(self, *, known: bool) -> dict[str, dict[int, Bits]]:
        found: dict[str, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
        for index, endpoint in enumerate(self.endpoints):
            if endpoint.known or not known:
                for name, number in endpoint.ports.items():
                    found[name][number].append(index)
        return {
            name: {number: bits_of(indexes) for number, indexes in sorted(numbers.items())}
            for name, numbers in found.items()
        }

    def matching(self, selector: Selector) -> Bits:
        """The endpoints that a selector matches."""
        bits = self._matching.get(selector)
        if bits is None:
            bits = self.everyone
            for requirement in selector:
                bits &= self._meeting(requirement)
            self._matching[selector] = bits
        return bits

    def _meeting(self, requirement: Requirement) -> Bits:
        source, key, operator, values = requirement
        bits = 0
        for each in self._sources.get(key, ()) if source == ANY else (source,):
            of_value = self._values.get((each, key), {})
            if operator in {"In", "NotIn"}:
                for value in values:
                    bits |= of_value.get(value, 0)
            else:
                for found in of_value.values():
                    bits |= found
        return bits if operator in {"In", "Exists"} else self.everyone & ~bits

    def within(self, ranges: tuple[tuple[int, int], ...]) -> Bits:
        """The endpoints outside whose addresses lie in one of the ranges."""
        bits = self._ranges.get(ranges)
        if bits is None:
            bits = bits_of(index for span in ranges for index in self._inside(*span))
            self._ranges[ranges] = bits
        return bits

    def _inside(self, low: int, high: int) -> Iterator[int]:
        """The endpoints whose addresses lie in a range; only those that begin in it are looked at."""
        start = bisect_left(self._outside, (low,))
        end = bisect_left(self._outside, (high + 1,))
        yield from (index for _, last, index in self._outside[start:end] if last <= high)


def bits_of(indexes: Iterable[int]) -> Bits:
    """The set of these indexes."""
    found = sorted(indexes)
    if not found:
        return 0
    # NOTE: setting bits of an int one by one copies it each time; a bytearray does not.
    octets = bytearray(found[-1] // 8 + 1)
    for index in found:
        octets[index >> 3] |= 1 << (index & 7)
    return int.from_bytes(octets, "little")


def lowest(bits: Bits) -> int:
    """The first index in a set that is not empty."""
    return (bits & -bits).bit_length() - 1


_SPARSE = 96
"""Bits for each member above which taking the lowest member again and again is the faster way."""


def indexes_of(bits: Bits) -> Iterator[int]:
    """The indexes in a set, in order."""
    if bits.bit_count() * _SPARSE < bits.bit_length():
        while bits:
            first = bits & -bits
            yield first.bit_length() - 1
            bits ^= first
        return
    octets = bits.to_bytes((bits.bit_length() + 7) // 8, "little")
    for place, octet in enumerate(octets):
        if octet:
            start = 8 * place
            for bit in _BITS[octet]:
                yield start + bit


_BITS = tuple(tuple(bit for bit in range(8) if octet >> bit & 1) for octet in range(256))
"""The bits of each octet."""
