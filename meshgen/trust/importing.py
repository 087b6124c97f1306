"""`pki import`: the guide's `config/`, or an authority that exists already."""

from collections.abc import Iterator
from posixpath import join

from cryptography import x509

from ..model import Cluster
from ..redaction import private_key_in
from . import layout, naming
from .certificates import (
    Certificate,
    UnreadablePemError,
    extension,
    public_key_digest,
    read_certificates,
    read_private_key,
)
from .chains import is_understood, permits
from .changes import Changes
from .facts import Usage
from .issuing import Pair
from .making import needed
from .objects import CA, CERTIFICATE, CONFIG, KEY
from .seals.age import lock
from .store import RefusedError, Store

_PUBLIC = (CONFIG, CA, CERTIFICATE)


def import_files(store: Store, source: str) -> Changes:
    """
    What the guide's extract script left, into the store: keys sealed, everything else in clear.

    Raises:
        RefusedError: when a file of a cluster is missing or not what its name says, or nobody could
            open the keys.

    """
    imported = (_imported(store, source, cluster) for cluster in store.mesh.clusters)
    told = (
        f"{len(store.mesh.clusters)} clusters imported from {source}",
        f"{source} holds their keys in clear text: delete it once nothing else needs it",
    )
    return Changes().then(*imported, Changes(notes=told))


def _imported(store: Store, source: str, cluster: Cluster) -> Changes:
    key = _read(store, source, cluster.name + KEY)
    public = {name: _read(store, source, name) for name in (cluster.name + end for end in _PUBLIC)}
    for name, content in public.items():
        if private_key_in(content):
            message = (
                f"{join(source, name)} holds a private key, which belongs into {cluster.name}{KEY} alone"
            )
            raise RefusedError(message)
    _require_pair(source, cluster.name, public[cluster.name + CERTIFICATE], key)
    path = store.path(layout.imported(f"{cluster.name}{KEY}.age"))
    files: dict[str, bytes | None] = {path: lock(key, store.recipients).encode("ascii")}
    files |= {store.path(layout.imported(name)): content for name, content in public.items()}
    return Changes(files=files, made={path: key})


def _read(store: Store, source: str, name: str) -> bytes:
    path = join(source, name)
    content = store.folder.read(path)
    if content is None:
        message = f"{path} is missing"
        raise RefusedError(message)
    return content


def _require_pair(source: str, cluster: str, certificate: bytes, key: bytes) -> None:
    path, key_path = (join(source, cluster + end) for end in (CERTIFICATE, KEY))
    if _certificate(path, certificate).facts.public_key != _public_key(key_path, key):
        message = f"the key {key_path} does not belong to {path}"
        raise RefusedError(message)


def _certificate(path: str, content: bytes) -> Certificate:
    try:
        return read_certificates(content)[0]
    except UnreadablePemError as error:
        message = f"{path} {error}"
        raise RefusedError(message) from None


def _public_key(path: str, content: bytes) -> str:
    try:
        return public_key_digest(read_private_key(content).public_key())
    except UnreadablePemError as error:
        message = f"{path} {error}"
        raise RefusedError(message) from None


def import_authority(store: Store, pair: Pair, paths: tuple[str, str]) -> Changes:
    """
    An authority that exists already, as the mesh's first; `paths` are how its files are called.

    Raises:
        RefusedError: when it cannot sign for the mesh, or the store has an authority.

    """
    certificate = _certificate(paths[0], pair.certificate)
    if certificate.facts.public_key != _public_key(paths[1], pair.key):
        message = f"the key {paths[1]} does not belong to {paths[0]}"
        raise RefusedError(message)
    if reason := next(_hindrances(store, certificate), None):
        message = f"{paths[0]} cannot sign for this mesh: {reason}"
        raise RefusedError(message)
    # NOTE: what else is in the file is left behind: further authorities would be trusted, keys be shown.
    return store.begin(Pair(certificate.pem, pair.key), "authority imported")


def _hindrances(store: Store, certificate: Certificate) -> Iterator[str]:
    facts = certificate.facts
    if not facts.is_authority:
        yield f"the certificate {facts.common_name!r} is not an authority's"
    if not facts.not_before.date() <= store.now.date() <= facts.not_after.date():
        yield f"it is valid from {facts.not_before:%Y-%m-%d} to {facts.not_after:%Y-%m-%d}"
    if weak := facts.weaknesses:
        yield f"clients refuse {' and '.join(weak)}"
    if not all(map(facts.allows, Usage)):
        yield "it is for servers or clients alone"
    if not is_understood(certificate):
        yield "clients do not know a critical extension of it"
    yield from _forbidden_names(store, extension(certificate.parsed, x509.NameConstraints))


def _forbidden_names(store: Store, constraints: x509.NameConstraints | None) -> Iterator[str]:
    for cluster, role in needed(store.mesh.clusters):
        for name in naming.names(store.mesh, cluster, role):
            if constraints is not None and not permits(constraints, name):
                yield f"its name constraints do not permit {name}"
