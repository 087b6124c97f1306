"""Declared changes: what a change may do, written beforehand by whoever makes it."""

from collections.abc import Iterator
from typing import Any, Literal, NamedTuple

from pydantic import Field, TypeAdapter, ValidationError

from ..diagnostics import Problem
from ..engine.labels import Bits
from ..engine.ports import SIZE, Range
from ..model.node import Node, Seq
from ..model.peers import AnyReference, Port
from ..model.policy import Direction
from ..model.reference import Reference
from ..policy.ports import UnknownPortError
from ..reachability.actors import Actors, ranges_of
from ..rules.shape import BAD_VALUE
from ..source import Source
from .changes import MeshChange
from .postures import PostureChange, Stance
from .report import Review
from .rows import Row, Sides

FORMS = (
    "entries under allow with from and to (ports, kind), with posture and of (direction), "
    "or with change and of; each with a reason"
)


class Declared(Node):
    """One change that is expected; what it leaves out may be anything."""

    reason: str = Field(min_length=1)
    from_: AnyReference | None = None
    to: AnyReference | None = None
    ports: Seq[Port] | None = Field(None, min_length=1)
    kind: Literal["opened", "widened", "narrowed", "cut", "unknown"] | None = None
    posture: Stance | None = None
    direction: Direction | None = None
    change: str | None = None
    of: str | None = None


class InvalidAllowancesError(Exception):
    """The file does not declare changes; carries its problems."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("invalid allowances")
        self.problems = problems


def declared_changes(source: Source) -> tuple[Declared, ...]:
    """
    The changes that a file declares, under its key `allow`.

    Raises:
        InvalidAllowancesError: with a problem for each thing that is wrong.

    """
    entries = source.data.get("allow") if isinstance(source.data, dict) else None
    if not isinstance(entries, list) or len(source.data) > 1:
        raise InvalidAllowancesError([BAD_VALUE.problem((), "the file has no list under allow", help=FORMS)])
    try:
        found = TypeAdapter(Seq[Declared]).validate_python(entries)
    except ValidationError as invalid:
        raise InvalidAllowancesError(list(_problems(entries, invalid))) from None
    wrong = [
        BAD_VALUE.problem(("allow", index), "the entry does not say which change it allows", help=FORMS)
        for index, each in enumerate(found)
        if not (_is_flow(each) or (each.of and (each.posture or each.change)))
    ]
    if wrong:
        raise InvalidAllowancesError(wrong)
    return found


def _is_flow(declared: Declared) -> bool:
    return declared.from_ is not None and declared.to is not None


def _problems(entries: list[Any], invalid: ValidationError) -> Iterator[Problem]:
    for error in invalid.errors(include_url=False, include_input=False):
        at = ("allow", *(step for step in error["loc"] if not str(step).startswith("<")))
        index = error["loc"][0]
        known = isinstance(index, int) and isinstance(entries[index], dict)
        place = at if known and error["type"] != "missing" else at[:2]
        yield BAD_VALUE.problem(place, f"{at[-1]}: {error['msg'].lower()}", help=FORMS)


class Allowances(NamedTuple):
    """Declared changes, against which those of a review are held."""

    declared: tuple[Declared, ...]

    @property
    def clusters(self) -> set[str]:
        """The clusters that are named."""
        ends = (end.where for each in self.declared for end in (each.from_, each.to) if end)
        return {where.name for where in ends if where and where.name}

    def undeclared(self, review: Review) -> Review:
        """The review with what nobody declared."""
        if review.sides is None:
            return review
        allowed = [_Allowed(each, review.sides) for each in self.declared]
        return review._replace(
            rows=tuple(row for row in review.rows if not _cover(allowed, row)),
            postures=tuple(change for change in review.postures if not _declare(allowed, change)),
            changes=tuple(change for change in review.changes if not self._declares(change)),
        )

    def _declares(self, change: MeshChange) -> bool:
        """Whether a change of clusters, services or workloads is declared, of each where of several."""
        names = {each.of for each in self.declared if each.change == change.what}
        return change.subject in names or bool(change.together and names.issuperset(change.together))

    def unused(self, review: Review) -> Iterator[str]:
        """The entries that no change is of, in words."""
        for number, declared in enumerate(self.declared, 1):
            allowed = _Allowed(declared, review.sides) if review.sides else None
            if allowed is None or not (
                any(map(allowed.meets, review.rows))
                or any(map(allowed.posture, review.postures))
                or any(map(allowed.change, review.changes))
            ):
                yield f"entry {number} ({declared.reason}) is of no change"


def _cover(allowed: list["_Allowed"], row: Row) -> bool:
    """Whether each pair that a row is about is of some declared change: it may take several."""
    left = [(row.sources, row.targets)]
    for each in allowed:
        rest: list[tuple[Bits, Bits]] = []
        for sources, targets in left:
            some, others = each.among(row, sources, targets) or (0, 0)
            rest += [(sources & ~some, targets), (some, targets & ~others)]
        left = [pair for pair in rest if all(pair)]
    return not left


def _declare(allowed: list["_Allowed"], change: PostureChange) -> bool:
    """Whether all pods whose posture is another, as they are called, are of some declared change."""
    return set(change.names) <= {each.declared.of for each in allowed if each.posture(change)}


class _Allowed:
    """A declared change as sets of endpoints, by the names of both meshes."""

    def __init__(self, declared: Declared, sides: Sides) -> None:
        self.declared = declared
        self._sides = sides
        self._sources = self._bits(declared.from_)
        self._targets = self._bits(declared.to)
        self._ports = self._ranges()

    def _bits(self, reference: Reference | None) -> Bits:
        if reference is None:
            return 0
        sides = self._sides
        before = Actors(sides.base, sides.before.universe).bits(reference)
        return before | Actors(sides.head, sides.after.universe).bits(reference)

    def _ranges(self) -> tuple[Range, ...] | None:
        target = self.declared.to
        if target is None or self.declared.ports is None:
            return None
        found: list[Range] = []
        for port in self.declared.ports:
            for scene in (self._sides.base, self._sides.head):
                try:
                    found += ranges_of(scene, target, port) or ((1, SIZE),)
                except UnknownPortError:
                    continue
        return tuple(found)

    def meets(self, row: Row) -> bool:
        """Whether some of what a row is about is declared."""
        return bool(self.among(row, row.sources, row.targets))

    def among(self, row: Row, sources: Bits, targets: Bits) -> tuple[Bits, Bits] | None:
        """Those of some sources and targets of a row between which its change is the declared one."""
        declared = self.declared
        if not _is_flow(declared) or (declared.kind is not None and declared.kind != row.kind.value):
            return None
        known = self._ports is None or all(
            any(low <= first and last <= high for low, high in self._ports) for first, last in row.pieces
        )
        both = sources & self._sources, targets & self._targets
        return both if known and all(both) else None

    def posture(self, change: PostureChange) -> bool:
        """Whether a part of a change of posture is the declared one."""
        declared = self.declared
        if declared.direction is not None and declared.direction != change.direction.value:
            return False
        return declared.posture == change.after and declared.of in change.names

    def change(self, change: MeshChange) -> bool:
        """Whether a change is the declared one, or is told of several clusters and of it, too."""
        declared = self.declared
        return declared.change == change.what and declared.of in {change.subject, *change.together}
