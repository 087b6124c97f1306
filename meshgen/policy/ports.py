"""Ports of a rule as numbers of pods."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from ..model import Port, Service
from ..model.reference import Kind, PolicyPort, Reference
from .directory import Directory

MOST = 40
"""Ports in one entry of toPorts: https://docs.cilium.io/en/stable/security/policy/language/#limit-ingress-egress-ports"""


class PodPort(NamedTuple):
    """A port, or a range of them."""

    first: int
    last: int
    protocol: str


_MOST_LISTED = 10
_NUMBER = "write the number, or declare the name under ports of the workload"


class UnknownPortError(Exception):
    """A port of a rule that the target does not have: its position in the rule, why, and what to do."""

    def __init__(self, position: int | None, reason: str, accepted: tuple[str, ...] = ()) -> None:
        super().__init__(reason)
        self.position = position
        self.reason = reason
        known = ", ".join(accepted[:_MOST_LISTED])
        self.way_out = f"known: {known}" if known else _NUMBER


def pod_ports(
    directory: Directory, target: Reference, ports: Sequence[PolicyPort] | None
) -> tuple[PodPort, ...] | None:
    """
    The ports of those who are called, as numbers; None for all of them.

    Raises:
        UnknownPortError: where a name or a port of a service cannot be told.

    """
    service = directory.service(target) if target.kind is Kind.SERVICE else None
    if ports is not None:
        found = [
            part
            for position, port in enumerate(ports)
            for part in _of_port(directory, target, service, position, port)
        ]
    elif service is not None:
        found = [
            _target(directory, service, None, port.target_port or port.port, port.protocol)
            for port in service.ports
        ]
    else:
        return None
    return tuple(sorted(set(found)))


def _of_port(
    directory: Directory, target: Reference, service: Service | None, position: int, port: PolicyPort
) -> Iterator[PodPort]:
    if service is not None:
        yield from _of_service(directory, service, position, port)
    elif not port.name:
        yield PodPort(port.first, port.last, port.protocol)
    else:
        workload = directory.workloads.get(target.name) if target.kind is Kind.WORKLOAD else None
        if target.kind is Kind.WORKLOAD and workload is None:
            return  # told as an unknown workload
        known = workload.ports if workload else {}
        if port.name not in known:
            reason = f"{target.text} has no port called {port.name}"
            raise UnknownPortError(position, reason, tuple(known))
        yield PodPort(known[port.name], known[port.name], port.protocol)


def _of_service(directory: Directory, service: Service, position: int, port: PolicyPort) -> Iterator[PodPort]:
    """Ports of a service are named as its callers do: nobody can call it at those of its pods."""
    found = False
    for known in service.ports:
        if known.protocol != port.protocol:
            continue
        if known.name == port.name if port.name else port.first <= known.port <= port.last:
            found = True
            yield _target(directory, service, position, known.target_port or known.port, port.protocol)
    if not found:
        reason = f"the service {service.namespace}/{service.name} has no port {port.text}"
        raise UnknownPortError(position, reason, tuple(map(_told, service.ports)))


def _told(port: Port) -> str:
    number = str(port.port) if port.protocol == "TCP" else f"{port.port}/{port.protocol}"
    return f"{port.name} ({number})" if port.name else number


def _target(
    directory: Directory, service: Service, position: int | None, target: int | str, protocol: str
) -> PodPort:
    if isinstance(target, int):
        return PodPort(target, target, protocol)
    selector = service.selector.items()
    for workload in directory.by_namespace.get(service.namespace, ()):
        if target in workload.ports and selector <= workload.labels.items():
            return PodPort(workload.ports[target], workload.ports[target], protocol)
    reason = f"no workload behind {service.namespace}/{service.name} tells the number of its port {target}"
    raise UnknownPortError(position, reason)


def to_ports(ports: Iterable[PodPort] | None) -> list[dict[str, Any]]:
    """The entries of `toPorts`, none for all ports."""
    written = [_written(port) for port in ports or ()]
    return [{"ports": written[start : start + MOST]} for start in range(0, len(written), MOST)]


def _written(port: PodPort) -> dict[str, Any]:
    range_end = {"endPort": port.last} if port.last != port.first else {}
    return {"port": str(port.first), **range_end, "protocol": port.protocol}
