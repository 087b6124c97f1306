"""MG523: a `gitops` section from which nothing can be written."""

from collections.abc import Iterator

from ..diagnostics import Problem, Rule, Severity
from ..survey import Survey

RULE = Rule(
    code="MG523",
    name="incomplete-gitops",
    severity=Severity.WARNING,
    doc="""
A `gitops` section that says something of the repository, and not all of it.

## Why it matters
What a GitOps tool begins with names the tool, the repository, the revision and the folder of the tree in it.
None of them can be guessed: a wrong revision or folder prunes what the right one applies.
So nothing is written to `_gitops/` while one is missing.

## How to fix
Give `tool`, `repoURL`, `revision` and `path`; or `tool` alone, where only its checks are wanted.
""",
)


def incomplete_gitops(survey: Survey) -> Iterator[Problem]:
    """At most one problem."""
    gitops = survey.mesh.gitops
    written = {
        "tool": gitops.tool,
        "repoURL": gitops.repo_url,
        "revision": gitops.revision,
        "path": gitops.path,
    }
    given = {key for key, value in written.items() if value is not None}
    missing = [key for key in written if key not in given]
    if missing and given - {"tool"}:
        keys = " and ".join(missing)
        yield RULE.problem(
            ("gitops",),
            f"gitops has no {keys}, so the build writes nothing for a GitOps tool to begin with",
            help=f"add {keys}",
        )
