"""Files as they were given, each as what it says of clusters."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from ..cilium.version import parse_version
from ..model.layers import value_at
from .chart_values import cluster_name, is_of_cilium, read_values, unwrapped
from .found import Found, UnusableInputError
from .guide import is_guide, read_guide
from .objects import Object, flattened, is_object, read_objects
from .reading import documents, entries, mapping, text

_RELEASES = ("HelmRelease", "Application")
_YAML = (".yaml", ".yml", ".json")
_VERSION = re.compile(r"[0-9]{1,3}\.[0-9]{1,3}(\.[0-9]{1,4}(-[0-9A-Za-z.-]{1,32})?)?")


class Given(NamedTuple):
    """
    A file, or the files of a folder by name, as given: how it is called, and for which cluster and version.

    `folder` is the folder's base name, empty for a file.
    """

    shown: str
    files: Mapping[str, bytes]
    name: str = ""
    version: str = ""
    folder: str = ""


class Versions:
    """
    The versions that were given: of all clusters, and of some by name.

    `mesh` is the data of the mesh.yaml that is there, which says it where nothing else does.
    """

    def __init__(self, written: Sequence[str], mesh: Any = None) -> None:
        self._mesh = mesh
        pairs = [one.rpartition("=")[::2] for one in written]
        self._by_name = {name: checked_version(version) for name, version in pairs}

    @property
    def usual(self) -> str:
        """The one of all clusters, or nothing."""
        return self._by_name.get("", "")

    def of(self, name: str, own: str) -> str:
        """The version of a cluster; `own` is what its file was given with, or says."""
        return own or self._by_name.get(name) or self.usual or self._known(name)

    def _known(self, name: str) -> str:
        """The version that a cluster has in the mesh.yaml that is there."""
        clusters = entries(self._mesh, "clusters")
        own = (text(one, "cilium", "version") for one in clusters if text(one, "name") == name)
        known = next(own, None)
        version = "" if known is None else known or text(self._mesh, "cilium", "version")
        return version if _VERSION.fullmatch(version) else ""


def checked_version(version: str) -> str:
    """
    A version as mesh.yaml has it, without the `v` of tags.

    Raises:
        UnusableInputError: when it is none.

    """
    bare = version.removeprefix("v")
    if not _VERSION.fullmatch(bare):
        message = f"{version!r:.60} is not a Cilium version such as 1.18.2"
        raise UnusableInputError(message)
    return bare


def found_in(given: Given, versions: Versions) -> list[Found]:
    """
    What a file or folder says.

    Raises:
        UnreadableSourceError: with MG0xx problems.
        UnusableInputError: when it says nothing, or not of which cluster or version.

    """
    if given.folder and is_guide(given.files):
        return read_guide(given.files, given.shown)
    objects: list[Object] = []
    found: list[Found] = []
    for name, content in sorted(given.files.items()):
        shown = f"{given.shown}/{name}" if given.folder else given.shown
        if given.folder and not name.endswith(_YAML):
            continue
        for document in documents(content, shown):
            if is_object(document) and text(document, "kind") not in _RELEASES:
                objects.append(document)
            else:
                found.append(_values(document, shown, given, versions))
    if objects:
        found.append(_dump(objects, given, versions))
    if not found:
        message = f"{given.shown}: has no values, no dump and no configuration of a cluster"
        raise UnusableInputError(message)
    return found


def _dump(objects: list[Object], given: Given, versions: Versions) -> Found:
    every = flattened(objects)
    made = read_objects(
        every,
        (given.name, given.folder),
        given.shown,
        lambda name, own: versions.of(name, given.version or own),
    )
    configs = sum(text(one, "metadata", "name") == "cilium-config" for one in every)
    if configs > 1:
        message = (
            f"{given.shown}: has {configs} ConfigMaps cilium-config; give each cluster a folder of its own"
        )
        raise UnusableInputError(message)
    if not made.name:
        message = f"{given.shown}: does not say of which cluster it is; write CLUSTER={given.shown}"
        raise UnusableInputError(message)
    return made


def _values(document: Any, shown: str, given: Given, versions: Versions) -> Found:
    values, told = _of_release(document, shown) if is_object(document) else (document, "")
    if not isinstance(values, dict) or not is_of_cilium(values := unwrapped(values)):
        message = f"{shown}: is neither values of Cilium's chart nor an object of Kubernetes"
        raise UnusableInputError(message)
    name = given.name or cluster_name(values)
    if not name:
        message = f"{shown}: has no cluster.name; write CLUSTER={shown}"
        raise UnusableInputError(message)
    version = versions.of(name, given.version or told)
    if not version:
        message = (
            f"{shown}: values do not say which Cilium they are for: give --cilium-version, or {shown}@VERSION"
        )
        raise UnusableInputError(message)
    made = read_values(values, name, shown, parse_version(checked_version(version)))
    made.version = checked_version(version)
    return made


def _of_release(document: Object, shown: str) -> tuple[Any, str]:
    """
    The values, and the version of the chart, of a HelmRelease of Flux or an Application of Argo CD.

    Source: helm.toolkit.fluxcd.io/v2, spec.values; argoproj.io/v1alpha1, spec.source.helm.
    """
    if text(document, "kind") == "HelmRelease":
        return value_at(document, "spec", "values"), _release(
            text(document, "spec", "chart", "spec", "version")
        )
    source = mapping(document, "spec", "source")
    version = _release(text(source, "targetRevision"))
    if written := text(source, "helm", "values"):
        return next(iter(documents(written.encode(), shown)), None), version
    return value_at(source, "helm", "valuesObject"), version


def _release(version: str) -> str:
    """The version of a chart; a range or a branch is none."""
    bare = version.removeprefix("v")
    return bare if _VERSION.fullmatch(bare) else ""
