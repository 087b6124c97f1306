"""Changes of where certificates come from, of the authorities that are trusted, and of certificates."""

from collections.abc import Iterable, Iterator
from typing import Any

from ..model import Mesh
from ..trust.facts import CertificateFacts
from ..trust.inventory import Inventory
from ..trust.layout import Phase
from .beside import Meshes
from .changes import NOTHING, Impact, MeshChange, Restarts, together

_FINGERPRINT = 16
"""Characters of a fingerprint that are shown, as `meshgen pki status` does."""

_WHOLE_MESH = "mesh"

Trusted = dict[str, tuple[CertificateFacts, ...]]
"""The authorities that the mesh has, or each cluster's own where it brings one."""

Signer = tuple[str, str]
"""What a certificate is verified with: the name and the public key of an authority."""


def trust_changes(meshes: Meshes, before: Inventory | None, after: Inventory | None) -> Iterator[MeshChange]:
    """
    Where certificates come from, whom the clusters trust, and what was issued.

    What is not known of one side, as keys that are not in Git, is said nothing of.
    """
    base, head = meshes.base.tls, meshes.head.tls
    if base.source != head.source:
        broken = _refuse_each_other(meshes, before, after)
        yield MeshChange(
            _WHOLE_MESH, "tls.source", base.source or NOTHING, head.source or NOTHING, Impact.RECONNECT,
            "certificates and their users are others: clusters with old and with new ones refuse each other "
            "unless both trust both authorities; let all trust both first, or change all at once",
            ("tls", "source"), _of_source(meshes, before, after), "cut" if broken else None,
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
            _WHOLE_MESH, "tls.caBundle", base.ca_bundle or NOTHING, head.ca_bundle or NOTHING,
            Impact.RECONNECT,
            "every cluster trusts what is in the new file: if the authority that signed a certificate in use "
            "is not in it, that cluster is refused",
            ("tls", "caBundle"), meshes.authorities(),
        )  # fmt: skip
    if before is not None and after is not None and base.source == head.source:
        yield from _authorities(meshes, before, after)
        yield from _certificates(meshes, before, after)


def _issuer(issuer: Any) -> str:
    return f"{issuer.kind} {issuer.name} of {issuer.group}"


def _of_source(meshes: Meshes, before: Inventory | None, after: Inventory | None) -> Restarts:
    """What restarts with another source: whoever reads the files of peers, or authorities, at its start."""
    was, is_now = (inventory.bundle if inventory else b"" for inventory in (before, after))
    return meshes.files().joined(meshes.authorities()) if was != is_now else meshes.files()


def _refuse_each_other(meshes: Meshes, before: Inventory | None, after: Inventory | None) -> bool:
    """Whether clusters do on either side of another source; False where that is not known of both."""
    if before is None or after is None:
        return False
    was, is_now = _trusted(meshes.base, before), _trusted(meshes.head, after)
    sides = ((_of_cluster(was, name), _of_cluster(is_now, name), before, after) for name in meshes.others())
    return any(
        _breaks(old, new, _in_use(inventory, old), _in_use(later, new))
        for old, new, inventory, later in sides
        if old and new
    )


def _of_cluster(trusted: Trusted, name: str) -> tuple[CertificateFacts, ...]:
    """Those that the certificates of a cluster are verified with."""
    return trusted.get(name, trusted.get(_WHOLE_MESH, ()))


def _authorities(meshes: Meshes, before: Inventory, after: Inventory) -> Iterator[MeshChange]:
    """Other authorities, and whether clusters that are a step behind still connect."""
    was, is_now = _trusted(meshes.base, before), _trusted(meshes.head, after)
    given_up = (before.state.phase, after.state.phase) == (Phase.TRUST, Phase.STABLE)
    for subject in sorted(was.keys() & is_now.keys()):
        old, new = was[subject], is_now[subject]
        signs = _in_use(before, old), _in_use(after, new)
        if old == new and signs[0] == signs[1]:
            continue
        broken = _breaks(old, new, *signs)
        restarts = Restarts() if old == new else _restarting(meshes, subject)
        steps = _steps(old, new, moved=signs[0] != signs[1], given_up=given_up)
        yield MeshChange(
            subject, "authorities", _listed(old, signs[0]), _listed(new, signs[1]),
            Impact.RECONNECT if broken else restarts.impact,
            _BREAKS if broken else "; ".join(steps),
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


def _steps(
    old: tuple[CertificateFacts, ...], new: tuple[CertificateFacts, ...], *, moved: bool, given_up: bool
) -> Iterator[str]:
    """What a change is made of that leaves no cluster out; with `given_up`, what goes has signed nothing."""
    were, are = {_signer(one) for one in old}, {_signer(one) for one in new}
    if are - were:
        yield "trusted beside the one that signs: apply it everywhere before anything is signed by it"
    if moved:
        yield "the other one signs from now on, and all clusters trust both"
    if were - are:
        yield (
            "nothing was signed by the one that goes, so no cluster is left out"
            if given_up
            else "a cluster that does not have the change before this one yet cannot connect from now on"
        )
    if were == are and not moved:
        yield "of the same name and key as before: what they signed is accepted by clusters with either"


def _signer(authority: CertificateFacts) -> Signer:
    return authority.common_name, authority.public_key


def _trusted(mesh: Mesh, inventory: Inventory) -> Trusted:
    found: Trusted = {}
    for one in inventory.authorities:
        subject = _WHOLE_MESH if one.cluster is None else mesh.clusters[one.cluster].name
        found[subject] = (*found.get(subject, ()), one.facts)
    return found


def _in_use(inventory: Inventory, trusted: Iterable[CertificateFacts]) -> set[Signer]:
    """Those that signed certificates; empty where certificates are made in clusters."""
    signers = {one.fingerprint: _signer(one) for one in trusted}
    return {signers[one.facts.issuer] for one in inventory.held if one.facts.issuer in signers}


def _breaks(
    old: tuple[CertificateFacts, ...],
    new: tuple[CertificateFacts, ...],
    signed_before: set[Signer],
    signed_after: set[Signer],
) -> bool:
    """
    Whether a cluster before the change and one after it refuse each other.

    An authority with the same name and key verifies what the one before it signed. Where it is not known
    who signed anything, one that both trust may have.
    """
    before, after = ({_signer(one) for one in side} for side in (old, new))
    if not signed_before and not signed_after:
        return not before & after
    return not (signed_before <= after and signed_after <= before)


def _listed(authorities: tuple[CertificateFacts, ...], signing: set[Signer]) -> str:
    return ", ".join(
        f"{one.common_name or 'no name'} ({one.fingerprint[:_FINGERPRINT]}"
        + (", signs)" if _signer(one) in signing and len(authorities) > 1 else ")")
        for one in authorities
    )


_READ = "at each handshake"


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
        read = "by these agents when they start, and else at each handshake" if restarts.agents else _READ
        yield MeshChange(
            names.subject, "certificates", old_ends, new_ends and f"new, {new_ends}", restarts.impact,
            f"{names.listed}read {read}: connections that stand go on", ("tls",), restarts,
            together=names.several,
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
