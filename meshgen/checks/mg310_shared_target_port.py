"""MG310: two ports of a global service that lead to one port of its pods."""

from collections.abc import Iterator
from functools import cache

from ..cilium.version import Version, parse_version
from ..diagnostics import Problem, Related, Rule, Severity
from ..location import SourcePath
from ..survey import Survey

RULE = Rule(
    code="MG310",
    name="shared-target-port",
    severity=Severity.WARNING,
    doc="""
Two ports of a global service lead to the same port of its pods, and a version of Cilium that uses it forgets one of them.

## Why it matters
Before 1.18.10 and 1.19.4, the pods of other clusters are kept by address and port alone, so one of the two ports has no remote pods (cilium/cilium#45109).
Which one it is can change with every update.

## How to fix
Run a version that has the fix, or give the pods a port of their own for each port of the service.
""",
)

# Source: the release notes of 1.18.10 and 1.19.4, cilium/cilium#45179.
_FIXED = {Version(1, 18)[:2]: Version(1, 18, 10), Version(1, 19)[:2]: Version(1, 19, 4)}


def shared_target_port(survey: Survey) -> Iterator[Problem]:
    """One problem for each later port that leads where an earlier one does."""
    for index, service in enumerate(survey.mesh.services):
        faulty = [one.name for one in survey.selected(service.clusters) if _is_faulty(one.cilium.version)]
        first: dict[tuple[int | str, str], SourcePath] = {}
        for position, port in enumerate(service.ports if faulty else ()):
            at: SourcePath = ("services", index, "ports", position)
            key = (port.port if port.target_port is None else port.target_port, port.protocol)
            if key in first:
                yield RULE.problem(
                    at,
                    f"{service.namespace}/{service.name} has two ports that lead to {key[0]}/{key[1]}, "
                    f"and one of them has no remote pods in {', '.join(faulty)}",
                    related=(Related(first[key], "leads to the same port"),),
                    help="upgrade to a version that has cilium#45179, or use a port of the pods for each",
                )
            else:
                first[key] = at


@cache
def _is_faulty(text: str) -> bool:
    version = parse_version(text)
    fixed = _FIXED.get(version[:2])
    return fixed is not None and version < fixed
