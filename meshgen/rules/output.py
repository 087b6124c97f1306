"""MG7xx: the output tree."""

from ..diagnostics import Rule, Severity

FOREIGN_OUTPUT = Rule(
    code="MG701",
    name="foreign-output",
    severity=Severity.ERROR,
    ignorable=False,
    doc="""
The output directory holds files that are not meshgen's.

## Why it matters
meshgen removes files that it no longer needs, and writes over its own.
It knows its own by the index `.meshgen.json`; in a directory with files and no index, or where another file stands in the way of one to be written, it touches nothing.
Where the index alone is lost, and each of its files is missing or as a build would write it, a build takes them for its own.

## How to fix
If the files are meshgen's and the index is lost, bring it back from Git: `git checkout -- out/.meshgen.json`; then build.
Otherwise choose another directory with `-o`, or move the files away.
""",
)

HAND_EDITED_OUTPUT = Rule(
    code="MG702",
    name="hand-edited-output",
    severity=Severity.ERROR,
    ignorable=False,
    doc="""
A file that meshgen wrote was changed by hand.

## Why it matters
The next build would undo the change, and whoever made it would find out in production.
A merge conflict left in the index, or a symbolic link put in place of a file or folder, counts as well.

## How to fix
Put the change into mesh.yaml, where `annotations`, `labels` and `service` leave room for it.
Then run `meshgen build --force`, which writes over the edited files.
""",
)

CLUSTER_REMOVAL = Rule(
    code="MG703",
    name="cluster-removal-not-allowed",
    severity=Severity.ERROR,
    ignorable=False,
    doc="""
A build would remove everything of a cluster.

## Why it matters
A renamed or lost entry in mesh.yaml would delete a whole folder, and a GitOps tool would follow.

## How to fix
If the cluster really leaves, say so: `meshgen build --allow-removal NAME`.
`out/ROLLOUT.md` has the order in which a cluster is taken out.
""",
)

PRIVATE_KEY_IN_OUTPUT = Rule(
    code="MG704",
    name="private-key-in-output",
    severity=Severity.ERROR,
    ignorable=False,
    doc="""
A file to be written would contain a private key.

## Why it matters
The output tree is committed to Git, where a key stays for good.
Keys are found in PEM and as base64, wherever they came from: most often an annotation or a label in mesh.yaml.

## How to fix
Take the key out of mesh.yaml; replace it if it was ever committed.
""",
)

RULES = (FOREIGN_OUTPUT, HAND_EDITED_OUTPUT, CLUSTER_REMOVAL, PRIVATE_KEY_IN_OUTPUT)
