"""A checked mesh to its plan."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from ..addresses import Cidr, address_text, networks, number
from ..chart.names import names_of
from ..chart.overrides import default_local_cluster
from ..chart.values import DEFAULT_LIMIT, delivery_of, values_of
from ..cilium.profile import ControlPlane, Names, Profile, Role
from ..cilium.profiles import profile_for
from ..cilium.providers import exposure_annotations, takes_ip
from ..kube.labels import RESTART
from ..model import Cluster, Mesh, Service
from ..selection import selected, sharing
from ..trust.naming import common_name, host_of
from ..trust.recipients import sops_keys
from .certificates import certificates_of, issuer_of
from .delivery import gitops_of
from .digests import config_digest, digest
from .namespaces import global_namespaces
from .policies import PolicyMaterial, policies_by_cluster, policy_files, raw_policies_of, sides
from .tls import TlsMaterial, external_store, tls_objects
from .types import (
    ClusterPlan,
    Endpoint,
    Exposure,
    GlobalService,
    MeshPlan,
    Network,
    Pairs,
    ServicePort,
    TlsObject,
)


class _Common(NamedTuple):
    """What all clusters have in common: addresses, Secrets by cluster, and whom they trust."""

    aliases: "AliasTable"
    tls: Mapping[str, tuple[TlsObject, ...]]
    bundle: bytes


HostAlias = tuple[str, tuple[str, ...]]
AliasTable = dict[int, HostAlias]

_MOST_BLOCKS = 16
"""Blocks of node addresses that a runbook lists for one cluster."""


def plan(
    mesh: Mesh, source: str, material: TlsMaterial | None, enforced: PolicyMaterial | None = None
) -> MeshPlan:
    """
    What a mesh without error findings means.

    `source` is the base name of the file, for provenance; without `material` no Secret is built, and
    `enforced` are its policies.
    """
    enforced = enforced or PolicyMaterial()
    tls = tls_objects(mesh, material)
    files, raw = policy_files(enforced), raw_policies_of(mesh, enforced)
    policies = policies_by_cluster(files)
    clusters = sorted(mesh.clusters, key=lambda cluster: cluster.name)
    services = _services(mesh)
    by_cluster: dict[str, list[GlobalService]] = defaultdict(list)
    for service in services:
        for name in service.clusters:
            by_cluster[name].append(service)
    bundle = material.inventory.bundle if material and mesh.tls.source != "files" else b""
    common = _Common(_alias_table(mesh), tls, bundle)
    return MeshPlan(
        name=mesh.name,
        domain=mesh.domain,
        source=source,
        clusters=tuple(
            _cluster(mesh, cluster, common, tuple(by_cluster[cluster.name]))._replace(
                policies=policies.get(cluster.name, ()), raw_policies=raw.get(cluster.name, ())
            )
            for cluster in clusters
        ),
        services=services,
        allows=sides(enforced, "allow"),
        denies=sides(enforced, "deny"),
        postures=sides(enforced, "posture"),
        policies=files,
        backend=mesh.secrets.backend if any(tls.values()) else "",
        external=external_store(mesh),
        bundle=bundle,
        issuer=issuer_of(mesh),
        identity_bits=_identity_bits(mesh),
        gitops=gitops_of(mesh),
    )


def _identity_bits(mesh: Mesh) -> int:
    """Identity = cluster ID << these | local number: cilium v1.6.9, pkg/identity; cilium a63a9c1814."""
    return 16 if mesh.cilium.max_connected_clusters == DEFAULT_LIMIT else 15


def _cluster(
    mesh: Mesh,
    cluster: Cluster,
    common: _Common,
    services: tuple[GlobalService, ...],
) -> ClusterPlan:
    profile = _profile(cluster)
    secrets = common.tls.get(cluster.name, ())
    config = _config(mesh, cluster, profile)
    others = _host_aliases(mesh, cluster, common.aliases)
    trusted = (("ca.crt", common.bundle),) if common.bundle else ()
    # NOTE: where the chart makes the files of peers, nothing in them tells agents of another authority.
    anchors = [TlsObject("authorities", trusted, ())] if trusted and profile.peer_secrets else []
    return ClusterPlan(
        name=cluster.name,
        id=cluster.id,
        endpoint=_endpoint(mesh, cluster),
        namespace=cluster.cilium.namespace,
        context=cluster.context,
        provider=cluster.provider,
        profile=profile,
        version=cluster.cilium.version,
        delivery=delivery_of(cluster),
        names=names_of(cluster),
        values=_values(mesh, cluster, common.bundle),
        exposure=_exposure(mesh, cluster, profile),
        network=_network(cluster),
        config=config,
        host_aliases=_with_extra(cluster, others if Names.AGENTS in profile.names else ()),
        apiserver_aliases=others if Names.APISERVER in profile.names else (),
        services=services,
        policies=(),
        raw_policies=(),
        tls=secrets,
        certificates=certificates_of(mesh, cluster),
        global_namespaces=global_namespaces(mesh, cluster),
        local_by_default=_local_by_default(cluster, profile),
        local_user=common_name(cluster, Role.LOCAL),
        remote_user=common_name(cluster, Role.REMOTE),
        sops_keys=tuple(sops_keys(mesh, cluster).items()),
        agent_digest=config_digest(config, _read_by(profile.agent_secrets, secrets)),
        operator_digest=config_digest(config, _read_by(profile.operator_secrets, secrets)),
        apiserver_digest=config_digest(config, anchors),
    )


def _local_by_default(cluster: Cluster, profile: Profile) -> bool:
    """Whether a peer without a cluster label means the local cluster."""
    said = default_local_cluster(cluster)
    return profile.local_cluster_default == "local cluster" if said is None else said


def _read_by(names: tuple[str, ...], secrets: Iterable[TlsObject]) -> list[TlsObject]:
    return [secret for secret in secrets if secret.name in names]


def _profile(cluster: Cluster) -> Profile:
    profile = profile_for(cluster)
    assert profile is not None, "MG601 stops a build without a profile"
    return profile


def _config(mesh: Mesh, cluster: Cluster, profile: Profile) -> Pairs:
    config = {"cluster-name": cluster.name, "cluster-id": str(cluster.id)}
    if profile.control_plane is ControlPlane.ETCD:
        config["identity-allocation-mode"] = profile.identity_mode
    if mesh.cilium.max_connected_clusters != DEFAULT_LIMIT:
        config["max-connected-clusters"] = str(mesh.cilium.max_connected_clusters)
    return _pairs(config)


def _values(mesh: Mesh, cluster: Cluster, bundle: bytes) -> dict[str, Any]:
    """What the chart is given; where it makes the files of peers, pods restart with the authorities."""
    if not bundle or delivery_of(cluster) != "helm":
        return values_of(mesh, cluster)
    restart = {"podAnnotations": {RESTART: digest(bundle.decode())}}
    pods = {**restart, "operator": restart, "clustermesh": {"apiserver": restart}}
    return values_of(mesh, cluster, more=pods)


def _endpoint(mesh: Mesh, cluster: Cluster) -> Endpoint:
    return Endpoint(
        cluster=cluster.name,
        host=host_of(mesh, cluster),
        port=cluster.service.port,
        addresses=_dialled(cluster),
    )


def _dialled(cluster: Cluster) -> tuple[str, ...]:
    if cluster.service.hostname is not None:
        return ()
    return tuple(address_text(value) for value in sorted(set(cluster.service_ips.numbers)))


def _exposure(mesh: Mesh, cluster: Cluster, profile: Profile) -> Exposure:
    service = cluster.service
    static_ip = None
    if takes_ip(cluster) and cluster.service_ips.numbers:
        static_ip = address_text(cluster.service_ips.numbers[0])
    return Exposure(
        type=service.type,
        port=service.port,
        annotations=_pairs(exposure_annotations(mesh, cluster)),
        labels=_pairs(service.labels),
        selector=_pairs(service.selector) or profile.service_selector,
        static_ip=static_ip,
        source_ranges=_sorted_blocks(service.source_ranges),
        addresses=_dialled(cluster),
    )


def _network(cluster: Cluster) -> Network:
    blocks = _sorted_blocks(cluster.node_cidrs) or tuple(_joined(cluster.node_ips.numbers))
    return Network(
        pod_cidrs=_sorted_blocks(cluster.pod_cidrs),
        node_blocks=blocks[:_MOST_BLOCKS],
        more_node_blocks=max(0, len(blocks) - _MOST_BLOCKS),
        node_count=len(set(cluster.node_ips.numbers)),
        mode=cluster.cilium.datapath.mode,
        tunnel_protocol=cluster.cilium.datapath.tunnel_protocol,
        encryption=cluster.cilium.encryption,
    )


def _joined(values: Iterable[int]) -> Iterable[str]:
    """Addresses as the fewest blocks that hold exactly them."""
    run: list[int] = []
    for value in sorted(set(values)):
        if run and value != run[-1] + 1:
            yield from networks(run[0], run[-1])
            run = []
        run.append(value)
    if run:
        yield from networks(run[0], run[-1])


def _sorted_blocks(blocks: Iterable[Cidr]) -> tuple[str, ...]:
    ordered = sorted(blocks, key=lambda block: (block.first, block.last))
    return tuple(dict.fromkeys(block.canonical for block in ordered))


def _alias_table(mesh: Mesh) -> AliasTable:
    # NOTE: one entry per IP with all of its names: the list merges by ip, and duplicates lose names.
    names: dict[int, set[str]] = defaultdict(set)
    for cluster in mesh.clusters:
        if cluster.service.hostname is None:
            for address in cluster.service_ips.numbers:
                names[address].add(host_of(mesh, cluster))
    return {value: (address_text(value), tuple(sorted(names[value]))) for value in sorted(names)}


def _host_aliases(mesh: Mesh, cluster: Cluster, table: AliasTable) -> tuple[HostAlias, ...]:
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


def _with_extra(cluster: Cluster, aliases: tuple[HostAlias, ...]) -> tuple[HostAlias, ...]:
    """The same with the team's own."""
    if not cluster.cilium.extra_host_aliases:
        return aliases
    entries = {number(alias[0]): alias for alias in aliases}
    for alias in cluster.cilium.extra_host_aliases:
        value = number(alias.ip)
        text, hosts = entries.get(value, (address_text(value), ()))
        entries[value] = (text, tuple(sorted({*hosts, *alias.hostnames})))
    return tuple([entries[value] for value in sorted(entries)])


