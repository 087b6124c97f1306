"""`policy`: who may talk to whom, and what is closed otherwise."""

from typing import Literal, Self

from pydantic import Field, model_validator

from .ignore import Date
from .node import Node, Seq
from .peers import AnyReference, Port, SourceReference
from .reference import Kind, Reference, Scope
from .scalars import DnsLabel, Labels, OwnYaml, PortNumber, refusal
from .service import ClusterSelection

Direction = Literal["ingress", "egress"]


class Dns(Node):
    """What pods that are closed for what goes out need to resolve names, in their own cluster."""

    namespace: DnsLabel = Field(
        "kube-system", description="Where the DNS servers run.", examples=["kube-system"]
    )
    labels: Labels = Field(
        {"k8s-app": "kube-dns"},
        min_length=1,
        description="The labels of the DNS servers' pods.",
        examples=[{"k8s-app": "kube-dns"}],
    )
    ports: Seq[PortNumber] = Field(
        (53,), min_length=1, description="The pods' ports, UDP and TCP.", examples=[[53]]
    )
    node_local: bool = Field(
        default=False,
        description="NodeLocal DNSCache runs: names are asked for on the node itself.",
        examples=[False],
    )


class ClusterPolicy(Node):
    """What a cluster may set of `policy` for itself."""

    dns: Dns = Field(
        {},
        validate_default=True,
        description="The cluster's own DNS; each key that is left out is that of `policy.dns`.",
        examples=[{"namespace": "dns"}],
    )


class Posture(Node):
    """Workloads that are closed: what no rule allows is dropped."""

    namespaces: Seq[DnsLabel] = Field(
        (), description="Namespaces whose pods are all closed.", examples=[["shop"]]
    )
    workloads: Seq[DnsLabel] = Field((), description="Workloads that are closed.", examples=[["db"]])
    clusters: ClusterSelection = Field(
        "all", description="In which clusters.", examples=["all", ["cluster2"]]
    )
    close: Seq[Direction] = Field(
        min_length=1,
        description="What is closed: `ingress` for what comes in, `egress` for what goes out.",
        examples=[["ingress", "egress"]],
    )
    intra_namespace: bool = Field(
        default=False,
        description="Pods of one namespace and cluster may reach each other all the same.",
        examples=[True],
    )

    @model_validator(mode="after")
    def _closes_something(self) -> Self:
        if not self.namespaces and not self.workloads:
            reason = "closes nothing"
            raise refusal(reason, "add namespaces or workloads")
        return self


class Http(Node):
    """HTTP requests; what is left out is not looked at."""

    method: str | None = Field(
        None, min_length=1, description="The method, a regular expression.", examples=["GET"]
    )
    path: str | None = Field(
        None, min_length=1, description="The path, a regular expression.", examples=["/v1/.*"]
    )
    host: str | None = Field(
        None, min_length=1, description="The host, a regular expression.", examples=["api.example.com"]
    )
    headers: Seq[str] = Field(
        (), description="Headers that must be there, as `Name` or `Name: value`.", examples=[["X-Token: 1"]]
    )


class Deny(Node):
    """What is dropped, whoever allows it."""

    from_: SourceReference = Field(description="Who calls.", examples=["namespace:batch@*"])
    to: AnyReference = Field(description="Who is called.", examples=["namespace:data@*"])
    ports: Seq[Port] | None = Field(
        None,
        min_length=1,
        description="The ports of the pods that are called; absent, all of them.",
        examples=[[80], ["53/UDP"], ["8000-8100/TCP"], ["http"]],
    )

    @model_validator(mode="after")
    def _has_subject(self) -> Self:
        _sensible(self.from_, self.to)
        return self


class Allow(Deny):
    """What is let through where it would be dropped; it closes nothing."""

    http: Seq[Http] | None = Field(
        None,
        min_length=1,
        description="Only these HTTP requests; enforced where the called pods are.",
        examples=[[{"method": "GET", "path": "/v1/.*"}]],
    )

    @model_validator(mode="after")
    def _http_is_enforceable(self) -> Self:
        if self.http is None:
            return self
        if not self.to.has_pods:
            reason = "has http, and no pods of the mesh are called that could enforce it"
            raise refusal(reason, "leave http out")
        if not self.ports or any(port.protocol != "TCP" for port in self.ports):
            reason = "has http, and not only TCP ports"
            raise refusal(reason, "write the TCP ports that speak HTTP under ports")
        return self


