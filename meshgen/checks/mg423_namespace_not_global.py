"""MG423: a rule between clusters about a namespace that may not be global."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..cilium.version import Version, parse_version
from ..diagnostics import Problem, Rule, Severity
from ..survey import Survey

if TYPE_CHECKING:
    from ..policy.flows import Flows

RULE = Rule(
    code="MG423",
    name="namespace-not-global",
    severity=Severity.WARNING,
    doc="""
A rule is about pods of a namespace across clusters, and from Cilium 1.20 on only global namespaces are known to other clusters.

## Why it matters
Pods of a namespace that is not global have no identity in the other clusters: there they are `world`.
A rule that allows them drops them, and one that allows the world lets them in.

## How to fix
Annotate the namespace with `clustermesh.cilium.io/global: "true"` in every cluster.
Where `clustermesh.defaultGlobalNamespace` of the chart is true, as it is by default, every namespace is global unless it says otherwise: then accept this finding under `ignore`.
""",
)

_GLOBAL = Version(1, 20)


def namespace_not_global(survey: Survey) -> Iterator[Problem]:
    """One problem for each namespace, at the first rule that needs it to be global."""
    if survey.policies is None or not survey.policies.rules:
        return
    policies = survey.policies
    since = {
        cluster.name for cluster in survey.mesh.clusters if parse_version(cluster.cilium.version) >= _GLOBAL
    }
    told = set()
    for index, (rule, flows) in enumerate(zip(policies.rules, policies.flows, strict=True)):
        abroad = {*flows.calling, *flows.called} if _crosses(flows) else set()
        for key, reference in (("from", rule.intent.from_), ("to", rule.intent.to)):
            pods = policies.directory.pods(reference)
            if pods and pods.namespace and pods.namespace not in told and abroad & since:
                told.add(pods.namespace)
                yield RULE.problem(
                    ("policy", "rules", index, "deny" if rule.deny else "allow", key),
                    f"the rule {rule.name} needs the namespace {pods.namespace} to be global from Cilium 1.20 on",
                    label="known to other clusters only if global",
                    help=f'annotate {pods.namespace} with clustermesh.cilium.io/global: "true" in every cluster',
                )


def _crosses(flows: "Flows") -> bool:
    return any(there != (here,) for here, there in flows.calling.items() if there)
