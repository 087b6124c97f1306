"""What several files say of the clusters of one mesh, put together."""

from collections import Counter
from collections.abc import Iterable

from .found import Dialled, Found, UnusableInputError


def joined(founds: Iterable[Found]) -> list[Found]:
    """
    Each cluster once, in the order in which they came; those that only others name come last.

    Raises:
        UnusableInputError: when two files are values of one cluster.

    """
    clusters: dict[str, Found] = {}
    for found in founds:
        known = clusters.get(found.name)
        if known is None:
            clusters[found.name] = found
            continue
        if known.values is not None and found.values is not None:
            message = f"{known.file} and {found.file} are both values of the cluster {found.name}"
            raise UnusableInputError(message)
        known.join(found)
    named = {peer for found in clusters.values() for peer in found.peers}
    strangers = [Found(name=name, file="", whole=False) for name in sorted(named - clusters.keys())]
    every = [*clusters.values(), *strangers]
    for found in every:
        _note_address(found, every)
    return every


def _note_address(found: Found, every: list[Found]) -> None:
    """How the others dial a cluster; what they say counts before what its own Service does."""
    views = Counter(
        other.peers[found.name] for other in every if found.name in other.peers and other is not found
    )
    own = found.peers.get(found.name)
    dialled = max(
        views, key=lambda view: (views[view], _told(view)), default=own or found.dialled_as or Dialled()
    )
    itself = found.dialled_as or Dialled()
    ips, address = (dialled.ips, dialled.address) if _told(dialled) else (itself.ips, itself.address)
    if ips:
        found.note(("serviceIPs",), list(ips))
    if address:
        found.note(("service", "hostname"), address)
    if (port := dialled.port or itself.port) is not None:
        found.note(("service", "port"), port)
    if len({view for view in views if _told(view)}) > 1:
        found.unknown.append(
            f"{found.name} is dialled in {len(views)} ways; mesh.yaml has the most common one"
        )


def _told(view: Dialled) -> bool:
    return bool(view.ips or view.address)
