"""`meshgen trace`."""

from typing import Any

import click

from ..engine.analysis import Verdict
from ..model.reference import Kind, Reference, Target
from ..policy.absence import NO_PAIR, unmet
from ..policy.ports import UnknownPortError
from ..reachability.scene import Scene
from ..reachability.traces import MOST, Traced, traces
from ..reporting.traces import trace_json, trace_text
from .options import Options, make_command, mesh_option
from .output import tell, write_outputs
from .references import must_exist, reference, told_apart
from .references import target as parsed
from .run import Exit
from .scenes import NotAMeshError, open_mesh

FORMATS = ("text", "json")
_STATUS = {Verdict.ALLOWED: Exit.CLEAN, Verdict.DENIED: Exit.FINDINGS, Verdict.UNKNOWN: Exit.UNKNOWN}


def trace(*, options: Options, source: str, target: str, mesh: str, **_: Any) -> int:
    """
    Show what decides whether one can reach another.

    The verdict comes first, then both halves, each with the object that decides and its place.
    Exit status: 0 allowed, 1 denied, 4 unknown; of several pairs or ports the worst.
    """
    wanted = reference(source), parsed(target)
    try:
        opened = open_mesh(mesh, options)
    except NotAMeshError:
        return Exit.FINDINGS
    for each in (wanted[0], wanted[1].reference):
        must_exist(opened.scene, each)
        for text in told_apart(opened.scene, each):
            tell(options, text)
    found = _pairs(opened.scene, *wanted, options)
    if wanted[1].port is None and wanted[1].reference.kind is not Kind.SERVICE:
        tell(options, "no port was named: each pair is shown at the first port at which it can connect")
    if found.left_out:
        total = MOST + found.left_out
        tell(options, f"of {total:,} pairs the first {MOST} are traced; the exit status is about these")
    makers = {"text": trace_text, "json": trace_json}
    write_outputs(options, lambda name: makers[name](found.found, opened.places))
    return _STATUS[found.verdict]


def _pairs(scene: Scene, source: Reference, target: Target, options: Options) -> Traced:
    """
    The traces of all pairs; callers who cannot call are told of.

    Raises:
        UsageError: when there is no pair, or the target has no port of that name.

    """
    try:
        found = traces(scene, source, target)
    except UnknownPortError as unknown:
        message = f"{unknown.reason}; {unknown.way_out}"
        raise click.UsageError(message) from None
    absence = unmet(scene.directory, source, target.reference)
    if not found.found:
        why = absence.text if absence else "both sides are the same, and no pods"
        message = f"{source.text} -> {target.text}: {NO_PAIR}: {why}"
        raise click.UsageError(message)
    if absence:
        tell(options, absence.text)
    return found


command = make_command(
    "trace",
    trace,
    [
        click.Argument(["source"], metavar="FROM"),
        click.Argument(["target"], metavar="TO[:PORT]"),
        mesh_option("The mesh.yaml to read."),
    ],
    """
meshgen trace x-wing@cluster1 rebel-base@cluster2:80
meshgen trace 'x-wing@*' cidr:192.0.2.0/24:443 --mesh examples/mesh.yaml
""",
    formats=FORMATS,
)
