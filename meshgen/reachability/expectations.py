"""`expect`: whether each flow has the verdict that it must have."""

from collections.abc import Iterator
from typing import NamedTuple

from ..engine.analysis import Analysis, Verdict
from ..engine.labels import Bits, lowest
from ..engine.ports import SIZE, Range
from ..engine.relations import Relation, State, relations
from ..model.expect import Expectation
from ..policy.absence import NO_PAIR, UNKNOWN, Absence, unmet
from ..policy.ports import UnknownPortError
from .actors import Actors, outside_of, ranges_of
from .reasons import Reason, reason
from .scene import Scene


class Outcome(NamedTuple):
    """
    What became of an expectation: it holds, or `found` is a verdict that it must not have.

    `reason` is that of one flow that goes against it, from `source` to `target` at `port`. Where there is
    no flow that it could be about, nothing is found, and `absence` says why.
    """

    number: int
    expectation: Expectation
    holds: bool
    found: Verdict | None
    source: str = ""
    target: str = ""
    port: int = 0
    reason: Reason | None = None
    absence: Absence | None = None

    @property
    def told(self) -> str:
        """What was found, in words that follow "and"."""
        return f"is {self.found.value}" if self.found else f"{NO_PAIR}: {self.why_none}"

    @property
    def why_none(self) -> str:
        """Why there is no flow that it could be about; empty where there is one."""
        return self.absence.text if self.absence else ""

    @property
    def is_one_of_many(self) -> bool:
        """Whether the flow that goes against it is one of several that it is about."""
        expected = self.expectation
        ends = (expected.from_.text, expected.to.reference.text)
        return self.reason is not None and (self.source, self.target) != ends


def outcomes(scene: Scene, analysis: Analysis | None = None) -> Iterator[Outcome]:
    """
    What became of each expectation of a mesh.

    Without a port, `allow` is met by any port and `deny` by none; neither is met where there is nobody to
    call or to be called, or no such port. An `analysis` that is there already must tell apart what the
    expectations name outside.
    """
    expectations = scene.mesh.expect
    if not expectations:
        return
    references = [each for one in expectations for each in (one.from_, one.to.reference)]
    analysis = analysis or scene.analysis(outside_of(references))
    actors = Actors(scene, analysis.universe)
    for index, expectation in enumerate(expectations):
        try:
            wanted = ranges_of(scene, expectation.to.reference, expectation.to.port)
        except UnknownPortError as unknown:
            absence = Absence(unknown.reason, unknown.way_out, is_checked=True)
            yield Outcome(index, expectation, holds=False, found=None, absence=absence)
        else:
            yield _outcome(scene, analysis, actors, index, expectation, wanted)


def _outcome(  # noqa: PLR0913, PLR0917 - an expectation, and what it is held against
    scene: Scene,
    analysis: Analysis,
    actors: Actors,
    index: int,
    expectation: Expectation,
    wanted: tuple[Range, ...] | None,
) -> Outcome:
    must = Verdict.ALLOWED if expectation.is_ == "allow" else Verdict.DENIED
    pairings = list(actors.pairings(expectation.from_, expectation.to.reference))
    absence = unmet(scene.directory, expectation.from_, expectation.to.reference)
    if absence is None and not any(pairing.sources and pairing.targets for pairing in pairings):
        absence = UNKNOWN
    if absence is not None:
        return Outcome(index, expectation, holds=False, found=None, absence=absence)
    for pairing in pairings:
        against = _against(analysis, pairing.sources, pairing.targets, wanted, must)
        if against is not None:
            source, target, port = against
            why = reason(scene, analysis, source, target, port)
            endpoints = analysis.universe.endpoints
            return Outcome(
                index,
                expectation,
                holds=False,
                found=why.verdict,
                source=endpoints[source].name,
                target=endpoints[target].name,
                port=port,
                reason=why,
            )
    return Outcome(index, expectation, holds=True, found=must)


def _against(
    analysis: Analysis, sources: Bits, targets: Bits, wanted: tuple[Range, ...] | None, must: Verdict
) -> tuple[int, int, int] | None:
    """The first flow that has another verdict than it must have: source, target and port."""
    found = list(relations(analysis, sources, targets))
    if must is Verdict.DENIED:
        return min(_let_through(found, wanted), default=None)
    for source in _each(sources):
        # NOTE: that a pod reaches itself is no answer where nobody else is asked about.
        served = 0 if sources == targets == source else source & targets
        for relation in found:
            if relation.sources & source and _serves(relation, wanted):
                served |= relation.targets
        missing = targets & ~served
        if missing:
            return lowest(source), lowest(missing), _port(found, source, missing, wanted)
    return None


def _let_through(found: list[Relation], wanted: tuple[Range, ...] | None) -> Iterator[tuple[int, int, int]]:
    for relation in found:
        for (first, last), _ in relation.profile:
            for low, high in wanted or ((first, last),):
                if max(first, low) < min(last, high):
                    yield lowest(relation.sources), lowest(relation.targets), max(first, low)


def _serves(relation: Relation, wanted: tuple[Range, ...] | None) -> bool:
    """Whether a relation allows all that is wanted; any port will do where none is named."""
    allowed = [piece for piece, state in relation.profile if _is_allowed(state)]
    if wanted is None:
        return bool(allowed)
    return all(any(first <= low and high <= last for first, last in _joined(allowed)) for low, high in wanted)


def _is_allowed(state: State) -> bool:
    return state.verdict is Verdict.ALLOWED


def _joined(pieces: list[Range]) -> list[Range]:
    found: list[Range] = []
    for piece in pieces:
        if found and found[-1][1] == piece[0]:
            found[-1] = (found[-1][0], piece[1])
        else:
            found.append(piece)
    return found


def _port(found: list[Relation], source: Bits, missing: Bits, wanted: tuple[Range, ...] | None) -> int:
    """A port at which the flow is not allowed."""
    allowed = _joined(
        [
            piece
            for relation in found
            if relation.sources & source and relation.targets & missing & -missing
            for piece, state in relation.profile
            if _is_allowed(state)
        ]
    )
    ranges = wanted or ((1, SIZE),)
    candidates = [low for low, _ in ranges]
    candidates += [last for _, last in allowed if any(low < last < high for low, high in ranges)]
    return next(
        (port for port in candidates if not any(first <= port < last for first, last in allowed)),
        candidates[0],
    )


def _each(bits: Bits) -> Iterator[Bits]:
    while bits:
        yield bits & -bits
        bits &= bits - 1
