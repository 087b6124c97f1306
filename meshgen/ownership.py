"""The ownership index: which files of an output directory are meshgen's, and what they held."""

import json
import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from hashlib import sha256
from json.encoder import encode_basestring_ascii as quoted
from types import MappingProxyType
from typing import Any, NamedTuple

from . import __version__
from .halves import in_halves

INDEX = ".meshgen.json"
MAX_BYTES = 64 * 1024 * 1024
"""An index of 400,000 files."""

_SCHEMA = "meshgen.index/v1"

# What names in Kubernetes are made of, within what a file system takes.
_PART = re.compile(r"[A-Za-z0-9._-]{1,255}")


class CorruptIndexError(Exception):
    """The index cannot be believed, and why."""


class Index(NamedTuple):
    """
    Paths (POSIX, relative), sorted, with the SHA-256 of their content; no clock, host or absolute path.

    `data` is the mesh that the tree was made from, for `meshgen import`.
    """

    files: dict[str, str]
    source: str = ""
    digest: str = ""
    data: Mapping[str, Any] = MappingProxyType({})

    @property
    def folders(self) -> set[str]:
        """The top-level folders: one for each cluster, whose name cannot begin with `_` (MG210)."""
        return {path.partition("/")[0] for path in self.files if "/" in path and not path.startswith("_")}

    def dump(self) -> bytes:
        """The file's bytes, the same for the same content."""
        head = {
            "schema": _SCHEMA,
            "meshgen": __version__,
            "mesh": {"file": self.source, "digest": self.digest},
        }
        # NOTE: json.dumps takes three times as long, with an indent thirty, which shows with 15,000 files.
        listed = ",\n    ".join([f'{quoted(path)}: "{digest}"' for path, digest in self.files.items()])
        text = json.dumps(head, indent=2).removesuffix("\n}")
        if self.data:
            kept = ",\n      ".join(f'"{key}": {_by_lines(value)}' for key, value in self.data.items())
            text = text.removesuffix("\n  }") + f',\n    "data": {{\n      {kept}\n    }}\n  }}'
        return f'{text},\n  "files": {{\n    {listed}\n  }}\n}}\n'.encode("ascii")

    def owning_itself(self, content: bytes) -> "Index":
        """The index that also owns the file in which it stands, with that file's content."""
        return self._replace(files={**self.files, INDEX: sha256(content).hexdigest()})


def _by_lines(value: Any) -> str:
    """JSON with a line for each entry of a list, so that a change shows where it is."""
    if not isinstance(value, list):
        return json.dumps(value)
    entries = ",\n        ".join(map(json.dumps, value))
    return f"[\n        {entries}\n      ]"


class Record:
    """
    What was written before.

    `index` is the one on disk, None where there is none or where it cannot be believed (`doubt` says why).
    `noted` are those of interrupted builds, before and after; None where nothing is left of any.
    """

    def __init__(
        self, *, index: Index | None = None, doubt: str = "", noted: tuple[Index, ...] | None = None
    ) -> None:
        self.index = index
        self.doubt = doubt
        self.noted = noted

    @cached_property
    def indexes(self) -> tuple[Index, ...]:
        """Everything that says which files are ours."""
        noted = self.noted or ()
        return noted if self.index is None else (self.index, *noted)

    @cached_property
    def paths(self) -> set[str]:
        """The files that may be there."""
        return {path for index in self.indexes for path in index.files}

    def known(self, path: str) -> list[str]:
        """The digests that a file of ours may have; a foreign file has none."""
        # NOTE: in doubt each file may be ours, and none is known to be as it was written.
        return [""] if self.doubt else [one.files[path] for one in self.indexes if path in one.files]

    def owns_below(self, folder: str) -> bool:
        """Whether files of ours belong into a folder."""
        return bool(self.doubt) or any(path.startswith(f"{folder}/") for path in self.paths)

    def lost(self, index: Index) -> list[str]:
        """The clusters that another index does not have; what was let go once needs no second leave."""
        files = {} if self.index is None else self.index.files
        before = Index(files={path: files[path] for path in files.keys() - index.files.keys()}).folders
        gone = before.intersection(*(one.folders for one in self.noted or ()))
        return sorted(gone - index.folders) if gone else []


def index_of(
    files: Mapping[str, bytes],
    *,
    source: str,
    digest: str,
    data: Mapping[str, Any] = MappingProxyType({}),
) -> Index:
    """The index of a tree; content that stands in many places is hashed once."""
    distinct = {id(content): content for content in files.values()}
    hashes: dict[int, str] = {}

    def hash_each(some: Sequence[tuple[int, bytes]]) -> None:
        hashes.update({key: sha256(content).hexdigest() for key, content in some})

    in_halves(hash_each, list(distinct.items()))
    return Index(
        files={path: hashes[id(files[path])] for path in sorted(files)},
        source=source,
        digest=digest,
        data=data,
    )


def read_data(content: bytes) -> tuple[str, dict[str, Any]]:
    """
    From which file a tree was made, and the mesh in that; empty where the index does not have it.

    Raises:
        CorruptIndexError: as `read_index` does.

    """
    read_index(content)
    mesh = json.loads(content).get("mesh")
    known = mesh if isinstance(mesh, dict) else {}
    file, data = known.get("file"), known.get("data")
    return file if isinstance(file, str) else "", data if isinstance(data, dict) else {}


def read_index(content: bytes) -> Index:
    """
    An index from its bytes; it owns the file that it was read from as well.

    Raises:
        CorruptIndexError: also where it names paths outside of the output directory.

    """
    if len(content) > MAX_BYTES:
        message = "it is too large"
        raise CorruptIndexError(message)
    try:
        document: Any = json.loads(content, object_pairs_hook=_without_duplicates)
        schema, files = document["schema"], document["files"]
    except (ValueError, KeyError, TypeError, RecursionError):
        message = "it is no index; was a merge conflict left in it?"
        raise CorruptIndexError(message) from None
    if schema != _SCHEMA:
        message = f"its schema is {schema!r:.40}, and this meshgen knows {_SCHEMA!r} only"
        raise CorruptIndexError(message)
    if not isinstance(files, dict):
        message = "its files are no mapping"
        raise CorruptIndexError(message)
    for path, digest in files.items():
        if not isinstance(digest, str) or not is_inside(path) or path == INDEX:
            message = f"it names {path!r:.80}, which meshgen does not write"
            raise CorruptIndexError(message)
    return Index(files=files).owning_itself(content)


def is_inside(path: str) -> bool:
    """Whether a relative path stays below its directory by its very spelling."""
    return all(_PART.fullmatch(part) and part not in {".", ".."} for part in path.split("/"))


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        message = "a key stands in it twice"
        raise CorruptIndexError(message)
    return made
