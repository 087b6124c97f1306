"""A review with everything that its formats show beside it."""

from collections.abc import Iterator
from typing import NamedTuple

from ..reporting.places import Places
from .changes import counted
from .gates import Reason
from .report import Review

_MOST_ERRORS = 5


class Located(NamedTuple):
    """
    A review, with the places of both sides, and what gates say of it.

    `errors` is how many errors `meshgen check` has for the mesh after the change, `new_errors` how many
    of them it has not for the one before; `missed` and `new_missed` of them are expectations, which are
    told in their own way. `new_texts` are the new ones besides these, in words.
    """

    review: Review
    base: Places
    head: Places
    gates: tuple[str, ...] = ()
    failed: tuple[Reason, ...] = ()
    errors: int = 0
    new_errors: int = 0
    missed: int = 0
    new_missed: int = 0
    new_texts: tuple[str, ...] = ()

    @property
    def news(self) -> Iterator[str]:
        """The first of the new errors besides expectations, each in a line, and how many more there are."""
        yield from self.new_texts[:_MOST_ERRORS]
        if more := self.new_texts[_MOST_ERRORS:]:
            yield f"and {counted(len(more), 'more new error')}"

    @property
    def told_errors(self) -> str:
        """How many errors there are besides expectations, and how many are new; empty without any."""
        errors, fresh = self.errors - self.missed, self.new_errors - self.new_missed
        if not errors:
            return ""
        if fresh == errors:
            return counted(errors, "new error")
        return counted(errors, "error") + (f", {fresh} of them new" if fresh else "")
