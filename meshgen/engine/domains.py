"""
Names outside and the patterns that cover them, as Cilium matches them.

Source: pkg/fqdn/matchpattern at Cilium's tags. A text here is a name, or one of these patterns: `*` for
every name, `*.` for names of one label, and others in which `*` stands for any part of a label and a
`**.` at the front for one label or more.
"""

import re
from collections.abc import Iterator
from functools import cache

EVERY = "*"
ONE_LABEL = "*."

WORK = 500_000
"""Steps that are taken to find out which patterns cover a name together; past it nobody knows."""

_LETTERS = "-0123456789_abcdefghijklmnopqrstuvwxyz"
_SEVERAL = re.compile(r"\*{2,}")

_Ways = frozenset[tuple[int, str]]
"""Numbers of patterns, each with a rest of it that would have to follow."""


def domain(written: str, *, deep: bool) -> str:
    """
    The text for a name or a pattern as policies have it.

    `deep` tells that `**.` at the front stands for more than one label; if not, it is as `*.`.
    """
    text = written.lower()
    bare = text.rstrip(".")
    if bare and not bare.strip("*"):
        return EVERY if deep or text == EVERY else ONE_LABEL
    stars, dot, rest = bare.partition(".")
    if deep and dot and _SEVERAL.fullmatch(stars):
        return f"**.{_SEVERAL.sub('*', rest)}"
    return _SEVERAL.sub("*", bare)


def is_deep(written: str) -> bool:
    """Whether a pattern covers more names where `**.` stands for several labels, as from Cilium 1.19 on."""
    return domain(written, deep=True) != domain(written, deep=False)


def is_pattern(text: str) -> bool:
    """Whether a text stands for more than one name."""
    return "*" in text


def covers(text: str, name: str) -> bool:
    """Whether a name is what a text says, or one of the names of a pattern."""
    return _expression(text).fullmatch(name) is not None


def contains(wide: str, narrow: str) -> bool:
    """Whether all names of one text are names of another one, as far as that can be told."""
    if not is_pattern(narrow):
        return covers(wide, narrow)
    parts = overlaps((wide, narrow))
    return parts is not None and all(wide in part for part in parts if narrow in part)


@cache
def _expression(text: str) -> re.Pattern[str]:
    label = f"[{re.escape(_LETTERS)}]"
    parts = {"**": rf"{label}+(\.{label}+)*", "*": f"{label}*"}
    found = re.split(r"(\*+)", _open(text))
    return re.compile("".join(parts.get(part, re.escape(part)) for part in found))


def _open(text: str) -> str:
    """A pattern in which `**` is any part of a name, and `*` any part of a label."""
    return {EVERY: "**", ONE_LABEL: "*"}.get(text, text)


@cache
def overlaps(patterns: tuple[str, ...]) -> tuple[frozenset[str], ...] | None:
    """
    The sets of patterns that some name is covered by, and by no other one of them.

    None where the patterns have so much in common that it would take too long.
    """
    # A name is read letter by letter, with all ways in which the patterns may go on after each; from its
    # end, where patterns differ most.
    ways = frozenset((number, _open(text)[::-1]) for number, text in enumerate(patterns))
    start = (ways, False)
    found: dict[frozenset[str], None] = {}
    seen, left, work = {start}, [start], 0
    while left:
        ways, inside = left.pop()
        covering = frozenset(patterns[number] for number, rest in ways if not rest.strip("*"))
        if inside and covering:
            found[covering] = None
        for letter in _letters(ways, inside=inside):
            work += len(ways)
            if work > WORK:
                return None
            then = frozenset((number, after) for number, rest in ways for after in _after(rest, letter))
            if then and (then, letter != ".") not in seen:
                seen.add((then, letter != "."))
                left.append((then, letter != "."))
    return tuple(found)


def _letters(ways: _Ways, *, inside: bool) -> Iterator[str]:
    """The letters that the ways go on with, and one that stands for all others; no label is empty."""
    asked = {rest.lstrip("*")[:1] for _, rest in ways}
    yield from sorted(asked & set(_LETTERS))
    yield from [letter for letter in _LETTERS if letter not in asked][:1]
    if inside:
        yield "."


def _after(rest: str, letter: str) -> Iterator[str]:
    """What may follow after a letter."""
    stars = len(rest) - len(rest.lstrip("*"))
    if stars == 2 or (stars == 1 and letter != "."):  # noqa: PLR2004
        yield rest
    if rest[stars : stars + 1] == letter:
        yield rest[stars + 1 :]
