"""The ownership index: which files of an output directory are meshgen's, and what they held."""

import json
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from . import __version__

INDEX = ".meshgen.json"
_SCHEMA = "meshgen.index/v1"


class CorruptIndexError(Exception):
    """The index cannot be believed: it was edited, or left in a merge conflict."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """Paths (POSIX, relative) with the SHA-256 of their content; no clock, host or absolute path."""

    files: dict[str, str]
    source: str = ""
    digest: str = ""

    @property
    def folders(self) -> set[str]:
        """The top-level folders: one for each cluster."""
        return {path.partition("/")[0] for path in self.files if "/" in path}

    def dump(self) -> bytes:
        """The file's bytes, the same for the same content."""
        head = {
            "schema": _SCHEMA,
            "meshgen": __version__,
            "mesh": {"file": self.source, "digest": self.digest},
        }
        # NOTE: json.dumps with an indent takes ten times as long, which shows with 15,000 files.
        listed = ",\n".join(
            f"    {json.dumps(path)}: {json.dumps(digest)}" for path, digest in sorted(self.files.items())
        )
        text = json.dumps(head, indent=2).removesuffix("\n}")
        return f'{text},\n  "files": {{\n{listed}\n  }}\n}}\n'.encode("ascii")


def index_of(files: dict[str, bytes], *, source: str, digest: str) -> Index:
    """The index of a tree; content that stands in many places is hashed once."""
    hashes = {id(content): sha256(content).hexdigest() for content in files.values()}
    return Index(
        files={path: hashes[id(content)] for path, content in files.items()},
        source=source,
        digest=digest,
    )


def read_index(content: bytes) -> Index:
    """
    An index from its bytes.

    Raises:
        CorruptIndexError: also where it names paths outside of the output directory.

    """
    try:
        document: Any = json.loads(content)
        schema, files = document["schema"], document["files"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise CorruptIndexError(str(error)) from None
    if schema != _SCHEMA or not isinstance(files, dict):
        raise CorruptIndexError(_SCHEMA)
    for path, digest in files.items():
        if not isinstance(digest, str) or not is_inside(path) or path == INDEX:
            raise CorruptIndexError(path)
    return Index(files=files)


def is_inside(path: str) -> bool:
    """Whether a relative path stays below its directory by its very spelling."""
    return (
        "\0" not in path and "\\" not in path and all(part not in {"", ".", ".."} for part in path.split("/"))
    )
