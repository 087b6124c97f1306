"""MG428: pods that may reach some backends of a global service, and not all."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..diagnostics import Problem, Rule, Severity
from ..survey import Survey

if TYPE_CHECKING:
    from ..reachability.backends import Part

RULE = Rule(
    code="MG428",
    name="service-partly-reachable",
    severity=Severity.WARNING,
    doc="""
Pods may reach some backends of a global service and not the others.

## Why it matters
A global service balances over its backends in all clusters that share them, whatever policies say.
Connections to a backend that policies forbid are dropped, so calls of the service time out now and then.
The policy of the guide to cross-cluster policies does this: it allows one cluster's backends and leaves the others out.

## How to fix
Write the rule with `to: service:NAMESPACE/NAME`, which means the backends of every cluster that shares them, and those of the caller's own.
Where the service does not exist in every cluster, add such a rule instead: callers elsewhere would be cut off by it.
Or let `backends` of the service name only clusters that may be reached; pods of the caller's own cluster answer whatever it says.
A deny that keeps callers and backends apart wins over every rule.

Where workloads have the labels of the service's selector, they are the backends, and their `clusters` say where these are.
Where there is none, each cluster of the service is taken to have some: declare them to say otherwise.
""",
)


def service_partly_reachable(survey: Survey) -> Iterator[Problem]:
    """One problem for each such service."""
    if survey.picture is None or not survey.mesh.services:
        return
    from ..reachability.backends import partly_reachable
    from ..reachability.written import related_at

    for part in partly_reachable(survey.picture):
        yield RULE.problem(
            ("services", part.place, "name"),
            f"{survey.picture.told(part.sources)} may reach {survey.picture.told(part.reached)} behind {part.name} at "
            f"{part.port}, and not {survey.picture.told(part.missing)}: its calls time out now and then{_others(part.others)}",
            label="balances over all of them",
            related=tuple(
                related_at(one.one, one.entry.path, "allows some of them") for one in part.deciders[:1]
            ),
            help=_way_out(part),
        )


def _way_out(part: "Part") -> str:
    how = "write the rule with" if part.is_everywhere else "add a rule from these callers with"
    enough = f", or write backends: [{', '.join(part.enough)}] in the service" if part.enough else ""
    return f"{how} to: service:{part.name}{enough}"


def _others(number: int) -> str:
    return f"; so do those of {number} more groups of pods" if number else ""
