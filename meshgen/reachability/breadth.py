"""Rules whose other side is everybody."""

from collections.abc import Iterator

from ..engine.cilium_policies import V6
from ..engine.domains import EVERY, domain
from ..engine.entries import Entry, ObjectPath
from ..engine.semantics import semantics
from ..engine.vocabulary import CIDR_SETS, CIDRS, ENTITIES
from ..location import SourcePath
from ..model.policy import Allow
from ..model.reference import Kind, Reference, Scope
from ..policy.compilation import Policies
from .actors import span_of
from .picture import Picture
from .written import Written, rules_of

_WHOLE = {(0, V6 - 1), (V6, V6 + (1 << 128) - 1)}


def broad_references(policies: Policies) -> Iterator[tuple[SourcePath, str]]:
    """The sides of rules in mesh.yaml that are everybody, and what to say of each."""
    clusters = policies.directory.clusters.values()
    deep = any(semantics(cluster.cilium.version).deep_domains for cluster in clusters)
    for index, rule in enumerate(policies.rules):
        if rule.allow:
            for key, reference in (("from", rule.allow.from_), ("to", rule.allow.to)):
                whom = _everybody(reference, rule.allow, deep=deep)
                if whom:
                    at: SourcePath = ("policy", "rules", index, "allow", key)
                    yield at, f"{reference.text} of the rule {rule.name} is {whom}"


def _everybody(reference: Reference, allow: Allow, *, deep: bool) -> str:
    """Whom a reference is for, if that is everybody; `deep` tells that `**` is every name somewhere."""
    if reference.kind is Kind.ENTITY and reference.name == "all":
        return "everybody, the world included"
    if reference.block is not None and span_of(reference) in _WHOLE:
        return "every address outside the mesh"
    if reference.kind is Kind.FQDN and domain(reference.name, deep=deep) == EVERY:
        return "every name outside the mesh"
    everywhere = reference.where is not None and reference.where.scope is Scope.ALL
    if reference.kind is Kind.ANY and everywhere and not allow.ports:
        return "every pod of every cluster, at every port"
    return ""


def broad_entries(picture: Picture) -> Iterator[tuple[Written, ObjectPath, str]]:
    """The rules of files that allow everybody, the part that does, and what to say of it."""
    for written, entry in rules_of(picture.written):
        if not entry.deny:
            for path, whom in _broad(picture, written, entry):
                yield written, path, f"a rule of {written.told} is for {whom}"


def _broad(picture: Picture, written: Written, entry: Entry) -> Iterator[tuple[ObjectPath, str]]:
    peers, key = entry.peers, written.peer_key(entry)
    if peers.anyone and not key:
        yield entry.path, "everybody, the world included, since it names no peer"
    if () in peers.others:
        yield (*entry.path, ENTITIES[entry.direction]), "everybody, the world included"
    if _WHOLE & set(peers.addresses):
        cidr = key if key in {CIDRS[entry.direction], CIDR_SETS[entry.direction]} else ""
        yield (*entry.path, *filter(None, (cidr,))), "every address outside the mesh"
    if "*" in peers.domains:
        yield (*entry.path, key), "every name outside the mesh"
    if entry.grants is None and len(picture.universe.of_cluster) > 1:
        for (path, _), selector in zip(written.peers(entry), peers.endpoints, strict=False):
            if not picture.pods & ~picture.universe.matching(selector):
                yield path, "every pod of every cluster, at every port"
