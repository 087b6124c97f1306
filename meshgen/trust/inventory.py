"""What TLS material a mesh has, as facts that checks can judge; made by `reading`."""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from ..cilium.profile import Role
from .etcd_config import EtcdConfig
from .facts import CertificateFacts
from .layout import State
from .lock import LOCK, Lock, Place
from .sealed import SealedObject


class Lack(StrEnum):
    """What is wrong with a file before anything in it can be judged."""

    MISSING = "missing"
    UNREADABLE = "unreadable"


class Fault(NamedTuple):
    """A file that cannot be used; `cluster` is None where it belongs to the whole mesh."""

    cluster: int | None
    path: str
    lack: Lack
    reason: str = ""


class Authority(NamedTuple):
    """
    A certificate that signs others; `cluster` is None for the mesh's own.

    `key_path` is empty where its key is not in the store; `key_matches` is None where that was not opened.
    """

    cluster: int | None
    path: str
    facts: CertificateFacts
    key_path: str = ""
    key_matches: bool | None = None


class Held(NamedTuple):
    """
    A certificate of a cluster.

    `facts.issuer` is the trusted authority that it leads to, if any, by way of the intermediates
    `between`; `key_matches` is None where the
    key was not opened.
    """

    cluster: int
    role: Role
    path: str
    pem: bytes
    facts: CertificateFacts
    key_path: str
    key_matches: bool | None
    between: tuple[CertificateFacts, ...] = ()


class Entry(NamedTuple):
    """A file of the guide's layout that is an etcd configuration."""

    cluster: int
    path: str
    config: EtcdConfig


class Misfit(NamedTuple):
    """A sealed value that does not hold the key of the certificate at `path`, which its Secret has."""

    cluster: int
    place: Place
    path: str


class Inventory(NamedTuple):
    """
    Everything that was found.

    `bundle` is the PEM of the trusted authorities; `files` the guide's layout by name (source files);
    `strangers` are entries for clusters that the mesh does not have; `unsealed` are private keys in
    clear where only sealed ones belong; `opening` tells that there were identities to open keys with;
    `sealing` are the controllers' certificates by cluster;
    `tampered` are the Secrets (by cluster and name) whose sealed values are not those that the lock has;
    `misfits` is told only with an identity.
    """

    state: State = State()
    authorities: tuple[Authority, ...] = ()
    bundle: bytes = b""
    held: tuple[Held, ...] = ()
    entries: tuple[Entry, ...] = ()
    files: Mapping[str, bytes] = MappingProxyType({})
    sealed: Mapping[tuple[str, str], SealedObject] = MappingProxyType({})
    lock: Lock = Lock()
    sealing: Mapping[str, bytes] = MappingProxyType({})
    faults: tuple[Fault, ...] = ()
    strangers: tuple[str, ...] = ()
    unsealed: tuple[str, ...] = ()
    opening: bool = False
    tampered: tuple[tuple[str, str], ...] = ()
    misfits: tuple[Misfit, ...] = ()

    def __repr__(self) -> str:
        # NOTE: files may hold private keys in clear.
        return f"Inventory({len(self.held)} certificates)"

    @property
    def certificates(self) -> Iterator[Authority | Held]:
        """Every certificate, authorities first."""
        yield from self.authorities
        yield from self.held

    @property
    def unlocked(self) -> bool:
        """Whether there are sealed values, and no lock; one that is damaged is there."""
        damaged = any(fault.path == LOCK for fault in self.faults)
        return bool(self.sealed) and not self.lock.seals and not damaged


def certificates(inventory: Inventory | None) -> Iterator[Held]:
    """Every certificate of a cluster; none where there is no material."""
    if inventory is not None:
        yield from inventory.held
