"""`meshgen diff`."""

from typing import Any

import click

from ..inspection import Inspection, locate
from ..review import machine, markdown, page, sarif, text
from ..review.allowances import Allowances, InvalidAllowancesError, declared_changes
from ..review.gates import GATES, reasons
from ..review.located import Located
from ..source import UnreadableSourceError, load
from .comparing import compared
from .input import read_mesh
from .options import FileName, Options, make_command, mesh_option
from .output import report_of, show, tell, write_outputs
from .run import Exit
from .scenes import NotAMeshError, missed, texts

FORMATS = ("text", "markdown", "json", "html", "sarif")


class GateList(click.ParamType):  # type: ignore[type-arg]  # only newer versions of click have one
    """Names of gates, separated by commas."""

    name = "GATES"

    def convert(self, value: Any, param: Any, ctx: Any) -> tuple[str, ...]:
        """The gates, each once."""
        names = tuple(dict.fromkeys(part.strip() for part in value.split(",") if part.strip()))
        for name in names:
            if name not in GATES:
                self.fail(f"{name!r} is none of {', '.join(GATES)}", param, ctx)
        return names


def diff(
    *,
    options: Options,
    base: str,
    head: str | None,
    mesh: str,
    gates: tuple[str, ...],
    allow: str | None,
    **_: Any,
) -> int:
    """
    Review what a change of mesh.yaml does: who may talk to whom, what restarts, what breaks.

    BASE and HEAD are revisions of Git or paths; without HEAD it is mesh.yaml as it lies there.
    Meaning is compared, for every pod there may be, and not text.
    Exit status: 1 when a gate fails or HEAD has errors that BASE lacks; without a gate, when anything is
    different.
    """
    try:
        declared = _allowances(allow, options) if allow else None
        change = compared(base, head, mesh, options, declared.clusters if declared else ())
    except NotAMeshError:
        return Exit.FINDINGS
    found = change.review
    failed = tuple(reasons(found, gates, declared))
    for unused in declared.unused(found) if declared else ():
        tell(options, f"{allow}: {unused}")
    located = Located(
        review=found,
        base=change.before.places,
        head=change.after.places,
        gates=gates,
        failed=failed,
        errors=change.errors.total(),
        new_errors=change.new_errors.total(),
        missed=missed(change.errors),
        new_missed=missed(change.new_errors),
        new_texts=texts(change.new_errors),
    )
    write_outputs(options, lambda name: _rendered(name, located, options))
    if failed or change.new_errors:
        return Exit.FINDINGS
    different = found.result != "no change" and not (gates or declared is not None)
    return Exit.FINDINGS if different else Exit.CLEAN


def _allowances(path: str, options: Options) -> Allowances:
    file = read_mesh(path)
    try:
        source = load(file.content, file.shown)
        return Allowances(declared_changes(source))
    except UnreadableSourceError as unreadable:
        problems, text, known = unreadable.problems, unreadable.text, None
    except InvalidAllowancesError as invalid:
        problems, text, known = invalid.problems, source.text, source
    found = locate(problems, known, file.shown)
    findings = Inspection(name=file.shown, text=text, diagnostics=found)
    show(report_of(findings, (), options), options.of_findings)
    raise NotAMeshError


def _rendered(name: str, located: Located, options: Options) -> str:
    if name == "text":
        return text.render(located, colour=options.colour and options.format == "text")
    makers = {"markdown": markdown.render, "json": machine.render, "sarif": sarif.render, "html": page.render}
    return makers[name](located)


command = make_command(
    "diff",
    diff,
    [
        click.Argument(["base"], metavar="BASE"),
        click.Argument(["head"], metavar="[HEAD]", required=False),
        mesh_option("The mesh.yaml of a revision."),
        click.Option(
            ["--fail-on", "gates"],
            type=GateList(),
            default="",
            help=f"Fail for these: {', '.join(GATES)}; separated by commas.",
        ),
        click.Option(
            ["--allow"],
            type=FileName(),
            metavar="FILE",
            help="Declared changes; whatever else changes fails.",
        ),
    ],
    """
meshgen diff main
meshgen diff origin/main HEAD --mesh examples/mesh.yaml --format markdown
meshgen diff base/mesh.yaml head/mesh.yaml --fail-on opened,cut --format json=review.json
""",
    formats=FORMATS,
)
