"""The numbers of the steps: each says `# @.` where its own belongs."""

from collections.abc import Iterable

_NUMBER = "\n# @."


def numbered(steps: Iterable[str]) -> str:
    """The steps as one text; a step may have several parts with a number, or none."""
    head, *parts = "".join(steps).split(_NUMBER)
    return head + "".join(f"\n# {number}.{part}" for number, part in enumerate(parts, start=1))
