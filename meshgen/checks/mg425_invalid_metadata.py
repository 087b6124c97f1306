"""MG425: metadata of a raw policy that Kubernetes does not take."""

from collections.abc import Iterator

from ..diagnostics import Problem, Rule, Severity
from ..survey import Survey

RULE = Rule(
    code="MG425",
    name="invalid-metadata",
    severity=Severity.ERROR,
    doc="""
The metadata of a policy under `policy.raw` has a `description`, or lacks the namespace.

## Why it matters
`metadata.description` is no field of Kubernetes: the API server drops it, or refuses the object where fields are validated.
A policy without a namespace lands in whichever one `kubectl` happens to use, and protects that.

## How to fix
Move the text to `spec.description`, and write the namespace.
""",
)

_CLUSTER_SCOPED = "CiliumClusterwideNetworkPolicy"


def invalid_metadata(survey: Survey) -> Iterator[Problem]:
    """One problem for each fault of an object, however many clusters it is for."""
    seen = set()
    for one in survey.policies.of_files if survey.policies else ():
        assert one.raw is not None, "it stands in a file"
        if (one.at, one.raw.document) in seen:
            continue
        seen.add((one.at, one.raw.document))
        line = one.raw.source.span(("metadata",), on_key=True).start.line
        place = f"{one.raw.file}:{line}: {one.kind} {one.name}"
        if "description" in one.manifest["metadata"]:
            yield RULE.problem(
                (*one.at, "file"),
                f"{place} has metadata.description, which is no field",
                help="move it to spec.description",
            )
        if not one.namespace and one.kind != _CLUSTER_SCOPED:
            yield RULE.problem((*one.at, "file"), f"{place} has no namespace", help="add metadata.namespace")
