"""`meshgen pki import`."""

from datetime import date
from typing import Any

import click

from ...trust.importing import import_authority, import_files
from ...trust.issuing import Pair
from ...trust.store import RefusedError
from ..identities import read_bounded
from ..options import FileName, Options, make_command
from .session import finish, guarded, open_store, parameters, require_generate, split


@guarded
def import_(
    *,
    options: Options,
    arguments: tuple[str, ...],
    ca: str | None,
    ca_key: str | None,
    identity: tuple[str, ...],
    as_of: date | None,
    **_: Any,
) -> int:
    """
    Take in what the guide's script extracted into a folder, or an authority that exists already.

    Private keys are sealed on the way; the files themselves are left for you to delete. FOLDER is
    relative to mesh.yaml, as `tls.files` is, which is the default.
    """
    mesh, folders = split(arguments)
    if len(folders) > (0 if ca else 1):
        message = f"{folders[-1]!r}: " + ("--ca takes no folder" if ca else "one folder at a time")
        raise click.UsageError(message)
    if (ca is None) != (ca_key is None):
        message = "an authority is a certificate and a key: give both --ca and --ca-key"
        raise click.UsageError(message)
    file, store = open_store(options, mesh, identity, as_of)
    if ca is not None and ca_key is not None:
        require_generate(store)
        changes = import_authority(store, Pair(read_bounded(ca), read_bounded(ca_key)), (ca, ca_key))
        return finish(file, store, changes, options, then="pki issue")
    if store.mesh.tls.source != "files":
        message = "a folder is imported for tls.source: files; an authority with --ca and --ca-key"
        raise RefusedError(message)
    changes = import_files(store, next(iter(folders), store.mesh.tls.files))
    return finish(file, store, changes, options)


command = make_command(
    "import",
    import_,
    parameters(
        "[MESH] [FOLDER]",
        click.Option(["--ca"], type=FileName(), metavar="FILE", help="The certificate of an authority, PEM."),
        click.Option(["--ca-key"], type=FileName(), metavar="FILE", help="Its private key, PEM."),
    ),
    """
meshgen pki import config/
meshgen pki import --ca company-ca.crt --ca-key company-ca.key
""",
)
