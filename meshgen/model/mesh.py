"""The whole of mesh.yaml."""

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from .cilium import Cilium
from .cluster import Cluster, ClusterDefaults
from .later import Later
from .node import Node, Seq
from .scalars import LabelValue, MeshDomain
from .trust import GitOps, Secrets, Tls

if TYPE_CHECKING:
    from .expect import Expectations
    from .ignore import Ignored
    from .policy import Policy
    from .service import Services
    from .workload import Workloads

    MaybePolicy = Policy | None
else:
    Services = Annotated[Any, Later("service", "Services")]
    Workloads = Annotated[Any, Later("workload", "Workloads")]
    MaybePolicy = Annotated[Any, Later("policy", "Policy")]
    Expectations = Annotated[Any, Later("expect", "Expectations")]
    Ignored = Annotated[Any, Later("ignore", "Ignored")]


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
    services: Services = Field(
        (), description="Global services.", examples=[[{"name": "rebel-base", "ports": [80]}]]
    )
    workloads: Workloads = Field(
        (),
        description="The pods that policies speak of.",
        examples=[[{"name": "x-wing", "labels": {"name": "x-wing"}}]],
    )
    policy: MaybePolicy = Field(
        None,
        description="Who may talk to whom, and what is closed otherwise.",
        examples=[{"posture": [{"namespaces": ["shop"], "close": ["ingress"]}]}],
    )
    expect: Expectations = Field(
        (),
        description="What must be allowed and what denied.",
        examples=[[{"from": "x-wing@cluster1", "to": "rebel-base@cluster2:80", "is": "allow"}]],
    )
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
    ignore: Ignored = Field(
        (),
        description="Accepted findings, each with its reason.",
        examples=[[{"code": "MG216", "reason": "never routed"}]],
    )
