"""Where each part of a document was written, as a tree beside its data."""

Stretch = int
"""Two offsets in one number, `start << 32 | end`: a large mesh has a million of them."""


def stretch(start: int, end: int) -> Stretch:
    """The stretch of text from one offset to another."""
    return start << 32 | end


def bounds(packed: Stretch) -> tuple[int, int]:
    """The two offsets of a stretch."""
    return packed >> 32, packed & 0xFFFFFFFF


class MapMarks:
    """Where a mapping, its keys and its values stand; what it merges in comes last."""

    __slots__ = ("at", "keys", "values")

    def __init__(self) -> None:
        self.at: Stretch = 0
        self.keys: dict[str, Stretch] = {}
        self.values: dict[str, Marks] = {}


class ListMarks:
    """Where a list and its items stand."""

    __slots__ = ("at", "items")

    def __init__(self, at: Stretch, items: "list[Marks]") -> None:
        self.at = at
        self.items = items


Marks = Stretch | MapMarks | ListMarks
"""Of a scalar, a mapping or a list."""


def place(marks: Marks) -> tuple[int, int]:
    """The two offsets of whatever stands there."""
    return bounds(marks if isinstance(marks, int) else marks.at)
