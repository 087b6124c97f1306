"""hostAliases of agents that are no names of peers: a team's own, which the patch would take away."""

from collections.abc import Sequence

from ..chart.values import delivery_of
from ..model import Mesh
from .drafting import Draft
from .found import Fact, Found

_PATH = ("cilium", "extraHostAliases")


def keep_aliases(draft: Draft, mesh: Mesh, clusters: Sequence[Found]) -> list[str]:
    """Write them where manifests are delivered; gives what mesh.yaml cannot say."""
    told: list[str] = []
    delivery = {cluster.name: delivery_of(cluster) for cluster in mesh.clusters}
    for found in clusters:
        own: dict[str, list[str]] = {}
        for ip, host in found.aliases:
            name = host.removesuffix(f".{mesh.domain}")
            if name == host or "." in name:
                own.setdefault(ip, []).append(host)
            elif name not in delivery:
                told.append(
                    f"agents of {found.name} know {host} as {ip}, and no file tells of a cluster {name}"
                )
        value = [{"ip": ip, "hostnames": list(dict.fromkeys(hosts))} for ip, hosts in own.items()]
        index = draft.index(found.name)
        if delivery[found.name] == "helm":
            told += [
                f"agents of {found.name} know {', '.join(one['hostnames'])} as {one['ip']}, which the "
                "chart has no value for; it is not taken into mesh.yaml"
                for one in value
            ]
        elif value and draft.differs(draft.effective(index), _PATH, Fact(value)):
            draft.set(("clusters", index, *_PATH), value)
    return told
