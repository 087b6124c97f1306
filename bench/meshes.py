"""Meshes of any size, the same text for the same numbers."""

from collections.abc import Iterator
from ipaddress import IPv4Address

SERVICES = 50
"""Global services of a large mesh, each of them in every cluster."""

LARGEST_OF_ERA = 255

_NODES = int(IPv4Address("172.16.0.0"))
_NODE_BLOCK = 1 << 10
_DIALLED = int(IPv4Address("192.168.0.0"))
_PODS = int(IPv4Address("10.0.0.0"))
_POD_BLOCK = 1 << 15


def mesh_lines(
    clusters: int, *, services: int = SERVICES, nodes: int = 0, recipient: str = ""
) -> Iterator[str]:
    """
    The lines of a sound mesh.yaml; `nodes` is the number of node IPs that each cluster lists.

    With a recipient, meshgen issues the certificates, and seals keys for that recipient.
    """
    yield from ("version: 1\n", "name: bench\n", "cilium:\n", "  version: 1.6.9\n")
    if clusters > LARGEST_OF_ERA:
        yield "  maxConnectedClusters: 511\n"
    yield "clusters:\n"
    for number in range(1, clusters + 1):
        yield from _cluster(number, nodes)
    if services:
        yield "services:\n"
    for number in range(services):
        yield _service(f"service-{number:02d}")
    if recipient:
        yield "tls:\n  source: generate\n"
        yield f"secrets:\n  backend: sops\n  sops:\n    recipients: [{recipient}]\n"
    if clusters > LARGEST_OF_ERA:
        yield "ignore:\n  - code: MG602\n    reason: only to measure how the cost grows\n"


def _cluster(number: int, nodes: int) -> Iterator[str]:
    block = _NODES + number * _NODE_BLOCK
    yield f"""\
  - name: cluster-{number:03d}
    id: {number}
    provider: gcp
    region: region-{number % 7}
    podCIDRs: [{IPv4Address(_PODS + number * _POD_BLOCK)}/17]
    nodeCIDRs: [{IPv4Address(block)}/22]
    serviceIPs: [{IPv4Address(_DIALLED + number * 4 + 1)}]
"""
    if nodes:
        yield "    nodeIPs:\n"
    for node in range(1, nodes + 1):
        yield f"      - {IPv4Address(block + node)}\n"


def _service(name: str) -> str:
    return f"""\
  - name: {name}
    namespace: default
    ports:
      - {{name: http, port: 80, targetPort: 8080}}
    selector: {{app: {name}}}
"""
