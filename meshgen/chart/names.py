"""Where a cluster's host names for the others become addresses, as its Cilium is delivered."""

from ..cilium.profile import Names
from ..cilium.profiles import profile_for
from ..model import Cluster
from .overrides import override
from .values import delivery_of

_MIRRORS = ("clustermesh", "apiserver", "kvstoremesh", "enabled")
_NO_ALIASES = ("clustermesh", "disableKubernetesHostAliases")


def names_of(cluster: Cluster) -> tuple[Names, ...]:
    """
    The places that change with another address of a peer, by version, delivery and `helmValues`.

    Manifests are meshgen's own, and as the profile says. The chart writes hostAliases into whatever dials
    the others: agents, or clustermesh-apiserver where KVStoreMesh runs.
    Source: charts 1.14.19 to 1.20.0, templates of the DaemonSet cilium and of clustermesh-apiserver.
    """
    profile = profile_for(cluster)
    if profile is None:
        # NOTE: nothing is built for such a version; a review then says the worst.
        return (Names.AGENTS,)
    if delivery_of(cluster) != "helm" or not profile.names_by_chart:
        return profile.names
    files = tuple(name for name in profile.names_by_chart if name is Names.FILES)
    if files and override(cluster, *_NO_ALIASES) is True:
        return files
    mirrors = override(cluster, *_MIRRORS)
    if not isinstance(mirrors, bool):
        return profile.names_by_chart
    return (Names.APISERVER if mirrors else Names.AGENTS, *files)
