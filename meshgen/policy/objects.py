"""What policies are compiled to, and where each object comes from."""

from collections.abc import Iterator
from typing import NamedTuple

from ..kube.manifest import Manifest, filled, manifest
from ..location import SourcePath
from ..source import Source

API_VERSION = "cilium.io/v2"
NAMESPACED = "CiliumNetworkPolicy"
CLUSTERWIDE = "CiliumClusterwideNetworkPolicy"


class RawPlace(NamedTuple):
    """The file and document (from 0) of a raw object; `source` knows the lines of everything in it."""

    file: str
    document: int
    source: Source


class Stencil(NamedTuple):
    """
    What several clusters are to enforce, each with its own name where the manifest has OWN.

    `clusters` are sorted; the rest is as in `PolicyObject`.
    """

    clusters: tuple[str, ...]
    manifest: Manifest
    at: SourcePath
    source: str
    role: str
    direction: str

    @property
    def namespace(self) -> str:
        """The objects' namespace; empty where they have none."""
        return namespace_of(self.manifest)

    @property
    def name(self) -> str:
        """The objects' name."""
        return name_of(self.manifest)

    def objects(self) -> Iterator["PolicyObject"]:
        """The object of each cluster."""
        for name in self.clusters:
            yield PolicyObject(
                name, filled(self.manifest, name), self.at, self.source, self.role, self.direction
            )


class PolicyObject(NamedTuple):
    """
    An object of one cluster, as it is applied but for the labels and annotations that all have.

    `at` is the place of its rule, posture or file in mesh.yaml, `source` the same by names, for
    provenance; `role` is `posture`, `allow`, `deny` or `raw`, and `direction` is empty for the last.
    """

    cluster: str
    manifest: Manifest
    at: SourcePath
    source: str
    role: str
    direction: str = ""
    raw: RawPlace | None = None

    @property
    def kind(self) -> str:
        """The object's kind."""
        return str(self.manifest["kind"])

    @property
    def namespace(self) -> str:
        """The object's namespace; empty where it has none."""
        return namespace_of(self.manifest)

    @property
    def name(self) -> str:
        """The object's name."""
        return name_of(self.manifest)


def namespace_of(policy: Manifest) -> str:
    """A policy's namespace; empty where it has none."""
    return str(policy["metadata"].get("namespace", ""))


def name_of(policy: Manifest) -> str:
    """A policy's name."""
    return str(policy["metadata"]["name"])


def policy_manifest(name: str, namespace: str | None, spec: Manifest) -> Manifest:
    """A policy of a namespace, or of the whole cluster where that is None."""
    kind = NAMESPACED if namespace else CLUSTERWIDE
    return manifest(API_VERSION, kind, name, namespace=namespace, spec=spec)
