"""MG429: a file of policies that cannot be used."""

from collections.abc import Iterator

from ..diagnostics import Problem, Rule, Severity
from ..survey import Survey

RULE = Rule(
    code="MG429",
    name="unusable-policy-file",
    severity=Severity.ERROR,
    ignorable=False,
    doc="""
A file under `policy.raw` is missing, is not YAML, or holds something else than policies.

## Why it matters
What is in it would be enforced nowhere, or nobody could tell what it allows.

## How to fix
Paths are relative to the folder of mesh.yaml.
A file holds objects of the kinds CiliumNetworkPolicy, CiliumClusterwideNetworkPolicy and NetworkPolicy, one or several documents of them; anything else goes another way to the cluster.
Nothing can be copied from a file that cannot be read, so this finding cannot be ignored.
""",
)


def unusable_policy_file(survey: Survey) -> Iterator[Problem]:
    """One problem for each such file."""
    policies = survey.policies
    assert policies is not None, "this is asked of a mesh with policies only"
    for index, file in enumerate(policies.raw):
        if file.faults:
            more = f" (and {len(file.faults) - 1} more)" if len(file.faults) > 1 else ""
            yield RULE.problem(("policy", "raw", index, "file"), f"{file.file}: {file.faults[0]}{more}")
