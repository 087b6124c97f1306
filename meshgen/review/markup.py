"""HTML made of parts: whatever is not markup already is shown as text, so no name can be more than one."""

from collections.abc import Iterable
from html import escape

from ..location import legible

_VOID = {"input"}


class Markup(str):
    """A text that is HTML."""

    __slots__ = ()


def text(value: str) -> Markup:
    """A value as a reader sees it; markup stays what it is."""
    return value if isinstance(value, Markup) else Markup(escape(legible(value)))


def joined(parts: Iterable[str], between: str = "") -> Markup:
    """Parts one after the other."""
    return Markup(text(between).join(map(text, parts)))


def tag(name: str, *children: str, **attributes: str) -> Markup:
    """An element; `class_` and `for_` are `class` and `for`, and an underscore is a hyphen."""
    told = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(legible(value))}"'
        for key, value in attributes.items()
    )
    end = "" if name in _VOID else f"</{name}>"
    return Markup(f"<{name}{told}>{joined(children)}{end}")


def code(value: str) -> Markup:
    """A name."""
    return tag("code", value)


def listed(items: Iterable[str], name: str = "ul", **attributes: str) -> Markup:
    """A list of items."""
    return tag(name, *(tag("li", item) for item in items), **attributes)


def names(found: Iterable[str], most: int = 12) -> Markup:
    """Names in one line; of those that are too many their number is told."""
    every = list(found)
    more = len(every) - most
    told = joined(map(code, every[:most]), ", ")
    return joined((told, f" and {more:,} more")) if more > 0 else told


def section(key: str, title: str, *children: str, **attributes: str) -> Markup:
    """A part of the page under a heading."""
    head = tag("h2", title, id=f"{key}-title")
    return tag("section", head, *children, id=key, aria_labelledby=f"{key}-title", **attributes)
