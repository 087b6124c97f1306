"""
`pki rotate --ca`: a new authority, in three steps.

etcd and Cilium read the authorities they trust only when they start, so a new authority is trusted
everywhere before anything is issued by it, and the old one is dropped when nothing of it is in use.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from posixpath import join

from . import layout
from .certificates import Certificate, read_certificates
from .chains import root_of
from .changes import Changes
from .layout import Phase, State
from .making import issue, needed, new_authority, signer
from .store import RefusedError, Store


class Step(StrEnum):
    """What is done to the authority."""

    TRUST = "trust"
    ISSUE = "issue"
    DROP = "drop"
    ABORT = "abort"


_NEXT = {
    Phase.STABLE: (Step.TRUST,),
    Phase.TRUST: (Step.ISSUE, Step.ABORT),
    Phase.ISSUE: (Step.DROP,),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """How many connections were verified, for every mix of clusters before and after the step."""

    edges: int
    broken: tuple[str, ...]


def rotate_authority(store: Store, step: Step) -> tuple[Changes, Proof]:
    """
    One step of the replacement, with the proof that clusters which lag it still connect.

    Raises:
        RefusedError: when there is no authority, it is not that step's turn, or a connection would break.

    """
    phase = store.state.phase
    _require_authorities(store)
    if step not in _NEXT[phase]:
        turn = " or ".join(_NEXT[phase])
        message = f"the authority is in phase {phase}, where the next step is {turn}, not {step}"
        raise RefusedError(message)
    changes = _step(store, step)
    proof = prove(store, changes)
    if proof.broken:
        count = f"{len(proof.broken)} connection{'s' * (len(proof.broken) > 1)}"
        message = f"{count} would break: {'; '.join(proof.broken[:3])}"
        raise RefusedError(message)
    return changes, proof


def _require_authorities(store: Store) -> None:
    if not store.has_authority:
        message = f"{store.mesh.tls.store} has no authority yet: meshgen pki init"
        raise RefusedError(message)
    for fault in store.inventory.faults:
        if fault.path.startswith(store.path("ca/")):
            message = f"{fault.path} {fault.reason or 'is missing'}; restore it from Git"
            raise RefusedError(message)


def _step(store: Store, step: Step) -> Changes:
    state = store.inventory.state
    if step is Step.TRUST:
        number = max(state.trusted) + 1
        kept = store.keep(layout.authority(number), new_authority(store, number), f"authority {number} made")
        turned = State(phase=Phase.TRUST, signing=state.signing, trusted=(state.signing, number))
        return kept.then(_state(store, turned)).then(_forget(store, turned))
    if step is Step.ISSUE:
        newest = max(state.trusted)
        changes = _state(store, State(phase=Phase.ISSUE, signing=newest, trusted=(newest, state.signing)))
        by = signer(store.after(changes))
        return issue(store, needed(store.mesh.clusters), by).then(changes)
    turned = State(signing=state.signing, trusted=(state.signing,))
    return _state(store, turned).then(_forget(store, turned))


def _forget(store: Store, state: State) -> Changes:
    """Authorities that are trusted no more are removed, their keys first."""
    folder = store.path("ca")
    kept = {str(number) for number in state.trusted}
    gone = [name for name in store.folder.names(folder) if _number(name) and _number(name) not in kept]
    return Changes(files={join(folder, name): None for name in sorted(gone, key=_is_certificate)})


def _number(name: str) -> str:
    """The authority that a file is of; empty for files of others."""
    number = name.partition(".")[0]
    return number if number.isdecimal() else ""


def _is_certificate(name: str) -> bool:
    return name.endswith(".crt")


def _state(store: Store, state: State) -> Changes:
    return Changes(files={store.path(layout.STATE): state.dump()}, notes=(f"phase {state.phase}",))


def prove(store: Store, changes: Changes) -> Proof:
    """
    Verify each connection, client to server and back, with either side before or after the changes.

    A side is a pool of trusted authorities and a certificate; each lags on its own, and so do a
    cluster's pool and its certificates, since the one is read at start and the other at each handshake.
    """
    sides = {"before": _side(store), "after": _side(store.after(changes))}
    leaves = {leaf.facts.fingerprint: leaf for side in sides.values() for leaf in side.leaves}
    broken = [
        f"a cluster {when} this step does not trust {leaf.facts.common_name}"
        for when, side in sides.items()
        for leaf in leaves.values()
        if root_of([leaf], side.pool) is None
    ]
    # Every certificate meets the pool of each cluster, before and after.
    return Proof(edges=len(leaves) * len(sides) * len(store.mesh.clusters), broken=tuple(broken))


@dataclass(frozen=True, slots=True)
class _Side:
    pool: Sequence[Certificate]
    leaves: Sequence[Certificate]


def _side(store: Store) -> _Side:
    inventory = store.inventory
    pool = read_certificates(inventory.bundle) if inventory.bundle else []
    return _Side(pool, [read_certificates(held.pem)[0] for held in inventory.held])
