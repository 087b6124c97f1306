"""MG1xx: the shape of mesh.yaml."""

from ..diagnostics import Rule, Severity

UNKNOWN_KEY = Rule(
    code="MG101",
    name="unknown-key",
    severity=Severity.ERROR,
    ignorable=False,
    doc="""
A key is not known here.

## Why it matters
A misspelt key that is dropped in silence is a setting you believe you made.

## How to fix
The help line names the nearest accepted key, or all of them.
`meshgen schema` gives editors completion and a warning while you type.
""",
)

MISSING_KEY = Rule(
    code="MG102",
    name="missing-key",
    severity=Severity.ERROR,
    ignorable=False,
    doc="""
A required key is missing.

## Why it matters
There is no default that would be right for every mesh.

## How to fix
Add the key; for clusters, `provider` may also stand once in `clusterDefaults`.
""",
)

WRONG_TYPE = Rule(
    code="MG103",
    name="wrong-type",
    severity=Severity.ERROR,
    ignorable=False,
    doc="""
A value has the wrong type, or one that YAML readers disagree about.

## Why it matters
`1.20` is the number 1.2, `"1"` is text, and `no`, `on` or `017` mean one thing to a YAML 1.2 reader and another to the YAML 1.1 readers around Kubernetes.
meshgen reads YAML 1.2 and guesses nothing.

## How to fix
Put text in quotes, and numbers out of them.
""",
)

BAD_VALUE = Rule(
    code="MG104",
    name="bad-value",
    severity=Severity.ERROR,
    ignorable=False,
    doc="""
A value is not one of those accepted.

## Why it matters
Kubernetes and Cilium have rules for names, labels, ports and addresses; a value outside them is refused by the API server, or accepted and never used.
What is larger than any mesh is refused at once, so that every answer comes within seconds: more than 1,024 clusters, or 10,000 values in one cluster, service or section, node addresses not counted.

## How to fix
The message names the rule, the help line the accepted values.
""",
)

UNSUPPORTED_FORMAT_VERSION = Rule(
    code="MG105",
    name="unsupported-format-version",
    severity=Severity.ERROR,
    ignorable=False,
    doc="""
The file is written in a format that this meshgen does not know.

## Why it matters
`version` is the version of the file format, not of Cilium.
A newer format may give keys another meaning.

## How to fix
Write `version: 1`, or use the meshgen that the file was written for.
""",
)

RULES = (UNKNOWN_KEY, MISSING_KEY, WRONG_TYPE, BAD_VALUE, UNSUPPORTED_FORMAT_VERSION)
