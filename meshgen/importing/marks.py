"""The comments that imports write on lines of mesh.yaml, and how they are known again."""

import re

NAMELESS = "no file says how the mesh is called"
UNTOLD = "nothing says which; generic adds nothing"
"""Why a provider is taken for generic."""

BLOCKS = "the nodes' own blocks; the range that they come from may be larger"
NAMED_ONLY = " (named by others; no file of its own was given)"
REQUIRED = ("id", "provider", "podCIDRs")
"""What each cluster needs, and nothing stands in for."""

GUESSED = "guessed: "
MISSING_MARK = "TODO "

_LACKS = "|".join(REQUIRED)
_REASONS = "|".join([*map(re.escape, (NAMELESS, UNTOLD, BLOCKS)), r"(?:annotation|value|providerID) \S+"])
_OURS = re.compile(
    f"# {MISSING_MARK}(?:{_LACKS})(?:, (?:{_LACKS}))*(?:{re.escape(NAMED_ONLY)})?|# {GUESSED}(?:{_REASONS})"
)


def guessed(reason: str) -> str:
    """The mark of a guess; none where there is no reason for one."""
    return f"{GUESSED}{reason}" if reason else ""


def missing(lacks: list[str], *, named_only: bool) -> str:
    """The mark of what a cluster still lacks; none where that is nothing."""
    return f"{MISSING_MARK}{', '.join(lacks)}{NAMED_ONLY if named_only else ''}" if lacks else ""


def is_ours(comment: str) -> bool:
    """Whether a comment is one that an import wrote, and nobody added to."""
    return bool(_OURS.fullmatch(comment))
