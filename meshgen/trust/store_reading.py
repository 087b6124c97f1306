"""The store of certificates that meshgen issued, as an inventory."""

from collections.abc import Iterator

from ..cilium.profile import Role
from ..model import Cluster
from . import layout, naming
from .certificates import Certificate
from .chains import path_of
from .inventory import Authority, Fault, Held, Inventory, Lack
from .reader import Reader, top


class Store(Reader):
    """Source `generate`: one authority for the mesh, four certificates for each cluster."""

    def inventory(self) -> Inventory:
        """Everything that is there, and what is wrong with it."""
        found = self.parsed(self.beside(layout.STATE), layout.read_state)
        state = found if isinstance(found, layout.State) else layout.State()
        pool: list[Certificate] = []
        authorities, bundle = [], b""
        # NOTE: by age, so that nothing restarts where the other one signs from now on.
        for number in sorted(state.trusted):
            path = self.beside(layout.authority(number))
            _, certificates = self.certificates(None, path)
            pool += certificates
            bundle += b"".join(one.pem for one in certificates)
            authorities += [self._authority(path, one) for one in certificates]
        unsure = bool(self.faults)
        for authority in authorities:
            if authority.key_path:
                self.key(None, authority.key_path)
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

    def _authority(self, path: str, certificate: Certificate) -> Authority:
        # NOTE: the key of an authority may be kept elsewhere; it is needed where something is issued.
        key_path = layout.key_of(path, certificate.facts.public_key)
        if self.folder.read(key_path) is None:
            return Authority(cluster=None, path=path, facts=certificate.facts)
        return Authority(
            cluster=None,
            path=path,
            facts=certificate.facts,
            key_path=key_path,
            key_matches=self._matches(key_path, certificate),
        )

    def _matches(self, key_path: str, certificate: Certificate) -> bool | None:
        opens = self.keyring.opens
        return self.keyring.matches(key_path, certificate.facts.public_key) if opens else None

    def _held(
        self, index: int, cluster: Cluster, role: Role, pool: list[Certificate], *, unsure: bool
    ) -> Iterator[Held]:
        path = self.beside(layout.certificate(cluster.name, role))
        if not pool and self.folder.read(path) is None:
            return  # the authority comes first
        content, chain = self.certificates(index, path)
        if chain:
            path_up = path_of(chain, pool, naming.USAGES[role])
            facts = chain[0].facts.signed_by(top(path_up) or ("" if unsure else None))
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
                key_matches=self._matches(key_path, chain[0]),
            )

    def _strangers(self) -> Iterator[str]:
        known = {cluster.name for cluster in self.mesh.clusters}
        for kind in ("clusters", layout.SEALED):
            for name in self.folder.names(self.beside(kind)):
                if name.rstrip("/") not in known:
                    yield self.beside(f"{kind}/{name}").rstrip("/")
