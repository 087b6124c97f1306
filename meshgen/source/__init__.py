"""mesh.yaml as bytes: its plain data and where each part of it was written, or MG0xx problems."""

from .document import Source, load, load_all
from .scalars import AmbiguousNumber, AmbiguousText
from .text import MAX_BYTES, Text, UnreadableSourceError

__all__ = [
    "MAX_BYTES",
    "AmbiguousNumber",
    "AmbiguousText",
    "Source",
    "Text",
    "UnreadableSourceError",
    "load",
    "load_all",
]
