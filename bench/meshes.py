"""Meshes of any size, the same text for the same numbers."""

from collections.abc import Iterator
from ipaddress import IPv4Address

SERVICES = 50
"""Global services of a large mesh, each of them in every cluster."""

LARGEST_OF_ERA = 255

POLICIES = 200
"""Policies in each cluster of a large mesh that has any: both sides of half as many rules."""

_WORKLOADS = 50
_TEAMS = 10

_NODES = int(IPv4Address("172.16.0.0"))
_NODE_BLOCK = 1 << 10
_DIALLED = int(IPv4Address("192.168.0.0"))
_PODS = int(IPv4Address("10.0.0.0"))
_POD_BLOCK = 1 << 15


def mesh_lines(  # noqa: PLR0913 - each makes a mesh larger in one way
    clusters: int,
    *,
    services: int = SERVICES,
    nodes: int = 0,
    recipient: str = "",
    policies: int = 0,
    port: int = 8080,
) -> Iterator[str]:
    """
    The lines of a sound mesh.yaml; `nodes` is the number of node IPs that each cluster lists.

    With a recipient, meshgen issues the certificates, and seals keys for that recipient. `policies` are
    those of each cluster, `port` is that of the first rule.
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
    if policies:
        yield from _policies(policies // 2, port)
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


def _policies(rules: int, port: int) -> Iterator[str]:
    yield "workloads:\n"
    for number in range(_WORKLOADS):
        yield f"  - {{name: app-{number:02d}, namespace: apps, labels: {{app: app-{number:02d}}}}}\n"
    yield "policy:\n  rules:\n"
    for number in range(rules):
        source, target = number % _WORKLOADS, (number * 7 + 1 + number // _WORKLOADS) % _WORKLOADS
        yield (
            f"    - {{name: rule-{number:03d}, isolate: [egress, ingress], allow: {{"
            f"from: app-{source:02d}@same, to: app-{target:02d}@*, ports: [{8080 if number else port}]}}}}\n"
        )


def reach_lines(clusters: int, workloads: int, rules: int, *, port: int = 80) -> Iterator[str]:
    """
    The lines of a mesh of today whose pods are closed but for rules between two workloads each.

    `workloads` are those of each cluster, `port` is that of the first rule.
    """
    yield from ("version: 1\n", "name: bench\n", "cilium:\n", "  version: 1.18.3\n", "clusters:\n")
    for number in range(1, clusters + 1):
        yield from _cluster(number, 0)
    yield "workloads:\n"
    for number in range(workloads):
        labels = f"{{app: app-{number}, tier: tier-{number % 3}}}"
        yield f"  - {{name: app-{number}, namespace: team-{number % _TEAMS}, labels: {labels}}}\n"
    teams = ", ".join(f"team-{number}" for number in range(_TEAMS))
    yield f"policy:\n  posture:\n    - {{namespaces: [{teams}], close: [ingress, egress]}}\n  rules:\n"
    for number in range(rules):
        source, target = number * 31 % workloads, (number * 17 + 5) % workloads
        leaving, entering = _name(number * 7 // 3 % clusters), _name(number * 11 // 2 % clusters)
        ends = f"from: app-{source}@{leaving}, to: app-{target}@{entering}"
        opened = 80 + number % 5 if number else port
        yield f"    - {{name: rule-{number}, allow: {{{ends}, ports: [{opened}]}}}}\n"


def _name(number: int) -> str:
    return f"cluster-{number + 1:03d}"


def _service(name: str) -> str:
    return f"""\
  - name: {name}
    namespace: default
    ports:
      - {{name: http, port: 80, targetPort: 8080}}
    selector: {{app: {name}}}
"""
