"""A checked mesh to its plan."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from ..chart.names import names_of
from ..chart.overrides import default_local_cluster
from ..chart.values import DEFAULT_LIMIT, delivery_of, values_of
from ..cilium.profile import ControlPlane, Names, Profile, Role
from ..cilium.profiles import profile_for
from ..kube.labels import RESTART
from ..model import Cluster, Mesh
from ..trust.naming import common_name
from ..trust.recipients import sops_keys
from .certificates import certificates_of, issuer_of
from .delivery import gitops_of
from .digests import config_digest, digest
from .host_aliases import AliasTable, alias_table, host_aliases, with_extra
from .namespaces import global_namespaces
from .network import endpoint, exposure, network
from .policies import PolicyMaterial, policies_by_cluster, policy_files, raw_policies_of, sides
from .services import global_services
from .tls import TlsMaterial, external_store, tls_objects
from .types import ClusterPlan, GlobalService, MeshPlan, Pairs, TlsObject, pairs


class _Common(NamedTuple):
    """What all clusters have in common: addresses, Secrets by cluster, and whom they trust."""

    aliases: AliasTable
    tls: Mapping[str, tuple[TlsObject, ...]]
    bundle: bytes


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
    services = global_services(mesh)
    by_cluster: dict[str, list[GlobalService]] = defaultdict(list)
    for service in services:
        for name in service.clusters:
            by_cluster[name].append(service)
    bundle = material.inventory.bundle if material and mesh.tls.source != "files" else b""
    common = _Common(alias_table(mesh), tls, bundle)
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
    others = host_aliases(mesh, cluster, common.aliases)
    trusted = (("ca.crt", common.bundle),) if common.bundle else ()
    # NOTE: where the chart makes the files of peers, nothing in them tells agents of another authority.
    anchors = [TlsObject("authorities", trusted, ())] if trusted and profile.peer_secrets else []
    return ClusterPlan(
        name=cluster.name,
        id=cluster.id,
        endpoint=endpoint(mesh, cluster),
        namespace=cluster.cilium.namespace,
        context=cluster.context,
        provider=cluster.provider,
        profile=profile,
        version=cluster.cilium.version,
        delivery=delivery_of(cluster),
        names=names_of(cluster),
        values=_values(mesh, cluster, common.bundle),
        exposure=exposure(mesh, cluster, profile),
        network=network(cluster),
        config=config,
        host_aliases=with_extra(cluster, others if Names.AGENTS in profile.names else ()),
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
    return pairs(config)


def _values(mesh: Mesh, cluster: Cluster, bundle: bytes) -> dict[str, Any]:
    """What the chart is given; where it makes the files of peers, pods restart with the authorities."""
    if not bundle or delivery_of(cluster) != "helm":
        return values_of(mesh, cluster)
    restart = {"podAnnotations": {RESTART: digest(bundle.decode())}}
    pods = {**restart, "operator": restart, "clustermesh": {"apiserver": restart}}
    return values_of(mesh, cluster, more=pods)
