"""MG426: an expectation that does not hold."""

from collections.abc import Iterator
from shlex import quote
from typing import TYPE_CHECKING

from ..diagnostics import Problem, Related, Rule, Severity
from ..survey import Survey

if TYPE_CHECKING:
    from ..model.expect import Expectation
    from ..policy.absence import Absence
    from ..reachability.expectations import Outcome
    from ..reachability.reasons import Decider, HalfReason

RULE = Rule(
    code="MG426",
    name="failed-expectation",
    severity=Severity.ERROR,
    doc="""
A connection under `expect` does not have the verdict that it must have.

## Why it matters
`expect` says what the mesh is for, and what must never be possible.
A change of policies that breaks it is stopped here, before any cluster applies it.

## How to fix
`meshgen trace FROM TO` shows both halves with the rules that decide.
Correct the policies, or the expectation if it is no longer wanted.
A verdict that is not known counts as neither: the message says what it depends on.
Neither verdict is met where nobody calls or nobody is called: a workload that runs elsewhere, one with `hostNetwork`, or a service that does not exist where its callers are.
""",
)


def failed_expectation(survey: Survey) -> Iterator[Problem]:
    """One problem for each expectation that does not hold."""
    if survey.picture is None:
        return
    from ..reachability.expectations import outcomes

    for outcome in outcomes(survey.picture.scene, survey.picture.analysis):
        if outcome.absence is not None:
            yield from _nobody(outcome, outcome.absence)
        elif not outcome.holds:
            yield _problem(outcome)


def _nobody(outcome: "Outcome", absence: "Absence") -> Iterator[Problem]:
    """An expectation about no pair, unless another check tells of the reference that is to blame."""
    from ..policy.absence import NO_PAIR

    if not absence.is_checked:
        expectation = outcome.expectation
        yield RULE.problem(
            ("expect", outcome.number, "is"),
            f"{expectation.from_.text} to {expectation.to.text} must be {_must(expectation)}, and {NO_PAIR}: "
            f"{absence.reason}",
            label=NO_PAIR,
            help=absence.way_out,
        )


def _must(expectation: "Expectation") -> str:
    return "allowed" if expectation.is_ == "allow" else "denied"


def _problem(outcome: "Outcome") -> Problem:
    reason, expectation = outcome.reason, outcome.expectation
    assert reason is not None, "what does not hold has a reason"
    halves = [half for half in (reason.egress, reason.ingress) if half.verdict is outcome.found]
    found = "not known" if outcome.found == "unknown" else outcome.found
    port = _port(outcome)
    source = _reference(outcome.source, expectation.from_.text)
    target = _reference(outcome.target, expectation.to.reference.text)
    return RULE.problem(
        ("expect", outcome.number, "is"),
        f"{outcome.source} to {outcome.target}{f' at {port}' if port else ''} must be {_must(expectation)}, and is {found}: "
        f"{'; '.join(_told(half) for half in halves)}",
        label=f"it is {found}",
        related=tuple(dict.fromkeys(_related(each) for half in halves for each in half.deciders[:1])),
        help=f"see both halves with: meshgen trace {quote(source)} {quote(f'{target}:{port}' if port else target)}",
    )


def _port(outcome: "Outcome") -> str:
    """The port at which it is so; none where any will do."""
    from ..engine.ports import SIZE, told

    if outcome.port is None or not outcome.port % SIZE:
        return ""
    return told([(outcome.port, outcome.port + 1)])[0]


def _reference(name: str, text: str) -> str:
    """How the command line names an endpoint: by itself, or as the expectation does."""
    from ..model.reference import ReferenceFormError, parse_reference

    try:
        return parse_reference(name).text
    except ReferenceFormError:
        return text


def _told(half: "HalfReason") -> str:
    by = f" ({half.deciders[0].kind} {half.deciders[0].object_name})" if half.deciders else ""
    return f"{half.direction} of {half.subject}: {half.text}{by}"


def _related(decider: "Decider") -> Related:
    if decider.raw is None:
        return Related(decider.at, "decided here")
    span = decider.raw.source.span(decider.rule)
    return Related(decider.at, "decided here", file=decider.raw.file, span=span)
