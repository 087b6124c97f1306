"""What mesh.yaml says of the Service that exposes a cluster, and of the names that its certificate covers."""

from collections.abc import Iterator
from typing import Any

from ..addresses import address_text, number
from ..cilium.providers import exposure_annotations
from ..location import SourcePath
from ..model import Cluster, Mesh
from ..model.layers import value_at
from .saying import Said
from .values import DEFAULT_DOMAIN, Values

_SERVICE = ("clustermesh", "apiserver", "service")
_TLS = ("clustermesh", "apiserver", "tls")
_NAMES = ("server", "extraDnsNames")


def said_of_service(mesh: Mesh, cluster: Cluster, cluster_at: SourcePath) -> Iterator[Said]:
    """Its type, its address or port, annotations, labels, and who may dial."""
    service = cluster.service
    at: SourcePath = (*cluster_at, "service")
    balanced = service.type == "LoadBalancer"
    yield Said((*_SERVICE, "type"), service.type, (*at, "type"), unset="NodePort", by_default=balanced)
    if not balanced:
        yield Said((*_SERVICE, "nodePort"), service.port, (*at, "port"))
    elif cluster.service_ips.numbers:
        yield _address(cluster, (*cluster_at, "serviceIPs"))
    shaped = [*_annotations(mesh, cluster, at), *_labels(cluster, at), *_ranges(cluster, at)]
    yield from shaped
    if shaped:
        # NOTE: where no more than addresses is said, a Service of somebody else's may have them.
        path = (*_SERVICE, "externallyCreated")
        against = f"only the chart's own Service follows {shaped[0].key}"
        yield Said(path, at=shaped[0].at, wanted=False, unset=False, against=against)


def _address(cluster: Cluster, at: SourcePath) -> Said:
    wanted = cluster.service_ips.numbers
    texts = [address_text(value) for value in wanted]
    against = f"mesh.yaml says serviceIPs: {', '.join(texts)}"
    path = (*_SERVICE, "loadBalancerIP")
    given = value_at(cluster.helm_values, *path)
    # NOTE: any of several addresses is the load balancer's; the first is what meshgen asks for.
    one = given if _number(given) in wanted else texts[0]
    return Said(path, one, at, unset=one, against=against)


def _number(given: Any) -> int | None:
    try:
        return number(given)
    except (TypeError, ValueError):
        return None


def _annotations(mesh: Mesh, cluster: Cluster, at: SourcePath) -> Iterator[Said]:
    """Those of mesh.yaml, and those by which its provider makes the load balancer internal."""
    for key, value in exposure_annotations(mesh, cluster).items():
        if key in cluster.service.annotations:
            there, against = (*at, "annotations", key), f"mesh.yaml says service.annotations: {value}"
        else:
            there = (*at[:-1], "provider")
            against = f"meshgen writes {value} for provider: {cluster.provider}"
        way_out = "leave it out of helmValues, and write under service.annotations what it should be"
        yield Said((*_SERVICE, "annotations", key), value, there, "", against, way_out)


def _labels(cluster: Cluster, at: SourcePath) -> Iterator[Said]:
    for key, value in cluster.service.labels.items():
        against = f"mesh.yaml says service.labels: {value}"
        yield Said((*_SERVICE, "labels", key), value, (*at, "labels", key), "", against)


def _ranges(cluster: Cluster, at: SourcePath) -> Iterator[Said]:
    blocks = cluster.service.source_ranges
    if blocks and cluster.service.type == "LoadBalancer":
        wanted = frozenset(block.canonical for block in blocks)
        yield Said((*_SERVICE, "loadBalancerSourceRanges"), wanted, (*at, "sourceRanges"), unset=[])


def said_of_names(mesh: Mesh, cluster: Cluster, cluster_at: SourcePath, tls: Values) -> Iterator[Said]:
    """
    The names by which others dial: the server's certificate may have more, and no fewer.

    `tls` are the values that follow from mesh.yaml; it has names only where the chart makes certificates.
    Source: chart 1.20.0, clustermesh-apiserver/tls-*: the names below `auto`, and without these the others.
    """
    names = value_at(tls, "auto", *_NAMES) or value_at(tls, *_NAMES)
    for path in ((*_TLS, *_NAMES), (*_TLS, "auto", *_NAMES)) if names else ():
        given = value_at(cluster.helm_values, *path)
        lacking = [name for name in names if not _has(given, name)]
        of_domain = mesh.domain != DEFAULT_DOMAIN and names[0] in lacking
        at = ("domain",) if of_domain else (*cluster_at, "service", "hostname")
        against = f"the other clusters dial {', '.join(lacking)}"
        way_out = "add what others dial, or leave it out of helmValues: meshgen writes it"
        yield Said(path, names if lacking else given, at, against=against, way_out=way_out)


def _has(given: Any, name: str) -> bool:
    """Whether names for a certificate cover one; `*` stands for the first label."""
    above = f"*.{name.partition('.')[2]}"
    return isinstance(given, list) and (name in given or above in given)
