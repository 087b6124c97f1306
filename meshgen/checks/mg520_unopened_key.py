"""MG520: keys of the store are opened by none of the identities at hand."""

from collections.abc import Iterator

from ..diagnostics import Problem, Rule, Severity
from ..survey import Survey

RULE = Rule(
    code="MG520",
    name="unopened-key",
    severity=Severity.WARNING,
    doc="""
Keys of the store are opened by none of the identities at hand.

## Why it matters
With an identity, `meshgen check` compares each key with its certificate; a key that does not open was not compared.
Either the identity is not one of `tls.storeRecipients`, or the file of the key is damaged.

## How to fix
Give the identity of a store's recipient: `--identity FILE`, `SOPS_AGE_KEY_FILE` or `SOPS_AGE_KEY`.
Restore a damaged file from Git.
Where the identity is lost for good, so are the keys: with new recipients in mesh.yaml, replace the authority, which makes all of them anew: `meshgen pki rotate --ca trust`.
""",
)


def unopened_key(survey: Survey) -> Iterator[Problem]:
    """At most one problem, and none where there is no identity."""
    inventory = survey.inventory
    if inventory is None or not inventory.opening:
        return
    missing = {fault.path for fault in inventory.faults}
    sealed = [one for one in inventory.certificates if one.key_path and one.key_path not in missing]
    closed = [one.key_path for one in sealed if one.key_matches is None]
    if closed:
        yield RULE.problem(
            ("tls",),
            f"{len(closed)} of {len(sealed)} keys are opened by none of the identities, the first {closed[0]}",
            on_key=True,
            help="give the identity of a recipient of the store, or restore the file from Git",
        )
