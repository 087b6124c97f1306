"""Ports and requests as a reviewer reads them: `80/TCP`, `8080/TCP GET /v1/.*`."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator

from ..chart.secrets import passwords
from ..engine.analysis import Verdict
from ..engine.comparison import Kind
from ..engine.entries import L7
from ..engine.ports import Range, told
from ..engine.relations import State
from ..redaction import presentable

NOTHING = ("none",)

MARKS = {Kind.OPENED: "+", Kind.WIDENED: "~+", Kind.CUT: "-", Kind.NARROWED: "~-", Kind.UNKNOWN: "?"}
"""A mark for each kind of change, that needs no colour."""

_MOST_REQUESTS = 3


def told_states(pieces: Iterable[tuple[Range, State]]) -> tuple[str, ...]:
    """What holds at some ports, ports alike together; denied ones are left out."""
    by_state: dict[State, list[Range]] = defaultdict(list)
    for piece, state in pieces:
        if state.verdict is not Verdict.DENIED:
            by_state[state].append(piece)
    found = [text for state, ranges in by_state.items() for text in _told(state, ranges)]
    return tuple(found) or NOTHING


def _told(state: State, ranges: list[Range]) -> Iterator[str]:
    unknown = "unknown: " if state.verdict is Verdict.UNKNOWN else ""
    requests = " and ".join(filter(None, (told_requests(state.egress), told_requests(state.ingress))))
    for port in told(ranges):
        yield f"{unknown}{port}" + (f" {requests}" if requests else "")


def told_requests(rules: tuple[L7, ...]) -> str:
    """The requests that rules let pass, in short."""
    found = [text for l7 in rules for text in _requests(l7)]
    more = len(found) - _MOST_REQUESTS
    return " or ".join(found[:_MOST_REQUESTS]) + (f" or {more} more" if more > 0 else "")


def _requests(l7: L7) -> Iterator[str]:
    parsed = json.loads(l7.rules)
    for rule in parsed if isinstance(parsed, list) else [parsed]:
        if l7.parser == "http":
            parts = [rule.get(key) for key in ("method", "host", "path")]
            headers = [f"with {_header(str(header))}" for header in rule.get("headers") or ()]
            yield presentable(" ".join(filter(None, [*parts, *headers])) or "any request")
        elif l7.parser == "dns":
            yield f"DNS {rule.get('matchName') or rule.get('matchPattern')}"
        else:
            yield f"{l7.parser} {json.dumps(rule, sort_keys=True)}"


_CREDENTIALS = {"authorization", "cookie", "proxy-authorization"}
"""Headers whose values are credentials, whatever they are."""


def _header(text: str) -> str:
    """A header without its value, where that is a credential or what `meshgen check` takes for a password."""
    name, _, value = text.partition(":")
    private = name.strip().lower() in _CREDENTIALS or any(passwords({name.strip(): value}))
    return f"{name}: not shown" if value and private else text
