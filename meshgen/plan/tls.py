"""The Secrets with TLS material of each cluster, complete."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from ..model import Mesh
from .types import ExternalStore, TlsObject

if TYPE_CHECKING:
    from ..trust.inventory import Inventory
    from ..trust.objects import Contents
    from ..trust.sealed import SealedObject


class TlsMaterial(NamedTuple):
    """
    What a mesh with a `tls` section is built from.

    `sealed` is by cluster and Secret; `plain` are private values in clear, by cluster, Secret and data key.
    """

    inventory: "Inventory"
    sealed: "Mapping[tuple[str, str], SealedObject]" = MappingProxyType({})
    plain: Mapping[tuple[str, str, str], bytes] = MappingProxyType({})

    def __repr__(self) -> str:
        return f"TlsMaterial({self.inventory!r})"


def tls_objects(mesh: Mesh, material: TlsMaterial | None) -> dict[str, tuple[TlsObject, ...]]:
    """The Secrets by cluster; without material there are none."""
    if material is None:
        return {}
    # NOTE: imported where it is needed: most of what belongs to certificates comes with it.
    from ..trust.objects import contents

    return {
        cluster.name: tuple(_object(cluster.name, secret, material) for secret in secrets)
        for cluster, secrets in zip(mesh.clusters, contents(mesh, material.inventory), strict=True)
    }


def _object(cluster: str, secret: "Contents", material: TlsMaterial) -> TlsObject:
    places = {key: (cluster, secret.name, key) for key in secret.private}
    return TlsObject(
        name=secret.name,
        clear=tuple(sorted(secret.clear.items())),
        private_keys=tuple(sorted(secret.private)),
        type=secret.type,
        sealed=material.sealed.get((cluster, secret.name)),
        private=tuple(
            (key, material.plain[place]) for key, place in sorted(places.items()) if place in material.plain
        ),
    )


def external_store(mesh: Mesh) -> ExternalStore | None:
    """Where private values are fetched from, if the mesh says so."""
    external = mesh.secrets.external_secrets
    if external is None:
        return None
    return ExternalStore(kind=external.store.kind, name=external.store.name, path=external.path)
