"""A tree to disk: only what is meshgen's own is written or removed, and all of it or nothing."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256

from .diagnostics import Problem
from .disk import State, below, obstructed, read_regular, state_of
from .ownership import INDEX, CorruptIndexError, Index, read_index
from .render import Tree
from .rules.output import CLUSTER_REMOVAL, FOREIGN_OUTPUT, HAND_EDITED_OUTPUT
from .swap import Change, Progress, create, repair, replace

ProgressStart = Callable[[int], Progress]
"""Told how many files there are; gives what is to be told of each."""


@dataclass(frozen=True, kw_only=True)
class Permissions:
    """What a user allows a build to do."""

    force: bool = False
    removals: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Target:
    """A directory to write, how it is called in messages, and the mask for new files."""

    root: str
    shown: str
    umask: int = 0o022


@dataclass(frozen=True, kw_only=True)
class Drift:
    """How a directory differs from a tree; each list is sorted, `departed` names clusters."""

    changed: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    extra: list[str] = field(default_factory=list)
    edited: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    departed: list[str] = field(default_factory=list)
    unreadable_index: bool = False

    def __bool__(self) -> bool:
        """Whether anything differs."""
        lists = (self.changed, self.missing, self.extra, self.edited, self.foreign)
        return self.unreadable_index or any(lists)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a write did, or the problems that kept it from doing anything."""

    written: int = 0
    removed: int = 0
    unchanged: int = 0
    repaired: bool = False
    problems: tuple[Problem, ...] = ()


def target_of(path: str, *, umask: int = 0o022) -> Target:
    """A target; a symbolic link at the very path is the user's choice and is followed."""
    return Target(root=os.path.realpath(path), shown=path.rstrip("/") or path, umask=umask)


def compare(tree: Tree, index: Index, target: Target) -> Drift:
    """
    What a build would change; writes nothing.

    Raises:
        OSError: when the directory cannot be read.

    """
    return _compare(tree, index, target)[0]


def guard(tree: Tree, index: Index, target: Target, permissions: Permissions) -> tuple[Problem, ...]:
    """What would keep a write from doing anything."""
    drift, old, _ = _compare(tree, index, target)
    return tuple(_problems(target, drift, old, permissions))


def write(
    tree: Tree,
    index: Index,
    target: Target,
    permissions: Permissions,
    progress: ProgressStart,
) -> Outcome:
    """
    Make a directory hold a tree.

    Raises:
        OSError: with the directory as it was.

    """
    with _umask(target.umask):
        fixed = repair(target.root, force=permissions.force)
        if fixed.edited:
            return Outcome(problems=tuple(_edited(target, path) for path in fixed.edited))
        drift, old, links = _compare(tree, index, target)
        if problems := tuple(_problems(target, drift, old, permissions)):
            return Outcome(problems=problems)
        counts = _apply(tree, index, target, drift, links, progress)
    repaired = fixed.finished or fixed.discarded
    return Outcome(
        written=counts[0],
        removed=counts[1],
        unchanged=len(tree.files) - counts[0],
        repaired=repaired,
    )


@contextmanager
def _umask(mask: int) -> Iterator[None]:
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)


def _compare(tree: Tree, index: Index, target: Target) -> tuple[Drift, Index, set[str]]:
    old, unreadable = _old_index(target)
    paths = tree.files.keys() | old.files.keys()
    links = obstructed(target.root, paths)
    found: dict[State, list[str]] = {state: [] for state in State}
    for path in sorted(paths):
        if not below(path, links):
            new, before = tree.files.get(path), old.files.get(path)
            found[state_of(f"{target.root}/{path}", new, before)].append(path)
    stale = [path for path in found[State.CHANGED] if path not in tree.files]
    changed = [path for path in found[State.CHANGED] if path in tree.files]
    expected = index.dump()
    index_state = state_of(f"{target.root}/{INDEX}", expected, None)
    if index_state is State.MISSING:
        found[State.MISSING].append(INDEX)
    elif index_state is State.FOREIGN and not unreadable:
        changed.append(INDEX)
    owned_links = {link for link in links if any(path.startswith(f"{link}/") for path in old.files)}
    drift = Drift(
        changed=changed,
        missing=found[State.MISSING],
        extra=stale,
        edited=sorted({*found[State.EDITED], *owned_links}),
        foreign=sorted({*found[State.FOREIGN], *(links - owned_links)}),
        departed=sorted(old.folders - index.folders),
        unreadable_index=unreadable,
    )
    return drift, old, links


