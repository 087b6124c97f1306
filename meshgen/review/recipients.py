"""Changes of who can open the private keys of a mesh."""

from collections.abc import Iterator
from typing import Any

from ..location import SourcePath
from ..model import Cluster, Mesh
from ..trust.inventory import Inventory
from ..trust.recipients import flat, sops_keys, store_recipients
from .beside import Meshes
from .changes import Impact, MeshChange, together

_DIGEST = 16

Recipients = tuple[str, ...]

_AGAIN = "still opens what Git has from before, until the certificates are renewed"


def recipient_changes(
    meshes: Meshes, before: Inventory | None, after: Inventory | None
) -> Iterator[MeshChange]:
    """How Secrets are kept, for whom those of each cluster are sealed, and for whom the store is."""
    base, head = meshes
    if not all(mesh.tls.source in _WITH_KEYS for mesh in meshes):
        return
    was, is_now = base.secrets.backend, head.secrets.backend
    if was != is_now:
        yield MeshChange(
            "mesh", "secrets.backend", was, is_now, Impact.NONE,
            _IN_CLEAR if is_now == "plaintext" else _BY_ANOTHER, ("secrets", "backend"),
        )  # fmt: skip
    elif was == "sealed-secrets":
        yield from _of_controllers(meshes, before, after)
    elif was == "external-secrets":
        yield from _of_store_outside(base, head)
    yield from _of_secrets(meshes)
    store = store_recipients(base), store_recipients(head)
    if store[0] != store[1] and all(map(_has_store, meshes)):
        yield MeshChange(
            "mesh", "recipients of the store", ", ".join(store[0]), ", ".join(store[1]), Impact.NONE,
            _told(*store, can="can open keys that are made from now on"), ("tls", "storeRecipients"),
        )  # fmt: skip


_BY_ANOTHER = "the Secrets are applied in another way: what makes them of it must be in every cluster first"
_IN_CLEAR = (
    "the private keys are written in clear beside mesh.yaml, and never into the tree: people apply them, "
    "and no GitOps tool does"
)

_WITH_KEYS = ("generate", "files")
"""Where keys are not made in the clusters."""


def _has_store(mesh: Mesh) -> bool:
    """Whether keys lie in the store: plain files stay where they are."""
    return mesh.tls.source == "generate" or mesh.secrets.backend != "plaintext"


def _told(before: tuple[str, ...], after: tuple[str, ...], *, can: str) -> str:
    """Who is new, and who is left out."""
    new, gone = sorted({*after} - {*before}), sorted({*before} - {*after})
    said = [
        (new, f"new is {', '.join(new)}, who {can}"),
        (gone, f"left out is {', '.join(gone)}, who {_AGAIN}"),
    ]
    return "; ".join(text for names, text in said if names)


def _of_secrets(meshes: Meshes) -> Iterator[MeshChange]:
    """Recipients of the Secrets of clusters that are there before and after."""
    was = {cluster.name: _openers(meshes.base, cluster) for cluster in meshes.base.clusters}
    found: dict[str, tuple[Recipients, Recipients]] = {}
    for cluster in meshes.head.clusters:
        is_now = _openers(meshes.head, cluster)
        if was.get(cluster.name, is_now) != is_now:
            found[cluster.name] = (was[cluster.name], is_now)
    for names, (before, after) in together(found):
        told = _told(before, after, can="can open the private keys from now on")
        yield MeshChange(
            names.subject, "recipients of Secrets", ", ".join(before), ", ".join(after), Impact.NONE,
            f"{names.listed}{told}", _where(meshes, names.names), together=names.several,
        )  # fmt: skip


def _openers(mesh: Mesh, cluster: Cluster) -> Recipients:
    """Who can open what a cluster applies; nobody where that is not sealed for recipients."""
    return flat(sops_keys(mesh, cluster)) if mesh.secrets.backend == "sops" else ()


def _where(meshes: Meshes, names: tuple[str, ...]) -> SourcePath:
    """Where recipients are written: at a cluster that has others of its own than before, if it is one."""
    own = [{each.name: each.recipients for each in mesh.clusters} for mesh in meshes]
    if len(names) == 1 and own[0][names[0]] != own[1][names[0]]:
        return ("clusters", list(own[1]).index(names[0]), "recipients")
    return ("secrets", "sops")


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
