"""What every `pki` command begins and ends with: the store of a checked mesh, and its changes on disk."""

import shlex
from datetime import UTC, date, datetime, time
from typing import Any

import click

from ...diagnostics import Severity
from ...inspection import Inspection, inspect
from ...keeping import keep_files
from ...model import Cluster
from ...nearest import nearest
from ...redaction import private_key_in
from ...trust.changes import Changes
from ...trust.store import RefusedError, Store
from ..identities import identities_of, identity_option
from ..input import MeshFile, read_mesh
from ..options import Options, as_of_option
from ..output import report_of, show, tell
from ..run import CannotRunError, Exit

# https://www.rfc-editor.org/rfc/rfc5280#section-4.1.2.5 begins in 1950 and ends in 9999.
_FIRST_YEAR, _LAST_YEAR = 1951, 9000

_AS_OF = "The date on which this happens, instead of today (YYYY-MM-DD)."


class Unsound(Exception):  # noqa: N818 - it ends a command, and is nobody's error
    """The mesh has findings that come before any certificate; carries the exit status."""

    def __init__(self, status: int) -> None:
        super().__init__("unsound mesh")
        self.status = status


def parameters(metavar: str, *own: click.Parameter) -> list[click.Parameter]:
    """
    A command's own parameters and those of all.

    NOTE: a name that ends with .yaml or .yml is the mesh, as no cluster's name can; it may be left out.
    """
    arguments = click.Argument(["arguments"], nargs=-1, metavar=metavar)
    return [arguments, *own, identity_option(), as_of_option(_AS_OF)]


def split(arguments: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """The mesh (default: mesh.yaml), and the other arguments."""
    meshes = [one for one in arguments if one == "-" or one.endswith((".yaml", ".yml"))]
    if len(meshes) > 1:
        message = f"{meshes[1]!r}: there is one mesh, {meshes[0]!r}"
        raise click.UsageError(message)
    return (meshes or ["mesh.yaml"])[0], tuple(one for one in arguments if one not in meshes)


def only_mesh(arguments: tuple[str, ...]) -> str:
    """The mesh of a command that takes nothing else."""
    mesh, others = split(arguments)
    if others:
        message = f"{others[0]!r} is no mesh.yaml"
        raise click.UsageError(message)
    return mesh


def clusters_named(store: Store, names: tuple[str, ...]) -> list[Cluster]:
    """The clusters of some names; all where none is named."""
    known = {cluster.name: cluster for cluster in store.mesh.clusters}
    for name in names:
        if name not in known:
            near = nearest(name, list(known))
            message = f"no cluster is called {name!r}" + (f"; did you mean {near!r}?" if near else "")
            raise click.UsageError(message)
    return [known[name] for name in dict.fromkeys(names)] or list(known.values())


def open_store(
    options: Options, mesh: str, identity: tuple[str, ...], as_of: date | None
) -> tuple[MeshFile, Store]:
    """
    The store of a mesh whose other findings are settled.

    Raises:
        Unsound: when they are not; they have been shown.
        CannotRunError: when the mesh keeps no store.

    """
    file = read_mesh(mesh)
    inspection = inspect(file.content, file.shown)
    report = report_of(inspection, (), options)
    if inspection.mesh is None or report.counts()[Severity.ERROR]:
        raise Unsound(show(report, options))
    _require_store(inspection)
    if as_of is not None and not _FIRST_YEAR <= as_of.year <= _LAST_YEAR:
        message = f"--as-of {as_of}: certificates are made for the years {_FIRST_YEAR} to {_LAST_YEAR}"
        raise click.UsageError(message)
    moment = datetime.now(UTC) if as_of is None else datetime.combine(as_of, time(12), UTC)
    store = Store(mesh=inspection.mesh, folder=file.beside, now=moment, identities=identities_of(identity)())
    return file, store


def _require_store(inspection: Inspection) -> None:
    assert inspection.mesh is not None, "an unsound mesh was refused"
    if inspection.mesh.tls.source not in {"generate", "files"}:
        message = f"{inspection.name} has no tls section with source generate or files"
        raise CannotRunError(message)


def require_generate(store: Store) -> None:
    """
    Whether meshgen is the one who issues.

    Raises:
        RefusedError: when the certificates come from elsewhere.

    """
    if store.mesh.tls.source != "generate":
        message = "certificates are issued only with tls.source: generate"
        raise RefusedError(message)


def finish(file: MeshFile, store: Store, changes: Changes, options: Options, *, then: str = "build") -> int:
    """Seal what changes make necessary, write everything, and tell; `then` is the command to go on with."""
    whole, seals = store.completed(changes)
    for path, content in whole.files.items():
        if content is not None and not path.endswith(".age") and private_key_in(content):
            message = f"{path} would hold a private key in clear text; nothing is written"
            raise RefusedError(message)
    keep_files(file.folder, whole.files)
    for note in whole.notes:
        tell(options, note)
    if seals.fresh:
        tell(options, f"{len(seals.fresh)} Secret{'s' * (len(seals.fresh) > 1)} sealed")
    if seals.rekeyed:
        told = "compare with kubeseal --fetch-cert"
        tell(options, f"sealed for another controller key than before: {', '.join(seals.rekeyed)} ({told})")
    if store.mesh.secrets.backend != "plaintext":
        for way_out in dict.fromkeys(lack.help for lack in seals.lacking):
            places = (lack.place for lack in seals.lacking if lack.help == way_out)
            secrets = dict.fromkeys(f"{cluster}/{secret}" for cluster, secret, _ in places)
            tell(options, f"still to be sealed: {', '.join(secrets)} ({way_out})")
    closed = bool(seals.lacking) or (then == "pki issue" and not store.identities)
    opening = " --identity FILE" if closed else ""
    tell(options, f"next: meshgen {then} {shlex.quote(file.shown)}{opening}")
    return Exit.CLEAN


def guarded(function: Any) -> Any:
    """A command whose refusals end it with a line, exit status 3."""

    def call(**arguments: Any) -> int:
        try:
            status: int = function(**arguments)
        except Unsound as unsound:
            return unsound.status
        except RefusedError as refused:
            raise CannotRunError(str(refused)) from None
        return status

    call.__doc__ = function.__doc__
    return call
