"""The whole of mesh.yaml."""

from pydantic import Field

from .cilium import Cilium
from .cluster import Cluster, ClusterDefaults
from .ignore import Ignore
from .node import Node, Seq
from .scalars import DnsSubdomain, LabelValue
from .service import Service
from .trust import Secrets, Tls


class Reserved(Node):
    """A section whose vocabulary this version does not have; it may stand there empty."""


class Mesh(Node):
    """A Cilium Cluster Mesh."""

    version: int = Field(
        description="The version of this file format.", examples=[1], json_schema_extra={"const": 1}
    )
    name: LabelValue = Field(min_length=1, description="The mesh's name.", examples=["rebel-alliance"])
    domain: DnsSubdomain = Field(
        "mesh.cilium.io",
        description="Each cluster is reached as `<name>.<domain>`.",
        examples=["mesh.cilium.io"],
    )
    cilium: Cilium = Field(description="Mesh-wide settings of Cilium; a cluster may override them.")
    cluster_defaults: ClusterDefaults = Field(
        {}, validate_default=True, description="What holds for every cluster that does not say otherwise."
    )
    clusters: Seq[Cluster] = Field(min_length=1, description="The clusters.")
    services: Seq[Service] = Field((), description="Global services.")
    workloads: Seq[Reserved] = Field((), max_length=0, description="Kept free for policies.")
    policy: Reserved = Field({}, validate_default=True, description="Kept free for policies.")
    expect: Seq[Reserved] = Field((), max_length=0, description="Kept free for policies.")
    tls: Tls = Field(
        {}, validate_default=True, description="Where TLS material comes from; absent, no Secret is built."
    )
    secrets: Secrets = Field({}, validate_default=True, description="How Secrets are kept.")
    gitops: Reserved = Field({}, validate_default=True, description="Kept free for GitOps wiring.")
    ignore: Seq[Ignore] = Field((), description="Accepted findings, each with its reason.")
