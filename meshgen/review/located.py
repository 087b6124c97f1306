"""A review with everything that its formats show beside it."""

from typing import NamedTuple

from ..reporting.places import Places
from .changes import counted
from .gates import Reason
from .report import Review


class Located(NamedTuple):
    """
    A review, with the places of both sides, and what gates say of it.

    `errors` is how many errors `meshgen check` has for the mesh after the change, `new_errors` how many
    of them it has not for the one before.
    """

    review: Review
    base: Places
    head: Places
    gates: tuple[str, ...] = ()
    failed: tuple[Reason, ...] = ()
    errors: int = 0
    new_errors: int = 0

    @property
    def told_errors(self) -> str:
        """How many errors there are, and how many of them are new; empty without any."""
        if not self.errors:
            return ""
        if self.new_errors == self.errors:
            return counted(self.errors, "new error")
        more = f", {self.new_errors} of them new" if self.new_errors else ""
        return counted(self.errors, "error") + more
