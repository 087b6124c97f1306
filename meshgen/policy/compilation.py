"""All policy objects of a mesh, and what is known on the way to them."""

from collections.abc import Iterator, Sequence
from functools import cached_property

from ..location import SourcePath
from ..model import Mesh
from ..model.policy import PolicyRule, Posture, Raw
from .closed import Closed
from .directory import Directory
from .flows import Flows, flows
from .objects import PolicyObject, Stencil
from .ports import PodPort, UnknownPortError, pod_ports
from .postures import posture_stencils
from .raw import RawFile, raw_objects
from .rules import Stencils


class Policies:
    """
    The policies of a mesh, each part worked out once.

    `raw` are the files of `policy.raw`, in its order. A rule with a name that means nothing, which
    checks report, has no object.
    """

    def __init__(self, mesh: Mesh, raw: Sequence[RawFile] = ()) -> None:
        self.directory = Directory(mesh)
        self.raw = tuple(raw)
        self.rules: tuple[PolicyRule, ...] = mesh.policy.rules if mesh.policy else ()
        self.postures: tuple[Posture, ...] = mesh.policy.posture if mesh.policy else ()
        self.files: tuple[Raw, ...] = mesh.policy.raw if mesh.policy else ()

    @cached_property
    def flows(self) -> tuple[Flows, ...]:
        """Who calls whom, rule by rule."""
        return tuple(flows(self.directory, rule.intent) for rule in self.rules)

    @cached_property
    def closed(self) -> Closed:
        """Which pods are closed."""
        closed = Closed(self.directory)
        for rule, its_flows in zip(self.rules, self.flows, strict=True):
            closed.isolate(rule, its_flows)
        return closed

    @cached_property
    def ports(self) -> tuple[tuple[PodPort, ...] | UnknownPortError | None, ...]:
        """The ports of each rule: numbers, None for all, or why they cannot be told."""
        return tuple(self._ports(rule) for rule in self.rules)

    def _ports(self, rule: PolicyRule) -> tuple[PodPort, ...] | UnknownPortError | None:
        try:
            return pod_ports(self.directory, rule.intent.to, rule.intent.ports)
        except UnknownPortError as unknown:
            return unknown

    def unknown_ports(self) -> Iterator[tuple[SourcePath, UnknownPortError]]:
        """The ports of rules and expectations that their targets do not have, and their places."""
        for index, (rule, ports) in enumerate(zip(self.rules, self.ports, strict=True)):
            if isinstance(ports, UnknownPortError):
                at: SourcePath = ("policy", "rules", index, "deny" if rule.deny else "allow")
                place = ("to",) if ports.position is None else ("ports", ports.position)
                yield (*at, *place), ports
        for index, expectation in enumerate(self.directory.mesh.expect):
            target = expectation.to
            try:
                pod_ports(self.directory, target.reference, (target.port,) if target.port else None)
            except UnknownPortError as unknown:
                yield ("expect", index, "to"), unknown

    @cached_property
    def objects(self) -> tuple[PolicyObject, ...]:
        """What every cluster is to enforce, sorted by cluster, namespace, name and kind."""
        found = [*(one for stencil in self.stencils for one in stencil.objects()), *self.of_files]
        return tuple(sorted(found, key=lambda one: (one.cluster, one.namespace, one.name, one.kind)))

    @cached_property
    def of_files(self) -> tuple[PolicyObject, ...]:
        """What stands in files of `policy.raw`, cluster by cluster."""
        return tuple(raw_objects(self.directory, self.raw))

    @cached_property
    def stencils(self) -> tuple[Stencil, ...]:
        """What postures and rules are compiled to, each once for all clusters that have it alike."""
        return tuple(self._stencils())

    def _stencils(self) -> Iterator[Stencil]:
        for index, posture in enumerate(self.postures):
            yield from posture_stencils(self.directory, index, posture)
        made = Stencils(self.directory, self.closed)
        parts = zip(self.rules, self.flows, self.ports, strict=True)
        for index, (rule, its_flows, ports) in enumerate(parts):
            if not isinstance(ports, UnknownPortError):
                yield from made.of_rule(index, rule, its_flows, ports)
