"""Meshes of any size, the same text for the same numbers."""

from ipaddress import IPv4Address

SERVICES = 50
"""Global services of a large mesh, each of them in every cluster."""

LARGEST_OF_ERA = 255

_NODES = int(IPv4Address("172.16.0.0"))
_NODE_BLOCK = 1 << 10
_DIALLED = int(IPv4Address("192.168.0.0"))
_PODS = int(IPv4Address("10.0.0.0"))
_POD_BLOCK = 1 << 15


def mesh_text(clusters: int, *, services: int = SERVICES, nodes: int = 0) -> str:
    """A sound mesh.yaml; `nodes` is the number of node IPs that each cluster lists."""
    lines = ["version: 1", "name: bench", "cilium:", "  version: 1.6.9"]
    if clusters > LARGEST_OF_ERA:
        lines.append("  maxConnectedClusters: 511")
    lines.append("clusters:")
    for number in range(1, clusters + 1):
        lines += _cluster(number, nodes)
    if services:
        lines.append("services:")
        for number in range(services):
            lines += _service(f"service-{number:02d}")
    if clusters > LARGEST_OF_ERA:
        lines += ["ignore:", "  - code: MG602", "    reason: only to measure how the cost grows"]
    return "\n".join([*lines, ""])


def _cluster(number: int, nodes: int) -> list[str]:
    block = _NODES + number * _NODE_BLOCK
    lines = [
        f"  - name: cluster-{number:03d}",
        f"    id: {number}",
        "    provider: gcp",
        f"    region: region-{number % 7}",
        f"    podCIDRs: [{IPv4Address(_PODS + number * _POD_BLOCK)}/17]",
        f"    nodeCIDRs: [{IPv4Address(block)}/22]",
        f"    serviceIPs: [{IPv4Address(_DIALLED + number * 4 + 1)}]",
    ]
    if nodes:
        lines.append("    nodeIPs:")
        lines += [f"      - {IPv4Address(block + node)}" for node in range(1, nodes + 1)]
    return lines


def _service(name: str) -> list[str]:
    return [
        f"  - name: {name}",
        "    namespace: default",
        "    ports:",
        "      - {name: http, port: 80, targetPort: 8080}",
        f"    selector: {{app: {name}}}",
    ]
