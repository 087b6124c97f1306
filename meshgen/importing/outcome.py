"""What an import found, guessed, left open and will change, as text and as JSON."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ..location import legible
from ..redaction import holds_private_key
from .differences import Change
from .found import Path

SCHEMA = "meshgen.import/v1"

_REASONS: dict[Path, str] = {
    ("clustermesh", "apiserver", "tls", "auto", "method"): "helm makes new certificates at every rendering",
    ("clustermesh", "apiserver", "tls", "authMode"): "other clusters are known by name as well",
    ("clustermesh", "apiserver", "service", "loadBalancerIP"): "the others dial this address",
    ("ipam", "operator", "clusterPoolIPv4PodCIDRList"): "the chart's default is the same in every cluster",
}
_PEERS = ("clustermesh", "config", "clusters")
_PORT_REASON = "the chart has no default for it, and the URL would end in a colon"
_OWN_REASON = "a cluster does not dial itself"


@dataclass
class Outcome:
    """
    The text of mesh.yaml, and what there is to say of it.

    `guesses` are pairs of place and reason; `unchanged` tells that the text is the one that was there.
    """

    text: str = ""
    unchanged: bool = False
    read: list[str] = field(default_factory=list)
    guesses: list[tuple[str, str]] = field(default_factory=list)
    todo: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)


def as_text(outcome: Outcome) -> str:
    """A line for each thing, by kind."""
    return "".join(f"{_safe(line)}\n" for line in _lines(outcome))


def _lines(outcome: Outcome) -> Iterator[str]:
    yield from (f"read     {line}" for line in outcome.read)
    yield from (f"guessed  {place}: {why}" for place, why in outcome.guesses)
    yield from (f"missing  {line}" for line in outcome.todo)
    yield from (f"unknown  {line}" for line in outcome.unknown)
    yield from (f"kept     {line}: in no file, left as it is" for line in outcome.kept)
    yield from (f"change   {_change(change)}" for change in outcome.changes)


def _change(change: Change) -> str:
    place = f"{change.cluster}: meshgen {change.kind} {'.'.join(change.path)}"
    before, after = _value(change.before), _value(change.after)
    told = {
        "adds": f": {after}",
        "drops": f" ({before})",
        "changes": f": {before} becomes {after}",
        "orders": f": {after}",
    }
    reason = _REASONS.get(change.path, "")
    if change.path[:3] == _PEERS:
        reason = _PORT_REASON if change.kind == "adds" and change.path[-1] == "port" else ""
        reason = _OWN_REASON if change.path[3:4] == (change.cluster,) else reason
    told_why = f" - {reason}" if reason else ""
    return f"{place}{told[change.kind]}{told_why}"


def _value(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def as_json(outcome: Outcome, mesh: str) -> str:
    """The same as one versioned object."""
    data = {
        "schema": SCHEMA,
        "mesh": mesh,
        "read": outcome.read,
        "guesses": [{"path": place, "reason": why} for place, why in outcome.guesses],
        "missing": outcome.todo,
        "unknown": outcome.unknown,
        "kept": outcome.kept,
        "changes": [
            {
                "cluster": one.cluster,
                "kind": one.kind,
                "path": list(one.path),
                "from": one.before,
                "to": one.after,
            }
            for one in outcome.changes
        ],
    }
    return json.dumps(data, indent=2) + "\n"


def _safe(text: str) -> str:
    return "not shown, since it holds a private key" if holds_private_key(text) else legible(text)
