"""The store, or the guide's folder, to an inventory."""

from collections.abc import Callable, Iterator
from posixpath import join

from ..cilium.profiles import Role
from ..model import Cluster, Mesh
from ..redaction import private_key_in
from . import layout, naming
from .certificates import Certificate, UnreadablePemError, read_certificates
from .chains import path_of
from .etcd_reading import UnreadableConfigError, read_config
from .folder import Folder
from .inventory import Authority, Entry, Fault, Held, Inventory, Lack
from .keyring import Keyring
from .lock import LOCK, CorruptLockError, Lock, read_lock
from .objects import CA, CERTIFICATE, CONFIG, KEY
from .sealed import CorruptSealError, SealedObject, read_sealed
from .seals.sealed_secrets import SealingError, read_sealing_certificate
from .wanting import wanted

SUFFIXES = (CONFIG, CA, CERTIFICATE, KEY)
_SEALED = b"-----BEGIN AGE ENCRYPTED FILE-----"
_MIB = 1024 * 1024
_MOST_SCANNED = 64 * _MIB
"""How much of a store is searched for private keys, and as much as a Secret more for each cluster."""
_LEAST_SIZE = 4096
"""What a file counts for at least: opening it takes time, too."""
_DEEPEST = 16


def take_inventory(mesh: Mesh, folder: Folder, keyring: Keyring) -> Inventory:
    """Everything that a mesh with a `tls` section has."""
    reader = _Files(mesh, folder, keyring) if mesh.tls.source == "files" else _Store(mesh, folder, keyring)
    found = reader.inventory()
    return found._replace(tampered=tuple(dict.fromkeys(_tampered(mesh, found))))


def _tampered(mesh: Mesh, inventory: Inventory) -> Iterator[tuple[str, str]]:
    # NOTE: a value that must be sealed anew anyway, as an interrupted run can leave it, is not meant.
    for want in wanted(mesh, inventory):
        seal = inventory.lock.seals.get(want.place)
        sealed = inventory.sealed.get(want.place[:2])
        if seal and sealed and seal.fingerprint == want.fingerprint and seal.sealed != sealed.digest:
            yield want.place[:2]


class _Reader:
    def __init__(self, mesh: Mesh, folder: Folder, keyring: Keyring) -> None:
        self.mesh = mesh
        self.folder = folder
        self.keyring = keyring
        self.faults: list[Fault] = []

    def beside(self, path: str) -> str:
        return join(self.mesh.tls.store, path)

    def certificates(self, cluster: int | None, path: str) -> tuple[bytes, list[Certificate]]:
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
        self.faults.append(Fault(cluster=cluster, path=path, lack=Lack.UNREADABLE, reason=reason))

    def key(self, cluster: int, path: str) -> None:
        """A key must be there, and sealed where it is to be; what is inside is another matter."""
        content = self.folder.read(path)
        if content is None:
            self.faults.append(Fault(cluster=cluster, path=path, lack=Lack.MISSING))
        elif path.endswith(".age") and not content.strip().startswith(_SEALED):
            self.unreadable(cluster, path, "is not a sealed key")

    def parsed(self, path: str, read: Callable[[bytes], object]) -> object | None:
        content = self.folder.read(path)
        if content is None:
            return None
        try:
            return read(content)
        except (layout.CorruptStateError, CorruptLockError, CorruptSealError):
            self.unreadable(None, path, "is not what meshgen writes (a merge conflict?)")
            return None

    def lock(self) -> Lock:
        found = self.parsed(LOCK, read_lock)
        return found if isinstance(found, Lock) else Lock()

    def sealed(self) -> dict[tuple[str, str], SealedObject]:
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


def _top(path_up: tuple[Certificate, ...]) -> str | None:
    return path_up[-1].facts.fingerprint if path_up else None


