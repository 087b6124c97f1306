"""Ports of rules that are ports of services, where the pods behind those listen on others."""

from collections.abc import Iterator
from typing import NamedTuple

from ..engine.entries import Direction, ObjectPath
from ..engine.labels import Bits, indexes_of
from ..engine.ports import PROTOCOLS, SIZE, point
from ..model import Service
from ..model.reference import Kind
from ..policy.objects import PolicyObject
from .backends import backends
from .picture import Picture
from .written import rules_of


class _Aim(NamedTuple):
    """A port of a rule, the pods at which it is aimed, and where it is written."""

    one: PolicyObject | None
    rule: str
    path: ObjectPath
    port: int
    targets: Bits


class Mistaken(NamedTuple):
    """A port of a rule that is not the port of the pods; `one` is there for an object of a file."""

    one: PolicyObject | None
    rule: str
    path: ObjectPath
    port: int
    place: int
    service: Service
    target: int | str
    nobody_listens: bool


def mistaken(picture: Picture) -> Iterator[Mistaken]:
    """Every such port, for the first service it is a port of."""
    by_port = _by_port(picture)
    for aim in (*_of_rules(picture), *_of_files(picture)):
        for place, service, pods, target in by_port.get(aim.port, ()):
            if not aim.targets & pods:
                continue
            listening = _listening(picture, aim)
            if listening is not True:
                number = aim.port % SIZE
                nobody = listening is False
                yield Mistaken(aim.one, aim.rule, aim.path, number, place, service, target, nobody)
                break


def _by_port(picture: Picture) -> dict[int, list[tuple[int, Service, Bits, int | str]]]:
    """Services by those of their ports that no port of their pods equals."""
    found: dict[int, list[tuple[int, Service, Bits, int | str]]] = {}
    places = {(one.namespace, one.name): at for at, one in enumerate(picture.scene.mesh.services)}
    for name, known in backends(picture).items():
        pods = known.shared
        for more in known.by_cluster.values():
            pods |= more
        for port in known.service.ports:
            number = point(port.port, port.protocol)
            if number not in known.ports:
                target = port.target_port or port.port
                found.setdefault(number, []).append((places[name], known.service, pods, target))
    return found


def _of_rules(picture: Picture) -> Iterator[_Aim]:
    for index, rule in enumerate(picture.scene.policies.rules):
        target = rule.intent.to
        if target.kind is Kind.SERVICE or not target.has_pods:
            continue
        for place, port in enumerate(rule.intent.ports or ()):
            if port.first and port.first == port.last:
                key = "deny" if rule.deny else "allow"
                path = ("policy", "rules", index, key, "ports", place)
                number = point(port.first, port.protocol)
                yield _Aim(None, rule.name, path, number, picture.actors.bits(target))


def _of_files(picture: Picture) -> Iterator[_Aim]:
    for written, entry in rules_of(picture.written):
        targets: Bits = picture.universe.matching(entry.subject)
        if entry.direction is Direction.EGRESS:
            targets = 0
            for selector in entry.peers.endpoints:
                targets |= picture.universe.matching(selector)
        numbers = {first for grant in entry.grants or () for first, last in grant.ranges if last == first + 1}
        for number in sorted(numbers):
            if number < len(PROTOCOLS[:3]) * SIZE:
                path = written.port_place(entry, str(number % SIZE))
                yield _Aim(written.one, "", path, number, targets)


def _listening(picture: Picture, aim: _Aim) -> bool | None:
    """Whether one of the pods listens on the port; None where their workloads name no ports."""
    declared = [
        set(picture.universe.endpoints[index].ports.values())
        for index in indexes_of(aim.targets & picture.workloads)
    ]
    if any(aim.port % SIZE in ports for ports in declared):
        return True
    return False if declared and all(declared) else None
