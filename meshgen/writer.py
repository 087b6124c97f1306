"""A tree to disk: only what is meshgen's own is written or removed, and all of it or nothing."""

import os
import shlex
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import NamedTuple

from .diagnostics import Problem
from .disk import below
from .drift import Drift, Job, Target, compare
from .lock import locked
from .ownership import INDEX
from .rules.output import CLUSTER_REMOVAL, FOREIGN_OUTPUT, HAND_EDITED_OUTPUT
from .swap import Change, Progress, create, replace, staging_of


class Permissions(NamedTuple):
    """What a user allows a build to do."""

    force: bool = False
    removals: frozenset[str] = frozenset()


class Outcome(NamedTuple):
    """What a write did, or the problems that kept it from doing anything."""

    written: int = 0
    removed: int = 0
    unchanged: int = 0
    repaired: bool = False
    problems: tuple[Problem, ...] = ()


def target_of(path: str, *, private: bool = False) -> Target:
    """A target; a symbolic link at the very path is the user's choice and is followed."""
    return Target(root=os.path.realpath(path), shown=path.rstrip("/") or path or ".", private=private)


def differences(job: Job) -> Drift:
    """
    What a build would change; writes nothing.

    Raises:
        BusyError: while a build is writing.
        OSError: when the directory cannot be read.

    """
    root = job.target.root
    folder = next(filter(os.path.isdir, (root, staging_of(root))), None)
    with nullcontext() if folder is None else locked(folder, shared=True):
        return compare(job)


def guard(job: Job, permissions: Permissions) -> tuple[Problem, ...]:
    """What would keep a write from doing anything."""
    return tuple(_problems(differences(job), job.target, permissions))


def write(job: Job, permissions: Permissions, progress: Progress) -> Outcome:
    """
    Make a directory hold a tree.

    Raises:
        BusyError: when another build is writing it.
        OSError: with the directory as it was.

    """
    tree, target = job.tree, job.target
    files = job.files
    with _umask(0o077 if target.private else 0o022):
        if not os.path.lexists(target.root):
            repaired = create(target.root, files, tree.executable, progress)
            return Outcome(written=len(tree.files), repaired=repaired)
        with locked(target.root):
            drift = compare(job)
            if problems := tuple(_problems(drift, target, permissions)):
                return Outcome(problems=problems)
            changes = list(_changes(files, drift))
            if drift:
                replace(target.root, changes, files[INDEX], tree.executable, progress)
    written = sum(change.content is not None and change.path != INDEX for change in changes)
    stale = {*drift.extra, *drift.edited}.difference(files, drift.links)
    return Outcome(
        written=written,
        removed=len(stale),
        unchanged=len(tree.files) - written,
        repaired=drift.interrupted,
    )


@contextmanager
def _umask(mask: int) -> Iterator[None]:
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)


def _changes(files: dict[str, bytes], drift: Drift) -> Iterator[Change]:
    """The changes in their order: links make room, then files, and the index last of all."""
    for link in drift.links:
        yield Change(link, None)
    behind = [path for path in files if below(path, drift.links)] if drift.links else []
    wanted = {*drift.changed, *drift.missing, *drift.edited, *behind} & files.keys()
    for path in sorted(wanted - {INDEX}):
        yield Change(path, files[path])
    # NOTE: what is gone already may have left an empty folder, where a build was interrupted.
    for path in sorted({*drift.extra, *drift.edited, *drift.gone}.difference(files, drift.links)):
        yield Change(path, None)
    if INDEX in wanted:
        yield Change(INDEX, files[INDEX])


def _problems(drift: Drift, target: Target, permissions: Permissions) -> Iterator[Problem]:
    if drift.unowned:
        yield FOREIGN_OUTPUT.problem(
            (),
            f"{target.shown} holds files, and no {INDEX} says that they are meshgen's",
            file=target.shown,
            help=_way_back(target),
        )
        return
    for path in drift.foreign:
        yield FOREIGN_OUTPUT.problem(
            (),
            f"{path} is in the way, and not meshgen's",
            file=f"{target.shown}/{path}",
            help="move it away",
        )
    if not permissions.force:
        yield from _edits(drift, target)
    for cluster in drift.lost:
        if cluster not in permissions.removals:
            yield CLUSTER_REMOVAL.problem(
                (),
                f"the cluster {cluster} is not in the mesh any more; everything of it would be removed",
                file=f"{target.shown}/{cluster}",
                help=f"if it really leaves: --allow-removal {cluster}",
            )


def _way_back(target: Target) -> str:
    if target.private:
        return "if they are, delete them and build anew; otherwise move them away"
    index = shlex.quote(f"{target.shown}/{INDEX}")
    return (
        f"if they are: git checkout -- {index}; "
        "otherwise choose another directory with -o, or move the files away"
    )


def _edits(drift: Drift, target: Target) -> Iterator[Problem]:
    if drift.doubt:
        yield HAND_EDITED_OUTPUT.problem(
            (),
            f"{INDEX} cannot be believed: {drift.doubt}",
            file=f"{target.shown}/{INDEX}",
            help="restore it as it was committed last, or build with --force",
        )
        return
    for path in drift.edited:
        yield HAND_EDITED_OUTPUT.problem(
            (),
            f"{path} was edited by hand",
            file=f"{target.shown}/{path}",
            help="put the change into mesh.yaml, then build with --force",
        )
