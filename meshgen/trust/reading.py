"""The store, the guide's folder or a bundle of authorities, to an inventory."""

from collections.abc import Iterator

from ..model import Mesh
from .bundle_reading import Bundle
from .folder import Folder
from .guide_reading import GuideFiles
from .inventory import Inventory
from .keyring import Keyring
from .store_reading import Store
from .wanting import wanted


def take_inventory(mesh: Mesh, folder: Folder, keyring: Keyring) -> Inventory:
    """Everything that a mesh with a `tls` section has."""
    found = _READERS[mesh.tls.source or "generate"](mesh, folder, keyring).inventory()
    return found._replace(tampered=tuple(dict.fromkeys(_tampered(mesh, found))))


_READERS: dict[str, type[Bundle | GuideFiles | Store]] = {
    "generate": Store,
    "files": GuideFiles,
    "in-cluster": Bundle,
}


def _tampered(mesh: Mesh, inventory: Inventory) -> Iterator[tuple[str, str]]:
    # NOTE: a value that must be sealed anew anyway, as an interrupted run can leave it, is not meant.
    for want in wanted(mesh, inventory):
        seal = inventory.lock.seals.get(want.place)
        sealed = inventory.sealed.get(want.place[:2])
        if seal and sealed and seal.fingerprint == want.fingerprint and seal.sealed != sealed.digest:
            yield want.place[:2]
