"""
A values file of the official chart as facts of a cluster: the inverse of `chart/values.py`.

Source: the values.yaml and templates of the charts of 1.13 to 1.20, and of v1.6.9 for the etcd era.
"""

from collections.abc import Iterator
from typing import Any, get_args

from ..addresses import number
from ..chart.keys import has, keys_of
from ..cilium.features import HELM
from ..cilium.profile import ControlPlane
from ..cilium.profiles import profile_of
from ..cilium.providers import CURRENT, PROVIDERS
from ..cilium.version import Version
from ..model.cilium import Chaining, Ipam
from ..model.layers import value_at
from .found import Dialled, Found, Path, UnusableInputError
from .marks import UNTOLD
from .providers import by_annotations, by_values
from .reading import entries, mapping, text, texts, whole_number

_HEADINGS = ("USER-SUPPLIED VALUES:", "USER-SUPPLIED VALUES", "COMPUTED VALUES:", "COMPUTED VALUES")
"""With which `helm get values` begins."""

_SERVICE = ("clustermesh", "apiserver", "service")
_NODE_PORT = 32379
"""The chart's default, of the default type NodePort."""

_MARKS = frozenset(
    {"cluster", "clustermesh", "global", "ipam", "hubble", "operator", "routingMode", "tunnel"}
)


def unwrapped(data: dict[str, Any]) -> dict[str, Any]:
    """The chart's own values: without a heading, and out of a chart that has Cilium's as a dependency."""
    bare = {key: value for key, value in data.items() if key not in _HEADINGS}
    inner = bare.get("cilium")
    if isinstance(inner, dict) and not bare.keys() & _MARKS and inner.keys() & _MARKS:
        return inner
    return bare


def is_of_cilium(values: dict[str, Any]) -> bool:
    """Whether these look like values of Cilium's chart."""
    return bool(values.keys() & _MARKS)


def cluster_name(values: dict[str, Any]) -> str:
    """What the cluster is called; empty where nothing says it, and for the chart's own default."""
    name = text(values, "cluster", "name") or text(values, "global", "cluster", "name")
    return "" if name == "default" else name


def read_values(values: dict[str, Any], name: str, file: str, version: Version) -> Found:
    """
    What the values say; private keys are in none of them any more.

    Raises:
        UnusableInputError: when the version is not one that has values of this kind.

    """
    found = Found(name=name, file=file, version=str(version), values=values)
    profile = profile_of(version)
    if profile is None:
        message = f"{file}: nothing is known of Cilium {version}'s chart"
        raise UnusableInputError(message)
    _identity(found, values)
    if profile.control_plane is ControlPlane.ETCD:
        tunnel = text(values, "global", "tunnel")
        note_datapath(found, routing="", protocols={tunnel}, blocks=[])
        found.note(("provider",), "generic", UNTOLD)
        return found
    _delivery(found, values, version)
    _datapath(found, values)
    _pods(found, values)
    _service(found, values, version, current=profile.current_load_balancers)
    found.peers = dict(_peers(values))
    found.domain = text(values, "clustermesh", "config", "domain")
    found.limit = whole_number(value_at(values, "clustermesh", "maxConnectedClusters"))
    return found


def _identity(found: Found, values: dict[str, Any]) -> None:
    written = value_at(values, "cluster", "id")
    identity = whole_number(value_at(values, "global", "cluster", "id") if written is None else written)
    if identity is not None:
        found.note(("id",), identity)


def _delivery(found: Found, values: dict[str, Any], version: Version) -> None:
    connected = value_at(values, "clustermesh", "config", "enabled")
    modern = version >= HELM
    if connected is True and not modern:
        found.note(("cilium", "delivery"), "helm")
    if connected is False and modern:
        found.note(("cilium", "delivery"), "manifests")


def _datapath(found: Found, values: dict[str, Any]) -> None:
    note_datapath(
        found,
        routing=text(values, "routingMode"),
        protocols={text(values, "tunnel"), text(values, "tunnelProtocol")},
        blocks=[text(values, "ipv4NativeRoutingCIDR"), text(values, "ipv6NativeRoutingCIDR")],
    )
    note_chaining(found, text(values, "cni", "chainingMode"))
    encrypted = value_at(values, "encryption", "enabled") is True
    kind = text(values, "encryption", "type") or "ipsec"
    found.note(("cilium", "encryption"), kind if encrypted else "none")


def note_datapath(found: Found, *, routing: str, protocols: set[str], blocks: list[str]) -> None:
    """How packets travel; the older `tunnel` says both, or `disabled`."""
    native = routing == "native" or "disabled" in protocols
    found.note(("cilium", "datapath", "mode"), "native" if native else "tunnel")
    if not native:
        found.note(("cilium", "datapath", "tunnelProtocol"), "geneve" if "geneve" in protocols else "vxlan")
    for block in blocks if native else []:
        if block:
            found.note(("cilium", "datapath", "nativeRoutingCIDR"), block)


