"""`meshgen build`."""

import os
import shlex
import sys
from collections.abc import Callable
from datetime import date
from typing import Any

import click

from ..compiler import Compilation, compile_mesh
from ..diagnostics import Problem, Severity
from ..inspection import Inspection, inspect, locate
from ..ownership import Index, index_of
from ..writer import Drift, Outcome, Permissions, Target, compare, guard, target_of, write
from .input import MeshFile, read_mesh
from .options import Options, as_of_option, make_command, mesh_argument
from .output import report_of, show, tell
from .run import CannotRunError, Exit

_LONG = 2_000
"""Files from which on a terminal gets a progress bar."""

_PRIVATE = 0o077


def build(
    *,
    options: Options,
    mesh: str,
    output: str,
    check: bool,
    force: bool,
    allow_removal: tuple[str, ...],
    as_of: date | None,
    **_: Any,
) -> int:
    """
    Check, then write what every cluster applies.

    With an error finding nothing is written.
    What is written is all of it or nothing; only meshgen's own files are changed or removed.
    The clock is not read: dates count only with --as-of.
    """
    file = read_mesh(mesh)
    inspection = inspect(file.content, file.shown, today=as_of)
    report = report_of(inspection, (), options)
    target = target_of(output)
    if report.counts()[Severity.ERROR]:
        return show(report, options)
    compiled = compile_mesh(inspection, file.read_beside, source=file.name, root=target.shown)
    if compiled.diagnostics:
        return show(report_of(inspection, compiled.diagnostics, options), options)
    index = index_of(compiled.tree.files, source=file.name, digest=compiled.digest)
    if check:
        drift = compare(compiled.tree, index, target)
        show(report, options, when_empty=False)
        return _show_drift(drift, target, mesh, options)
    permissions = Permissions(force=force, removals=frozenset(allow_removal))
    return _write(file, inspection, compiled, index, target, permissions, options)


def _write(
    file: MeshFile,
    inspection: Inspection,
    compiled: Compilation,
    index: Index,
    target: Target,
    permissions: Permissions,
    options: Options,
) -> int:
    secret_target = None
    if compiled.secrets.files:
        secret_target = _secret_target(file, inspection)
        secret_index = index_of(compiled.secrets.files, source=file.name, digest="")
        problems = guard(compiled.tree, index, target, permissions)
        if problems:
            return _refused(problems, inspection, options)
        _ignore_in_git(os.path.dirname(secret_target.root))
        outcome = write(compiled.secrets, secret_index, secret_target, permissions, _progress(options))
        if outcome.problems:
            return _refused(outcome.problems, inspection, options)
    outcome = write(compiled.tree, index, target, permissions, _progress(options))
    if outcome.problems:
        return _refused(outcome.problems, inspection, options)
    status = show(report_of(inspection, (), options), options, when_empty=False)
    _tell_outcome(outcome, target, secret_target, options)
    return status


def _refused(problems: tuple[Problem, ...], inspection: Inspection, options: Options) -> int:
    found = locate(problems, inspection.source, inspection.name)
    return show(report_of(inspection, found, options), options)


def _secret_target(file: MeshFile, inspection: Inspection) -> Target:
    assert inspection.mesh is not None, "only sound meshes are compiled"
    return target_of(os.path.join(file.folder, "secrets", inspection.mesh.name), umask=_PRIVATE)


def _ignore_in_git(folder: str) -> None:
    """The folder of plain-text Secrets, with its .gitignore before anything else."""
    os.makedirs(folder, mode=0o700, exist_ok=True)
    path = os.path.join(folder, ".gitignore")
    try:
        with open(path, "x", encoding="ascii") as ignore:
            ignore.write("*\n")
    except FileExistsError:
        with open(path, encoding="utf-8", errors="replace") as ignore:
            if "*" not in ignore.read().split():
                message = f"{path} does not ignore everything; private keys are written there only if it does"
                raise CannotRunError(message) from None


def _tell_outcome(outcome: Outcome, target: Target, secret_target: Target | None, options: Options) -> None:
    if outcome.repaired:
        tell(options, f"{target.shown}: repaired what an interrupted build had left")
    tell(
        options,
        f"{target.shown}: {outcome.written} written, {outcome.removed} removed, "
        f"{outcome.unchanged} unchanged",
    )
    if secret_target is None:
        tell(options, "no tls section in mesh.yaml: the Secret cilium-clustermesh is left out")
    else:
        tell(
            options,
            f"warning: {secret_target.shown} holds private keys in clear text; whoever reads them can "
            "reach every etcd of the mesh, so delete the folder once the Secrets are applied",
        )


def _show_drift(drift: Drift, target: Target, mesh: str, options: Options) -> int:
    if not drift:
        tell(options, f"{target.shown}: up to date")
        return Exit.CLEAN
    lines = [
        f"{word:<12} {target.shown}/{path}"
        for word, listed in (
            ("changed", drift.changed),
            ("missing", drift.missing),
            ("extra", drift.extra),
            (
                "hand-edited",
                [*drift.edited, *([".meshgen.json"] if drift.unreadable_index else [])],
            ),
            ("in the way", drift.foreign),
        )
        for path in listed
    ]
    allowed = "".join(f" --allow-removal {shlex.quote(cluster)}" for cluster in drift.departed)
    forced = " --force" if drift.edited or drift.unreadable_index else ""
    lines.append(f"meshgen build {shlex.quote(mesh)} -o {shlex.quote(target.shown)}{allowed}{forced}")
    people = options.format in {"text", "concise"}
    click.echo("\n".join(lines), err=not people)
    return Exit.FINDINGS


def _progress(options: Options) -> Callable[[int], Callable[[int], None]]:
    def start(files: int) -> Callable[[int], None]:
        if files < _LONG or options.quiet or not sys.stderr.isatty():
            return _silent
        bar = click.progressbar(length=files, label="writing", file=sys.stderr)

        def advance(count: int) -> None:
            bar.update(1)
            if count + 1 >= files:
                bar.render_finish()

        return advance

    return start


def _silent(_count: int) -> None:
    return


command = make_command(
    "build",
    build,
    [
        mesh_argument(),
        click.Option(["-o", "--output"], default="out", show_default=True, help="The directory to write."),
        click.Option(["--check"], is_flag=True, help="Write nothing; say what a build would change."),
        click.Option(["--force"], is_flag=True, help="Write over files that were edited by hand."),
        click.Option(
            ["--allow-removal"],
            multiple=True,
            metavar="CLUSTER",
            help="Let go of a cluster; repeatable.",
        ),
        as_of_option(),
    ],
    """
meshgen build
meshgen build examples/mesh.yaml -o out
meshgen build --check
meshgen build --allow-removal cluster3
""",
)
