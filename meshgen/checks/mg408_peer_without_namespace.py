"""MG408: a peer that names no namespace."""

from collections.abc import Iterator

from ..diagnostics import Problem, Rule, Severity
from ..survey import Survey

RULE = Rule(
    code="MG408",
    name="peer-without-namespace",
    severity=Severity.WARNING,
    doc="""
A selector of pods on the other side of a rule names no namespace.

## Why it matters
In a CiliumNetworkPolicy it then means the policy's own namespace, and in a CiliumClusterwideNetworkPolicy every namespace: the same text opens one or all.
That namespace is the one of that name in every cluster the rule is about, whoever owns it there.
Labels of namespaces (`k8s:io.cilium.k8s.namespace.labels.…`) replace it from Cilium 1.16 on only; before, both must match.

## How to fix
Write the namespace: `k8s:io.kubernetes.pod.namespace: shop` under `matchLabels`.
For every namespace, write it under `matchExpressions` with `operator: Exists`.
""",
)


def peer_without_namespace(survey: Survey) -> Iterator[Problem]:
    """One problem for each rule with such a peer, at the first of them."""
    if survey.picture is None:
        return
    from ..reachability.written import problem_at, rules_of

    for written, entry in rules_of(survey.picture.written):
        places = written.without_namespace(entry)
        if places:
            meaning = (
                f"pods of {written.one.namespace} only"
                if written.one.namespace
                else "pods of every namespace"
            )
            yield problem_at(
                RULE,
                written.one,
                places[0],
                f"a peer of {written.told} names no namespace, and means {meaning}",
                label=_label(len(places)),
                help="add k8s:io.kubernetes.pod.namespace to its matchLabels; for every namespace, to its "
                "matchExpressions with the operator Exists",
            )


def _label(number: int) -> str:
    return "no namespace" if number == 1 else f"{number} peers of this rule name none"
