"""MG303: a selection of clusters that selects none."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from ..diagnostics import Problem, Related, Rule, Severity, named
from ..location import SourcePath
from ..model import ByLabels, Mesh, Service
from ..nearest import nearest
from ..selection import mentions, references
from ..survey import Survey

if TYPE_CHECKING:
    from ..model.reference import Reference
    from ..policy.compilation import Policies
    from ..policy.directory import Directory

_MOST = 10
_COMPARE = "compare it with the labels of the clusters"

RULE = Rule(
    code="MG303",
    name="empty-selection",
    severity=Severity.ERROR,
    doc="""
A cluster selector matches nothing.

## Why it matters
A service in no cluster is not emitted, and one whose backends are in no cluster answers nowhere; nothing else would say so.
A rule about pods that run nowhere is no rule.

## How to fix
Compare the selector with the `labels` of the clusters, and a rule with the `clusters` of its workloads.
""",
)


class _Labels:
    """The labels of the clusters; the nearest is looked for a limited number of times, since it takes long."""

    def __init__(self, mesh: Mesh) -> None:
        self._pairs = sorted({f"{key}={value}" for one in mesh.clusters for key, value in one.labels.items()})
        self._left = _MOST

    def way_out(self, wanted: Iterable[tuple[str, str]], otherwise: str = _COMPARE) -> str:
        """What to do about labels that no cluster has all of."""
        for pair in (f"{key}={value}" for key, value in wanted):
            if self._left and pair not in self._pairs:
                self._left -= 1
                if near := nearest(pair, self._pairs):
                    return f"no cluster has {named(pair)}; did you mean {near!r}?"
        return otherwise


def empty_selection(survey: Survey) -> Iterator[Problem]:
    """One problem for each selection that matches no cluster."""
    labels = _Labels(survey.mesh)
    for reference in references(survey.mesh):
        if isinstance(reference.selection, tuple) and reference.selection:
            continue  # names that do not exist are MG301, or MG308 for backends
        if not survey.selected(reference.selection):
            wanted = reference.selection.labels.items() if isinstance(reference.selection, ByLabels) else ()
            yield RULE.problem(
                reference.path,
                f"{reference.what} match no cluster of the mesh",
                on_key=True,
                help=labels.way_out(wanted, f"{_COMPARE}, or write names"),
            )
    for index, service in enumerate(survey.mesh.services):
        if isinstance(service.backends, ByLabels) and _apart(survey, service):
            yield RULE.problem(
                ("services", index, "backends"),
                f"the backends of {service.namespace}/{service.name} match none of its clusters",
                on_key=True,
                related=(Related(("services", index, "clusters"), "its clusters", on_key=True),),
                help="backends share their pods only where the service exists",
            )
    if survey.policies is not None:
        yield from _nowhere(survey, survey.policies, labels)


def _nowhere(survey: Survey, policies: "Policies", labels: _Labels) -> Iterator[Problem]:
    """References to no pods at all, and rules whose two sides meet in no cluster."""
    directory = policies.directory
    empty: set[SourcePath] = set()
    for path, reference in mentions(survey.mesh):
        if reference.has_pods and not directory.where(reference):
            empty.add(path[:-1])
            yield from _empty(directory, path, reference, labels)
    for index, its_flows in enumerate(policies.flows):
        at: SourcePath = ("policy", "rules", index, "deny" if policies.rules[index].deny else "allow")
        if not its_flows.calling and not its_flows.called and at not in empty:
            yield RULE.problem(
                at,
                "the two sides of this rule are in no cluster together",
                on_key=True,
                help="compare the clusters of its workloads and services",
            )
    yield from _idle_postures(survey, policies)


def _empty(
    directory: "Directory", path: SourcePath, reference: "Reference", labels: _Labels
) -> Iterator[Problem]:
    """What keeps a reference from naming pods, unless it is an unknown name (MG301, MG402)."""
    from ..policy.absence import nobody  # noqa: PLC0415 - what only meshes with policies need

    if reference.where is None or (absence := nobody(directory, reference)) is None:
        return
    if reference.kind != "workload" or directory.runs(directory.workloads[reference.name]):
        help_ = absence.way_out or labels.way_out(reference.where.labels)
        yield RULE.problem(path, absence.reason, help=help_)


def _idle_postures(survey: Survey, policies: "Policies") -> Iterator[Problem]:
    directory = policies.directory
    for index, posture in enumerate(policies.postures):
        clusters = survey.selected(posture.clusters)
        for position, name in enumerate(posture.workloads):
            runs = directory.runs(directory.workloads[name]) if name in directory.workloads else ()
            if runs and clusters and not any(cluster.name in runs for cluster in clusters):
                yield RULE.problem(
                    ("policy", "posture", index, "workloads", position),
                    f"{name} runs in none of the clusters of this posture",
                    related=(Related(("policy", "posture", index, "clusters"), "its clusters", on_key=True),),
                    help=f"it runs in {', '.join(map(named, runs[:_MOST]))}",
                )


def _apart(survey: Survey, service: Service) -> bool:
    """Whether clusters and backends select some clusters each, and none in common."""
    where, backends = survey.selected(service.clusters), survey.selected(service.backends)
    names = {cluster.name for cluster in where}
    return bool(where and backends) and not any(cluster.name in names for cluster in backends)
