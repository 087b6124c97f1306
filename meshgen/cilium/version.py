"""Cilium versions: parsing, order, and the newest patch release of a minor."""

from functools import cache
from typing import NamedTuple

# Tags of github.com/cilium/cilium; a minor that is not listed counts as its first release.
_NEWEST_PATCH = {
    (1, 6): 12,
    (1, 7): 16,
    (1, 8): 13,
    (1, 10): 20,
    (1, 11): 20,
    (1, 12): 19,
    (1, 13): 18,
    (1, 14): 19,
    (1, 15): 19,
    (1, 16): 19,
    (1, 17): 18,
    (1, 18): 12,
    (1, 19): 6,
    (1, 20): 0,
}


class Version(NamedTuple):
    """A release of Cilium; pre-release suffixes are dropped."""

    major: int
    minor: int
    patch: int = 0

    def __str__(self) -> str:
        return self.full if self.patch else self.minor_text

    @property
    def full(self) -> str:
        """All three numbers, as charts and images have them."""
        return f"{self.minor_text}.{self.patch}"

    @property
    def minor_text(self) -> str:
        """The minor line, such as `1.6`."""
        return f"{self.major}.{self.minor}"


def chart_version(text: str) -> str:
    """The chart of a version: charts are numbered as Cilium is, and a minor alone is a range of patches."""
    return text if text.count(".") > 1 else f"{text}.x"


@cache
def parse_version(text: str) -> Version:
    """A version as the model accepts it: `1.6.9`, or `1.6` for the newest patch release of 1.6."""
    major, minor, *patch = (int(part) for part in text.partition("-")[0].split("."))
    newest = _NEWEST_PATCH.get((major, minor), 0)
    return Version(major, minor, patch[0] if patch else newest)