def _old_index(target: Target) -> tuple[Index, bool]:
    try:
        content = read_regular(f"{target.root}/{INDEX}")
        return (Index(files={}) if content is None else read_index(content)), False
    except CorruptIndexError:
        return Index(files={}), True


def _problems(target: Target, drift: Drift, old: Index, permissions: Permissions) -> Iterator[Problem]:
    if not old.files and not drift.unreadable_index and _holds_files(target.root):
        yield FOREIGN_OUTPUT.problem(
            (),
            f"{target.shown} holds files, and no {INDEX} says that they are meshgen's",
            file=target.shown,
            help="choose another directory with -o, or move the files away",
        )
        return
    if drift.unreadable_index and not permissions.force:
        yield _edited(target, INDEX)
    if not permissions.force:
        yield from (_edited(target, path) for path in drift.edited)
    if not (drift.unreadable_index and permissions.force):
        yield from (_foreign(target, path) for path in drift.foreign)
    for cluster in sorted(set(drift.departed) - permissions.removals):
        yield CLUSTER_REMOVAL.problem(
            (),
            f"the cluster {cluster} is not in the mesh any more; everything of it would be removed",
            file=f"{target.shown}/{cluster}",
            help=f"if it really leaves: --allow-removal {cluster}",
        )


def _edited(target: Target, path: str) -> Problem:
    return HAND_EDITED_OUTPUT.problem(
        (),
        f"{path} was edited by hand",
        file=f"{target.shown}/{path}",
        help="put the change into mesh.yaml, then build with --force",
    )


def _foreign(target: Target, path: str) -> Problem:
    return FOREIGN_OUTPUT.problem(
        (),
        f"{path} is in the way, and not meshgen's",
        file=f"{target.shown}/{path}",
        help="move it away",
    )


def _holds_files(root: str) -> bool:
    try:
        return bool(os.listdir(root))
    except FileNotFoundError:
        return False


def _apply(
    tree: Tree, index: Index, target: Target, drift: Drift, links: set[str], progress: ProgressStart
) -> tuple[int, int]:
    if not _holds_files(target.root):
        files = {**tree.files, INDEX: index.dump()}
        create(target.root, files, tree.executable, progress(len(files)))
        return len(tree.files), 0
    if not drift:
        return 0, 0
    written = [*drift.changed, *drift.missing, *drift.edited, *drift.foreign]
    behind_links = [path for path in tree.files if below(path, links)]
    paths = sorted({*written, *behind_links} & tree.files.keys())
    gone = sorted({*drift.extra, *drift.edited} - tree.files.keys() - links)
    unlinked = [Change(path=link, content=None, before=None) for link in sorted(links)]
    changes = [*unlinked, *(_change(tree, target, path) for path in (*paths, *gone))]
    changes.append(_index_change(index, target))
    replace(target.root, changes, progress(len(changes)))
    return len(paths), len(gone)


def _change(tree: Tree, target: Target, path: str) -> Change:
    return Change(
        path=path,
        content=tree.files.get(path),
        before=_digest_on_disk(f"{target.root}/{path}"),
        executable=path in tree.executable,
    )


def _index_change(index: Index, target: Target) -> Change:
    before = _digest_on_disk(f"{target.root}/{INDEX}")
    return Change(path=INDEX, content=index.dump(), before=before)


def _digest_on_disk(path: str) -> str | None:
    try:
        content = read_regular(path)
    except OSError:
        return None
    return None if content is None else sha256(content).hexdigest()
