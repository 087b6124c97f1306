"""The numbers of the steps: each says `# @.` where its own belongs."""

from collections.abc import Iterable
from itertools import count

_NUMBER = "# @."


def numbered(steps: Iterable[str]) -> str:
    """The steps as one text; a step may have several parts with a number, or none."""
    numbers = count(1)
    lines = "".join(steps).splitlines(keepends=True)
    return "".join(
        line.replace(_NUMBER, f"# {next(numbers)}.", 1) if line.startswith(_NUMBER) else line
        for line in lines
    )