class _Store(_Reader):
    """Source `generate`: one authority for the mesh, four certificates for each cluster."""

    def inventory(self) -> Inventory:
        found = self.parsed(self.beside(layout.STATE), layout.read_state)
        state = found if isinstance(found, layout.State) else layout.State()
        pool: list[Certificate] = []
        authorities, bundle = [], b""
        for number in state.trusted:
            path = self.beside(layout.authority(number))
            _, certificates = self.certificates(None, path)
            pool += certificates
            bundle += b"".join(one.pem for one in certificates)
            authorities += [Authority(cluster=None, path=path, facts=one.facts) for one in certificates]
        unsure = bool(self.faults)
        state_path = self.beside(layout.STATE)
        if pool and self.folder.read(state_path) is None:
            self.faults.append(Fault(cluster=None, path=state_path, lack=Lack.MISSING))
        held = tuple(
            one
            for index, cluster in enumerate(self.mesh.clusters)
            for role in naming.roles(cluster)
            for one in self._held(index, cluster, role, pool, unsure=unsure)
        )
        unsealed = tuple(self.unsealed())
        return Inventory(
            state=state,
            authorities=tuple(authorities),
            bundle=bundle,
            held=held,
            sealed=self.sealed(),
            lock=self.lock(),
            sealing=self.sealing(),
            faults=tuple(self.faults),
            strangers=tuple(self._strangers()),
            unsealed=unsealed,
            opening=self.keyring.opens,
        )

    def _held(
        self, index: int, cluster: Cluster, role: Role, pool: list[Certificate], *, unsure: bool
    ) -> Iterator[Held]:
        path = self.beside(layout.certificate(cluster.name, role))
        if not pool and self.folder.read(path) is None:
            return  # the authority comes first
        content, chain = self.certificates(index, path)
        if chain:
            path_up = path_of(chain, pool, naming.USAGES[role])
            facts = chain[0].facts.signed_by(_top(path_up) or ("" if unsure else None))
            key_path = layout.key_of(path, facts.public_key)
            self.key(index, key_path)
            yield Held(
                cluster=index,
                role=role,
                path=path,
                pem=content,
                facts=facts,
                between=tuple(one.facts for one in path_up[1:-1]),
                key_path=key_path,
                key_matches=self.keyring.matches(key_path, facts.public_key) if self.keyring.opens else None,
            )

    def _strangers(self) -> Iterator[str]:
        known = {cluster.name for cluster in self.mesh.clusters}
        for kind in ("clusters", layout.SEALED):
            for name in self.folder.names(self.beside(kind)):
                if name.rstrip("/") not in known:
                    yield self.beside(f"{kind}/{name}").rstrip("/")


class _Files(_Reader):
    """Source `files`: each cluster's own authority, certificate and key, the same for all that dial it."""

    def inventory(self) -> Inventory:
        held: list[Held] = []
        entries: list[Entry] = []
        authorities: list[Authority] = []
        files = dict(self._contents())
        for index, cluster in enumerate(self.mesh.clusters):
            ca_path = self._path(cluster.name + CA)
            _, pool = self.certificates(index, ca_path)
            authorities += [Authority(cluster=index, path=ca_path, facts=one.facts) for one in pool]
            held += self._held(index, cluster, pool)
            entries += self._entry(index, cluster)
        unsealed = tuple(self.unsealed()) if self._from_store else ()
        return Inventory(
            authorities=tuple(authorities),
            held=tuple(held),
            entries=tuple(entries),
            files=files,
            sealed=self.sealed(),
            lock=self.lock(),
            sealing=self.sealing(),
            faults=tuple(self.faults),
            strangers=tuple(self._strangers()),
            unsealed=unsealed,
            opening=self.keyring.opens,
        )

    def _contents(self) -> Iterator[tuple[str, bytes]]:
        for name in (cluster.name + suffix for cluster in self.mesh.clusters for suffix in SUFFIXES):
            if (content := self.folder.read(self._path(name))) is not None:
                yield name, content

    @property
    def _from_store(self) -> bool:
        return self.mesh.secrets.backend != "plaintext"

    def _path(self, name: str) -> str:
        if not self._from_store:
            return join(self.mesh.tls.files, name)
        return self.beside(layout.imported(f"{name}.age" if name.endswith(KEY) else name))

    def _held(self, index: int, cluster: Cluster, pool: list[Certificate]) -> Iterator[Held]:
        path, key_path = self._path(cluster.name + CERTIFICATE), self._path(cluster.name + KEY)
        content, chain = self.certificates(index, path)
        self.key(index, key_path)
        if chain:
            path_up = path_of(chain, pool, naming.USAGES[Role.REMOTE])
            facts = chain[0].facts.signed_by(_top(path_up) if pool else "")
            yield Held(
                cluster=index,
                role=Role.REMOTE,
                path=path,
                pem=content,
                facts=facts,
                between=tuple(one.facts for one in path_up[1:-1]),
                key_path=key_path,
                key_matches=self.keyring.matches(key_path, facts.public_key),
            )

    def _entry(self, index: int, cluster: Cluster) -> Iterator[Entry]:
        path = self._path(cluster.name)
        content = self.folder.read(path)
        if content is None:
            self.faults.append(Fault(cluster=index, path=path, lack=Lack.MISSING))
            return
        try:
            yield Entry(cluster=index, path=path, config=read_config(content))
        except UnreadableConfigError as error:
            self.unreadable(index, path, str(error))

    def _strangers(self) -> Iterator[str]:
        folder = self.beside(layout.FILES) if self._from_store else self.mesh.tls.files
        known = {cluster.name for cluster in self.mesh.clusters}
        for name in self.folder.names(folder.rstrip("/")):
            content = self.folder.read(join(folder, name)) if "." not in name else None
            if name not in known and content is not None and b"endpoints:" in content:
                yield join(folder, name)
