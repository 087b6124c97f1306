"""
Which labels agents go by: those that the chart's `labels` and `nodeLabels` let through.

Source: cilium v1.15 and v1.19, pkg/labelsfilter/filter.go, parseLabelPrefix and filterLabels.
"""

import re
from typing import Any, NamedTuple

CLUSTER = "io.cilium.k8s.policy.cluster"
"""The label by which policies know the cluster of a pod or node."""

_SOURCES = frozenset({"", "k8s"})


class _Word(NamedTuple):
    """A word of a filter: whether it keeps or leaves out, and how much of the label's key it matches."""

    keeps: bool
    length: int


def lets_cluster_through(given: Any, *, by_default: bool) -> bool:
    """
    Whether a filter lets the label of the cluster through, given as the chart takes it: words of a text.

    `by_default` says that the version has the label in the list which every filter begins with.
    """
    words = [_word(text) for text in str(given or "").split()]
    keeping = [word.length for word in words if word.keeps]
    kept = max((*keeping, len(CLUSTER) if by_default else 0))
    left_out = min((word.length for word in words if word.length and not word.keeps), default=0)
    return kept > left_out or not (keeping or left_out)


def _word(text: str) -> _Word:
    source, colon, pattern = text.partition(":")
    if not colon:
        source, pattern = "", text
    matched = _matched(pattern.removeprefix("!")) if source in _SOURCES else 0
    return _Word(not pattern.startswith("!"), matched)


def _matched(pattern: str) -> int:
    try:
        found = re.match(pattern, CLUSTER)
    except re.error:
        return 0  # no agent starts with it, so that it lets nothing through
    return found.end() if found else 0
