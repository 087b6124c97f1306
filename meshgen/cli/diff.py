"""`meshgen diff`."""

from typing import Any, NamedTuple

import click

from ..compiler import Outline, outline
from ..inspection import Depth, Inspection, inspect, locate
from ..review import machine, markdown, page, sarif, text
from ..review.allowances import Allowances, InvalidAllowancesError, declared_changes
from ..review.gates import GATES, reasons
from ..review.located import Located
from ..review.report import review
from ..source import UnreadableSourceError, load
from .input import MeshFile, read_mesh
from .options import Options, make_command
from .output import report_of, show, tell, write_outputs
from .revisions import Revision, mesh_at
from .run import Exit
from .scenes import Errors, NotAMeshError, Opened, counted_apart, errors_of, opened

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


class _Side(NamedTuple):
    """One side of a change, what it compiles to, and its errors."""

    opened: Opened
    tree: Outline
    errors: Errors


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
        after = _side(mesh_at(head, mesh) if head else read_mesh(mesh), options)
        before = _side(mesh_at(base, mesh), options, after)
    except NotAMeshError:
        return Exit.FINDINGS
    found = review(
        before.opened.scene,
        after.opened.scene,
        names=(base, head or mesh),
        trees=(before.tree.documents, after.tree.documents),
        no_files=before.tree.reason or after.tree.reason,
    )
    failed = tuple(reasons(found, gates, declared))
    for unused in declared.unused(found) if declared else ():
        tell(options, f"{allow}: {unused}")
    new = after.errors - before.errors
    located = Located(
        review=found,
        base=before.opened.places,
        head=after.opened.places,
        gates=gates,
        failed=failed,
        errors=counted_apart(after.errors),
        new_errors=counted_apart(new),
    )
    write_outputs(options, lambda name: _rendered(name, located, options))
    if failed or new:
        return Exit.FINDINGS
    different = found.result != "no change" and not (gates or declared is not None)
    return Exit.FINDINGS if different else Exit.CLEAN


def _side(file: MeshFile, options: Options, after: _Side | None = None) -> _Side:
    """What is after the change, or what was before `after`."""
    try:
        if after is None:
            mesh = opened(file, options, Depth.ALL)
        else:
            mesh = opened(file, options, Depth.BUILDABLE, after.opened.scene)
            _refuse_unusable(mesh, options)
        # NOTE: all checks of both sides take twice as long, and only errors that may be new ask for it.
        whole = after is not None and bool(after.errors)
        judged = inspect(file.content, file.shown, folder=file.beside) if whole else mesh.inspection
        # NOTE: one name for both sides, since whole objects say which file they are from.
        return _Side(mesh, outline(mesh.inspection, source="mesh.yaml"), errors_of(judged))
    finally:
        if isinstance(file.beside, Revision):
            file.beside.close()


def _refuse_unusable(base: Opened, options: Options) -> None:
    """
    See to it that all policies of the base are known.

    A file that cannot be used would count as one without policies: what it denies, nothing would open.

    Raises:
        NotAMeshError: when there is such a file; the findings were shown then.

    """
    found = tuple(each for each in base.inspection.diagnostics if each.code == _UNUSABLE)
    if found:
        unnamed = options._replace(outputs=())
        show(report_of(base.inspection._replace(diagnostics=found), (), unnamed), unnamed)
        tell(options, f"{base.file.shown}: nothing can be compared with policies that are not known")
        raise NotAMeshError


_UNUSABLE = "MG429"


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
    show(report_of(findings, (), options), options._replace(outputs=()))
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
        click.Option(["--mesh"], default="mesh.yaml", metavar="MESH", help="The mesh.yaml of a revision."),
        click.Option(
            ["--fail-on", "gates"],
            type=GateList(),
            default="",
            help=f"Fail for these: {', '.join(GATES)}; separated by commas.",
        ),
        click.Option(["--allow"], metavar="FILE", help="Declared changes; whatever else changes fails."),
    ],
    """
meshgen diff main
meshgen diff origin/main HEAD --mesh examples/mesh.yaml --format markdown
meshgen diff base/mesh.yaml head/mesh.yaml --fail-on opened,cut --format json=review.json
""",
    formats=FORMATS,
)
