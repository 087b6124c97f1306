"""References of mesh.yaml and of the command line as sets of endpoints."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ..engine.cilium_policies import span
from ..engine.domains import domain
from ..engine.labels import K8S, Bits, Requirement, Universe, bits_of
from ..engine.ports import PROTOCOLS, SIZE, Range
from ..engine.selectors import in_namespace
from ..engine.universe import Outside
from ..model.reference import Kind, PolicyPort, Reference, Scope
from ..policy.ports import pod_ports
from .scene import Scene


class Pairing(NamedTuple):
    """Sources, and the targets that a pair of references means for them."""

    sources: Bits
    targets: Bits


class Actors:
    """The endpoints of a universe by the references that name them."""

    def __init__(self, scene: Scene, universe: Universe) -> None:
        self._scene = scene
        self._universe = universe
        self._index = {endpoint.name: number for number, endpoint in enumerate(universe.endpoints)}
        self._by_cluster = universe.of_cluster
        self._managed: Bits = 0
        for managed in self._by_cluster.values():
            self._managed |= managed

    def bits(self, reference: Reference) -> Bits:
        """Everything that a reference names; `same` names what is in any cluster."""
        if reference.kind is Kind.ENTITY:
            return self._entity(reference.name)
        if reference.block is not None:
            return self._within(span_of(reference))
        if reference.kind is Kind.FQDN:
            return self._universe.named(_domain_of(reference))
        service = self._scene.directory.service(reference) if reference.kind is Kind.SERVICE else None
        names = (
            self._scene.directory.shared_by(service) if service else self._scene.directory.where(reference)
        )
        within = 0
        for name in names:
            within |= self._by_cluster.get(name, 0)
        return self._pods(reference) & within

    def everywhere(self, reference: Reference) -> Bits:
        """The pods that a reference names, in whichever cluster."""
        return self._pods(reference)

    def _pods(self, reference: Reference) -> Bits:
        """Pods by their labels, so that those which may exist are among them."""
        pods = self._scene.directory.pods(reference)
        if pods is None:
            return 0
        bits = self._managed
        if pods.namespace is not None:
            bits &= self._universe.matching((in_namespace(pods.namespace),))
        return bits & self._universe.matching(
            tuple(Requirement(K8S, key, "In", (value,)) for key, value in pods.labels)
        )

    def _entity(self, name: str) -> Bits:
        if name == "all":
            return self._universe.everyone
        if name == "world":
            return bits_of(
                number
                for number, endpoint in enumerate(self._universe.endpoints)
                if "reserved:world" in endpoint.labels
            )
        if name == "cluster":
            return bits_of(
                number
                for number, endpoint in enumerate(self._universe.endpoints)
                if "reserved:world" not in endpoint.labels
            )
        return 1 << self._index[f"entity:{name}"]

    def _within(self, span: tuple[int, int]) -> Bits:
        first, last = span
        return bits_of(
            number
            for number, endpoint in enumerate(self._universe.endpoints)
            if endpoint.address and first <= endpoint.address[0] and endpoint.address[1] <= last
        )

    def pairings(self, source: Reference, target: Reference) -> Iterator[Pairing]:
        """Sources and targets, cluster by cluster where one side says `same`; a service where it exists."""
        sources, targets = self.bits(source), self.bits(target)
        if source.has_pods and target.kind is Kind.SERVICE:
            sources &= self._knowing(target)
        if not (_says_same(source) or _says_same(target)):
            yield Pairing(sources, targets)
            return
        for managed in self._by_cluster.values():
            yield Pairing(sources & managed, targets & managed)

    def _knowing(self, service: Reference) -> Bits:
        """The pods of the clusters in which a service exists."""
        bits = 0
        for name in self._scene.directory.where(service):
            bits |= self._by_cluster.get(name, 0)
        return bits


def _says_same(reference: Reference) -> bool:
    return reference.where is not None and reference.where.scope is Scope.SAME


def span_of(reference: Reference) -> tuple[int, int]:
    """The addresses of a `cidr:` reference, on the engine's line of addresses."""
    assert reference.block is not None, "only a CIDR has addresses"
    return span(reference.block.text)


def outside_of(references: Iterable[Reference]) -> Outside:
    """What references name outside the mesh."""
    found = list(references)
    return Outside(
        tuple(span_of(each) for each in found if each.block is not None),
        tuple(_domain_of(each) for each in found if each.kind is Kind.FQDN),
    )


def _domain_of(reference: Reference) -> str:
    """The names that are asked for; `**.` is of any depth, whichever version has rules with it."""
    return domain(reference.name, deep=True)


def ranges_of(scene: Scene, target: Reference, port: PolicyPort | None) -> tuple[Range, ...] | None:
    """
    The ports that are meant, as ranges; None for any port.

    Raises:
        UnknownPortError: when the target has no port of that name.

    """
    ports = pod_ports(scene.directory, target, (port,) if port else None)
    if ports is None:
        return None
    return tuple(
        (start + each.first, start + each.last + 1)
        for each in ports
        for start in (PROTOCOLS.index(each.protocol) * SIZE,)
    )
