"""MG406: ports of a rule that are none."""

from collections.abc import Iterator

from ..diagnostics import Problem, Rule, Severity
from ..survey import Survey

RULE = Rule(
    code="MG406",
    name="empty-ports-allow-nothing",
    severity=Severity.ERROR,
    doc="""
An entry of `toPorts` has no ports.

## Why it matters
`toPorts: []` means every port, but `toPorts: [{}]` and `toPorts: [{ports: []}]` mean none at all.
An allow then allows nothing, and closes its pods all the same; a deny denies nothing, and fails open.

## How to fix
Write the ports, or leave `toPorts` out for all of them.
""",
)


def empty_ports_allow_nothing(survey: Survey) -> Iterator[Problem]:
    """One problem for each entry without ports."""
    if survey.picture is None:
        return
    from ..reachability.written import problem_at, rules_of

    for written, entry in rules_of(survey.picture.written):
        if written.is_of_kubernetes:
            continue
        for index, ports in enumerate(written.rule(entry).get("toPorts") or ()):
            if not ports.get("ports"):
                yield problem_at(
                    RULE,
                    written.one,
                    (*entry.path, "toPorts", index),
                    f"toPorts of {written.told} has no ports, and {'denies' if entry.deny else 'allows'} nothing",
                    label="no port",
                    help="write the ports, or leave toPorts out for all of them",
                )
