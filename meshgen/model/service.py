"""`services`: global services, which balance over the pods of several clusters."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Discriminator, Field, Tag

from .node import Node, Seq, Written
from .scalars import (
    Annotations,
    AnyName,
    DnsLabel,
    Labels,
    PortName,
    PortNumber,
    ServiceName,
    TargetPortName,
    refusal,
)


def _target_kind(value: Any) -> str | None:
    if isinstance(value, str):
        return "<name>"
    return "<number>" if isinstance(value, int) and not isinstance(value, bool) else None


TargetPort = Annotated[
    Annotated[PortNumber, Tag("<number>")] | Annotated[TargetPortName, Tag("<name>")],
    Discriminator(
        _target_kind,
        custom_error_type="target_port",
        custom_error_message="a port number or a port name",
    ),
]


class Port(Node):
    """A port of a Service."""

    port: PortNumber = Field(description="The port clients use.", examples=[80])
    name: PortName | None = Field(
        None,
        description="Needed with several ports. Backends of other clusters are matched by it, so it is "
        "the same everywhere.",
        examples=["http"],
    )
    target_port: TargetPort | None = Field(
        None,
        description="The pods' port, a number or a name. Default: port.",
        examples=[8080, "http"],
    )
    protocol: Literal["TCP", "UDP", "SCTP"] = Field("TCP", description="The protocol.", examples=["TCP"])


class ByLabels(Node):
    """Clusters by their labels."""

    labels: Labels = Field(
        min_length=1, description="Labels that a cluster must all have.", examples=[{"env": "prod"}]
    )


def _selection_kind(value: Any) -> str | None:
    """The kind of what is written, or of what it has become, since pydantic asks when it writes too."""
    if isinstance(value, str):
        return "<all>"
    if isinstance(value, list | tuple):
        return "<names>"
    return "<labels>" if isinstance(value, dict | ByLabels) else None


ClusterSelection = Annotated[
    Annotated[Literal["all"], Tag("<all>")]
    | Annotated[Seq[AnyName], Tag("<names>")]
    | Annotated[ByLabels, Tag("<labels>")],
    Discriminator(
        _selection_kind,
        custom_error_type="cluster_selection",
        custom_error_message="all, a list of cluster names, or a mapping with labels",
    ),
]


def _port_kind(value: Any) -> str | None:
    if isinstance(value, int) and not isinstance(value, bool):
        return "<number>"
    return "<port>" if isinstance(value, dict) else None


def _ports(ports: tuple[int | Port, ...]) -> tuple[Port, ...]:
    return tuple(Port(port=port) if isinstance(port, int) else port for port in ports)


_PortOrNumber = Annotated[
    Annotated[PortNumber, Tag("<number>")] | Annotated[Port, Tag("<port>")],
    Discriminator(
        _port_kind,
        custom_error_type="port",
        custom_error_message="a port number or a mapping with port",
    ),
]
PortList = Annotated[
    tuple[Port, ...],
    Written(Annotated[Seq[_PortOrNumber], Field(min_length=1)], _ports, list),
]


def _not_none(value: Any) -> Any:
    """Upstream: cilium/cilium#46623, where `none` takes away the pods of all other clusters."""
    if value == "none":
        reason = "is not accepted here: some versions of Cilium drop every remote pod then (cilium#46623)"
        raise refusal(reason, "leave affinity out, which prefers no pods either")
    return value


Affinity = Annotated[Literal["local", "remote"] | None, BeforeValidator(_not_none)]


class Service(Node):
    """A Service of the same name and namespace in several clusters, whose pods answer for all."""

    name: ServiceName = Field(description="The Service's name.", examples=["rebel-base"])
    namespace: DnsLabel = Field(
        "default", description="Its namespace, in every cluster.", examples=["default"]
    )
    ports: PortList = Field(description="Its ports. `[80]` is short for `[{port: 80}]`.", examples=[[80]])
    selector: Labels = Field(
        {},
        description="The labels of its pods, in each cluster.",
        examples=[{"name": "rebel-base"}],
    )
    clusters: ClusterSelection = Field(
        "all",
        description="Where the Service exists.",
        examples=["all", ["cluster1"], {"labels": {"env": "prod"}}],
    )
    backends: ClusterSelection = Field(
        "all",
        description="Which of those share their pods with the others.",
        examples=["all", ["cluster2"]],
    )
    affinity: Affinity = Field(
        None, description="Which pods are preferred; needs Cilium >= 1.12.", examples=["local"]
    )
    manage: Literal["object", "annotation"] = Field(
        "object",
        description="`object`: meshgen owns the Service. `annotation`: the application owns it, and "
        "meshgen emits a patch with the annotations.",
        examples=["object"],
    )
    labels: Labels = Field({}, description="Extra labels of the Service.", examples=[{"app": "base"}])
    annotations: Annotations = Field(
        {}, description="Extra annotations of the Service.", examples=[{"example.com/owner": "rebels"}]
    )


Services = Seq[Service]
