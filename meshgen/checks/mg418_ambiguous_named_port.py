"""MG418: a port by a name that stands for several numbers in the mesh."""

from collections.abc import Iterator

from ..diagnostics import Problem, Rule, Severity
from ..survey import Survey

RULE = Rule(
    code="MG418",
    name="ambiguous-named-port",
    severity=Severity.WARNING,
    doc="""
A rule about what goes out names a port that workloads of the mesh number differently.

## Why it matters
Before Cilium 1.20 an agent knows one number for each name, taken over all pods that it knows of, those of other clusters included.
With two numbers for one name anywhere in the mesh, the port is left out of the rule in silence.

## How to fix
Write the number.
Rules of mesh.yaml may use names: each becomes the number that the called workload has.
""",
)


def ambiguous_named_port(survey: Survey) -> Iterator[Problem]:
    """One problem for each such name in a rule."""
    if survey.picture is None:
        return
    from ..reachability.written import listed, place_of, problem_at

    numbers = survey.picture.universe.named_ports
    told = set()
    for written in survey.picture.written:
        for entry in written.reading.entries:
            if entry.direction == "ingress" or written.rules.named_ports_by_peer:
                continue
            for name in sorted({port.name for grant in entry.grants or () for port in grant.names}):
                key = (place_of(written.one, entry.path), name)
                if len(numbers.get(name, ())) > 1 and key not in told:
                    told.add(key)
                    known = listed(tuple(str(number) for number in numbers[name]))
                    yield problem_at(
                        RULE,
                        written.one,
                        written.port_place(entry, name),
                        f"the port {name} of {written.told} is {known}, so Cilium {written.rules.version} leaves it out",
                        label="several numbers",
                        help="write the number",
                    )
