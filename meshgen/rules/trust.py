"""MG5xx that come from reading TLS material."""

from ..diagnostics import Rule, Severity

TLS_FILE_MISSING = Rule(
    code="MG501",
    name="tls-file-missing",
    severity=Severity.ERROR,
    doc="""
A TLS file of a cluster is missing.

## Why it matters
With `tls.source: files`, the mesh Secret is made from what the guide's extract script leaves in `config/`: for each cluster its etcd configuration, CA, certificate and key.
An agent whose Secret lacks one of them waits for it without end, and the clusters do not connect.

## How to fix
Run the extract script against the cluster named, or correct `tls.files`.
Each cluster needs `<name>`, `<name>.etcd-client-ca.crt`, `<name>.etcd-client.crt` and `<name>.etcd-client.key`.
""",
    ignorable=False,
)

RULES = (TLS_FILE_MISSING,)
