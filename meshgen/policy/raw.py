"""Policies that exist as files: read with their lines, and never changed."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from ..diagnostics import named
from ..model import Mesh
from ..source import Source, UnreadableSourceError, load_all
from ..trust.folder import Folder
from .directory import Directory
from .objects import API_VERSION, CLUSTERWIDE, NAMESPACED, PolicyObject, RawPlace

KINDS = {
    (API_VERSION, NAMESPACED),
    (API_VERSION, CLUSTERWIDE),
    ("networking.k8s.io/v1", "NetworkPolicy"),
}


class RawFile(NamedTuple):
    """A file of policies: its bytes, its documents, and what keeps it from being used."""

    file: str
    content: bytes = b""
    documents: tuple[Source, ...] = ()
    faults: tuple[str, ...] = ()


def read_raw(mesh: Mesh, folder: Folder) -> tuple[RawFile, ...]:
    """The files of `policy.raw`, in its order."""
    return tuple(_read(raw.file, folder) for raw in mesh.policy.raw) if mesh.policy else ()


def _read(file: str, folder: Folder) -> RawFile:
    content = folder.read(file)
    if content is None:
        return RawFile(file, faults=("there is no such file beside mesh.yaml",))
    try:
        documents = load_all(content, file)
    except UnreadableSourceError as unreadable:
        problem = unreadable.problems[0]
        line = f"line {problem.span.start.line}: " if problem.span else ""
        return RawFile(file, content, faults=(f"{line}{problem.message}",))
    faults = tuple(fault for document in documents for fault in _faults(document))
    return RawFile(file, content, documents, faults or (() if documents else ("it is empty",)))


def _faults(document: Source) -> Iterator[str]:
    line = document.span(()).start.line
    data = document.data
    if not isinstance(data, dict) or not _has_name(data):
        yield f"line {line}: this is no object with a name"
    elif wordless := [key for key in ("apiVersion", "kind") if not isinstance(data.get(key), str)]:
        yield f"line {line}: this object has no text as its {' and '.join(wordless)}"
    elif (data["apiVersion"], data["kind"]) not in KINDS:
        known = ", ".join(sorted(kind for _, kind in KINDS))
        yield f"line {line}: {named(data['kind'])} of {named(data['apiVersion'])} is not one of {known}"
    for path, value, on_key in document.ambiguous():
        line = document.span(path, on_key=on_key).start.line
        yield f"line {line}: {value} is something else to kubectl, which reads YAML 1.1: write it in quotes"


def _has_name(data: dict[str, Any]) -> bool:
    metadata = data.get("metadata")
    return isinstance(metadata, dict) and isinstance(metadata.get("name"), str)


def raw_objects(directory: Directory, files: Sequence[RawFile]) -> Iterator[PolicyObject]:
    """The objects of all files that can be used, in each of their clusters."""
    policy = directory.mesh.policy
    for index, (raw, file) in enumerate(zip(policy.raw if policy else (), files, strict=False)):
        for position, document in enumerate(file.documents if not file.faults else ()):
            for cluster in directory.selected(raw.clusters):
                yield PolicyObject(
                    cluster=cluster,
                    manifest=document.data,
                    at=("policy", "raw", index),
                    source=f"/policy/raw/{file.file}",
                    role="raw",
                    raw=RawPlace(file.file, position, document),
                )
