"""Changes of who can open the private keys of a mesh."""

from collections.abc import Iterator
from typing import Any

from ..model import Mesh
from ..trust.inventory import Inventory
from ..trust.recipients import flat, sops_keys, store_recipients
from .beside import Meshes
from .changes import Impact, MeshChange, together

_DIGEST = 16

_RECIPIENTS = (
    "who is new can open the private keys from now on; who is left out still opens what Git has from before, "
    "until the certificates are renewed"
)


def recipient_changes(
    meshes: Meshes, before: Inventory | None, after: Inventory | None
) -> Iterator[MeshChange]:
    """How Secrets are kept, for whom those of each cluster are sealed, and for whom the store is."""
    base, head = meshes
    if base.tls.source is None or head.tls.source is None:
        return
    was, is_now = base.secrets.backend, head.secrets.backend
    if was != is_now:
        yield MeshChange(
            "mesh", "secrets.backend", was, is_now, Impact.NONE,
            "the Secrets are applied in another way: what makes them of it must be in every cluster first",
            ("secrets", "backend"),
        )  # fmt: skip
    elif was == "sops":
        yield from _of_secrets(meshes)
    elif was == "sealed-secrets":
        yield from _of_controllers(meshes, before, after)
    elif was == "external-secrets":
        yield from _of_store_outside(base, head)
    store = store_recipients(base), store_recipients(head)
    if store[0] != store[1]:
        yield MeshChange(
            "mesh", "recipients of the store", ", ".join(store[0]), ", ".join(store[1]), Impact.NONE,
            f"keys that are made from now on; {_RECIPIENTS}", ("tls", "storeRecipients"),
        )  # fmt: skip


def _of_secrets(meshes: Meshes) -> Iterator[MeshChange]:
    """Recipients of the Secrets of clusters that are there before and after."""
    was = {cluster.name: flat(sops_keys(meshes.base, cluster)) for cluster in meshes.base.clusters}
    found: dict[str, tuple[str, str]] = {}
    for cluster in sorted(meshes.head.clusters, key=lambda each: each.name):
        is_now = flat(sops_keys(meshes.head, cluster))
        if was.get(cluster.name, is_now) != is_now:
            found[cluster.name] = (", ".join(was[cluster.name]), ", ".join(is_now))
    for names, (before, after) in together(found):
        yield MeshChange(
            names.subject, "recipients of Secrets", before, after, Impact.NONE,
            f"{names.listed}{_RECIPIENTS}", ("secrets", "sops"),
        )  # fmt: skip


def _of_controllers(
    meshes: Meshes, before: Inventory | None, after: Inventory | None
) -> Iterator[MeshChange]:
    """The key of the sealed-secrets controller of each cluster that is there before and after."""
    old, new = (inventory.sealing if inventory else {} for inventory in (before, after))
    for name in meshes.others():
        if name in old and name in new and old[name] != new[name]:
            was, is_now = (_controller(pem) for pem in (old[name], new[name]))
            if was != is_now:
                yield MeshChange(
                    name, "key of the sealed-secrets controller", was, is_now, Impact.NONE,
                    "only a controller with this key opens the Secrets that are sealed from now on",
                    ("secrets", "sealedSecrets"),
                )  # fmt: skip


def _controller(pem: bytes) -> str:
    # NOTE: imported where it is needed: it costs more than everything else of a review of a small mesh.
    from ..trust.seals.sealed_secrets import SealingError, digest, read_sealing_certificate

    try:
        return digest(read_sealing_certificate(pem).key).removeprefix("sha256:")[:_DIGEST]
    except SealingError as error:
        return f"a certificate that {error}"


def _of_store_outside(base: Mesh, head: Mesh) -> Iterator[MeshChange]:
    was, is_now = (_store_outside(mesh.secrets.external_secrets) for mesh in (base, head))
    if was != is_now:
        yield MeshChange(
            "mesh", "secrets.externalSecrets", was, is_now, Impact.NONE,
            "the private keys must be there before this is applied", ("secrets", "externalSecrets"),
        )  # fmt: skip


def _store_outside(external: Any) -> str:
    return f"{external.store.kind} {external.store.name}, {external.path}" if external else ""
