"""A review with everything that its formats show beside it."""

from typing import NamedTuple

from ..reporting.places import Places
from .gates import Reason
from .report import Review


class Located(NamedTuple):
    """
    A review, with the places of both sides, and what gates say of it.

    `errors` is how many errors `meshgen check` has for the mesh after the change.
    """

    review: Review
    base: Places
    head: Places
    gates: tuple[str, ...] = ()
    failed: tuple[Reason, ...] = ()
    errors: int = 0
