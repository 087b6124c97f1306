"""
What took the place of values that the chart no longer has.

Source: values.yaml, templates/validate.yaml and release notes of the minor line that dropped each; for the
first rows cilium/cilium#33393 and the upgrade notes of 1.14, 1.15, 1.16, 1.18 and 1.20.
"""

from typing import Final

from ..cilium.version import Version
from .known import Path, last_before

_NO_ETCD = "leave it out: the chart runs no etcd of its own any more"
_ALWAYS = "leave it out: it is always on"
_EXTERNAL_WORKLOADS = "leave it out: there are no external workloads any more"
_CERTIFICATES = (
    "set tls.source in mesh.yaml, or bring the Secrets yourself: the chart takes no certificate here"
)
_POOLS = "leave it out: meshgen writes the list of pools from podCIDRs"
_NO_SECRETS = "leave it out: the chart takes no certificates from values any more"
_REPLACEMENT = "use kubeProxyReplacement, which has it"

_WAYS: Final = {
    "tunnel": "leave it out: meshgen writes routingMode and tunnelProtocol from cilium.datapath",
    "nativeRoutingCIDR": "leave it out: meshgen writes ipv4NativeRoutingCIDR from cilium.datapath",
    "global": "write the values without global",
    "ipam.operator.clusterPoolIPv4PodCIDR": _POOLS,
    "ipam.operator.clusterPoolIPv6PodCIDR": _POOLS,
    "clustermesh.apiserver.tls.ca": "use tls.ca, or set tls.source in mesh.yaml",
    "clustermesh.apiserver.tls.server": _CERTIFICATES,
    "clustermesh.apiserver.tls.admin": _CERTIFICATES,
    "clustermesh.apiserver.tls.remote": _CERTIFICATES,
    "clustermesh.apiserver.tls.client": _EXTERNAL_WORKLOADS,
    "clustermesh.apiserver.tls.enableSecrets": _NO_SECRETS,
    "clustermesh.enableMCSAPISupport": "use clustermesh.mcsapi.enabled",
    "clustermesh.apiserver.etcd.image": "use clustermesh.apiserver.image, which has both",
    "clustermesh.apiserver.kvstoremesh.image": "use clustermesh.apiserver.image, which has both",
    "externalWorkloads": _EXTERNAL_WORKLOADS,
    "etcd": _NO_ETCD,
    "serviceAccounts.etcd": _NO_ETCD,
    "hubble.tls.ca": "use tls.ca",
    "hubble.peerService.enabled": _ALWAYS,
    "encryption.interface": "use encryption.ipsec.interface",
    "encryption.keyFile": "use encryption.ipsec.keyFile",
    "encryption.mountPath": "use encryption.ipsec.mountPath",
    "encryption.secretName": "use encryption.ipsec.secretName",
    "encryption.strictMode.enabled": "use encryption.strictMode.egress.enabled",
    "encryption.strictMode.cidr": "use encryption.strictMode.egress.cidr",
    "encryption.strictMode.allowRemoteNodeIdentities": (
        "use encryption.strictMode.egress.allowRemoteNodeIdentities"
    ),
    "proxy": "use envoy",
    "bgp": "use bgpControlPlane",
    "enableCiliumEndpointSlice": "use ciliumEndpointSlice.enabled",
    "externalIPs": _REPLACEMENT,
    "hostPort": _REPLACEMENT,
    "nodePort.enabled": _REPLACEMENT,
    "enableK8sTerminatingEndpoint": _ALWAYS,
    "enableRuntimeDeviceDetection": _ALWAYS,
    "eni.updateEC2AdapterLimitViaAPI": _ALWAYS,
    "svcSourceRangeCheck": _ALWAYS,
    "remoteNodeIdentity": _ALWAYS,
    "l2podAnnouncements.interface": "use l2podAnnouncements.interfacePattern",
}

_EARLIER: Final = frozenset({"global", "nativeRoutingCIDR"})
"""What charts had before the first one of `keys/`."""


def was_removed(version: Version, path: Path) -> bool:
    """Whether an earlier chart than a version's had a value; the version's own has not."""
    return path[0] in _EARLIER or last_before(version, path) is not None


def way_out(path: Path) -> str:
    """What to do about a value that is gone: its row, or that of the nearest one above it."""
    above = (".".join(path[:length]) for length in range(len(path), 0, -1))
    return next((_WAYS[name] for name in above if name in _WAYS), "leave it out: nothing took its place")
