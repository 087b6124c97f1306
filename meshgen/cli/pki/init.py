"""`meshgen pki init`."""

from datetime import date
from typing import Any

from ...trust.making import new_authority
from ..options import Options, make_command
from .session import finish, guarded, only_mesh, open_store, parameters, require_generate


@guarded
def init(
    *, options: Options, arguments: tuple[str, ...], identity: tuple[str, ...], as_of: date | None, **_: Any
) -> int:
    """
    Make the mesh's authority.

    Its private key is sealed for `tls.storeRecipients`, and lies nowhere else.
    """
    file, store = open_store(options, only_mesh(arguments), identity, as_of)
    require_generate(store)
    store.recipients  # noqa: B018 - refused before a key is made
    return finish(
        file, store, store.begin(new_authority(store, 1), "authority 1 made"), options, then="pki issue"
    )


command = make_command(
    "init",
    init,
    parameters("[MESH]"),
    """
meshgen pki init
meshgen pki init examples/mesh.yaml
""",
)
