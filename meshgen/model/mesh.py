"""The whole of mesh.yaml."""

from typing import Any

from pydantic import Field

from .cilium import Cilium
from .cluster import Cluster, ClusterDefaults
from .ignore import Ignore
from .node import Node, Seq
from .scalars import LabelValue, MeshDomain
from .service import Service
from .trust import GitOps, Secrets, Tls


class Reserved(Node):
    """A section whose vocabulary this version does not have; it may stand there empty."""


class Mesh(Node):
    """A Cilium Cluster Mesh."""

    version: int = Field(
        description="The version of this file format.", examples=[1], json_schema_extra={"const": 1}
    )
    name: LabelValue = Field(min_length=1, description="The mesh's name.", examples=["rebel-alliance"])
    domain: MeshDomain = Field(
        "mesh.cilium.io",
        description="Each cluster is reached as `<name>.<domain>`.",
        examples=["mesh.cilium.io"],
    )
    cilium: Cilium = Field(
        description="Mesh-wide settings of Cilium; a cluster may override them.",
        examples=[{"version": "1.6.9"}],
    )
    cluster_defaults: ClusterDefaults = Field(
        {},
        validate_default=True,
        description="What holds for every cluster that does not say otherwise.",
        examples=[{"provider": "gcp"}],
    )
    clusters: Seq[Cluster] = Field(
        min_length=1,
        description="The clusters.",
        examples=[[{"name": "cluster1", "id": 1, "provider": "gcp", "podCIDRs": ["10.1.0.0/16"]}]],
    )
    services: Seq[Service] = Field(
        (), description="Global services.", examples=[[{"name": "rebel-base", "ports": [80]}]]
    )
    workloads: Seq[Any] = Field((), max_length=0, description="Kept free for policies.", examples=[[]])
    policy: Reserved = Field({}, validate_default=True, description="Kept free for policies.", examples=[{}])
    expect: Seq[Any] = Field((), max_length=0, description="Kept free for policies.", examples=[[]])
    tls: Tls = Field(
        {},
        validate_default=True,
        description="Where TLS material comes from; absent, no Secret is built.",
        examples=[{"source": "generate"}],
    )
    secrets: Secrets = Field(
        {},
        validate_default=True,
        description="How the Secrets that are made from `tls` are kept.",
        examples=[{"backend": "sops"}],
    )
    gitops: GitOps = Field(
        {},
        validate_default=True,
        description="Which tool applies the tree, and from where.",
        examples=[{"tool": "flux"}],
    )
    ignore: Seq[Ignore] = Field(
        (),
        description="Accepted findings, each with its reason.",
        examples=[[{"code": "MG216", "reason": "never routed"}]],
    )
