"""The comments of a YAML text, as no reader of its data sees them."""

import re
from collections import Counter
from itertools import pairwise
from typing import Any

import yaml

from .marks import MISSING_MARK, is_ours

_COMMENT = re.compile(r"#[^\n]*")


def end_of_document(text: str) -> int:
    """Where the `...` stands that ends the document; the end of the text where there is none."""
    ends = (one.start_mark.index for one in _tokens(text) if isinstance(one, yaml.DocumentEndToken))
    return next(ends, len(text))


def lost_comments(before: str, after: str) -> list[str]:
    """The comments that were in a text and are not in its successor, without those of imports."""
    lost = _comments(before) - _comments(after)
    return [comment for comment in lost if not is_ours(comment)]


def tells_what_is_missing(text: str) -> bool:
    """Whether an import left marks of what is missing, which may be there by now."""
    return any(is_ours(comment) and comment.startswith(f"# {MISSING_MARK}") for comment in _comments(text))


def _comments(text: str) -> Counter[str]:
    """Each comment, as often as it stands there: all that is neither a token nor blank between two."""
    gaps = (text[one.end_mark.index : other.start_mark.index] for one, other in pairwise(_tokens(text)))
    return Counter(comment.rstrip() for gap in gaps for comment in _COMMENT.findall(gap))


def _tokens(text: str) -> list[Any]:
    return list(yaml.scan(text, Loader=yaml.CLoader))
