"""Files of TLS material, read with what is wrong of them: what both layouts have in common."""

from collections.abc import Callable, Iterator
from posixpath import join

from ..model import Mesh
from ..redaction import private_key_in
from . import layout, naming
from .certificates import Certificate, UnreadablePemError, read_certificates
from .folder import Folder
from .inventory import Fault, Lack
from .keyring import Keyring
from .lock import LOCK, CorruptLockError, Lock, read_lock
from .sealed import CorruptSealError, SealedObject, read_sealed
from .seals.sealed_secrets import SealingError, read_sealing_certificate

_SEALED = b"-----BEGIN AGE ENCRYPTED FILE-----"
_MIB = 1024 * 1024
_MOST_SCANNED = 64 * _MIB
"""How much of a store is searched for private keys, and as much as a Secret more for each cluster."""
_LEAST_SIZE = 4096
"""What a file counts for at least: opening it takes time, too."""
_DEEPEST = 16


class Reader:
    """What both layouts have in common; what is wrong is gathered in `faults`."""

    def __init__(self, mesh: Mesh, folder: Folder, keyring: Keyring) -> None:
        self.mesh = mesh
        self.folder = folder
        self.keyring = keyring
        self.faults: list[Fault] = []

    def beside(self, path: str) -> str:
        """The path of a file of the store."""
        return join(self.mesh.tls.store, path)

    def certificates(self, cluster: int | None, path: str) -> tuple[bytes, list[Certificate]]:
        """A file of certificates: its bytes, and what they hold."""
        content = self.folder.read(path)
        if content is None:
            self.faults.append(Fault(cluster=cluster, path=path, lack=Lack.MISSING))
            return b"", []
        try:
            return content, read_certificates(content)
        except UnreadablePemError as error:
            self.unreadable(cluster, path, str(error))
            return content, []

    def unreadable(self, cluster: int | None, path: str, reason: str) -> None:
        """Note that a file cannot be read, and why."""
        self.faults.append(Fault(cluster=cluster, path=path, lack=Lack.UNREADABLE, reason=reason))

    def key(self, cluster: int | None, path: str) -> None:
        """A key must be there, and sealed where it is to be; what is inside is another matter."""
        content = self.folder.read(path)
        if content is None:
            self.faults.append(Fault(cluster=cluster, path=path, lack=Lack.MISSING))
        elif path.endswith(".age") and not content.strip().startswith(_SEALED):
            self.unreadable(cluster, path, "is not a sealed key")

    def parsed(self, path: str, read: Callable[[bytes], object]) -> object | None:
        """What a file of ours says, or None where there is none or it is damaged."""
        content = self.folder.read(path)
        if content is None:
            return None
        try:
            return read(content)
        except (layout.CorruptStateError, CorruptLockError, CorruptSealError):
            self.unreadable(None, path, "is not what meshgen writes (a merge conflict?)")
            return None

    def lock(self) -> Lock:
        """What the lock says; an empty one where there is none."""
        found = self.parsed(LOCK, read_lock)
        return found if isinstance(found, Lock) else Lock()

    def sealed(self) -> dict[tuple[str, str], SealedObject]:
        """The sealed values, by cluster and Secret."""
        found: dict[tuple[str, str], SealedObject] = {}
        if self.mesh.secrets.backend in {"sops", "sealed-secrets"}:
            for cluster in self.mesh.clusters:
                for secret in naming.tls_secrets(cluster):
                    path = self.beside(layout.sealed(cluster.name, secret.name))
                    sealed = self.parsed(path, read_sealed)
                    if isinstance(sealed, SealedObject):
                        found[cluster.name, secret.name] = sealed
        return found

    def sealing(self) -> dict[str, bytes]:
        """The sealing certificates of the clusters' controllers."""
        if self.mesh.secrets.backend != "sealed-secrets":
            return {}
        where = self.mesh.secrets.sealed_secrets.certificates
        found: dict[str, bytes] = {}
        for index, cluster in enumerate(self.mesh.clusters):
            path = join(where, f"{cluster.name}.pem")
            if (content := self.folder.read(path)) is not None:
                found[cluster.name] = content
                self._believe_sealing(index, path, content)
        return found

    def _believe_sealing(self, cluster: int, path: str, content: bytes) -> None:
        try:
            read_sealing_certificate(content)
        except SealingError as error:
            self.unreadable(cluster, path, str(error))

    def unsealed(self) -> Iterator[str]:
        """Files of the store that hold a private key in clear; a store that is too large is a fault."""
        left = _MOST_SCANNED + _MIB * len(self.mesh.clusters)
        for path in self._tree(self.mesh.tls.store.rstrip("/")):
            content = self.folder.scan(path)
            if content is not None and private_key_in(content):
                yield path
            left -= max(len(content or b""), _LEAST_SIZE)
            if left < 0:
                reason = "holds too much to be searched for private keys"
                self.unreadable(None, self.mesh.tls.store, reason)
                return

    def _tree(self, root: str) -> Iterator[str]:
        folders = [(root, 0)]
        while folders:
            folder, depth = folders.pop()
            names = self.folder.names(folder)
            yield from (join(folder, name) for name in names if not name.endswith("/"))
            below = [join(folder, name.rstrip("/")) for name in reversed(names) if name.endswith("/")]
            if depth < _DEEPEST:
                folders += [(path, depth + 1) for path in below]
            elif below:
                self.unreadable(None, folder, "is too deep to be searched for private keys")


def top(path_up: tuple[Certificate, ...]) -> str | None:
    """The fingerprint of the authority that a path of certificates leads to."""
    return path_up[-1].facts.fingerprint if path_up else None
