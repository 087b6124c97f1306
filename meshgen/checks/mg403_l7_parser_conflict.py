"""MG403: rules that read the requests at one port of one pod in different ways."""

from collections.abc import Iterator

from ..diagnostics import Problem, Rule, Severity
from ..survey import Survey

RULE = Rule(
    code="MG403",
    name="l7-parser-conflict",
    severity=Severity.ERROR,
    doc="""
Two rules for the same pods and port look into requests of different protocols, such as HTTP and DNS.

## Why it matters
Cilium cannot compute the policy of such a pod at all: every port and both directions are affected, not only the one at fault.
The agent goes on with what it enforced before, or with nothing, and its log is the only place that says so.

## How to fix
Leave the rules about requests to one of the two, and let the other one allow the port alone.
""",
)


def l7_parser_conflict(survey: Survey) -> Iterator[Problem]:
    """One problem for each pair of rules, at the second one."""
    if survey.picture is None:
        return
    from ..engine.ports import told
    from ..reachability.clashes import clashes
    from ..reachability.written import called, problem_at, related_at

    for found in clashes(survey.picture):
        [port] = told([found.ports])
        yield problem_at(
            RULE,
            found.second.one,
            found.second.entry.path,
            f"{called(found.second.one)} reads {found.parsers[1]} at {port} of {found.who}, and "
            f"{called(found.first.one)} reads {found.parsers[0]} there: Cilium cannot compute their policy",
            label=f"{found.parsers[1]} here",
            related=(related_at(found.first.one, found.first.entry.path, f"{found.parsers[0]} here"),),
            help="leave the rules about requests out of one of them",
        )
