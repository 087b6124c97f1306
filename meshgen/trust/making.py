"""`pki init` and `pki issue`: the mesh's authority, and certificates for its clusters."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter

from ..cilium.profile import Role
from ..model import Cluster
from . import layout, naming
from .certificates import UnreadablePemError, public_key_digest, read_private_key
from .changes import Changes
from .issuing import Issuer, Pair, Subject, UnfitAuthorityError, make_authority
from .store import RefusedError, Store


def days(text: str) -> int:
    """A duration of mesh.yaml in days."""
    return int(text.removesuffix("d"))


def new_authority(store: Store, number: int) -> Pair:
    """A fresh authority, named for the mesh and its number."""
    return make_authority(
        f"{store.mesh.name} mesh CA {number}",
        algorithm=store.mesh.tls.algorithm,
        start=store.now,
        days=days(store.mesh.tls.validity.ca),
    )


def signer(store: Store) -> Issuer:
    """
    The authority that signs, with its key.

    Raises:
        RefusedError: when there is none, it has expired, or its key cannot be opened, is another, or is
            one that clients refuse.

    """
    path = store.path(layout.authority(store.state.signing))
    authority = next((one for one in store.inventory.authorities if one.path == path), None)
    certificate = store.folder.read(path)
    if certificate is None:
        message = f"{path} is missing: meshgen pki init"
        raise RefusedError(message)
    if authority is None:
        message = f"{path} holds no certificate that can be read; restore it from Git"
        raise RefusedError(message)
    if authority.facts.not_after <= store.now:
        ended = f"{authority.facts.not_after:%Y-%m-%d}"
        message = f"{path} expired on {ended}; replace it: meshgen pki rotate --ca trust"
        raise RefusedError(message)
    key_path = layout.key_of(path, authority.facts.public_key)
    key = _key(store, key_path)
    if _public_key(key_path, key) != authority.facts.public_key:
        message = f"{key_path} does not belong to {path}; restore it from Git"
        raise RefusedError(message)
    try:
        return Issuer(Pair(certificate, key))
    except UnfitAuthorityError as error:
        message = f"{path} {error}; replace it: meshgen pki rotate --ca trust"
        raise RefusedError(message) from None


def _public_key(path: str, key: bytes) -> str:
    try:
        return public_key_digest(read_private_key(key).public_key())
    except UnreadablePemError as error:
        message = (
            f"{path} {error}; restore it from Git, or replace the authority: meshgen pki rotate --ca trust"
        )
        raise RefusedError(message) from None


def _key(store: Store, path: str) -> bytes:
    if store.folder.read(path) is None:
        message = f"{path} is missing; restore it, or replace the authority: meshgen pki rotate --ca trust"
        raise RefusedError(message)
    key = store.keyring.open(path)
    if key is None and store.identities:
        message = f"{path} is opened by none of the identities given"
        raise RefusedError(message)
    if key is None:
        message = f"{path} cannot be opened: give an identity with --identity, or SOPS_AGE_KEY_FILE"
        raise RefusedError(message)
    return key


def issue(store: Store, wanted: Iterable[tuple[Cluster, Role]], by: Issuer) -> Changes:
    """Fresh keys and certificates of clusters, those of one together; a line is told of each cluster."""
    return Changes().then(
        *(
            step
            for cluster, roles in groupby(wanted, itemgetter(0))
            for step in _of_cluster(store, cluster, [role for _, role in roles], by)
        )
    )


def _of_cluster(store: Store, cluster: Cluster, roles: list[Role], by: Issuer) -> Iterator[Changes]:
    yield from (_issued(store, cluster, role, by) for role in roles)
    several = "certificates" if len(roles) > 1 else "certificate"
    yield Changes(notes=(f"{cluster.name}: {', '.join(roles)} {several} issued",))


def _issued(store: Store, cluster: Cluster, role: Role, by: Issuer) -> Changes:
    subject = Subject(
        common_name=naming.common_name(cluster, role),
        names=naming.names(store.mesh, cluster, role),
        addresses=naming.addresses(cluster, role),
        usages=naming.USAGES[role],
    )
    tls = store.mesh.tls
    pair = by.issue(subject, algorithm=tls.algorithm, start=store.now, days=days(tls.validity.leaf))
    return store.keep(layout.certificate(cluster.name, role), pair)


def needed(clusters: Iterable[Cluster]) -> list[tuple[Cluster, Role]]:
    """Every certificate that clusters need."""
    return [(cluster, role) for cluster in clusters for role in naming.roles(cluster)]


def missing(store: Store) -> list[tuple[Cluster, Role]]:
    """The certificates that the store lacks, or whose key it lacks."""
    lost = {fault.path for fault in store.inventory.faults}
    have = {
        (store.mesh.clusters[held.cluster].name, held.role)
        for held in store.inventory.held
        if not {held.path, held.key_path} & lost
    }
    return [
        (cluster, role) for cluster, role in needed(store.mesh.clusters) if (cluster.name, role) not in have
    ]
