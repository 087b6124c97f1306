"""MG523: a `gitops` section from which no GitOps tool can begin."""

import re
from collections.abc import Iterator

from ..diagnostics import Problem, Rule, Severity
from ..survey import Survey

RULE = Rule(
    code="MG523",
    name="incomplete-gitops",
    severity=Severity.WARNING,
    doc="""
A `gitops` section that says something of the repository and not all of it, or a revision that Flux cannot fetch.

## Why it matters
What a GitOps tool begins with names the tool, the repository, the revision and the folder of the tree in it.
None of them can be guessed: a wrong revision or folder prunes what the right one applies.
So nothing is written to `_gitops/` while one is missing.
Flux fetches a branch, a reference that begins with `refs/`, or a commit by all of its digits; `HEAD` and the beginning of a commit would be branches of that name, and its GitRepository never becomes ready.

## How to fix
Give `tool`, `repoURL`, `revision` and `path`; or `tool` alone, where only its checks are wanted.
For Flux, write the branch that `HEAD` means, or all 40 digits of the commit.
""",
)

_BEGINNING_OF_COMMIT = re.compile(r"(?=.*[0-9])(?=.*[a-f])[0-9a-f]{7,39}")


def incomplete_gitops(survey: Survey) -> Iterator[Problem]:
    """One problem for what is missing, and one for a revision that Flux cannot fetch."""
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
    if gitops.tool == "flux" and gitops.revision is not None:
        yield from _unfetchable(gitops.revision)


def _unfetchable(revision: str) -> Iterator[Problem]:
    """Source: fluxcd/source-controller, docs/spec/v1/gitrepositories.md."""
    at = ("gitops", "revision")
    if revision == "HEAD":
        message = "Flux does not follow HEAD: it would look for a branch of that name"
        yield RULE.problem(at, message, help="name the branch that it means, such as main")
    elif _BEGINNING_OF_COMMIT.fullmatch(revision):
        message = f"Flux takes {revision} for a branch, since a commit has 40 digits"
        yield RULE.problem(at, message, help=f"write all of them, or refs/heads/{revision} for a branch")
