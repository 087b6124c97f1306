"""
Every file that an etcd configuration names is brought by something in that version.

The volumes of each profile say which Secret brings which file into which container; the Secrets are
those that are built, or those that the chart makes. A path that nothing brings keeps agents waiting
without end (cilium#42841).
"""

from base64 import b64decode
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from builders import cluster, mesh
from compilation import inspected, tls_files

from meshgen.chart.values import brings_certificates
from meshgen.cilium.profile import Profile, Source
from meshgen.cilium.profiles import PROFILES
from meshgen.cilium.version import Version
from meshgen.compiler import compile_mesh

FOLDER = "/var/lib/cilium/clustermesh/"
Objects = dict[str, Any]
"""Whole objects by name."""


def _meshes() -> Iterator[Any]:
    """Each minor line, with each source of certificates that it has without a store."""
    for profile in PROFILES:
        for minor in range(profile.first.minor, profile.last.minor + 1):
            sources = [None] if profile.peer_secrets else ["files"]
            sources += ["in-cluster"] if "in-cluster" in profile.tls_sources else []
            for source in sources:
                yield pytest.param(profile, Version(1, minor, 2), source, id=f"1.{minor}-{source}")


MESHES = list(_meshes())


def built(version: Version, source: str | None) -> Objects:
    """The objects of the first of two clusters, Secrets included."""
    data = mesh(
        cluster(1),
        cluster(2),
        cilium={"version": str(version), "delivery": "manifests"},
        tls=source and {"source": source},
    )
    inspection = inspected(data, tls_files("cluster1", "cluster2"))
    compiled = compile_mesh(inspection, source="mesh.yaml", root="out")
    files = {**compiled.tree.files, **compiled.secrets.files}
    documents = (
        yaml.safe_load(content)
        for path, content in files.items()
        if path.startswith("cluster1/") and path.endswith(".yaml") and "patches" not in path
    )
    return {one["metadata"]["name"]: one for one in documents if "metadata" in one}


def by_chart(profile: Profile, version: Version, source: str | None) -> Objects:
    """The Secrets that the chart makes, or asks cert-manager for."""
    makes = profile.peer_secrets and (source is None or not brings_certificates(version))
    return {secret.name: {} for secret in profile.tls_secrets} if makes else {}


def configurations(profile: Profile, objects: Objects) -> Iterator[tuple[str, str]]:
    """Which container reads which configuration."""
    readers = {secret.name: secret.container for secret in profile.peer_secrets}
    for name, container in (readers or {profile.secret_name: "cilium-agent"}).items():
        for value in objects[name]["data"].values():
            text = b64decode(value).decode()
            if "endpoints:" in text:
                yield container, text


def brought(source: Source, objects: Objects) -> set[str]:
    """The files that a source of a volume brings: chosen ones of a Secret that is there, or all of it."""
    if source.items:
        return {file for _, file in source.items} if source.object in objects else set()
    return set(objects.get(source.object, {}).get("data", ()))


def missing(profile: Profile, objects: Objects) -> set[tuple[str, str]]:
    """The containers and paths for which some container would wait."""
    lacks = set()
    for container, text in configurations(profile, objects):
        found = {
            volume.path + file
            for volume in profile.volumes
            if volume.container == container
            for source in volume.sources
            for file in brought(source, objects)
        }
        lacks |= {(container, path) for path in named(text) - found}
    return lacks


def named(text: str) -> set[str]:
    """The paths of authority, certificate and key."""
    paths = {path for key, path in yaml.safe_load(text).items() if key.endswith("-file")}
    assert len(paths) == 3
    return paths


@pytest.mark.parametrize(("profile", "version", "source"), MESHES)
def test_each_path_is_brought_by_something(profile: Profile, version: Version, source: str | None) -> None:
    objects = by_chart(profile, version, source) | built(version, source)
    assert list(configurations(profile, objects))
    assert missing(profile, objects) == set()


@pytest.mark.parametrize(("profile", "version", "source"), MESHES)
def test_a_source_that_is_taken_away_is_missed(
    profile: Profile, version: Version, source: str | None
) -> None:
    objects = by_chart(profile, version, source) | built(version, source)
    used = {path for _, text in configurations(profile, objects) for path in named(text)}
    sources = [(volume.path, one) for volume in profile.volumes for one in volume.sources if one.items]
    taken = set()
    for folder, one in sources:
        files = {folder + file for _, file in one.items} & used
        left = {name: content for name, content in objects.items() if name != one.object}
        assert {path for _, path in missing(profile, left)} >= files
        taken |= files
    assert taken == (used if sources else set())


@pytest.mark.parametrize("ending", ["-ca.crt", ".crt", ".key"])
@pytest.mark.parametrize("version", [Version(1, 6, 9), Version(1, 13, 16)], ids=str)
def test_a_file_that_is_taken_out_of_the_guides_secret_is_missed(version: Version, ending: str) -> None:
    profile = next(one for one in PROFILES if one.covers(version))
    objects = built(version, "files")
    file = f"cluster2.etcd-client{ending}"
    del objects["cilium-clustermesh"]["data"][file]
    assert missing(profile, objects) == {("cilium-agent", FOLDER + file)}
