"""All policy objects of a mesh."""

from collections.abc import Iterator, Sequence

from ..model import Mesh
from .closed import Closed
from .directory import Directory
from .flows import flows
from .objects import PolicyObject
from .ports import UnknownPortError, pod_ports
from .postures import posture_objects
from .raw import RawFile, raw_objects
from .rules import Objects


def policy_objects(mesh: Mesh, raw: Sequence[RawFile] = ()) -> tuple[PolicyObject, ...]:
    """
    What every cluster is to enforce, sorted by cluster, namespace, name and kind.

    `raw` are the files of `policy.raw`, in its order. A rule with a name that means nothing, which
    checks report, has no object.
    """
    if mesh.policy is None:
        return ()
    directory = Directory(mesh)
    found = [*_written(directory), *raw_objects(directory, raw)]
    return tuple(sorted(found, key=lambda one: (one.cluster, one.namespace, one.name, one.kind)))


def _written(directory: Directory) -> Iterator[PolicyObject]:
    policy = directory.mesh.policy
    assert policy is not None, "there is no object otherwise"
    closed = Closed(directory)
    spread = [flows(directory, rule.intent) for rule in policy.rules]
    for rule, its_flows in zip(policy.rules, spread, strict=True):
        closed.isolate(rule, its_flows)
    for index, posture in enumerate(policy.posture):
        yield from posture_objects(directory, index, posture)
    made = Objects(directory, closed)
    for index, (rule, its_flows) in enumerate(zip(policy.rules, spread, strict=True)):
        try:
            ports = pod_ports(directory, rule.intent)
        except UnknownPortError:
            continue
        yield from made.of_rule(index, rule, its_flows, ports)
