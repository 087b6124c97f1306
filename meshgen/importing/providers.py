"""Whose cluster it is, by the marks that providers leave."""

from collections.abc import Iterable, Mapping
from typing import Any

from ..model.layers import value_at

_ANNOTATIONS = (
    ("cloud.google.com/", "gcp"),
    ("networking.gke.io/", "gcp"),
    ("service.beta.kubernetes.io/aws-", "aws"),
    ("service.beta.kubernetes.io/azure-", "azure"),
    ("service.beta.kubernetes.io/oci-", "oracle"),
    ("oci.oraclecloud.com/", "oracle"),
    ("service.kubernetes.io/ibm-", "ibm"),
    ("service.beta.kubernetes.io/alibaba-cloud-", "alibaba"),
    ("service.beta.kubernetes.io/openstack-", "openstack"),
    ("loadbalancer.openstack.org/", "openstack"),
    ("service.beta.kubernetes.io/do-", "digitalocean"),
    ("metallb.universe.tf/", "metallb"),
    ("metallb.io/", "metallb"),
    ("lbipam.cilium.io/", "lb-ipam"),
    ("io.cilium/lb-ipam-", "lb-ipam"),
)
"""How the annotations of their load balancers begin: the documentation named in `cilium/providers.py`."""

_VALUES: tuple[tuple[tuple[str, ...], Any, str], ...] = (
    (("ipam", "mode"), "eni", "aws"),
    (("eni", "enabled"), True, "aws"),
    (("ipam", "mode"), "azure", "azure"),
    (("azure", "enabled"), True, "azure"),
    (("aksbyocni", "enabled"), True, "azure"),
    (("ipam", "mode"), "alibabacloud", "alibaba"),
    (("alibabacloud", "enabled"), True, "alibaba"),
    (("gke", "enabled"), True, "gcp"),
    (("cni", "chainingMode"), "aws-cni", "aws"),
    (("l2announcements", "enabled"), True, "lb-ipam"),
)

_NODES = {
    "gce": "gcp",
    "aws": "aws",
    "azure": "azure",
    "oci": "oracle",
    "ocid1": "oracle",
    "ibm": "ibm",
    "alicloud": "alibaba",
    "openstack": "openstack",
    "digitalocean": "digitalocean",
}
"""How a node's providerID begins; of Alibaba the region comes first."""


def by_annotations(annotations: Mapping[str, Any]) -> tuple[str, str]:
    """The provider, and the annotation that tells; empty where none does."""
    for key in sorted(annotations):
        for beginning, provider in _ANNOTATIONS:
            if key.startswith(beginning):
                return provider, f"annotation {key}"
    return "", ""


def by_values(values: Mapping[str, Any]) -> tuple[str, str]:
    """The provider, and the chart's value that tells; empty where none does."""
    for path, wanted, provider in _VALUES:
        if value_at(values, *path) == wanted:
            return provider, f"value {'.'.join(path)}"
    return "", ""


def by_nodes(identities: Iterable[str]) -> tuple[str, str]:
    """The provider, from the providerIDs of nodes; empty where they do not tell."""
    for identity in identities:
        scheme = identity.partition(":")[0].partition(".")[0]
        if provider := _NODES.get(scheme):
            return provider, f"providerID {scheme}"
    return "", ""
