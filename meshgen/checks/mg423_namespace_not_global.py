"""MG423: a rule between clusters about a namespace that other clusters do not know."""

from collections.abc import Iterator

from ..diagnostics import Problem, Related, Rule, Severity
from ..location import SourcePath
from ..plan.namespaces import global_namespaces, known_one_by_one
from ..survey import Survey

RULE = Rule(
    code="MG423",
    name="namespace-not-global",
    severity=Severity.WARNING,
    doc="""
A rule is about pods of a namespace across clusters, and one of these clusters keeps that namespace to itself.

## Why it matters
Where `helmValues` set `clustermesh.defaultGlobalNamespace` to false, other clusters know only the namespaces that carry `clustermesh.cilium.io/global: "true"` (cilium/design-cfps#74).
Pods of all others have no identity there: they are `world`.
A rule that allows them drops them, and one that allows the world lets them in.
meshgen annotates the namespaces of the services and workloads of mesh.yaml by a patch; of any other it knows too little.

## How to fix
Describe the pods under `workloads`, so that the namespace is annotated with the others.
Or annotate it yourself in the clusters that the finding names, and accept this finding under `ignore`.
""",
)

_VALUE = ("helmValues", "clustermesh", "defaultGlobalNamespace")


def namespace_not_global(survey: Survey) -> Iterator[Problem]:
    """One problem for each such namespace, at the first rule that needs it to be known."""
    policies = survey.policies
    if policies is None or not policies.rules:
        return
    keeping = {
        cluster.name: index for index, cluster in enumerate(survey.mesh.clusters) if known_one_by_one(cluster)
    }
    told = set()
    for index, (rule, flows) in enumerate(zip(policies.rules, policies.flows, strict=True)):
        sides = (("from", rule.intent.from_, flows.calling), ("to", rule.intent.to, flows.called))
        for key, reference, spread in sides:
            pods = policies.directory.pods(reference)
            if pods is None or pods.namespace is None or pods.namespace in told:
                continue
            known_abroad = [here for here, there in spread.items() if set(there) - {here}]
            where = [
                name
                for name in known_abroad
                if name in keeping
                and pods.namespace not in global_namespaces(survey.mesh, survey.mesh.clusters[keeping[name]])
            ]
            if where:
                told.add(pods.namespace)
                at: SourcePath = ("policy", "rules", index, "deny" if rule.deny else "allow", key)
                yield RULE.problem(
                    at,
                    f"the rule {rule.name} is about the namespace {pods.namespace}, "
                    f"which {', '.join(where)} keeps to itself",
                    label="no identity in other clusters",
                    related=tuple(
                        Related(("clusters", keeping[name], *_VALUE), "because of this") for name in where
                    ),
                    help=f'annotate {pods.namespace} with clustermesh.cilium.io/global: "true" there, '
                    "or describe its pods under workloads",
                )
