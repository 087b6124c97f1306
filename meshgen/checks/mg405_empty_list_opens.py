"""MG405: an empty list of peers that lets in or out whoever it is."""

from collections.abc import Iterator

from ..diagnostics import Problem, Rule, Severity
from ..survey import Survey

RULE = Rule(
    code="MG405",
    name="empty-list-opens",
    severity=Severity.ERROR,
    doc="""
A rule with ports has an empty list of peers, and Cilium takes that for everybody.

## Why it matters
`fromEndpoints: []` beside `toPorts` means anyone before Cilium 1.16, the world included, and nobody since.
`toFQDNs: []`, and `toServices` that resolves to nothing, mean anyone with every version.
Such lists are what templates leave behind when their last entry goes.

## How to fix
Remove the rule, or name its peers.
""",
)


def empty_list_opens(survey: Survey) -> Iterator[Problem]:
    """One problem for each such rule."""
    if survey.picture is None:
        return
    from ..reachability.written import place_of, problem_at

    told = set()
    for written in survey.picture.written:
        for entry in written.reading.entries:
            key = written.peer_key(entry)
            if written.is_of_kubernetes or not key or not entry.peers.anyone:
                continue
            place = place_of(written.one, entry.path)
            if place not in told:
                told.add(place)
                what = (
                    f"the empty {key}"
                    if not written.rule(entry)[key]
                    else f"{key}, which resolves to nothing,"
                )
                effect = "denies everybody" if entry.deny else "opens its ports to everybody"
                yield problem_at(
                    RULE,
                    written.one,
                    (*entry.path, key),
                    f"{what} of {written.told} {effect} with Cilium {written.rules.version}",
                    label="means everybody",
                    help="remove the rule, or name its peers",
                )
