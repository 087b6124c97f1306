"""Meshes of clusters with a chart, as the tests here build them."""

from typing import Any

from builders import cluster, mesh

from meshgen.chart.values import Values, values_of
from meshgen.inspection import Inspection, inspect
from meshgen.yaml_out import dump

MINORS = tuple(f"1.{minor}" for minor in range(13, 21))
"""The charts whose values are known."""


def charted(version: str, *clusters: dict[str, Any], **overrides: Any) -> dict[str, Any]:
    """A mesh of two clusters of a version."""
    cilium = {"version": version} | overrides.pop("cilium", {})
    return mesh(*clusters, cilium=cilium, **overrides)


def with_values(version: str, values: dict[str, Any], **overrides: Any) -> dict[str, Any]:
    """The same, in which the first cluster has values of its own."""
    return charted(version, cluster(1, helmValues=values), cluster(2), **overrides)


def inspected(data: dict[str, Any]) -> Inspection:
    """A mesh and what is found in it."""
    return inspect(dump(data).encode(), "mesh.yaml")


def told(data: dict[str, Any], *codes: str) -> list[str]:
    """The messages of findings with one of some codes."""
    return [one.message for one in inspected(data).diagnostics if one.code in codes]


def emitted(data: dict[str, Any]) -> list[Values]:
    """The values of each cluster."""
    found = inspected(data).mesh
    assert found is not None
    return [values_of(found, one) for one in found.clusters]
