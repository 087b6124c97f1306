"""Which host names the other clusters are dialled by, and the addresses of each."""

from collections import defaultdict

from ..addresses import address_text, number
from ..model import Cluster, Mesh
from ..trust.naming import host_of

HostAlias = tuple[str, tuple[str, ...]]
AliasTable = dict[int, HostAlias]


def alias_table(mesh: Mesh) -> AliasTable:
    """The addresses that are dialled in a mesh, each with its host names."""
    # NOTE: one entry per IP with all of its names: the list merges by ip, and duplicates lose names.
    names: dict[int, set[str]] = defaultdict(set)
    for cluster in mesh.clusters:
        if cluster.service.hostname is None:
            for address in cluster.service_ips.numbers:
                names[address].add(host_of(mesh, cluster))
    return {value: (address_text(value), tuple(sorted(names[value]))) for value in sorted(names)}


def host_aliases(mesh: Mesh, cluster: Cluster, table: AliasTable) -> tuple[HostAlias, ...]:
    """The addresses of the other clusters, sorted."""
    own = host_of(mesh, cluster)
    # NOTE: a copy with little changed, since the table has an entry for each cluster of a large mesh.
    entries = dict(table)
    for value in set(cluster.service_ips.numbers) if cluster.service.hostname is None else ():
        text, hosts = entries[value]
        if others := tuple(host for host in hosts if host != own):
            entries[value] = (text, others)
        else:
            del entries[value]
    return tuple(entries.values())


def with_extra(cluster: Cluster, aliases: tuple[HostAlias, ...]) -> tuple[HostAlias, ...]:
    """The same with the team's own."""
    if not cluster.cilium.extra_host_aliases:
        return aliases
    entries = {number(alias[0]): alias for alias in aliases}
    for alias in cluster.cilium.extra_host_aliases:
        value = number(alias.ip)
        text, hosts = entries.get(value, (address_text(value), ()))
        entries[value] = (text, tuple(sorted({*hosts, *alias.hostnames})))
    return tuple([entries[value] for value in sorted(entries)])