def _sensible(source: Reference, target: Reference) -> None:
    if not source.has_pods and not target.has_pods:
        reason = "is about no pod of the mesh"
        raise refusal(reason, "policies are enforced at pods: name a workload or namespace on one side")
    scopes = [one.where.scope if one.where else None for one in (source, target)]
    if Scope.SAME in scopes and (
        scopes[0] is scopes[1] or (None in scopes and target.kind is not Kind.SERVICE)
    ):
        reason = "says same, and the other side names no cluster"
        raise refusal(reason, "write @* or the name of a cluster")


class PolicyRule(Node):
    """One intent, with its reason; it becomes an object on each side that is closed."""

    name: DnsLabel = Field(
        description="Unique in the mesh; the objects are called NAME-egress and NAME-ingress.",
        examples=["allow-cross-cluster"],
    )
    why: str | None = Field(
        None,
        min_length=1,
        max_length=4000,
        description="The reason; becomes the objects' `spec.description`.",
        examples=["Allow x-wing in cluster1 to contact rebel-base in cluster2"],
    )
    owner: str | None = Field(
        None, min_length=1, max_length=1000, description="Who answers for it.", examples=["team-rebels"]
    )
    expires: Date | None = Field(
        None, description="Past this date the rule is a finding; it goes on working.", examples=["2027-03-31"]
    )
    allow: Allow | None = Field(
        None,
        description="What it lets through; exactly one of allow and deny.",
        examples=[{"from": "x-wing@cluster1", "to": "rebel-base@cluster2", "ports": [80]}],
    )
    deny: Deny | None = Field(
        None,
        description="What it drops.",
        examples=[{"from": "namespace:batch@*", "to": "namespace:data@*"}],
    )
    isolate: Seq[Direction] = Field(
        (),
        description="Also close the rule's own side: `egress` closes who calls, `ingress` who is called.",
        examples=[["egress"]],
    )

    @model_validator(mode="after")
    def _one_intent(self) -> Self:
        if (self.allow is None) is (self.deny is None):
            reason = "has both allow and deny" if self.allow else "has neither allow nor deny"
            raise refusal(reason, "write one of them")
        return self

    @model_validator(mode="after")
    def _denies_no_name(self) -> Self:
        if self.deny and self.deny.to.kind is Kind.FQDN:
            reason = "denies a DNS name, and a deny knows only addresses and pods"
            raise refusal(reason, "write cidr:BLOCK or entity:world")
        return self

    @model_validator(mode="after")
    def _isolates_pods(self) -> Self:
        if self.isolate and self.deny:
            reason = "has isolate, and a deny closes nothing"
            raise refusal(reason, "close the pods under posture")
        for direction in self.isolate:
            subject = self.intent.from_ if direction == "egress" else self.intent.to
            if not subject.has_pods or subject.kind is Kind.ANY:
                reason = f"cannot close {direction} of {subject.text}"
                raise refusal(reason, "isolate closes a workload, a namespace or a service")
        return self

    @property
    def intent(self) -> Deny:
        """The allow or the deny."""
        intent = self.allow or self.deny
        assert intent is not None, "one of them is there"
        return intent


class Raw(Node):
    """A file of policies as their authors wrote them."""

    file: OwnYaml = Field(
        description="Objects of the kinds CiliumNetworkPolicy, CiliumClusterwideNetworkPolicy and "
        "NetworkPolicy; copied as they are.",
        examples=["policies/legacy.yaml"],
    )
    clusters: ClusterSelection = Field(
        "all", description="In which clusters.", examples=["all", ["cluster1"]]
    )


class Policy(ClusterPolicy):
    """Who may talk to whom."""

    dns: Dns = Field(
        {},
        validate_default=True,
        description="What pods that are closed for what goes out need to resolve names; a cluster may "
        "override any of it under its own `policy.dns`.",
        examples=[{"namespace": "kube-system"}],
    )
    posture: Seq[Posture] = Field(
        (), description="What is closed.", examples=[[{"namespaces": ["shop"], "close": ["ingress"]}]]
    )
    rules: Seq[PolicyRule] = Field(
        (),
        description="What is let through where it would be dropped, and what is dropped in any case.",
        examples=[
            [{"name": "via-service", "allow": {"from": "x-wing@*", "to": "service:default/rebel-base"}}]
        ],
    )
    raw: Seq[Raw] = Field(
        (), description="Policies that exist as files.", examples=[[{"file": "policies/legacy.yaml"}]]
    )
