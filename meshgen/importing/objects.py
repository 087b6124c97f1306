"""
What `kubectl get … -o yaml` shows of a cluster, as facts of it.

Source: the chart's templates cilium-configmap.yaml (cilium-config) and clustermesh-apiserver/service.yaml;
cilium v1.6.9, examples/kubernetes/clustermesh, for the etcd era.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from ipaddress import collapse_addresses, ip_network
from typing import Any, get_args

from ..chart.keys import has
from ..cilium.profile import Profile
from ..cilium.profiles import PROFILES, profile_of
from ..cilium.version import parse_version
from ..model.cilium import Ipam
from ..model.layers import value_at
from .chart_values import is_address, note_chaining, note_datapath, note_exposure
from .config_values import note_values
from .found import Dialled, Found, Ported
from .marks import BLOCKS, UNTOLD
from .providers import by_annotations, by_nodes
from .reading import entries, mapping, text, texts, whole_number

_MESH_SERVICES = {profile.service_name for profile in PROFILES}
_GLOBAL = ("service.cilium.io/global", "io.cilium/global-service")
_SHARED = ("service.cilium.io/shared", "io.cilium/shared-service")
_AFFINITY = ("service.cilium.io/affinity", "io.cilium/service-affinity")
_MORE = (
    ("externalTrafficPolicy", ("Cluster",)),
    ("internalTrafficPolicy", ("Cluster",)),
    ("loadBalancerClass", ()),
)
_NODE_BLOCKS = ("io.cilium.network.ipv4-pod-cidr", "io.cilium.network.ipv6-pod-cidr")
_REGIONS = ("topology.kubernetes.io/region", "failure-domain.beta.kubernetes.io/region")
_TOOLS = ("kubectl.kubernetes.io/", "meta.helm.sh/", "meshgen.io/", "kustomize.toolkit.fluxcd.io/", "argocd.")
_TOOL_LABELS = ("app.kubernetes.io/", "helm.sh/", "k8s-app", "kustomize.toolkit.fluxcd.io/", "argocd.")
_EARLY = r"-(?:rc|pre|alpha|beta|snapshot)[0-9.]{0,16}"
_VERSION = re.compile(rf"v?([0-9]{{1,3}}\.[0-9]{{1,3}}\.[0-9]{{1,4}}(?:{_EARLY})?)(?:$|[^0-9.])")
"""A release, also one before it; what else stands behind the numbers names a build of it."""

READ = frozenset({"ConfigMap", "Node", "Service", "DaemonSet", "Deployment"})
"""The kinds that say something of a cluster."""

Object = dict[str, Any]


def is_object(document: Any) -> bool:
    """Whether a document is an object of Kubernetes."""
    return bool(text(document, "kind") and text(document, "apiVersion"))


def flattened(documents: Iterable[Any]) -> list[Object]:
    """The objects, those in lists too."""
    found: list[Object] = []
    for document in documents:
        found += (
            flattened(entries(document, "items")) if text(document, "kind").endswith("List") else [document]
        )
    return found


def read_objects(
    objects: list[Object], names: tuple[str, str], file: str, version_of: Callable[[str, str], str]
) -> Found:
    """
    What the objects say of a cluster.

    `names` are what it was given as, which wins over their own, and what it is called if nothing else says.
    `version_of` has the last word about the version, given the cluster's name and what the objects say.
    """
    configs = [one for one in objects if _is(one, "ConfigMap") and _name(one) == "cilium-config"]
    config = mapping(configs[0], "data") if configs else {}
    given, otherwise = names
    found = Found(name=given or text(config, "cluster-name") or otherwise, file=file)
    found.version = version_of(found.name, _version(objects))
    profile = profile_of(parse_version(found.version)) if found.version else None
    for one in objects:
        if _is(one, "DaemonSet") and _name(one) == "cilium":
            found.aliases += _aliases(one)
    nodes = [one for one in objects if _is(one, "Node")]
    services = [one for one in objects if _is(one, "Service")]
    if configs:
        _config(found, config, text(configs[0], "metadata", "namespace"))
        note_values(found, config, profile)
    _nodes(found, nodes)
    for service in services:
        if _name(service) in _MESH_SERVICES:
            _mesh_service(found, service, profile)
        elif _annotation(service, _GLOBAL) == "true" and entries(service, "spec", "ports"):
            found.services.append(_global_service(service))
    _provider(found, services, nodes)
    others = Counter(text(one, "kind") for one in objects if text(one, "kind") not in READ)
    found.unknown += [f"{file}: {count} of kind {kind}, not read" for kind, count in sorted(others.items())]
    return found


def _is(one: Object, kind: str) -> bool:
    return text(one, "kind") == kind


def _name(one: Object) -> str:
    return text(one, "metadata", "name")


def _annotation(one: Object, keys: tuple[str, ...]) -> str:
    annotations = mapping(one, "metadata", "annotations")
    return next((text(annotations, key).lower() for key in keys if key in annotations), "")


def _version(objects: list[Object]) -> str:
    """The version of Cilium, from labels of its chart or the image of its pods."""
    told: list[str] = []
    for one in objects:
        labels = mapping(one, "metadata", "labels")
        if text(labels, "helm.sh/chart").startswith("cilium-"):
            told.append(text(labels, "helm.sh/chart").removeprefix("cilium-"))
        elif _name(one).startswith(("cilium", "clustermesh")):
            told.append(text(labels, "app.kubernetes.io/version"))
        if _is(one, "DaemonSet") and _name(one) == "cilium":
            containers = entries(one, "spec", "template", "spec", "containers")
            told += [
                text(container, "image").partition("@")[0].rpartition(":")[2] for container in containers
            ]
    return next((found[1] for found in map(_VERSION.match, told) if found), "")


def _aliases(agents: Object) -> Iterator[tuple[str, str]]:
    """The address and the name of every line in /etc/hosts."""
    for entry in entries(agents, "spec", "template", "spec", "hostAliases"):
        yield from ((text(entry, "ip"), host) for host in texts(entry.get("hostnames")))


def _config(found: Found, config: Object, namespace: str) -> None:
    identity = whole_number(config.get("cluster-id"))
    if identity is not None:
        found.note(("id",), identity)
    if namespace and namespace != "kube-system":
        found.note(("cilium", "namespace"), namespace)
    note_datapath(
        found,
        routing=text(config, "routing-mode"),
        protocols={text(config, "tunnel"), text(config, "tunnel-protocol")},
        blocks=[text(config, f"{family}native-routing-cidr") for family in ("ipv4-", "", "ipv6-")],
    )
    _addresses(found, config)
    enabled = (
        name
        for key, name in (("enable-wireguard", "wireguard"), ("enable-ipsec", "ipsec"))
        if text(config, key) == "true"
    )
    found.note(("cilium", "encryption"), next(enabled, "none"))
    if not note_chaining(found, chained := text(config, "cni-chaining-mode")):
        found.unknown.append(f"cni-chaining-mode {chained} of {found.name} has no counterpart in mesh.yaml")
    found.limit = whole_number(config.get("max-connected-clusters"))


def _addresses(found: Found, config: Object) -> None:
    ipam = text(config, "ipam")
    if ipam in get_args(Ipam):
        found.note(("cilium", "ipam"), ipam)
    elif ipam:
        found.unknown.append(f"ipam {ipam} of {found.name} has no counterpart in mesh.yaml")
    blocks = [
        block
        for key in ("cluster-pool-ipv4-cidr", "cluster-pool-ipv6-cidr")
        for block in texts(config.get(key))
    ]
    if ipam == "cluster-pool" and blocks:
        found.note(("podCIDRs",), blocks)


def _nodes(found: Found, nodes: list[Object]) -> None:
    addresses = [
        text(address, "address")
        for node in nodes
        for address in entries(node, "status", "addresses")
        if text(address, "type") == "InternalIP"
    ]
    if addresses:
        found.note(("nodeIPs",), sorted(set(addresses)))
    blocks = [
        block
        for node in nodes
        for block in (
            *(texts(value_at(node, "spec", "podCIDRs")) or texts(value_at(node, "spec", "podCIDR"))),
            *(text(node, "metadata", "annotations", key) for key in _NODE_BLOCKS),
        )
        if block
    ]
    if covered := _collapsed(blocks):
        found.note(("podCIDRs",), covered, BLOCKS)
    regions = {text(node, "metadata", "labels", key) for node in nodes for key in _REGIONS} - {""}
    if len(regions) == 1:
        found.note(("region",), regions.pop())


def _collapsed(blocks: list[str]) -> list[str]:
    made: list[str] = []
    for six in (False, True):
        try:
            found = [ip_network(block) for block in blocks if (":" in block) == six]
            made += [str(block) for block in collapse_addresses(found)]  # type: ignore[type-var]
        except ValueError:
            return []
    return made


def _mesh_service(found: Found, service: Object, profile: Profile | None) -> None:
    spec = mapping(service, "spec")
    kind = text(spec, "type")
    annotations = mapping(service, "metadata", "annotations")
    provider, why = by_annotations(annotations)
    if provider:
        found.note(("provider",), provider, why)
    bare = {
        "annotations": {key: value for key, value in annotations.items() if not key.startswith(_TOOLS)},
        "labels": {
            key: value
            for key, value in mapping(service, "metadata", "labels").items()
            if not key.startswith(_TOOL_LABELS)
        },
    }
    note_exposure(found, bare, kind=kind, current=profile is not None and profile.current_load_balancers)
    if ranges := texts(spec.get("loadBalancerSourceRanges")):
        found.note(("service", "sourceRanges"), ranges)
    selector = mapping(spec, "selector")
    if selector and not any(dict(one.service_selector) == selector for one in PROFILES):
        found.note(("service", "selector"), selector)
    _more(found, spec, profile)
    ports = entries(spec, "ports")
    port = whole_number(ports[0].get("nodePort" if kind == "NodePort" else "port")) if ports else None
    ingress = entries(service, "status", "loadBalancer", "ingress")
    addresses = [text(one, "ip") for one in ingress] + [text(spec, "loadBalancerIP")]
    ips = tuple(dict.fromkeys(address for address in addresses if is_address(address)))
    if kind == "NodePort":
        known = found.facts.get(("nodeIPs",))
        ips = tuple(known.value) if known else ()
    hostname = next((text(one, "hostname") for one in ingress if text(one, "hostname")), "")
    if hostname and not ips and (profile is None or not profile.peer_secrets):
        found.unknown.append(
            f"the load balancer of {found.name} has the name {hostname} and no address; "
            "Cilium dials names from 1.14 on"
        )
        hostname = ""
    found.dialled_as = Dialled(ips=ips, address="" if ips else hostname, port=port)


def _more(found: Found, spec: Object, profile: Profile | None) -> None:
    """What mesh.yaml has no key for, as values of the chart's Service where there is one that has them."""
    for key, usual in _MORE:
        value = text(spec, key)
        path = ("clustermesh", "apiserver", "service", key)
        if not value:
            continue
        if profile is not None and has(parse_version(found.version), *path):
            found.note(("helmValues", *path), value, usual=usual)
        elif value not in usual:
            found.unknown.append(
                f"the Service of {found.name} has {key}: {value}, which is not taken into mesh.yaml"
            )


def _provider(found: Found, services: list[Object], nodes: list[Object]) -> None:
    provider, why = by_nodes(text(node, "spec", "providerID") for node in nodes)
    if provider:
        found.note(("provider",), provider, why)
    if services or nodes:
        found.note(("provider",), "generic", UNTOLD)


def _global_service(service: Object) -> Ported:
    owned = text(service, "metadata", "labels", "app.kubernetes.io/managed-by") == "meshgen"
    return Ported(
        name=_name(service),
        namespace=text(service, "metadata", "namespace") or "default",
        ports=tuple(_port(port) for port in entries(service, "spec", "ports")),
        selector=mapping(service, "spec", "selector"),
        shared=_annotation(service, _SHARED) != "false",
        affinity=_annotation(service, _AFFINITY),
        owned=owned,
    )


def _port(port: Object) -> Any:
    made = {"name": port.get("name"), "port": port.get("port"), "targetPort": port.get("targetPort")}
    if made["targetPort"] == made["port"]:
        del made["targetPort"]
    if port.get("protocol") != "TCP":
        made["protocol"] = port.get("protocol")
    bare = {key: value for key, value in made.items() if value is not None}
    return bare["port"] if list(bare) == ["port"] else bare
