"""MG511: an etcd configuration names no file or a missing one, or dials something else than its cluster."""

from collections.abc import Iterator

from ..diagnostics import Problem, Rule, Severity
from ..survey import Survey
from ..trust.etcd_config import FILES, FOLDER
from ..trust.naming import host_of
from ..trust.objects import CA, CERTIFICATE, KEY
from ..trust.place import place

RULE = Rule(
    code="MG511",
    name="config-names-missing-file",
    severity=Severity.ERROR,
    doc="""
An etcd configuration names no file or a missing one, or dials something else than its cluster.

## Why it matters
Agents wait without end for a file that the Secret does not hold: `Waiting for all etcd configuration files to be available`.
Without `trusted-ca-file` they trust the system's authorities instead of the cluster's, and without `cert-file` and `key-file` etcd refuses them.
The host name of the endpoint is what the server's certificate and `hostAliases` are about, so it must be the cluster's own.

## How to fix
Extract the files of the cluster again, with the cluster's name as it stands in mesh.yaml.
""",
)


def config_names_missing_file(survey: Survey) -> Iterator[Problem]:
    """One problem for each file, and for each endpoint."""
    if survey.inventory is None:
        return
    for entry in survey.inventory.entries:
        cluster = survey.mesh.clusters[entry.cluster]
        present = {FOLDER + cluster.name + suffix for suffix in (CA, CERTIFICATE, KEY)}
        for key in FILES:
            path = entry.config.files.get(key)
            if path is None and not (key == "trusted-ca-file" and entry.config.legacy):  # that is MG513
                yield RULE.problem(place(entry.cluster), f"{entry.path} names no {key}")
            elif path is not None and path not in present:
                yield RULE.problem(
                    place(entry.cluster), f"{entry.path} names {path} as {key}; the Secret does not hold it"
                )
        host = host_of(survey.mesh, cluster)
        for endpoint in entry.config.endpoints:
            if endpoint != f"https://{host}:{cluster.service.port}":
                yield RULE.problem(
                    place(entry.cluster),
                    f"{entry.path} dials {endpoint}; {cluster.name} is https://{host}:{cluster.service.port}",
                )
