"""What a change of one cluster restarts in those beside it."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ..chart.names import names_of
from ..chart.values import delivery_of
from ..cilium.profile import ControlPlane, Names
from ..cilium.profiles import profile_for
from ..model import Cluster, Mesh
from .changes import Restarts


class Meshes(NamedTuple):
    """A mesh before and after."""

    base: Mesh
    head: Mesh

    def others(self, name: str = "") -> tuple[str, ...]:
        """The clusters beside one that both meshes have, sorted; without a name all of them."""
        kept = {cluster.name for cluster in self.base.clusters} & {each.name for each in self.head.clusters}
        return tuple(sorted(kept - {name}))

    def dialled(self, name: str) -> Restarts:
        """
        What restarts when one is dialled in another way: it depends on where names are.

        With `service.hostname` before and after, DNS has its address, and no hostAliases have.
        """
        sides = (each for side in self for each in side.clusters if each.name == name)
        if all(each.service.hostname is not None for each in sides):
            return Restarts()
        return self.readdressed(name)

    def readdressed(self, name: str = "") -> Restarts:
        """What restarts when host names, or the addresses of one, are others."""
        reading = {each.name: names_of(each) for each in self._beside(name)}
        return Restarts(
            agents=tuple(each for each, places in reading.items() if Names.AGENTS in places),
            apiservers=tuple(each for each, places in reading.items() if Names.APISERVER in places),
        )

    def files(self, name: str = "") -> Restarts:
        """What restarts when the others' files of one are others, but no hostAliases."""
        return Restarts(agents=tuple(each.name for each in self._beside(name) if _has_own_files(each)))

    def authorities(self) -> Restarts:
        """What restarts when other authorities are trusted, which are read at the start of a process."""
        kept = [(each, profile_for(each)) for each in self._beside("")]
        agents = (each.name for each, _ in kept if delivery_of(each) == "helm" or _has_own_files(each))
        apiservers = (each.name for each, profile in kept if profile and profile.peer_secrets)
        return Restarts(tuple(agents), tuple(apiservers))

    def certificates(self, names: Iterable[str]) -> Restarts:
        """What restarts when the certificates of clusters are others, which most read at each handshake."""
        head = {each.name: each for each in self.head.clusters}
        return Restarts(agents=tuple(sorted(name for name in names if _has_own_files(head[name]))))

    def with_apiserver(self, names: Iterable[str]) -> tuple[str, ...]:
        """Those of some clusters that have a clustermesh-apiserver."""
        head = {each.name: profile_for(each) for each in self.head.clusters}
        found = ((name, head[name]) for name in names)
        return tuple(
            name for name, profile in found if profile and profile.control_plane is ControlPlane.APISERVER
        )

    def _beside(self, name: str) -> Iterator[Cluster]:
        head = {each.name: each for each in self.head.clusters}
        return (head[other] for other in self.others(name))


def _has_own_files(cluster: Cluster) -> bool:
    """Whether the Secret of peers is part of what restarts a cluster's agents, as it is before 1.14."""
    profile = profile_for(cluster)
    return profile is None or profile.secret_name in profile.agent_secrets
