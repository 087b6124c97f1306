"""Meshes as the commands about policies need them: parsed, with their policies, sound or not."""

import re
from collections import Counter
from typing import NamedTuple

from ..checks.mg426_failed_expectation import RULE as FAILED_EXPECTATION
from ..checks.mg601_unsupported_cilium_version import RULE as UNSUPPORTED_VERSION
from ..diagnostics import Severity
from ..inspection import Depth, Inspection, inspect
from ..model import Mesh
from ..policy.compilation import Policies
from ..policy.likeness import few_of_each
from ..reachability.scene import Scene
from ..reporting.places import Places
from .input import MeshFile, read_mesh
from .options import Options
from .output import report_of, show


class ReadMesh(NamedTuple):
    """A mesh that was read, its policies, and where everything in it stands."""

    file: MeshFile
    inspection: Inspection
    mesh: Mesh
    policies: Policies
    places: Places

    def of(self, mesh: Mesh) -> Policies:
        """The policies of the mesh, or of one that is without some of its clusters."""
        return self.policies if mesh is self.mesh else Policies(mesh)


class Opened(NamedTuple):
    """A mesh as the engine sees it, and where everything in it stands."""

    scene: Scene
    places: Places


class NotAMeshError(Exception):
    """The file has findings that leave no mesh to look at; they were shown."""


def open_mesh(path: str, options: Options, *, few: bool = False) -> Opened:
    """
    Read a mesh to look at its policies, in all of its clusters or in a `few` of each kind.

    Raises:
        NotAMeshError: when it cannot be parsed; the findings were shown then.

    """
    read = read_policies(read_mesh(path), options, Depth.PARSED)
    mesh = few_of_each(read.mesh) if few else read.mesh
    return Opened(Scene(mesh, read.of(mesh)), read.places)


def read_policies(file: MeshFile, options: Options, depth: Depth) -> ReadMesh:
    """
    A mesh from its file; `depth` says which checks are made.

    Raises:
        NotAMeshError: when it cannot be parsed; the findings were shown then.

    """
    inspection = inspect(file.content, file.shown, folder=file.beside, depth=depth)
    mesh, source = inspection.mesh, inspection.source
    if mesh is None or source is None:
        show(report_of(inspection, (), options), options.of_findings)
        raise NotAMeshError
    policies = inspection.policies or Policies(mesh, inspection.raw)
    return ReadMesh(file, inspection, mesh, policies, Places(source, file.shown))


Errors = Counter[tuple[str, str, str]]
"""Errors as code, key and message, with how many are alike; lines and indexes may change around them."""


def errors_of(inspection: Inspection) -> Errors:
    """The errors of a mesh, those left out that only keep it from being built: versions without a profile."""
    return Counter(
        (found.code, _INDEX.sub("[]", found.path), found.message)
        for found in inspection.diagnostics
        if found.severity is Severity.ERROR and found.code != UNSUPPORTED_VERSION.code
    )


def missed(errors: Errors) -> int:
    """How many of them are expectations that fail."""
    return sum(count for (code, *_), count in errors.items() if code == FAILED_EXPECTATION.code)


def texts(errors: Errors) -> tuple[str, ...]:
    """Those that are no expectations, each in a line."""
    return tuple(
        f"{code}: {message}" for code, _, message in errors.elements() if code != FAILED_EXPECTATION.code
    )


_INDEX = re.compile(r"\[\d+\]")
