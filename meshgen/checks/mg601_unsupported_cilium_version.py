"""MG601: a Cilium version that meshgen does not compile for."""

from collections.abc import Iterator

from ..cilium.profiles import profile_of, supported_versions
from ..cilium.version import parse_version
from ..diagnostics import Problem, Rule, Severity
from ..location import SourcePath
from ..model import Mesh
from ..survey import Survey

RULE = Rule(
    code="MG601",
    name="unsupported-cilium-version",
    severity=Severity.ERROR,
    ignorable=False,
    doc="""
meshgen does not compile for this version of Cilium.

## Why it matters
What a mesh is made of differs between versions: objects, names, annotations, where names are resolved.
Output made for another version is accepted by the API server and does nothing.

## How to fix
The help line lists the supported versions.
Nothing can be built for a version without a profile, so this finding cannot be ignored.
""",
)


def unsupported_cilium_version(survey: Survey) -> Iterator[Problem]:
    """One problem for each place where such a version is written, and for each cluster it reaches."""
    for path, version in _versions(survey.mesh):
        if profile_of(parse_version(version)) is None:
            yield RULE.problem(
                path,
                f"Cilium {version} is not supported",
                help=f"supported: {supported_versions()}",
            )


def _versions(mesh: Mesh) -> Iterator[tuple[SourcePath, str]]:
    yield ("cilium", "version"), mesh.cilium.version
    if default := mesh.cluster_defaults.cilium.version:
        yield ("clusterDefaults", "cilium", "version"), default
    for index, cluster in enumerate(mesh.clusters):
        yield ("clusters", index, "cilium", "version"), cluster.cilium.version
