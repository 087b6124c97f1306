"""What holds between single pairs of endpoints, and the port at which that shows."""

from collections.abc import Iterable

from ..engine.analysis import Analysis, Verdict
from ..engine.labels import bits_of, indexes_of
from ..engine.ports import END, SIZE, Range, cut
from ..engine.relations import DENIED, Profile, State, relations

Pair = tuple[int, int]

_COMMON = (80, 443)


def profiles(analysis: Analysis, sources: Iterable[int], targets: Iterable[int]) -> dict[Pair, Profile]:
    """What holds between each source and each target; pairs that are denied are left out."""
    leaving, entering = bits_of(sources), bits_of(targets)
    return {
        (source, target): relation.profile
        for relation in relations(analysis, leaving, entering)
        for source in indexes_of(relation.sources)
        for target in indexes_of(relation.targets)
    }


def verdict(profile: Profile) -> str:
    """`allowed` where any port is, `unknown` where nothing else is known, else `denied`."""
    verdicts = {state.verdict for _, state in profile}
    if Verdict.ALLOWED in verdicts:
        return Verdict.ALLOWED.value
    return (Verdict.UNKNOWN if verdicts else Verdict.DENIED).value


def shown_port(before: Profile, after: Profile, own: Iterable[int]) -> int:
    """A port at which a change shows, or what holds without one; ports that a target names are preferred."""
    pieces = _differing(before, after) or [piece for piece, _ in after] or [(0, END)]
    for port in (*sorted(own), *_COMMON):
        if any(first <= port < last for first, last in pieces):
            return port
    first = pieces[0][0]
    # NOTE: port 0 of a protocol is none.
    return first + (first % SIZE == 0)


def _differing(before: Profile, after: Profile) -> list[Range]:
    pieces = cut(piece for profile in (before, after) for piece, _ in profile)
    return [piece for piece in pieces if _at(before, piece[0]) != _at(after, piece[0])]


def _at(profile: Profile, port: int) -> State:
    return next((state for (first, last), state in profile if first <= port < last), DENIED)
