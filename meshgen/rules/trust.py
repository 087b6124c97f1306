"""MG5xx that only a build can raise: what has to be sealed and cannot be."""

from ..diagnostics import Rule, Severity

SEAL_NEEDED = Rule(
    code="MG519",
    name="seal-needed",
    severity=Severity.ERROR,
    ignorable=False,
    doc="""
A private value must be sealed, and its key cannot be opened here, or there is nothing to seal it with.

## Why it matters
A value is sealed anew when its certificate, its place or its recipients change, and that needs the key.
A build that has no identity keeps every seal that is still right, and otherwise writes nothing.
With `plaintext` nothing is sealed, so every build needs the keys, and `build --check` does not.
With `sealed-secrets`, an expired certificate of a controller seals nothing new; what it sealed before is kept.

## How to fix
Run the command that the help line names where an identity is at hand, and commit what it changes.
An identity is given by `--identity FILE`, `SOPS_AGE_KEY_FILE` or `SOPS_AGE_KEY`.
""",
)

RULES = (SEAL_NEEDED,)