def _services(mesh: Mesh) -> tuple[GlobalService, ...]:
    ordered = sorted(mesh.services, key=lambda service: (service.namespace, service.name))
    return tuple(part for service in ordered for part in _service(mesh, service))


def _service(mesh: Mesh, service: Service) -> Iterable[GlobalService]:
    where = {cluster.name for cluster in selected(mesh, service.clusters)}
    backends = {cluster.name for cluster in sharing(mesh, service)}
    for shared, clusters in ((True, where & backends), (False, where - backends)):
        if clusters:
            yield GlobalService(
                name=service.name,
                namespace=service.namespace,
                ports=tuple(
                    ServicePort(
                        port=port.port,
                        name=port.name,
                        target_port=None if port.target_port == port.port else port.target_port,
                        protocol=None if port.protocol == "TCP" else port.protocol,
                    )
                    for port in service.ports
                ),
                selector=_pairs(service.selector),
                labels=_pairs(service.labels),
                annotations=_pairs(service.annotations),
                affinity=service.affinity,
                owned=service.manage == "object",
                shared=shared,
                clusters=tuple(sorted(clusters)),
                backends=tuple(sorted(backends)),
            )


def _pairs(mapping: dict[str, str]) -> Pairs:
    return tuple(sorted(mapping.items()))
