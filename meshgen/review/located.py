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
    of them it has not for the one before; `missed` and `new_missed` of them are expectations, which are
    told in their own way.
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

    @property
    def told_errors(self) -> str:
        """How many errors there are besides expectations, and how many are new; empty without any."""
        errors, fresh = self.errors - self.missed, self.new_errors - self.new_missed
        if not errors:
            return ""
        if fresh == errors:
            return counted(errors, "new error")
        return counted(errors, "error") + (f", {fresh} of them new" if fresh else "")
