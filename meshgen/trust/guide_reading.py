"""The layout of the guide, as an inventory."""

from collections.abc import Iterator
from posixpath import join

from ..cilium.profile import Role
from ..model import Cluster
from . import layout, naming
from .certificates import Certificate
from .chains import path_of
from .etcd_reading import UnreadableConfigError, read_config
from .inventory import Authority, Entry, Fault, Held, Inventory, Lack
from .objects import CA, CERTIFICATE, CONFIG, KEY
from .reader import Reader, top

SUFFIXES = (CONFIG, CA, CERTIFICATE, KEY)


class GuideFiles(Reader):
    """Source `files`: each cluster's own authority, certificate and key, the same for all that dial it."""

    def inventory(self) -> Inventory:
        """Everything that is there, and what is wrong with it."""
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
            facts = chain[0].facts.signed_by(top(path_up) if pool else "")
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
