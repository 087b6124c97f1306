"""The mesh.yaml that `meshgen init` writes."""

import json
from collections.abc import Iterator

_WIDTH = 34
"""Columns before a comment."""

_HEAD = """\
# yaml-language-server: $schema=mesh.schema.json
# (`meshgen schema > mesh.schema.json` gives your editor completion and checks.)
"""

_TAIL = """
# Services whose pods answer for all clusters:
# services:
#   - name: rebel-base
#     namespace: default
#     ports: [80]
#     selector: {name: rebel-base}
#     clusters: all             # or [cluster1], or {labels: {env: prod}}
#     backends: all             # which of those share their pods

# Certificates that `meshgen pki` makes, with keys that are safe in Git:
# tls: {source: generate}
# secrets: {backend: sops, sops: {recipients: []}}    # age1…, whoever may open them

# Or by cert-manager in each cluster, with no key in Git at all:
# tls: {source: in-cluster}

# Findings that you accept, each with its reason:
# ignore:
#   - {code: MG216, at: clusters.cluster2, reason: never routed, until: 2027-01-31}
"""


def starter(*, name: str, clusters: int, provider: str, cilium: str) -> str:
    """A commented mesh.yaml that passes `meshgen check` if its values are sound; `clusters` is 1 to 200."""
    lines = [*_settings(name, cilium), "clusters:"]
    for number in range(1, clusters + 1):
        lines += [*([""] if number > 1 else []), *_cluster(number, provider)]
    return _HEAD + "\n".join(lines) + "\n" + _TAIL


def _settings(name: str, cilium: str) -> Iterator[str]:
    yield _commented("version: 1", "of this file format")
    yield _commented(f"name: {json.dumps(name)}", "of the mesh")
    yield ""
    yield "cilium:"
    yield _commented(f"  version: {json.dumps(cilium)}", "decides what is emitted")
    yield _commented("  namespace: kube-system", "where Cilium runs")
    yield ""


def _cluster(number: int, provider: str) -> Iterator[str]:
    """The lines of a cluster; the first one explains its keys."""
    for line, comment in (
        (f"  - name: cluster{number}", "also a host name and the name of a folder"),
        (f"    id: {number}", "unique, 1 to 255"),
        (f"    provider: {provider}", "who makes its load balancer"),
        (f"    podCIDRs: [10.{number}.0.0/16]", "no two clusters may overlap"),
        (f"    nodeCIDRs: [192.168.{number}.0/24]", "where nodes get their addresses; or list nodeIPs"),
        (
            f"    serviceIPs: [172.16.{number}.10]",
            "static address of the load balancer, dialled by the others",
        ),
    ):
        yield _commented(line, comment) if number == 1 else line


def _commented(line: str, comment: str) -> str:
    return f"{line:<{_WIDTH}}# {comment}"
