"""Facts of clusters into a draft: mesh-wide where all agree, at the cluster where they do not."""

from collections import Counter
from collections.abc import Sequence

from .differences import same
from .drafting import MISSING, Draft, rank, written_at
from .found import Fact, Found, Path
from .marks import REQUIRED, guessed, missing


def settle(draft: Draft, clusters: Sequence[Found]) -> None:
    """Write every fact that is not there yet."""
    indexes = [draft.index(found.name) for found in clusters]
    _mesh_wide(draft, clusters)
    for index, found in zip(indexes, clusters, strict=True):
        version = Fact(found.version)
        if found.version and draft.differs(draft.effective(index), ("cilium", "version"), version):
            draft.set(("clusters", index, "cilium", "version"), found.version)
        for path, fact in sorted(found.facts.items(), key=lambda item: rank(item[0])):
            if draft.differs(draft.effective(index), path, fact):
                draft.set(("clusters", index, *path), fact.value, guessed(fact.guess))


def _mesh_wide(draft: Draft, clusters: Sequence[Found]) -> None:
    domain, limit = _most_common(clusters, "domain"), _most_common(clusters, "limit")
    wanted: dict[Path, object] = {("domain",): domain, ("cilium", "maxConnectedClusters"): limit}
    for path, value in wanted.items():
        if value and draft.differs(draft.data, path, Fact(value)):
            draft.set(path, value)
    _version(draft, clusters)
    described = [found for found in clusters if found.whole]
    if len(draft.clusters) != len(clusters) or not described:
        return
    for path, fact in sorted(described[0].facts.items()):
        agreed = all(same(_known(found, path), fact.value) for found in described)
        if path[0] == "cilium" and agreed and draft.differs(draft.data, path, fact):
            draft.set(path, fact.value)


def _known(found: Found, path: Path) -> object:
    fact = found.facts.get(path)
    return MISSING if fact is None else fact.value


def _most_common(clusters: Sequence[Found], key: str) -> object:
    told = Counter(value for found in clusters if (value := getattr(found, key)))
    return told.most_common(1)[0][0] if told else None


def _version(draft: Draft, clusters: Sequence[Found]) -> None:
    """The version that most have, where none is written or all have moved on from that."""
    version = _most_common(clusters, "version")
    written = written_at(draft.data, "cilium", "version")
    moved = len(draft.clusters) == len(clusters) == sum(found.version == version for found in clusters)
    if version and (written is MISSING or (moved and written != version)):
        draft.set(("cilium", "version"), version)


def mark_missing(draft: Draft, clusters: Sequence[Found]) -> list[str]:
    """Marks what each cluster still needs at its name; gives what that is."""
    told = []
    for found in clusters:
        index = draft.index(found.name)
        effective = draft.effective(index)
        lacks = [key for key in REQUIRED if key not in effective]
        if lacks:
            told.append(f"clusters.{found.name}: {', '.join(lacks)}")
        draft.set(("clusters", index, "name"), found.name, missing(lacks, named_only=not found.whole))
    return told
