"""Documents to the bytes of a tree."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from .emit.document import Document
from .kube.manifest import Manifest
from .yaml_out import HOLE, dump, scalar


class Tree(NamedTuple):
    """Files by path (POSIX, relative), and which of them are executable."""

    files: Mapping[str, bytes] = MappingProxyType({})
    executable: frozenset[str] = frozenset()

    def __repr__(self) -> str:
        # NOTE: files may hold private keys in clear.
        return f"Tree({len(self.files)} files)"


def render(documents: Iterable[Document]) -> Tree:
    """The tree; a document that stands in several folders is rendered once, but for their names."""
    files: dict[str, bytes] = {}
    executable: set[str] = set()
    for document in documents:
        for path, content in zip(document.paths, _contents(document), strict=True):
            assert path not in files, f"two documents at {path}"
            files[path] = content
        if document.executable:
            executable.update(document.paths)
    return Tree(files, frozenset(executable))


def _contents(document: Document) -> Iterable[bytes]:
    """The bytes at each path of a document."""
    content = _text(document.content).encode("utf-8")
    if not document.names:
        return [content] * len(document.paths)
    around = content.split(HOLE.encode("utf-8"))
    return [scalar(name).encode("utf-8").join(around) for name in document.names]


def _text(content: Manifest | tuple[Manifest, ...] | str) -> str:
    if isinstance(content, str):
        return content
    return "---\n".join(map(dump, content)) if isinstance(content, tuple) else dump(content)
