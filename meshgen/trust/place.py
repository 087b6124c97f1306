"""Where in mesh.yaml a finding about TLS material is shown, and the way out of most."""

from ..location import SourcePath
from ..model import Mesh


def place(cluster: int | None) -> SourcePath:
    """The cluster that the material is of, or the `tls` section for what is of the whole mesh."""
    return ("tls",) if cluster is None else ("clusters", cluster, "name")


def place_of(mesh: Mesh, cluster: int | None) -> SourcePath:
    """The same, where the material of the whole mesh may be the one file that mesh.yaml names."""
    named = cluster is None and mesh.tls.source == "in-cluster"
    return ("tls", "caBundle") if named else place(cluster)


def renewal(mesh: Mesh, cluster: int | None) -> str:
    """How a cluster's certificate, or an authority, is had anew."""
    if mesh.tls.source == "generate":
        return "meshgen pki rotate " + ("--ca trust" if cluster is None else mesh.clusters[cluster].name)
    if mesh.tls.source == "in-cluster":
        return f"write the authority's current certificate into {mesh.tls.ca_bundle}"
    again = "extract the cluster's files again"
    return (
        again
        if mesh.secrets.backend == "plaintext"
        else f"{again}, then: meshgen pki import {mesh.tls.files}"
    )
