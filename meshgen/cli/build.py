"""`meshgen build`."""

import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import date
from typing import Any

import click

from ..cilium.profiles import profile_for
from ..compiler import compile_mesh
from ..diagnostics import Problem, Severity
from ..drift import Job, Target
from ..inspection import Inspection, inspect, locate
from ..keeping import keep_files
from ..lock import BusyError
from ..model import Mesh
from ..ownership import index_of
from ..swap import File
from ..writer import Outcome, Permissions, differences, guard, target_of, write
from .identities import identities_of, identity_files, identity_option
from .input import read_mesh
from .options import FileName, Options, as_of_option, make_command, mesh_argument
from .output import report_of, show, tell
from .run import CannotRunError

_LONG = 2_000
"""Files from which on a terminal gets a progress bar."""

_MOST_NAMED = 8


def build(
    *,
    options: Options,
    mesh: str,
    output: str,
    check: bool,
    force: bool,
    allow_removal: tuple[str, ...],
    identity: tuple[str, ...],
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
    identities = identities_of(identity)
    inspection = inspect(file.content, file.shown, today=as_of, folder=file.beside, identities=identities)
    report = report_of(inspection, (), options)
    target = target_of(output)
    if report.counts()[Severity.ERROR]:
        return show(report, options)
    # NOTE: a check seals nothing, since what it sealed would be thrown away.
    compiled = compile_mesh(
        inspection,
        source=file.name,
        root=target.shown,
        identities=tuple if check else identities,
        reveal=not check,
    )
    if compiled.diagnostics:
        return show(report_of(inspection, compiled.diagnostics, options), options)
    index = index_of(compiled.tree.files, source=file.name, digest=compiled.digest, data=compiled.data)
    jobs = [Job(compiled.tree, index, target)]
    if compiled.in_clear:
        index = index_of(compiled.secrets.files, source=file.name, digest="")
        from .plaintext import secret_target

        private = secret_target(file.folder, compiled.mesh, target)
        jobs.insert(0, Job(compiled.secrets, index, private))
    if check:
        with _failing("read", target):
            drift = differences(jobs[-1])
        show(report, options, when_empty=False)
        from .differences import show_differences

        return show_differences(
            drift,
            target,
            mesh,
            options,
            beside=compiled.store,
            identities=_opening(inspection, identity) if compiled.in_clear else (),
        )
    permissions = Permissions(force=force, removals=frozenset(allow_removal))
    outcomes = _write(jobs, permissions, file.folder, compiled.store, options)
    if problems := [problem for outcome in outcomes for problem in outcome.problems]:
        found = locate(problems, inspection.source, inspection.name)
        return show(report_of(inspection, found, options), options)
    status = show(report, options, when_empty=False)
    for job, outcome in zip(jobs, outcomes, strict=True):
        _tell(job.target, outcome, options)
    if inspection.inventory is None:
        tell(options, f"no tls section in mesh.yaml: {_left(inspection.mesh)}")
    return status


def _opening(inspection: Inspection, identity: tuple[str, ...]) -> tuple[str, ...]:
    """The identities that a build of Secrets in clear is given, if it opens sealed keys."""
    from ..trust.sealing import needs_identity

    mesh, inventory = inspection.mesh, inspection.inventory
    assert mesh is not None, "only sound meshes are built"
    assert inventory is not None, "what is in clear are keys"
    return identity_files(identity) if needs_identity(mesh, inventory) else ()


def _left(mesh: Mesh | None) -> str:
    """What a mesh without a tls section leaves to whom."""
    assert mesh is not None, "only sound meshes are built"
    charted: list[str] = []
    others: list[str] = []
    for cluster in mesh.clusters:
        profile = profile_for(cluster)
        (charted if profile and profile.peer_secrets else others).append(cluster.name)
    if not others:
        return "the chart makes the certificates in each cluster"
    if not charted:
        return "the Secret cilium-clustermesh is left out"
    return (
        f"the chart makes the certificates in {_named(charted)}; "
        f"the Secret cilium-clustermesh is left out of {_named(others)}"
    )


def _named(clusters: list[str]) -> str:
    first = sorted(clusters)[:_MOST_NAMED]
    more = len(clusters) - len(first)
    return ", ".join(first) + (f" and {more} more" if more else "")


def _write(
    jobs: list[Job],
    permissions: Permissions,
    folder: str,
    store: Mapping[str, bytes | None],
    options: Options,
) -> list[Outcome]:
    """Write all or nothing of the store, the Secrets and the tree, in this order."""
    several = len(jobs) > 1 or bool(store)
    refused = [Outcome(problems=_hindrances(job, permissions)) for job in jobs] if several else []
    if any(outcome.problems for outcome in refused):
        return refused
    for job in jobs:
        if job.target.private:
            from .plaintext import ignore_in_git

            with _failing("write", job.target):
                ignore_in_git(os.path.join(os.path.realpath(folder), "secrets"))
    keep_files(folder, store)
    outcomes = []
    for job in jobs:
        with _failing("write", job.target):
            outcomes.append(write(job, permissions, _progress(options)))
    return outcomes


def _hindrances(job: Job, permissions: Permissions) -> tuple[Problem, ...]:
    if job.target.private:
        from .plaintext import exposures

        if exposed := tuple(exposures(job)):
            return exposed
    return guard(job, permissions)


@contextmanager
def _failing(verb: str, target: Target) -> Iterator[None]:
    try:
        yield
    except BusyError:
        message = f"another build is writing {target.shown}"
        raise CannotRunError(message) from None
    except OSError as error:
        # NOTE: of the two ends of a move, the one in the directory means something to its owner.
        places = [place for place in (error.filename2, error.filename) if place]
        places.sort(key=lambda place: not place.startswith(target.root))
        told = ": ".join((*places[:1], error.strerror or str(error)))
        message = f"cannot {verb} {target.shown}: {told}"
        raise CannotRunError(message) from error


def _tell(target: Target, outcome: Outcome, options: Options) -> None:
    if outcome.repaired:
        tell(options, f"{target.shown}: repaired what an interrupted build had left")
    tell(
        options,
        f"{target.shown}: {outcome.written} written, {outcome.removed} removed, "
        f"{outcome.unchanged} unchanged",
    )
    if target.private:
        tell(
            options,
            f"warning: {target.shown} holds private keys in clear text; whoever reads them can "
            "reach every etcd of the mesh, so delete the folder once the Secrets are applied",
        )


def _progress(options: Options) -> Any:
    def show_progress(files: Sequence[File]) -> AbstractContextManager[Iterable[File]]:
        if len(files) < _LONG or options.quiet or not sys.stderr.isatty():
            return nullcontext(files)
        return click.progressbar(files, label="writing", file=sys.stderr)

    return show_progress


command = make_command(
    "build",
    build,
    [
        mesh_argument(),
        click.Option(
            ["-o", "--output"],
            type=FileName(),
            default="out",
            show_default=True,
            help="The directory to write.",
        ),
        click.Option(["--check"], is_flag=True, help="Write nothing; say what a build would change."),
        click.Option(["--force"], is_flag=True, help="Write over files that were edited by hand."),
        click.Option(
            ["--allow-removal"],
            multiple=True,
            metavar="CLUSTER",
            help="Let go of a cluster; repeatable.",
        ),
        identity_option(),
        as_of_option(),
    ],
    """
meshgen build
meshgen build examples/mesh.yaml -o out
meshgen build --check
meshgen build --allow-removal cluster3
""",
)
