"""Where each part of a document was written, as a tree beside its data."""

from dataclasses import dataclass, field

Stretch = int
"""Two offsets in one number, `start << 32 | end`: a large mesh has a million of them."""


def stretch(start: int, end: int) -> Stretch:
    """The stretch of text from one offset to another."""
    return start << 32 | end


def bounds(packed: Stretch) -> tuple[int, int]:
    """The two offsets of a stretch."""
    return packed >> 32, packed & 0xFFFFFFFF


@dataclass(slots=True)
class MapMarks:
    """Where a mapping, its keys and its values stand; what it merges in comes last."""

    at: Stretch = 0
    keys: dict[str, Stretch] = field(default_factory=dict)
    values: dict[str, "Marks"] = field(default_factory=dict)


@dataclass(slots=True)
class ListMarks:
    """Where a list and its items stand."""

    at: Stretch
    items: list["Marks"]


Marks = Stretch | MapMarks | ListMarks
"""Of a scalar, a mapping or a list."""


def place(marks: Marks) -> tuple[int, int]:
    """The two offsets of whatever stands there."""
    return bounds(marks if isinstance(marks, int) else marks.at)