def note_chaining(found: Found, mode: str) -> bool:
    """The plugin that Cilium is chained with; gives whether mesh.yaml has it."""
    known = (mode or "none") in get_args(Chaining)
    if known:
        found.note(("cilium", "chaining"), mode or "none")
    return known


def _pods(found: Found, values: dict[str, Any]) -> None:
    mode = text(values, "ipam", "mode")
    clouds = (
        cloud for cloud in ("eni", "azure", "alibabacloud") if value_at(values, cloud, "enabled") is True
    )
    mode = mode or next(clouds, "cluster-pool")
    if mode in get_args(Ipam):
        found.note(("cilium", "ipam"), mode)
    else:
        found.unknown.append(f"ipam.mode {mode} of {found.name} is unknown; it is kept in helmValues")
    pools = mapping(values, "ipam", "operator")
    blocks = [
        block
        for key in ("clusterPoolIPv4PodCIDR", "clusterPoolIPv4PodCIDRList", "clusterPoolIPv6PodCIDRList")
        for block in texts(pools.get(key))
    ]
    if mode == "cluster-pool" and blocks:
        found.note(("podCIDRs",), list(dict.fromkeys(blocks)))


def _service(found: Found, values: dict[str, Any], version: Version, *, current: bool) -> None:
    service = mapping(values, *_SERVICE)
    kind = text(service, "type") or "NodePort"
    annotations = mapping(service, "annotations")
    provider, why = by_annotations(annotations)
    if not provider:
        provider, why = by_values(values)
    found.note(("provider",), provider or "generic", why or UNTOLD)
    if kind not in {"NodePort", "LoadBalancer"}:
        found.unknown.append(
            f"the Service of {found.name} has type {kind}, unknown to meshgen; it is kept in helmValues"
        )
    usable = {key: value for key, value in service.items() if _takes(version, key)}
    note_exposure(found, usable, kind=kind, current=current)
    address = text(service, "loadBalancerIP")
    port = (whole_number(service.get("nodePort")) or _NODE_PORT) if kind == "NodePort" else None
    found.dialled_as = Dialled(ips=(address,) if is_address(address) else (), port=port)
    ranges = texts(service.get("loadBalancerSourceRanges"))
    if ranges and _takes(version, "loadBalancerSourceRanges"):
        found.note(("service", "sourceRanges"), ranges)


def _takes(version: Version, key: str) -> bool:
    """Whether the chart's Service has a value; of charts that are not known, nothing is held against it."""
    return has(version, *_SERVICE, key) or not keys_of(version[:2])


def note_exposure(found: Found, service: dict[str, Any], *, kind: str, current: bool) -> None:
    """Type, annotations and labels of the Service that exposes a cluster, without its provider's own."""
    found.note(("service", "type"), "NodePort" if kind == "NodePort" else "LoadBalancer")
    annotations = _texts_only(mapping(service, "annotations"))
    provider = found.facts.get(("provider",))
    row = (CURRENT if current else PROVIDERS)[provider.value if provider else "generic"]
    usual = {**row.annotations(annotations), **dict(row.global_access)} if kind != "NodePort" else {}
    if own := {key: value for key, value in annotations.items() if usual.get(key) != value}:
        found.note(("service", "annotations"), own)
    if labels := _texts_only(mapping(service, "labels")):
        found.note(("service", "labels"), labels)


def _texts_only(data: dict[str, Any]) -> dict[str, str]:
    return {key: value for key, value in data.items() if isinstance(value, str)}


def _peers(values: dict[str, Any]) -> Iterator[tuple[str, Dialled]]:
    for name, entry in peer_entries(values).items():
        if entry.get("enabled") is False:  # the chart writes nothing for it
            continue
        ips = tuple(address for address in texts(entry.get("ips")) if is_address(address))
        address = text(entry, "address")
        if not ips and is_address(address):
            ips, address = (address,), ""
        yield name, Dialled(ips=ips, address="" if ips else address, port=whole_number(entry.get("port")))


def peer_entries(values: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The other clusters in `clustermesh.config.clusters` by name, in either of its forms."""
    clusters = value_at(values, "clustermesh", "config", "clusters")
    if isinstance(clusters, dict):
        return {name: entry if isinstance(entry, dict) else {} for name, entry in clusters.items()}
    listed = entries(values, "clustermesh", "config", "clusters")
    return {name: without_name(entry) for entry in listed if (name := text(entry, "name"))}


def without_name(entry: dict[str, Any]) -> dict[str, Any]:
    """An entry of the list as one of the map."""
    return {key: value for key, value in entry.items() if key != "name"}


def is_address(value: str) -> bool:
    """Whether a text is an IP address."""
    try:
        number(value)
    except ValueError:
        return False
    return True


GOVERNED: tuple[Path, ...] = (
    ("cluster", "name"),
    ("cluster", "id"),
    ("global", "cluster", "name"),
    ("global", "cluster", "id"),
    ("clustermesh", "useAPIServer"),
    ("clustermesh", "maxConnectedClusters"),
    ("clustermesh", "config", "enabled"),
    ("clustermesh", "config", "domain"),
)
"""What mesh.yaml alone decides: helmValues never lies over it, and what differs is an intended change."""
