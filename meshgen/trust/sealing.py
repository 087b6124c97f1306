"""Which private values keep their seals, and which get new ones."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from itertools import groupby
from typing import NamedTuple

from ..model import Mesh
from . import backends
from .inventory import Inventory
from .keyring import Keyring
from .lock import Lock, Place, Seal
from .recipients import are_those_of
from .sealed import SealedObject
from .wanting import Wanted, wanted

_CLOSED = "where an identity is at hand: meshgen build --identity FILE"
_OTHER = "restore the key from Git"


class Lacking(NamedTuple):
    """A private value that cannot be sealed here, or not be shown: why, and what helps."""

    place: Place
    reason: str
    help: str


@dataclass(frozen=True, kw_only=True)
class Seals:
    """
    The sealed values of a mesh.

    `objects` and `lock` are complete; `fresh` are the Secrets sealed just now; `plain` are private values
    for backend `plaintext`; `lacking` are those that are still to be sealed or shown; `rekeyed` are the
    clusters whose fresh Secrets are for another controller's key than those that the lock knows.
    """

    objects: Mapping[tuple[str, str], SealedObject] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)
    fresh: tuple[tuple[str, str], ...] = ()
    plain: Mapping[Place, bytes] = field(default_factory=dict, repr=False)
    lacking: tuple[Lacking, ...] = ()
    rekeyed: tuple[str, ...] = ()


def prepare(mesh: Mesh, inventory: Inventory, keyring: Keyring, today: date | None = None) -> Seals:
    """
    What the backend of a mesh needs of its private values.

    Raises:
        OSError: when sealing needs `sops`, and it is not there or fails.

    """
    match mesh.secrets.backend:
        case "external-secrets":
            return Seals()
        case "plaintext":
            return _reveal(mesh, inventory, keyring)
        case _:
            return _seal(mesh, inventory, keyring, today)


def _reveal(mesh: Mesh, inventory: Inventory, keyring: Keyring) -> Seals:
    plain: dict[Place, bytes] = {}
    lacking: list[Lacking] = []
    opened = cache(keyring.open)
    for want in wanted(mesh, inventory):
        value = opened(want.held.key_path)
        if value is None or want.held.key_matches is False:
            lacking.append(_closed(want, keyring))
        else:
            plain[want.place] = value
    return Seals(plain=plain, lacking=tuple(lacking))


def needs_identity(mesh: Mesh, inventory: Inventory) -> bool:
    """Whether every build has to open sealed keys, since it writes them in clear."""
    in_clear = mesh.secrets.backend == "plaintext"
    return in_clear and any(want.held.key_path.endswith(".age") for want in wanted(mesh, inventory))


def _closed(want: Wanted, keyring: Keyring) -> Lacking:
    if want.held.key_matches is False:
        reason = f"{want.held.key_path} does not belong to {want.held.path}"
        return Lacking(want.place, reason, _OTHER)
    why = "is opened by none of the identities" if keyring.opens else "is closed"
    return Lacking(want.place, f"{want.held.key_path} {why}", _CLOSED)


def _seal(mesh: Mesh, inventory: Inventory, keyring: Keyring, today: date | None) -> Seals:
    """
    Keep every seal whose public inputs are the same, and make the others from keys at hand.

    A Secret is sealed as a whole: one of its values needing a new seal renews them all.
    """
    objects: dict[tuple[str, str], SealedObject] = {}
    seals: dict[Place, Seal] = {}
    fresh: list[tuple[str, str]] = []
    lacking: list[Lacking] = []
    opened = cache(keyring.open)
    for name, group in groupby(wanted(mesh, inventory), key=_secret):
        values = list(group)
        sealed = _kept(mesh, inventory, values)
        if sealed is None:
            sound = [want for want in values if want.held.key_matches is not False]
            plain = {want.place[2]: opened(want.held.key_path) for want in sound}
            found = {key: value for key, value in plain.items() if value is not None}
            closed = [_closed(want, keyring) for want in values if want.place[2] not in found]
            if lacks := _hindered(mesh, inventory, values, today) or closed:
                lacking += lacks
                seals |= _former(values, inventory)
                continue
            sealed = backends.seal(mesh, inventory, values, found)
            fresh.append(name)
        objects[name] = sealed
        is_fresh = fresh[-1:] == [name]
        own = backends.controller(mesh, inventory, name[0]) if is_fresh else ""
        for want in values:
            controller = own if is_fresh else inventory.lock.seals[want.place].controller
            certificate = f"sha256:{want.held.facts.fingerprint}"
            seals[want.place] = Seal(want.fingerprint, sealed.digest, certificate, controller)
    return Seals(
        objects=objects,
        lock=Lock(seals=seals),
        fresh=tuple(fresh),
        lacking=tuple(lacking),
        rekeyed=_rekeyed(inventory.lock, seals, fresh),
    )


def _rekeyed(lock: Lock, seals: Mapping[Place, Seal], fresh: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    """The clusters of fresh seals that are for none of the controllers' keys that the lock has for them."""
    known: dict[str, set[str]] = {}
    for place, seal in lock.seals.items():
        if seal.controller:
            known.setdefault(place[0], set()).add(seal.controller)
    made = set(fresh)
    sealed = {place[0]: seal.controller for place, seal in seals.items() if place[:2] in made}
    return tuple(cluster for cluster, key in sealed.items() if key not in known.get(cluster, {key}))


def _secret(want: Wanted) -> tuple[str, str]:
    return want.place[:2]


def _kept(mesh: Mesh, inventory: Inventory, values: Sequence[Wanted]) -> SealedObject | None:
    """What the store holds for a Secret, where it is what is wanted and what the lock has."""
    sealed = inventory.sealed.get(_secret(values[0]))
    if sealed is None or sealed.backend != mesh.secrets.backend:
        return None
    if sealed.values.keys() != {want.place[2] for want in values}:
        return None
    if values[0].keys and not are_those_of(values[0].keys, sealed.envelope):
        return None
    locked = inventory.lock.seals
    kept = all(
        (seal := locked.get(want.place)) is not None
        and seal.fingerprint == want.fingerprint
        and seal.sealed == sealed.digest
        for want in values
    )
    return sealed if kept else None


def _hindered(
    mesh: Mesh, inventory: Inventory, values: Sequence[Wanted], today: date | None
) -> list[Lacking]:
    obstacle = backends.hindrance(mesh, inventory, values, today)
    return [Lacking(want.place, *obstacle) for want in values] if obstacle else []


def _former(values: Sequence[Wanted], inventory: Inventory) -> dict[Place, Seal]:
    """What the lock says of values that keep their outdated seal for now."""
    held = inventory.lock.seals
    return {want.place: held[want.place] for want in values if want.place in held}
