"""`tls.caBundle`, the authorities of a mesh whose keys are made in its clusters, as an inventory."""

from .inventory import Authority, Inventory
from .reader import Reader


class Bundle(Reader):
    """Source `in-cluster`: certificates of authorities in one file, and nothing else."""

    def inventory(self) -> Inventory:
        """The authorities, and what is wrong with the file; nothing where mesh.yaml names none."""
        path = self.mesh.tls.ca_bundle
        if path is None:
            return Inventory()
        _, certificates = self.certificates(None, path)
        return Inventory(
            authorities=tuple(Authority(cluster=None, path=path, facts=one.facts) for one in certificates),
            bundle=b"".join(one.pem for one in certificates),
            faults=tuple(self.faults),
        )
