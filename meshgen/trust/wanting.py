"""Every private value that stands in a Secret of the tree, and what its seal depends on."""

from collections.abc import Iterator
from typing import NamedTuple

from ..model import Cluster, Mesh
from .inventory import Held, Inventory
from .lock import Place, fingerprint
from .objects import Private, private_values
from .recipients import Keys, flat, sops_keys


class Wanted(NamedTuple):
    """A private value of a Secret: where it goes, whose key it is, who may open it."""

    place: Place
    namespace: str
    held: Held
    keys: Keys
    fingerprint: str


def wanted(mesh: Mesh, inventory: Inventory) -> Iterator[Wanted]:
    """The private values of all clusters, those of one Secret together."""
    for cluster, secrets in zip(mesh.clusters, private_values(mesh, inventory), strict=True):
        keys = sops_keys(mesh, cluster) if mesh.secrets.backend == "sops" else {}
        for of in secrets:
            yield from _of_secret(mesh, cluster, of, keys)


def _of_secret(mesh: Mesh, cluster: Cluster, of: Private, keys: Keys) -> Iterator[Wanted]:
    secret, private = of
    name, namespace = secret.name, cluster.cilium.namespace
    for key, held in private.items():
        yield Wanted(
            place=(cluster.name, name, key),
            namespace=namespace,
            held=held,
            keys=keys,
            fingerprint=fingerprint(
                (cluster.name, f"{namespace}/{name}", key),
                mesh.secrets.backend,
                flat(keys),
                held.facts.fingerprint,
            ),
        )
