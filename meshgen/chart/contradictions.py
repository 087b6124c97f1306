"""
Values of `helmValues` that say other than mesh.yaml does.

`helmValues` lie over what meshgen writes, so that such a value would win in silence.
"""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from ..addresses import cidr
from ..cilium.profile import ControlPlane
from ..cilium.profiles import profile_of
from ..cilium.version import parse_version
from ..diagnostics import shown
from ..location import SourcePath
from ..model import Mesh
from .keys import keys_of
from .known import Path, misfits, takes
from .said import given_at, said
from .saying import EMPTY


class Contradiction(NamedTuple):
    """
    A value at `path`, what stands against it, and the way out.

    `at` is the place in mesh.yaml that says so; there is none where its default does.
    """

    path: Path
    given: str
    against: str
    at: SourcePath | None
    way_out: str


def contradictions(mesh: Mesh, index: int) -> Iterator[Contradiction]:
    """Where the values of a cluster contradict mesh.yaml; one for each value."""
    cluster = mesh.clusters[index]
    version = parse_version(cluster.cilium.version)
    profile = profile_of(version)
    if not cluster.helm_values or profile is None or profile.control_plane is ControlPlane.ETCD:
        return
    if not keys_of(version[:2]):
        return
    # NOTE: what is no mapping where the chart has one is a finding of its own, MG607.
    seen: set[Path] = set(misfits(version, cluster.helm_values))
    for one in said(mesh, index, profile):
        path, given = given_at(cluster.helm_values, one.path)
        if path in seen or not path or not takes(version[:2], path):
            continue
        if path != one.path:
            seen.add(path)
            against = "meshgen writes values below it"
            yield Contradiction(path, _text(given), against, one.written, "leave it out, or write a mapping")
        elif not _same(one.unset if given in EMPTY else given, one.wanted):
            against = one.against or f"mesh.yaml says {one.key}: {_text(one.wanted)}"
            yield Contradiction(path, _text(given), against, one.written, one.way_out)


def _same(given: Any, wanted: Any) -> bool:
    """Whether two values mean the same to the chart, which makes text of everything."""
    if isinstance(wanted, frozenset):
        return _blocks(given) == wanted
    if isinstance(wanted, (dict, list)):
        return bool(given == wanted)
    return _text(given) == _text(wanted)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, frozenset):
        return ", ".join(sorted(value))
    if isinstance(value, list):
        return ", ".join(map(_text, value)) or "[]"
    if value is None:
        return "null"
    return value or '""' if isinstance(value, str) else shown(value)


def _blocks(given: Any) -> frozenset[str]:
    """A list of CIDRs, or a text of several, in canonical form."""
    texts = given if isinstance(given, list) else re.split(r"[\s,]+", _text(given))
    return frozenset(map(_canonical, texts))


def _canonical(text: Any) -> str:
    try:
        return cidr(text).canonical
    except (TypeError, ValueError, AttributeError):
        return _text(text)
