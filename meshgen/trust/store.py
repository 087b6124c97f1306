"""The store of a mesh at hand: what it holds, who opens it, and how changes to it are completed."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from posixpath import join

from ..model import Mesh
from .certificates import read_certificates
from .changes import Changes, Overlay
from .folder import Folder
from .inventory import Inventory, Lack
from .issuing import Pair
from .keyring import Keyring
from .layout import STATE, CorruptStateError, State, authority, key_of, read_state, sealed
from .lock import LOCK
from .reading import take_inventory
from .recipients import store_recipients
from .sealing import Seals, prepare
from .seals.age import Identity, lock


class RefusedError(Exception):
    """A change to the store that cannot be made; says why, and the way out."""


@dataclass(frozen=True, kw_only=True)
class Store:
    """A store, the identities at hand, and the moment at which it is changed."""

    mesh: Mesh
    folder: Folder
    now: datetime
    identities: Sequence[Identity] = ()
    made: dict[str, bytes] = field(default_factory=dict, repr=False)

    @cached_property
    def keyring(self) -> Keyring:
        """The keys that can be opened."""
        return Keyring(self.folder.read, self.identities, self.made)

    @cached_property
    def inventory(self) -> Inventory:
        """What the store holds."""
        return take_inventory(self.mesh, self.folder, self.keyring)

    def path(self, name: str) -> str:
        """A file of the store, relative to mesh.yaml."""
        return join(self.mesh.tls.store, name)

    def after(self, changes: Changes) -> "Store":
        """The store once changes are made."""
        return replace(self, folder=Overlay(self.folder, changes), made={**self.made, **changes.made})

    @property
    def recipients(self) -> tuple[str, ...]:
        """
        Who can open the keys of the store.

        Raises:
            RefusedError: when there is nobody.

        """
        found = store_recipients(self.mesh)
        if not found:
            message = "nobody could open the store's keys: add tls.storeRecipients or secrets.sops.recipients"
            raise RefusedError(message)
        return found

    def keep(self, name: str, pair: Pair, *notes: str) -> Changes:
        """
        A certificate under a name of the store, and its key, sealed, beside it.

        The key comes first, and the keys of former certificates go last: whoever finds a certificate
        finds its key.
        """
        path = self.path(name)
        key_path = key_of(path, read_certificates(pair.certificate)[0].facts.public_key)
        files: dict[str, bytes | None] = {
            key_path: lock(pair.key, self.recipients).encode("ascii"),
            path: pair.certificate,
        }
        folder, _, own = path.rpartition("/")
        former = re.compile(re.escape(own.removesuffix("crt")) + r"[0-9a-f]{16}\.key\.age")
        for other in self.folder.names(folder):
            if former.fullmatch(other):
                files.setdefault(join(folder, other), None)
        return Changes(files=files, made={key_path: pair.key}, notes=notes)

    @property
    def has_authority(self) -> bool:
        """Whether there is an authority, known to the state or not."""
        return any(name.endswith(".crt") for name in self.folder.names(self.path("ca")))

    @property
    def state(self) -> State:
        """
        The state of the authorities.

        Raises:
            RefusedError: when its file is lost, or cannot be believed.

        """
        path = self.path(STATE)
        self._believe(path)
        if self.has_authority and self.folder.read(path) is None:
            message = f"{path} is missing; restore it from Git"
            raise RefusedError(message)
        return self.inventory.state

    def _believe(self, path: str) -> None:
        for fault in self.inventory.faults:
            if fault.path == path and fault.lack is Lack.UNREADABLE:
                message = f"{path} {fault.reason}; restore it from Git"
                raise RefusedError(message)

    def require_whole(self) -> None:
        """
        Whether every file of the store can be used.

        Raises:
            RefusedError: when one cannot.

        """
        for fault in self.inventory.faults:
            message = f"{fault.path} {fault.reason or 'is missing'}; restore it from Git"
            raise RefusedError(message)
        for one in self.inventory.certificates:
            if one.key_matches is False:
                message = f"{one.key_path} does not belong to {one.path}; restore it from Git"
                raise RefusedError(message)

    def begin(self, pair: Pair, note: str) -> Changes:
        """
        The first authority.

        Raises:
            RefusedError: when there is one already, or when the store's folder is somebody else's.

        """
        if self.has_authority:
            message = (
                f"{self.mesh.tls.store} has an authority already; "
                "to replace it: meshgen pki rotate --ca trust"
            )
            raise RefusedError(message)
        if self.inventory.lock.seals:
            message = (
                f"{LOCK} knows values that were sealed, and {self.mesh.tls.store} has no authority: "
                f"restore the store from Git, or delete {LOCK} to begin anew"
            )
            raise RefusedError(message)
        self._require_own_folder()
        # NOTE: the certificate comes last, so that what an interrupted run left can be begun again.
        state = Changes(files={self.path(STATE): State().dump()})
        return state.then(self.keep(authority(1), pair, note))

    def _require_own_folder(self) -> None:
        path = self.path(STATE)
        content = self.folder.read(path)
        try:
            if content is not None:
                read_state(content)
        except CorruptStateError:
            message = f"{path} is not meshgen's; move it away, or choose another folder with tls.store"
            raise RefusedError(message) from None

    def completed(self, changes: Changes) -> tuple[Changes, Seals]:
        """
        The changes, and with them what is sealed in consequence, and the lock.

        Raises:
            RefusedError: when the lock cannot be believed, since what it knows would be lost.

        """
        self._believe(LOCK)
        later = self.after(changes)
        seals = prepare(self.mesh, later.inventory, later.keyring, self.now.date())
        return changes.then(sealed_files(self.mesh, later.inventory, seals)), seals


def sealed_files(mesh: Mesh, inventory: Inventory, seals: Seals) -> Changes:
    """The files of what was sealed just now, and the lock where it changes."""
    files: dict[str, bytes | None] = {
        join(mesh.tls.store, sealed(cluster, secret)): seals.objects[cluster, secret].content
        for cluster, secret in seals.fresh
    }
    if seals.lock != inventory.lock:
        files[LOCK] = seals.lock.dump() if seals.lock.seals else None
    return Changes(files=files)
