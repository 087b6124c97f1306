"""What policies mean in a version of Cilium: one row of facts for each thing that changed."""

from collections.abc import Callable
from enum import StrEnum
from functools import cache
from itertools import count
from typing import NamedTuple

from ..cilium.version import Version, parse_version


class Enforcement(StrEnum):
    """`enable-policy`: whether pods that no policy selects are open."""

    DEFAULT = "default"
    ALWAYS = "always"
    NEVER = "never"


class Semantics(NamedTuple):
    """
    The rules of one version, as Cilium's code at its tag has them.

    Each field is true where the version behaves like that.
    """

    version: Version
    local_cluster: bool
    """A peer that names no cluster means the local one (policy-default-local-cluster)."""
    clusterwide: bool
    """CiliumClusterwideNetworkPolicy exists."""
    remote_node_in_cluster: bool
    """The entity `cluster` holds remote nodes and unmanaged pods' nodes."""
    health_in_cluster: bool
    """The entity `cluster` holds the health endpoints."""
    api_server: bool
    """The entity `kube-apiserver` exists."""
    ingress_entity: bool
    """The entity `ingress` exists."""
    named_ports: bool
    """Ports may be named."""
    named_ports_by_peer: bool
    """A named port on egress is looked up for each destination, and not once for all of them."""
    denies: bool
    """`ingressDeny` and `egressDeny` exist."""
    denies_checked: bool
    """What may not stand in one rule is refused of rules that deny, too; before, it counts (cilium#36598)."""
    cidr_ports_on_ingress: bool
    """`fromCIDR` and `toPorts` may stand in one rule."""
    port_zero: bool
    """Port 0 stands for every port; before, the object is refused."""
    sctp: bool
    """A port without a protocol is open for SCTP, too."""
    icmps: bool
    """`icmps` exists; before, it is overlooked."""
    icmp_names: bool
    """Types of ICMP messages may be named."""
    groups_on_ingress: bool
    """`fromGroups` exists; before, it is overlooked."""
    vrrp: bool
    """The protocols VRRP and IGMP exist."""
    gre: bool
    """The protocols GRE, IPIP, IPV6, ESP and AH exist."""
    end_ports: bool
    """`endPort` exists; before, it is overlooked and only the first port counts."""
    default_deny_switch: bool
    """`enableDefaultDeny` exists; before, it is overlooked."""
    node_peers: bool
    """`fromNodes` and `toNodes` exist, behind a flag without which the object is refused."""
    namespace_labels_free: bool
    """A peer with labels of its namespace is not held to the policy's own namespace."""
    empty_list_is_nobody: bool
    """`fromEndpoints: []` beside `toPorts` selects nobody; before, it selects everybody."""
    services_with_ports: bool
    """`toServices` and `toPorts` may stand in one rule (cilium#20067, until cilium#34208)."""
    services_are_pods: bool
    """`toServices` stands for the pods that a Service selects; before, for addresses."""
    whole_range_is_world: bool
    """A CIDR of all addresses means the entity `world`, whether or not an address is known."""
    init_stays_in_namespace: bool
    """A subject `reserved:init` does not leave its namespace (CVE-2023-41333)."""
    empty_block_refused: bool
    """A block without any rule is refused."""
    open_l7_is_wide: bool
    """L7 rules with default deny switched off narrow nothing."""
    deep_domains: bool
    """`**.` at the front of a pattern of names stands for any number of labels; before, for one."""
    requires: bool
    """`fromRequires` and `toRequires` exist; after, such an object is not read at all."""
    ip_block_admits_namespace: bool
    """A NetworkPolicy that admits only an ipBlock admits its own namespace, too (CVE-2026-56743)."""
    kafka: bool
    """L7 rules for Kafka and by `l7proto` exist."""


def semantics(text: str, *, local_cluster: bool | None = None) -> Semantics:
    """
    What policies mean in a version such as `1.19.4`.

    `local_cluster` is the agent's `policy-default-local-cluster`, where it is not the default.
    """
    version = parse_version(text)
    return _semantics(version, _is(version, 19) if local_cluster is None else local_cluster)


def first_with(has: Callable[[Semantics], bool]) -> Version:
    """The first release that behaves in a way; for what came once and stayed."""
    return next(Version(1, minor) for minor in count() if has(semantics(f"1.{minor}.0")))


@cache
def _semantics(version: Version, local_cluster: bool) -> Semantics:  # noqa: FBT001
    local = local_cluster and _is(version, 18)
    return Semantics(
        version=version,
        local_cluster=local,
        clusterwide=_is(version, 7),
        remote_node_in_cluster=_is(version, 7),
        health_in_cluster=_is(version, 9),
        api_server=_is(version, 11),
        ingress_entity=_is(version, 13),
        named_ports=_is(version, 8),
        named_ports_by_peer=_is(version, 20),
        denies=_is(version, 9),
        denies_checked=_patched(version, {16: 7}, since=17),
        cidr_ports_on_ingress=_is(version, 9),
        port_zero=_is(version, 11),
        sctp=_is(version, 13),
        icmps=_is(version, 11),
        icmp_names=_is(version, 16),
        groups_on_ingress=_is(version, 16),
        vrrp=_is(version, 19),
        gre=_is(version, 20),
        end_ports=_is(version, 16),
        default_deny_switch=_is(version, 16),
        node_peers=_is(version, 16),
        namespace_labels_free=_is(version, 16),
        empty_list_is_nobody=_is(version, 16),
        services_with_ports=not _is(version, 12) or _is(version, 17),
        services_are_pods=_is(version, 17),
        whole_range_is_world=not _is(version, 19),
        init_stays_in_namespace=_patched(version, {12: 14, 13: 7, 14: 2}, since=15),
        empty_block_refused=_is(version, 18),
        open_l7_is_wide=_is(version, 18),
        deep_domains=_is(version, 19),
        requires=not _is(version, 19),
        # The fix is in 1.19.5 (cilium#46305, #46456); the engine recorded as 1.20.0 did not have it.
        ip_block_admits_namespace=local and not Version(1, 19, 5) <= version < Version(1, 20)
        and version <= Version(1, 20),
        kafka=not _is(version, 20),
    )  # fmt: skip


def _is(version: Version, minor: int) -> bool:
    return version >= Version(1, minor)


def _patched(version: Version, releases: dict[int, int], *, since: int) -> bool:
    return _is(version, since) or version.patch >= releases.get(version.minor, version.patch + 1)
