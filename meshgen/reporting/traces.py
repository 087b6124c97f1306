"""Traces and expectations for people, and as JSON."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from .. import __version__
from ..engine.ports import told
from ..location import legible
from ..policy.absence import NO_PAIR
from ..reachability.expectations import Outcome
from ..reachability.reasons import HalfReason, Reason
from ..reachability.traces import Trace
from .places import Places

TRACE = "meshgen.trace/v1"
TEST = "meshgen.test/v1"

_MOST_DECIDERS = 5
WORDS = {"allow": "allowed", "deny": "denied"}
"""The verdicts of `expect` as a sentence has them."""


def trace_text(found: Iterable[Trace], places: Places) -> str:
    """Each verdict first, then both halves with what decides them."""
    blocks = []
    for trace in found:
        head = f"{trace.source} -> {trace.target} at {trace.port}: {trace.reason.verdict.value}"
        blocks.append("\n".join([legible(head), *halves(trace.reason, places)]))
    return "\n\n".join(blocks) + "\n"


def halves(reason: Reason, places: Places, indent: str = "  ") -> Iterator[str]:
    """Both halves of a connection, in lines."""
    for half in (reason.egress, reason.ingress):
        where = f" in {half.cluster}" if half.cluster else ""
        said = half.text.startswith(half.verdict.value)
        verdict = half.text if said else f"{half.verdict.value}, {half.text}"
        head = f"{half.direction.value} of {half.subject}{where}: {verdict}"
        yield legible(indent + head)
        for decider in half.deciders[:_MOST_DECIDERS]:
            rule = ".".join(map(str, decider.rule))
            text = f"{decider.kind} {decider.object_name}, {rule} ({places.of(decider)})"
            yield legible(f"{indent}  {'denies' if decider.denies else 'by'} {text}")
        if len(half.deciders) > _MOST_DECIDERS:
            yield f"{indent}  and {len(half.deciders) - _MOST_DECIDERS} more"


def trace_json(found: Iterable[Trace], places: Places) -> str:
    """Traces as one JSON object, `meshgen.trace/v1`."""
    data = {
        "schema": TRACE,
        "tool": {"name": "meshgen", "version": __version__},
        "traces": [
            {
                "from": trace.source,
                "to": trace.target,
                "port": trace.port,
                **reason_data(trace.reason, places),
            }
            for trace in found
        ],
    }
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def reason_data(reason: Reason, places: Places) -> dict[str, Any]:
    """Both halves of a connection as plain data."""
    return {
        "verdict": reason.verdict.value,
        "egress": _half_data(reason.egress, places),
        "ingress": _half_data(reason.ingress, places),
    }


def _half_data(half: HalfReason, places: Places) -> dict[str, Any]:
    return {
        "cluster": half.cluster,
        "subject": half.subject,
        "verdict": half.verdict.value,
        "text": half.text,
        "objects": [decider_data(each, places) for each in half.deciders],
    }


def decider_data(each: Any, places: Places) -> dict[str, Any]:
    """A rule that decides as plain data, with its place."""
    return {
        "cluster": each.cluster,
        "kind": each.kind,
        "namespace": each.namespace,
        "name": each.name,
        "rule": ".".join(map(str, each.rule)),
        **places.of(each)._asdict(),
    }


def outcome_text(found: Iterable[Outcome], places: Places) -> str:
    """One line for each expectation, and the trace under one that fails; the last line counts."""
    lines: list[str] = []
    total = failed = 0
    for outcome in found:
        total += 1
        expected = outcome.expectation
        flow = f"{expected.from_.text} -> {expected.to.text} is {WORDS[expected.is_]}"
        if outcome.holds:
            lines.append(legible(f"ok    {flow}"))
            continue
        failed += 1
        place = places.at(("expect", outcome.number))
        if outcome.reason is None:
            lines.append(legible(f"FAIL  {flow} ({place}): {NO_PAIR}"))
            lines.append(legible(f"      {outcome.why_none}"))
            continue
        lines.append(legible(f"FAIL  {flow} ({place}): found {outcome.reason.verdict.value}"))
        port = told([(outcome.port, outcome.port + 1)])[0]
        lines.append(legible(f"      {outcome.source} -> {outcome.target} at {port}"))
        lines += halves(outcome.reason, places, "        ")
    return "\n".join([*lines, f"{total} expectation{'s' if total != 1 else ''}, {failed} failed"]) + "\n"


def outcome_json(found: Iterable[Outcome], places: Places) -> str:
    """Expectations as one JSON object, `meshgen.test/v1`."""
    data = {
        "schema": TEST,
        "tool": {"name": "meshgen", "version": __version__},
        "expectations": [
            {
                "from": outcome.expectation.from_.text,
                "to": outcome.expectation.to.text,
                "is": outcome.expectation.is_,
                "holds": outcome.holds,
                "found": outcome.found.value if outcome.found else None,
                "place": places.at(("expect", outcome.number))._asdict(),
                "because": reason_data(outcome.reason, places) if outcome.reason else None,
                "absent": outcome.why_none or None,
            }
            for outcome in found
        ],
    }
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def outcome_junit(found: Iterable[Outcome], places: Places) -> str:
    """Expectations as a JUnit report: a test case each."""
    from xml.sax.saxutils import escape, quoteattr  # noqa: PLC0415 - only this format needs it

    cases = []
    failed = 0
    for outcome in found:
        expected = outcome.expectation
        name = quoteattr(f"{expected.from_.text} -> {expected.to.text} is {WORDS[expected.is_]}")
        if outcome.holds:
            cases.append(f'    <testcase classname="expect" name={name}/>')
            continue
        failed += 1
        reason = outcome.reason
        told = escape("\n".join(halves(reason, places, "")) if reason else outcome.why_none)
        found_ = f"found {reason.verdict.value}" if reason else NO_PAIR
        message = quoteattr(f"{found_} ({places.at(('expect', outcome.number))})")
        cases.append(
            f'    <testcase classname="expect" name={name}>\n'
            f"      <failure message={message}>{told}</failure>\n    </testcase>"
        )
    head = f'  <testsuite name="expect" tests="{len(cases)}" failures="{failed}">'
    return (
        "\n".join(
            [
                '<?xml version="1.0" encoding="UTF-8"?>',
                "<testsuites>",
                head,
                *cases,
                "  </testsuite>",
                "</testsuites>",
            ]
        )
        + "\n"
    )
