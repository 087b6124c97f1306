"""The mesh.yaml that `meshgen init` writes."""

_HEAD = """\
# yaml-language-server: $schema=mesh.schema.json
# (`meshgen schema > mesh.schema.json` gives your editor completion and checks.)
version: 1                      # of this file format
name: {name}

cilium:
  version: "{cilium}"{space}# decides what is emitted
  namespace: kube-system        # where Cilium and its etcd run

clusters:
"""

_CLUSTER = """\
  - name: cluster{number}
    id: {number:<23} # unique, 1 to 255
    provider: {provider}
    podCIDRs: [10.{number}.0.0/16]{pad}  # no two clusters may overlap
    nodeCIDRs: [192.168.{number}.0/24]{short}# where nodes get their addresses; or list nodeIPs
    serviceIPs: [172.16.{number}.10]{pad}# static address of the load balancer, dialled by the others
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

# TLS material that the guide's extract script left in config/:
# tls: {source: files, files: config/}

# Findings that you accept, each with its reason:
# ignore:
#   - {code: MG216, at: clusters.cluster2, reason: never routed, until: 2027-01-31}
"""


def starter(*, name: str, clusters: int, provider: str, cilium: str) -> str:
    """A commented mesh.yaml that passes `meshgen check` for the etcd era's providers."""
    space = " " * max(1, 19 - len(cilium))
    blocks = (
        _CLUSTER.format(
            number=number,
            provider=provider,
            pad=" " * (4 - len(str(number))),
            short=" " * (3 - len(str(number))),
        )
        for number in range(1, clusters + 1)
    )
    return _HEAD.format(name=name, cilium=cilium, space=space) + "\n".join(blocks) + _TAIL
