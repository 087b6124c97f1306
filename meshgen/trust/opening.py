"""What sealed values hold, for whom an identity opens them."""

from base64 import b64decode
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from ..model import Mesh
from .certificates import UnreadablePemError, public_key_digest, read_private_key
from .inventory import Held, Inventory, Misfit
from .private_keys import PATTERNS
from .recipients import age_recipients
from .sealed import SealedObject
from .seals.age import Identity
from .seals.sops import STANZA, ClosedError, SopsError, decrypt
from .wanting import Wanted, wanted


def misfits(mesh: Mesh, inventory: Inventory, identities: Sequence[Identity]) -> Iterator[Misfit]:
    """
    Sealed values that do not hold the key of their certificate, although the lock says so.

    Those that are sealed for others than the identities, or for keys of services, are not opened.
    """
    if not identities:
        return
    for name, group in groupby(wanted(mesh, inventory), key=lambda want: want.place[:2]):
        sealed = inventory.sealed.get(name)
        values = [want for want in group if _is_locked(want, inventory)]
        if sealed is None or not values or values[0].keys.keys() != {"age"}:
            continue
        opened = _opened(sealed, identities)
        if opened is not None:
            for want in values:
                if not _holds(opened.get(want.place[2]), want.held):
                    yield Misfit(want.held.cluster, want.place, want.held.path)


def _is_locked(want: Wanted, inventory: Inventory) -> bool:
    """Whether the lock has a seal for just this; one that is to be renewed may hold a former key."""
    seal = inventory.lock.seals.get(want.place)
    return seal is not None and seal.fingerprint == want.fingerprint


def _opened(sealed: SealedObject, identities: Sequence[Identity]) -> Mapping[str, Any] | None:
    """The values, of which none is sound where opening fails; None where it is for others to open."""
    if sealed.envelope.get("encrypted_regex") not in PATTERNS:
        # NOTE: a pattern of somebody else could take for ever; meshgen writes only these.
        return {}
    document = {"data": dict(sealed.values), STANZA: dict(sealed.envelope)}
    try:
        values: Mapping[str, Any] = decrypt(document, identities)["data"]
    except ClosedError:
        mine = {identity.recipient for identity in identities}
        return None if mine.isdisjoint(age_recipients(sealed.envelope)) else {}
    except SopsError:
        return {}
    return values


def _holds(value: Any, held: Held) -> bool:
    try:
        key = read_private_key(b64decode(value, validate=True), proven=False)
    except (UnreadablePemError, ValueError, TypeError):
        return False
    return public_key_digest(key.public_key()) == held.facts.public_key
