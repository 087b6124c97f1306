"""MG516: a Secret would be larger than Kubernetes takes."""

from collections.abc import Iterator

from ..diagnostics import Problem, Rule, Severity
from ..survey import Survey
from ..trust.objects import contents
from ..trust.place import place
from ..trust.sizes import ANNOTATION_LIMIT, DATA_LIMIT, sizes

RULE = Rule(
    code="MG516",
    name="secret-too-large",
    severity=Severity.ERROR,
    doc="""
A Secret would be larger than Kubernetes takes.

## Why it matters
The API server refuses more than 1,048,576 bytes of data in a Secret.
Client-side `kubectl apply` keeps a copy in an annotation and refuses more than 262,144 bytes: that is a warning, since `apply.sh` and GitOps tools apply server-side.
While an authority is replaced, two authorities stand in place of each one; a Secret that fits only without that is a warning too.

## How to fix
Use `tls.source: generate`, where a Secret holds one key and one bundle whatever the number of clusters, or ECDSA keys.
""",
)


def secret_too_large(survey: Survey) -> Iterator[Problem]:
    """At most one problem for each cluster."""
    if survey.inventory is None:
        return
    for index, secrets in enumerate(contents(survey.mesh, survey.inventory)):
        size = max((sizes(secret) for secret in secrets), default=None)
        if size is None:
            continue
        if size.steady > DATA_LIMIT:
            message = f"a Secret of {survey.names[index]} would have {size.steady:,} bytes of data"
            yield RULE.problem(place(index), message, help=f"at most {DATA_LIMIT:,} are taken")
        elif size.rotating > DATA_LIMIT or size.applied > ANNOTATION_LIMIT:
            what = (
                f"{size.rotating:,} bytes of data while authorities are replaced"
                if size.rotating > DATA_LIMIT
                else f"{size.applied:,} bytes, too many for client-side kubectl apply"
            )
            message = f"a Secret of {survey.names[index]} would have {what}"
            yield RULE.problem(place(index), message, severity=Severity.WARNING)
