"""Two blocks or addresses of different kinds that meet, as a problem."""

from .addresses import Cidr
from .diagnostics import Problem, Related, Rule
from .survey import Block, Point, Survey, later


def collision(  # noqa: PLR0913, PLR0917 - two things, each with its kind
    survey: Survey,
    rule: Rule,
    one: Block | Point,
    kind: str,
    other: Block | Point,
    other_kind: str,
    *,
    way_out: str,
) -> Problem:
    """A problem at the later of the two, with the earlier as second place."""
    told = [
        (place, f"{what} {_text(place)} of {survey.names[place.cluster]}")
        for place, what in ((one, kind), (other, other_kind))
    ]
    relation = "lies in" if isinstance(one, Point) else "overlaps"
    first, second = told if later(other, one) else reversed(told)
    return rule.problem(
        second[0].path,
        f"{told[0][1]} {relation} {told[1][1]}",
        related=(Related(first[0].path, first[1]),),
        help=way_out,
    )


def _text(place: Block | Point) -> str:
    return place.cidr.text if isinstance(place, Block) else place.text


def pair(first: Cidr, second: Cidr) -> str:
    """Two blocks for a message."""
    same = first.text == second.text
    return f"both are {first.text}" if same else f"{first.text} and {second.text}"
