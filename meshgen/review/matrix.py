"""Who reaches whom as a matrix, before and after: plain data that the page draws."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import chain, islice, product
from typing import Any, NamedTuple

from ..engine.entries import Direction
from ..engine.labels import Bits, bits_of, indexes_of
from ..engine.ports import told
from ..engine.relations import Profile
from ..reachability.wording import MARKS, told_states
from .axes import Axis, axis, known, ranked, within
from .explanations import Side, Table
from .profiles import Pair, profiles, shown_port, verdict
from .rows import Row

MOST_REASONS = 2_000
"""Pairs that are explained rule by rule; all others by the rules that select either end."""

_STILL = {"allowed": "=", "denied": ".", "unknown": "?", "absent": " "}
_ALONE = {"allowed": "\u2713", "denied": ".", "unknown": "?"}


class Sides(NamedTuple):
    """What is drawn: a mesh, and the one before it, if there was one, with the rows between them."""

    before: Side | None
    after: Side
    rows: Sequence[Row] = ()

    @property
    def both(self) -> tuple[Side | None, Side]:
        """Before and after."""
        return self.before, self.after


class Drawn(NamedTuple):
    """The matrix as plain data, and what is on its sides."""

    data: dict[str, Any]
    leaving: Axis
    entering: Axis


def matrix(sides: Sides, halves: Table, sources: Bits | None = None, targets: Bits | None = None) -> Drawn:
    """The matrix of some sources and some targets, or of all that is listed."""
    universe = sides.after.analysis.universe
    listed = known(universe)
    leaving, entering = (
        axis(universe, listed if among is None else among, ranked(universe, sets))
        for among, sets in (
            (sources, [row.sources for row in sides.rows]),
            (targets, [row.targets for row in sides.rows]),
        )
    )
    return Drawn(_Matrix(sides, leaving, entering, halves).data(), leaving, entering)


class _Matrix:
    """A matrix in the making."""

    def __init__(self, sides: Sides, leaving: Axis, entering: Axis, halves: Table) -> None:
        self._sides = sides
        self._universe = sides.after.analysis.universe
        self._leaving = leaving
        self._entering = entering
        self._halves = halves
        self._states = Table()
        self._rows = self._by_pair()
        self._profiles = [
            profiles(side.analysis, leaving.shown, entering.shown) if side else {} for side in sides.both
        ]

    def _by_pair(self) -> dict[Pair, tuple[int, ...]]:
        """The numbers of the rows, from 1, that are about each pair."""
        found: dict[Pair, tuple[int, ...]] = defaultdict(tuple)
        sources, targets = bits_of(self._leaving.shown), bits_of(self._entering.shown)
        for number, row in enumerate(self._sides.rows, 1):
            columns = list(indexes_of(row.targets & targets))
            for source in indexes_of(row.sources & sources):
                for target in columns:
                    found[source, target] += (number,)
        return dict(found)

    def data(self) -> dict[str, Any]:
        """The whole of it."""
        ends = sorted({*self._leaving.shown, *self._entering.shown})
        position = {index: number for number, index in enumerate(ends)}
        cells = [[self._state((one, two)) for two in self._entering.shown] for one in self._leaving.shown]
        return {
            "changes": self._sides.before is not None,
            "ends": [self._end(index) for index in ends],
            "sources": [position[index] for index in self._leaving.shown],
            "targets": [position[index] for index in self._entering.shown],
            "cells": cells,
            "states": self._states.rows,
            "why": {f"{position[one]} {position[two]}": why for (one, two), why in self._reasons()},
            "halves": self._halves.rows,
        }

    def _end(self, index: int) -> dict[str, Any]:
        endpoint = self._universe.endpoints[index]
        return {
            "name": endpoint.name,
            "cluster": endpoint.cluster if endpoint.managed else "outside of all clusters",
            "within": within(endpoint),
            "short": [
                [side.short(index, direction) if side else None for side in self._sides.both]
                for direction in Direction
            ],
        }

    def _at(self, pair: Pair) -> tuple[Profile | None, Profile | None]:
        """What holds before and after; None on a side that does not have both ends."""
        before, after = (
            found.get(pair, ()) if side and side.has(pair[0]) and side.has(pair[1]) else None
            for side, found in zip(self._sides.both, self._profiles, strict=True)
        )
        return before, after

    def _state(self, pair: Pair) -> int:
        """The number of a cell's state."""
        numbers, both = self._rows.get(pair, ()), self._at(pair)
        return self._states.number((numbers, both), lambda: self._told(numbers, both))

    def _told(self, numbers: tuple[int, ...], both: tuple[Profile | None, ...]) -> dict[str, Any]:
        kinds = list(dict.fromkeys(self._sides.rows[number - 1].kind for number in numbers))
        verdicts = ["absent" if profile is None else verdict(profile) for profile in both]
        still = next((each for each in reversed(verdicts) if each != "absent"), "absent")
        alone = self._sides.before is None
        marks = _ALONE if alone else _STILL
        return {
            "mark": "".join(MARKS[kind] for kind in kinds) or marks[still],
            "kind": kinds[0].value if kinds else f"still-{still}",
            "changed": bool(kinds),
            "told": " and ".join(kinds) or (still if alone or still == "absent" else f"{still}, unchanged"),
            "verdicts": verdicts,
            "ports": [[] if profile is None else told_states(profile) for profile in both],
            "rows": numbers,
        }

    def _reasons(self) -> Iterator[tuple[Pair, dict[str, Any]]]:
        """Pairs that changed first, by their rows; then the others, as far as there is room."""
        changed = sorted(self._rows, key=lambda pair: (self._rows[pair], pair))
        rest = (pair for pair in product(self._leaving.shown, self._entering.shown) if pair not in self._rows)
        for pair in islice(chain(changed, rest), MOST_REASONS):
            yield pair, self._why(pair)

    def _why(self, pair: Pair) -> dict[str, Any]:
        """Both halves on both sides; of what did not change only as it is now."""
        before, after = self._at(pair)
        port = shown_port(before or (), after or (), self._universe.endpoints[pair[1]].ports.values())
        asked = [
            side.why(*pair, port) if side and (side is self._sides.after or pair in self._rows) else None
            for side in self._sides.both
        ]
        return {"port": told([(port, port + 1)])[0], "halves": asked}
