"""What policies are compiled to, and where each object comes from."""

from typing import NamedTuple

from ..kube.manifest import Manifest, manifest
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
        return str(self.manifest["metadata"].get("namespace", ""))

    @property
    def name(self) -> str:
        """The object's name."""
        return str(self.manifest["metadata"]["name"])


def policy_manifest(name: str, namespace: str | None, spec: Manifest) -> Manifest:
    """A policy of a namespace, or of the whole cluster where that is None."""
    kind = NAMESPACED if namespace else CLUSTERWIDE
    return manifest(API_VERSION, kind, name, namespace=namespace, spec=spec)
