"""`meshgen pki issue`."""

from datetime import date
from typing import Any

from ...trust.changes import Changes
from ...trust.making import issue as issue_certificates
from ...trust.making import missing, signer
from ..options import Options, make_command
from .session import clusters_named, finish, guarded, open_store, parameters, require_generate, split


@guarded
def issue(
    *,
    options: Options,
    arguments: tuple[str, ...],
    identity: tuple[str, ...],
    as_of: date | None,
    **_: Any,
) -> int:
    """
    Issue the certificates that clusters lack: of all, or of those named.

    What a cluster has already is left alone; `meshgen pki rotate` renews it.
    """
    mesh, clusters = split(arguments)
    file, store = open_store(options, mesh, identity, as_of)
    require_generate(store)
    named = {cluster.name for cluster in clusters_named(store, clusters)}
    wanted = [(cluster, role) for cluster, role in missing(store) if cluster.name in named]
    if not wanted:
        store.require_whole()
        # NOTE: what an interrupted run left unsealed is made up for.
        return finish(file, store, Changes(notes=("nothing is missing",)), options)
    return finish(file, store, issue_certificates(store, wanted, signer(store)), options)


command = make_command(
    "issue",
    issue,
    parameters("[MESH] [CLUSTER]..."),
    """
meshgen pki issue --identity operator.age.txt
meshgen pki issue cluster3 --identity operator.age.txt
""",
)
