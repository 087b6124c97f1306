"""The accepted word that somebody most likely meant."""

from collections.abc import Sequence

_LONGEST = 64


def nearest(word: str, accepted: Sequence[str]) -> str | None:
    """The closest of the accepted words, or None; spelling with other case, - or _ counts as close."""
    if len(word) > _LONGEST:
        return None  # NOTE: difflib takes seconds for long texts, and nobody meant one
    plain = _plain(word)
    same = next((candidate for candidate in accepted if _plain(candidate) == plain), None)
    if same:
        return same
    from difflib import get_close_matches

    return next(iter(get_close_matches(word, accepted, n=1)), None)


def _plain(word: str) -> str:
    return word.replace("_", "").replace("-", "").lower()
