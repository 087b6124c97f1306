"""Documents to the bytes of a tree."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from .emit.document import Document
from .yaml_out import dump


@dataclass(slots=True)
class Tree:
    """Files by path (POSIX, relative), and which of them are executable."""

    files: dict[str, bytes] = field(default_factory=dict, repr=False)
    executable: set[str] = field(default_factory=set)


def render(documents: Iterable[Document]) -> Tree:
    """The tree; a document that stands in several folders is rendered once."""
    tree = Tree()
    for document in documents:
        text = document.content if isinstance(document.content, str) else dump(document.content)
        content = text.encode("utf-8")
        for path in document.paths:
            assert path not in tree.files, f"two documents at {path}"
            tree.files[path] = content
        if document.executable:
            tree.executable.update(document.paths)
    return tree
