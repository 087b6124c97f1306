"""MG0xx: the text of mesh.yaml."""

from ..diagnostics import Rule, Severity

YAML_SYNTAX = Rule(
    code="MG001",
    name="yaml-syntax",
    severity=Severity.ERROR,
    ignorable=False,
    doc="""
The file is not YAML.

## Why it matters
Nothing can be said about a mesh that cannot be read, so this finding comes alone.

## How to fix
The place shown is where reading had to stop; the cause is often on the line before it: an indent, a missing quote, a colon or bracket too many.
The help line names what is most likely meant.
Tabs cannot indent YAML.
""",
)

DUPLICATE_KEY = Rule(
    code="MG002",
    name="duplicate-key",
    severity=Severity.ERROR,
    ignorable=False,
    doc="""
A key is written twice in one mapping.

## Why it matters
YAML forbids it, but most readers keep the last one without a word, so the value you see may not be the one that counts.

## How to fix
Remove one of the two.
""",
)

UNSUPPORTED_YAML = Rule(
    code="MG003",
    name="unsupported-yaml",
    severity=Severity.ERROR,
    ignorable=False,
    doc="""
The file uses a part of YAML that mesh.yaml does without.

## Why it matters
Tags, several documents, keys that are not text, anchors that contain themselves and aliases that grow without bound are read differently by different tools, or make reading hang.
The characters U+0085, U+2028 and U+2029 end a line, and so a comment, for readers of YAML 1.1 and not for editors: what looks like a comment would be read as data.
Plain anchors, aliases and merge keys (`<<`) are fine.
Files are bounded: 64 levels deep, 1,000,000 values once aliases are expanded.

## How to fix
Remove the tag, split the documents, quote the key, or write the character as an escape.
""",
)

UNUSABLE_FILE = Rule(
    code="MG004",
    name="unusable-file",
    severity=Severity.ERROR,
    ignorable=False,
    doc="""
The file is empty, not UTF-8, or too large.

## Why it matters
An empty mesh.yaml would compile to an empty tree, and a file in another encoding to wrong names.

## How to fix
Save the file as UTF-8; `meshgen init` writes one to start from.
At most 16 MiB are read, which is twice what 511 clusters with 1,000 nodes each need.
A file that does not exist is no finding: the command ends with exit status 3.
""",
)

RULES = (YAML_SYNTAX, DUPLICATE_KEY, UNSUPPORTED_YAML, UNUSABLE_FILE)
