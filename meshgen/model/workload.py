"""`workloads`: the pods that policies speak of."""

from typing import Self

from pydantic import Field, model_validator

from .node import Node, Seq
from .scalars import DnsLabel, DnsSubdomain, Labels, PortNumber, TargetPortName, refusal
from .service import ClusterSelection

DEFAULT_ACCOUNT = "default"


class Workload(Node):
    """Pods that are one thing to policies, in every cluster in which they run."""

    name: DnsLabel = Field(
        description="Unique in the mesh; policies call it `NAME@CLUSTER`.", examples=["x-wing"]
    )
    namespace: DnsLabel = Field("default", description="Its namespace.", examples=["default"])
    labels: Labels = Field(
        {},
        description="The labels that its pods, and no others of its namespace, have.",
        examples=[{"name": "x-wing"}],
    )
    service_account: DnsSubdomain = Field(
        DEFAULT_ACCOUNT,
        description="The service account of its pods; any but `default` selects them as labels do.",
        examples=["db"],
    )
    clusters: ClusterSelection = Field(
        "all",
        description="Where it runs.",
        examples=["all", ["cluster1"], {"labels": {"env": "prod"}}],
    )
    ports: dict[TargetPortName, PortNumber] = Field(
        {}, description="Its ports by name, for rules.", examples=[{"sql": 5432}]
    )
    host_network: bool = Field(
        default=False,
        description="Its pods use the network of their node; no policy selects such pods.",
        examples=[False],
    )

    @model_validator(mode="after")
    def _told_apart(self) -> Self:
        if not self.labels and self.service_account == DEFAULT_ACCOUNT:
            reason = "has neither labels nor a serviceAccount, and would be every pod of its namespace"
            raise refusal(reason, "add labels, or write namespace:NAME@CLUSTER in rules")
        return self


Workloads = Seq[Workload]
