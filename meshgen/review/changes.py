"""A change of a mesh, whatever it is of, and what it does to running clusters."""

from enum import StrEnum
from typing import Any, NamedTuple

from ..location import SourcePath


class Impact(StrEnum):
    """What a change does to running clusters, the worst last."""

    NONE = "none"
    UNKNOWN = "not known"
    APISERVER = "clustermesh-apiserver restarts"
    RESTART = "agents restart"
    RECONNECT = "clusters reconnect"
    IDENTITY = "identities change"
    UNSUPPORTED = "not supported live"


class MeshChange(NamedTuple):
    """
    One thing that is another: what, of whom, before and after, and what that does.

    `restarts` are the clusters whose agents restart; `gate` is the gate that it fails, if any.
    """

    subject: str
    what: str
    before: str
    after: str
    impact: Impact
    note: str
    at: SourcePath
    restarts: tuple[str, ...] = ()
    gate: str | None = None


def clusters(count: int) -> str:
    """A number of clusters in words."""
    return counted(count, "cluster")


def counted(count: int, what: str) -> str:
    """A number of something in words."""
    return f"{count} {what}{'s' if count != 1 else ''}"


def paired(pairs: Any) -> str:
    """Labels or annotations in words, sorted."""
    return ", ".join(f"{key}={value}" for key, value in sorted(pairs.items()))
