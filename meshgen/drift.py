"""How a directory on disk differs from the tree that it is to hold."""

from collections.abc import Collection, Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

from .disk import State, below, holds, holds_anything, obstructions, read_regular, state_of
from .ownership import INDEX, MAX_BYTES, CorruptIndexError, Index, Record, read_index
from .render import Tree
from .swap import leftovers, staging_of

_RUN_BY_OWNER = 0o100
_ANYTHING_BY_OTHERS = 0o077


class Target(NamedTuple):
    """A directory to write, how it is called in messages, and whether nobody else may read it."""

    root: str
    shown: str
    private: bool = False


class Job:
    """A tree with its index, and the directory that is to hold it."""

    def __init__(self, tree: Tree, index: Index, target: Target) -> None:
        self.tree = tree
        self.index = index
        self.target = target

    @cached_property
    def files(self) -> dict[str, bytes]:
        """The files of the tree, and the index as the last of them."""
        return {**self.tree.files, INDEX: self.index.dump()}


class Drift(NamedTuple):
    """
    What differs; each list is sorted.

    `gone` are our files that are neither wanted nor there, `links` symbolic links in place of our folders,
    `lost` the clusters that would go.
    `doubt` says why the index cannot be believed, `unowned` that there are files, no index, and not just
    what is wanted; `interrupted` that a build did not come to its end.
    """

    changed: Sequence[str] = ()
    missing: Sequence[str] = ()
    extra: Sequence[str] = ()
    edited: Sequence[str] = ()
    foreign: Sequence[str] = ()
    gone: Sequence[str] = ()
    links: Sequence[str] = ()
    lost: Sequence[str] = ()
    doubt: str = ""
    unowned: bool = False
    interrupted: bool = False

    def __bool__(self) -> bool:
        """Whether anything differs."""
        lists = (self.changed, self.missing, self.extra, self.edited, self.foreign)
        return self.interrupted or any(lists)


def compare(job: Job) -> Drift:
    """
    What a build would change; writes nothing.

    Raises:
        OSError: when the directory cannot be read.

    """
    tree, index, target = job.tree, job.index, job.target
    wanted = job.files
    record = _record(target.root, index, wanted[INDEX])
    paths = wanted.keys() | record.paths
    blocked = obstructions(target.root, paths)
    links = sorted(path for path, link in blocked.items() if link and record.owns_below(path))
    found: dict[State, list[str]] = {state: [] for state in State}
    settled = set(_settled(job, blocked))
    for path in sorted(paths - settled):
        if below(path, blocked):
            continue
        state = state_of(
            f"{target.root}/{path}",
            wanted.get(path),
            record.known(path),
            needs=_RUN_BY_OWNER if path in tree.executable else 0,
            forbids=_ANYTHING_BY_OTHERS if target.private else 0,
        )
        found[state].append(path)
    # NOTE: where the index is lost, what stands there as it is to be is not lost by a build.
    fitting = settled or found[State.SAME] or found[State.CHANGED]
    adopted = fitting and not found[State.FOREIGN] and not blocked
    return Drift(
        changed=[path for path in found[State.CHANGED] if path in wanted],
        missing=found[State.MISSING],
        extra=[path for path in found[State.CHANGED] if path not in wanted],
        edited=sorted((*found[State.EDITED], *links)),
        foreign=sorted({*found[State.FOREIGN], *blocked}.difference(links)),
        gone=[path for path in found[State.SAME] if path not in wanted],
        links=links,
        lost=record.lost(index),
        doubt=record.doubt,
        unowned=not record.indexes
        and not record.doubt
        and not adopted
        and holds_anything(target.root, but=staging_of(target.root)),
        interrupted=record.noted is not None,
    )


def _settled(job: Job, blocked: Collection[str]) -> Iterator[str]:
    """The files that are as they are to be by their content alone: all but those whose permissions count."""
    if not job.target.private:
        for path, content in job.files.items():
            if (
                path not in job.tree.executable
                and not below(path, blocked)
                and holds(f"{job.target.root}/{path}", content)
            ):
                yield path


def _record(root: str, expected: Index, dumped: bytes) -> Record:
    noted = leftovers(root)
    content = read_regular(f"{root}/{INDEX}", MAX_BYTES + 1)
    if content == dumped:
        return Record(index=expected.owning_itself(content), noted=noted)
    try:
        index = None if content is None else read_index(content)
    except CorruptIndexError as error:
        return Record(doubt=str(error), noted=noted)
    return Record(index=index, noted=noted)
