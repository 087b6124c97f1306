"""Files as they were given, each as what it says of clusters."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from ..cilium.version import parse_version
from ..source import UnreadableSourceError
from .chart_values import cluster_name, is_of_cilium, read_values, unwrapped
from .found import Found, UnusableInputError
from .guide import is_guide, read_guide
from .objects import READ, Object, flattened, is_object, read_objects
from .private_keys import is_left_out, without_keys
from .reading import entries, plain, sources, text
from .releases import CHART, KINDS, Release, read_release

_NO_RELEASE = Release(None, "", "")
_YAML = (".yaml", ".yml", ".json")
_PATCHES = re.compile(r"(?<=[0-9])\.[xX*]$")
_VERSION = re.compile(r"[0-9]{1,3}\.[0-9]{1,3}(\.[0-9]{1,4}(-[0-9A-Za-z.-]{1,32})?)?")


_Chart = tuple[Any, str, Release | None]
"""Values as they stand in a file, how that is called, and the release whose they are."""


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
        UnreadableSourceError: with problems of one file, which they name.
        UnusableInputError: when it says nothing, or not of which cluster or version.

    """
    if given.folder and is_guide(given.files):
        return read_guide(given.files, given.shown)
    objects, charts = _read(given)
    bare = [release for values, _, release in charts if release and not values]
    found = [
        _values(values, shown, given, versions, release or _NO_RELEASE._replace(version=_told_by(bare)))
        for values, shown, release in charts
        if release is None or values
    ]
    if objects:
        found.append(_dump(objects, given, versions))
    elsewhere = [place for release in bare for place in release.elsewhere]
    if not found:
        there = f"its values are in {', '.join(elsewhere)}: give what stands there, as CLUSTER=FILE@VERSION"
        nothing = "has no values, no dump and no configuration of a cluster"
        message = f"{given.shown}: {there if elsewhere else nothing}"
        raise UnusableInputError(message)
    found[0].unknown += [f"{given.shown}: {place} is not read" for place in elsewhere]
    return found


def _read(given: Given) -> tuple[list[Object], list[_Chart]]:
    """The objects that kubectl shows, and the values and releases of charts."""
    objects: list[Object] = []
    charts: list[_Chart] = []
    for name, content in sorted(given.files.items()):
        shown = f"{given.shown}/{name}" if given.folder else given.shown
        if given.folder and not name.endswith(_YAML):
            continue
        try:
            _sort(content, shown, given, objects, charts)
        except UnreadableSourceError as error:
            problems = [problem._replace(file=shown) for problem in error.problems]
            raise UnreadableSourceError(problems, error.text) from None
    return objects, charts


def _sort(content: bytes, shown: str, given: Given, objects: list[Object], charts: list[_Chart]) -> None:
    """Put each document of a file where it belongs."""
    for source in sources(content, shown):
        document = plain(source)
        if not is_object(document):
            charts.append((document, shown, None))
        elif text(document, "kind") not in KINDS:
            objects.append(document)
        else:
            release = read_release(source, given.files)
            charts.append((release.values, shown, release))


def _told_by(releases: list[Release]) -> str:
    """The version of Cilium's chart in releases whose values are files beside them."""
    return next((release.version for release in releases if release.chart == CHART), "")


def _dump(objects: list[Object], given: Given, versions: Versions) -> Found:
    every, lost = _without_keys(flattened(objects))
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
    made.unknown += lost
    return made


def _without_keys(objects: list[Object]) -> tuple[list[Object], list[str]]:
    """The objects without private keys, and what to say of those; kinds that are not read stay."""
    kept: list[Object] = []
    told: list[str] = []
    for one in objects:
        bare, lost = without_keys(one) if text(one, "kind") in READ else (one, [])
        kept.append(bare)
        owner = f"{text(bare, 'kind')} {text(bare, 'metadata', 'name')}"
        told += [is_left_out(".".join(path), owner) for path in lost]
    return kept, told


def _values(document: Any, shown: str, given: Given, versions: Versions, release: Release) -> Found:
    if not isinstance(document, dict) or not is_of_cilium(written := unwrapped(document)):
        message = f"{shown}: is neither values of Cilium's chart nor an object of Kubernetes"
        raise UnusableInputError(message)
    values, lost = without_keys(written)
    name = given.name or cluster_name(values)
    if not name:
        message = f"{shown}: has no cluster.name; write CLUSTER={shown}"
        raise UnusableInputError(message)
    version = versions.of(name, given.version or _of_chart(release.version))
    if not version:
        message = (
            f"{shown}: values do not say which Cilium they are for: give --cilium-version, or {shown}@VERSION"
        )
        raise UnusableInputError(message)
    made = read_values(values, name, shown, parse_version(checked_version(version)))
    made.version = checked_version(version)
    made.unknown[:0] = [is_left_out(".".join(path), name) for path in lost]
    made.unknown += [f"{shown}: {what} is not read" for what in (*release.unread, *release.elsewhere)]
    return made


def _of_chart(version: str) -> str:
    """The version of a chart; all patches of a minor are that minor, other ranges and branches are none."""
    bare = _PATCHES.sub("", version.removeprefix("v"))
    return bare if _VERSION.fullmatch(bare) else ""
