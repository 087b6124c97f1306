"""Changes of where certificates come from, of the authorities that are trusted, and of certificates."""

from collections.abc import Iterable, Iterator
from typing import Any

from ..model import Mesh
from ..trust.facts import CertificateFacts
from ..trust.inventory import Inventory
from .beside import Meshes
from .changes import Impact, MeshChange, Restarts, together

_FINGERPRINT = 16
"""Characters of a fingerprint that are shown, as `meshgen pki status` does."""

_WHOLE_MESH = "mesh"

Trusted = dict[str, tuple[CertificateFacts, ...]]
"""The authorities that the mesh has, or each cluster's own where it brings one."""


def trust_changes(meshes: Meshes, before: Inventory | None, after: Inventory | None) -> Iterator[MeshChange]:
    """
    Where certificates come from, whom the clusters trust, and what was issued.

    What is not known of one side, as keys that are not in Git, is said nothing of.
    """
    base, head = meshes.base.tls, meshes.head.tls
    if base.source != head.source:
        yield MeshChange(
            _WHOLE_MESH, "tls.source", base.source or "none", head.source or "none", Impact.RECONNECT,
            "certificates and their users are others: clusters with old and with new ones refuse each other "
            "unless both trust both authorities; let all trust both first, or change all at once",
            ("tls", "source"), meshes.files(),
        )  # fmt: skip
    if base.source == head.source == "in-cluster" and base.issuer != head.issuer:
        yield MeshChange(
            _WHOLE_MESH, "tls.issuer", _issuer(base.issuer), _issuer(head.issuer), Impact.RECONNECT,
            "certificates are signed anew: where the issuer has another authority, every cluster must trust "
            "both authorities first",
            ("tls", "issuer"),
        )  # fmt: skip
    told_below = bool(before and before.authorities and after and after.authorities)
    if "in-cluster" in {base.source, head.source} and base.ca_bundle != head.ca_bundle and not told_below:
        yield MeshChange(
            _WHOLE_MESH, "tls.caBundle", base.ca_bundle or "none", head.ca_bundle or "none", Impact.RECONNECT,
            "every cluster trusts what is in the new file: if the authority that signed a certificate in use "
            "is not in it, that cluster is refused",
            ("tls", "caBundle"), meshes.authorities(),
        )  # fmt: skip
    if before is not None and after is not None and base.source == head.source:
        yield from _authorities(meshes, before, after)
        yield from _certificates(meshes, before, after)


def _issuer(issuer: Any) -> str:
    return f"{issuer.kind} {issuer.name} of {issuer.group}"


def _authorities(meshes: Meshes, before: Inventory, after: Inventory) -> Iterator[MeshChange]:
    """Other authorities, and whether clusters that are a step behind still connect."""
    was, is_now = _trusted(meshes.base, before), _trusted(meshes.head, after)
    for subject in sorted(was.keys() & is_now.keys()):
        old, new = was[subject], is_now[subject]
        signs = [_in_use(inventory, of) for inventory, of in ((before, old), (after, new))]
        if {one.fingerprint for one in old} == {one.fingerprint for one in new} and signs[0] == signs[1]:
            continue
        broken = _breaks(old, new, *signs)
        restarts = Restarts() if old == new else _restarting(meshes, subject)
        yield MeshChange(
            subject, "authorities", _listed(old, signs[0]), _listed(new, signs[1]),
            Impact.RECONNECT if broken else restarts.impact,
            _BREAKS if broken else _step(old, new),
            ("tls",), restarts, "cut" if broken else None,
        )  # fmt: skip


def _restarting(meshes: Meshes, subject: str) -> Restarts:
    """What restarts when the authorities of a subject are others."""
    return meshes.authorities() if subject == _WHOLE_MESH else meshes.files(subject)


_BREAKS = (
    "clusters that do not have this yet refuse those that do, and the other way round: take the steps of "
    "`meshgen pki rotate --ca` (trust, issue, drop), each in a change of its own that is applied everywhere "
    "before the next one"
)


def _step(old: tuple[CertificateFacts, ...], new: tuple[CertificateFacts, ...]) -> str:
    """What a change is that leaves no cluster out."""
    if len(new) > len(old):
        return "trusted beside the one that signs: apply it everywhere before anything is signed by it"
    if len(new) < len(old):
        return "a cluster that does not have the change before this one yet cannot connect from now on"
    return "the other one signs from now on, and all clusters trust both"


def _trusted(mesh: Mesh, inventory: Inventory) -> Trusted:
    found: Trusted = {}
    for one in inventory.authorities:
        subject = _WHOLE_MESH if one.cluster is None else mesh.clusters[one.cluster].name
        found[subject] = (*found.get(subject, ()), one.facts)
    return found


def _in_use(inventory: Inventory, trusted: Iterable[CertificateFacts]) -> set[str]:
    """The public keys of those that signed certificates; empty where certificates are made in clusters."""
    keys = {one.fingerprint: one.public_key for one in trusted}
    return {keys[one.facts.issuer] for one in inventory.held if one.facts.issuer in keys}


def _breaks(
    old: tuple[CertificateFacts, ...],
    new: tuple[CertificateFacts, ...],
    signed_before: set[str],
    signed_after: set[str],
) -> bool:
    """
    Whether a cluster before the change and one after it refuse each other.

    An authority with the same key verifies what the one before it signed. Where it is not known who
    signed anything, one that both trust may have.
    """
    keys_before, keys_after = ({one.public_key for one in side} for side in (old, new))
    if not signed_before and not signed_after:
        return not keys_before & keys_after
    return not (signed_before <= keys_after and signed_after <= keys_before)


def _listed(authorities: tuple[CertificateFacts, ...], signing: set[str]) -> str:
    return ", ".join(
        f"{one.common_name or 'no name'} ({one.fingerprint[:_FINGERPRINT]}"
        + (", signs)" if one.public_key in signing and len(authorities) > 1 else ")")
        for one in authorities
    )


def _certificates(meshes: Meshes, before: Inventory, after: Inventory) -> Iterator[MeshChange]:
    """Certificates that are others, of clusters that have any before and after."""
    was, is_now = _issued(meshes.base, before), _issued(meshes.head, after)
    changed: dict[str, tuple[str, str]] = {}
    for name in sorted(was.keys() & is_now.keys()):
        old, new = was[name], is_now[name]
        roles = [
            role
            for role in dict.fromkeys((*old, *new))
            if role not in old or role not in new or old[role].fingerprint != new[role].fingerprint
        ]
        if roles:
            changed[name] = (_ends(old, roles), _ends(new, roles))
    for names, (old_ends, new_ends) in together(changed):
        restarts = meshes.certificates(names.names)
        yield MeshChange(
            names.subject, "certificates", old_ends, new_ends and f"new, {new_ends}", restarts.impact,
            f"{names.listed}read at each handshake: connections that stand go on", ("tls",), restarts,
        )  # fmt: skip


def _issued(mesh: Mesh, inventory: Inventory) -> dict[str, dict[str, CertificateFacts]]:
    """The certificates of each cluster by their role."""
    found: dict[str, dict[str, CertificateFacts]] = {}
    for one in inventory.held:
        found.setdefault(mesh.clusters[one.cluster].name, {})[str(one.role)] = one.facts
    return found


def _ends(issued: dict[str, CertificateFacts], roles: Iterable[str]) -> str:
    """Until when certificates are valid, those together that end on the same day."""
    days: dict[str, list[str]] = {}
    for role in roles:
        if role in issued:
            days.setdefault(str(issued[role].not_after.date()), []).append(role)
    return "; ".join(f"{', '.join(of)} until {day}" for day, of in days.items())
