"""`meshgen reach`."""

from itertools import product
from typing import Any

import click

from ..policy.absence import unmet
from ..reachability.reach import Reach, reach
from .options import Options, make_command, mesh_argument
from .output import tell, write_outputs
from .references import must_exist, reference, told_apart
from .run import Exit
from .scenes import NotAMeshError, Opened, open_mesh

FORMATS = ("text", "markdown", "json", "csv", "dot", "html")


def show_reach(
    *, options: Options, mesh: str, sources: tuple[str, ...], targets: tuple[str, ...], **_: Any
) -> int:
    """
    Show who can reach whom, across all clusters.

    Both halves of every connection count: what the calling cluster lets out, and what the called one
    lets in, each by the rules of its own Cilium version.
    What nobody can know is shown as unknown; what is in no row is denied.
    """
    wanted = [[reference(text) for text in texts] for texts in (sources, targets)]
    try:
        opened = open_mesh(mesh, options)
    except NotAMeshError:
        return Exit.FINDINGS
    for each in (*wanted[0], *wanted[1]):
        must_exist(opened.scene, each)
        for text in told_apart(opened.scene, each):
            tell(options, text)
    for source, target in product(*wanted):
        if absence := unmet(opened.scene.directory, source, target):
            tell(options, f"{source.text} -> {target.text}: {absence.text}")
    found = reach(opened.scene, *wanted)
    write_outputs(options, lambda name: _rendered(name, opened, found))
    return Exit.CLEAN


def _rendered(name: str, opened: Opened, found: Reach) -> str:
    from ..reporting.reach import machine, tables

    if name == "html":
        from ..review.page import render_reach

        return render_reach(opened.scene, found.analysis, found.sources, found.targets, opened.places)

    makers = {
        "text": tables.text,
        "markdown": tables.markdown,
        "json": machine.render,
        "csv": tables.comma_separated,
        "dot": tables.dot,
    }
    return makers[name](found)


command = make_command(
    "reach",
    show_reach,
    [
        mesh_argument(),
        click.Option(
            ["--from", "sources"], multiple=True, metavar="REF", help="Only from these; repeatable."
        ),
        click.Option(["--to", "targets"], multiple=True, metavar="REF", help="Only to these; repeatable."),
    ],
    """
meshgen reach
meshgen reach --from x-wing@cluster1
meshgen reach --from any@cluster1 --to namespace:default@cluster2 --format csv
""",
    formats=FORMATS,
)
