"""What an import found, guessed, left open and will change, as text and as JSON."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ..location import legible
from ..redaction import presentable
from .differences import Change
from .found import Path

SCHEMA = "meshgen.import/v1"

_REASONS: dict[Path, str] = {
    ("clustermesh", "apiserver", "tls", "authMode"): "other clusters are known by name as well",
    ("clustermesh", "apiserver", "service", "loadBalancerIP"): "the others dial this address",
    ("ipam", "operator", "clusterPoolIPv4PodCIDRList"): "the chart's default is the same in every cluster",
}
_METHOD = ("clustermesh", "apiserver", "tls", "auto", "method")
# Source: cilium PR #28847; helm v3, pkg/kube/client.go, which asks the object itself for the annotation.
_METHOD_REASON = (
    "Helm deletes the certificates that it made, and peers refuse new ones: before the upgrade, annotate the "
    "Secrets clustermesh-apiserver-*-cert and cilium-ca with helm.sh/resource-policy=keep"
)
_PEERS = ("clustermesh", "config", "clusters")
_PORT_REASON = "the chart has no default for it, and the URL would end in a colon"
_OWN_REASON = "a cluster does not dial itself"


@dataclass
class Outcome:
    """
    The text of mesh.yaml, and what there is to say of it.

    `guesses` are pairs of place and reason; `unchanged` tells that the text is the one that was there;
    `helm_made` are the clusters whose certificates the chart itself has made so far.
    """

    text: str = ""
    unchanged: bool = False
    read: list[str] = field(default_factory=list)
    guesses: list[tuple[str, str]] = field(default_factory=list)
    todo: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    helm_made: list[str] = field(default_factory=list)


def as_text(outcome: Outcome) -> str:
    """A line for each thing, by kind."""
    return "".join(f"{_safe(line)}\n" for line in _lines(outcome))


def _lines(outcome: Outcome) -> Iterator[str]:
    yield from (f"read     {line}" for line in outcome.read)
    yield from (f"guessed  {place}: {why}" for place, why in outcome.guesses)
    yield from (f"missing  {line}" for line in outcome.todo)
    yield from (f"unknown  {line}" for line in outcome.unknown)
    yield from (f"kept     {line}: in no file, left as it is" for line in outcome.kept)
    for change in outcome.changes:
        reason = _reason(change, helm_made=change.cluster in outcome.helm_made)
        yield f"change   {_change(change)}{f' - {reason}' if reason else ''}"


def _change(change: Change) -> str:
    place = f"{change.cluster}: meshgen {change.kind} {'.'.join(change.path)}"
    before, after = _value(change.before), _value(change.after)
    told = {
        "adds": f": {after}",
        "drops": f" ({before})",
        "changes": f": {before} becomes {after}",
        "orders": f": {after}",
    }
    return f"{place}{told[change.kind]}"


def _reason(change: Change, *, helm_made: bool) -> str:
    """Why, or what to do first; `helm_made` tells that the chart has made the cluster's certificates."""
    if change.path == _METHOD:
        return _METHOD_REASON if helm_made else ""
    if change.path[:3] != _PEERS:
        return _REASONS.get(change.path, "")
    if change.path[3:4] == (change.cluster,):
        return _OWN_REASON
    return _PORT_REASON if change.kind == "adds" and change.path[-1] == "port" else ""


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
    return json.dumps(_covered(data), indent=2) + "\n"


def _covered(value: Any) -> Any:
    """Data without what must not be shown."""
    if isinstance(value, dict):
        return {presentable(key): _covered(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_covered(item) for item in value]
    return presentable(value) if isinstance(value, str) else value


def _safe(text: str) -> str:
    return legible(presentable(text))
