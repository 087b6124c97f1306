"""
A changed tree put in place of the old one, all or nothing.

New files are written into a folder beside the directory, then moved in.
Before the first of them moves, the old and the new tree's index are noted down in that folder: wherever
the run is killed, the next one knows by them which files are meshgen's own, and builds anew.
"""

import os
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, suppress
from hashlib import sha256
from itertools import islice
from pathlib import PurePosixPath
from typing import NamedTuple

from .disk import read_regular
from .halves import in_halves
from .lock import BusyError, locked
from .ownership import INDEX, MAX_BYTES, CorruptIndexError, Index, read_index

File = tuple[str, bytes]
Progress = Callable[[Sequence[File]], AbstractContextManager[Iterable[File]]]
"""Hands on the files that are to be written, and shows how it goes."""

_AT_ONCE = 2048
"""Files that are written before progress is shown, or an interrupt noticed."""

_LARGE = 4096
"""Bytes from which a file is written by either of two threads."""

_NEW = "new"
_OLD = "old"
_NOTE = "index-"


class Change(NamedTuple):
    """What is to stand at a path: content, or None for nothing."""

    path: str
    content: bytes | None


def staging_of(root: str) -> str:
    """The folder beside a directory in which its next tree is prepared; inside of one that is a mount."""
    # NOTE: nothing can be moved in by a rename from another file system.
    folder = root if os.path.ismount(root) else os.path.dirname(root)
    return os.path.join(folder, f".{os.path.basename(root)}.meshgen")


def leftovers(root: str) -> tuple[Index, ...] | None:
    """The indexes that interrupted runs noted down; None where nothing was left behind."""
    staging = staging_of(root)
    if not os.path.isdir(staging) or os.path.islink(staging):
        return None
    found = []
    for name in sorted(os.listdir(staging)):
        content = read_regular(f"{staging}/{name}", MAX_BYTES + 1) if name.startswith(_NOTE) else None
        with suppress(CorruptIndexError):
            found += [] if content is None else [read_index(content)]
    return tuple(found)


def create(root: str, files: dict[str, bytes], executable: frozenset[str], progress: Progress) -> bool:
    """
    Write a tree where there is none: it appears in one rename.

    Gives whether an interrupted run had left something behind.

    Raises:
        BusyError: when another build is at it.
        OSError: with nothing left behind.

    """
    staging = staging_of(root)
    made: list[str] = []
    try:
        _make_folders(os.path.dirname(root), made)
        is_repair = os.path.isdir(staging)
        os.makedirs(staging, exist_ok=True)
        with locked(staging):
            _fill(staging, root, files, executable, progress)
    except BaseException:
        _remove_folders(made)
        raise
    return is_repair


def _fill(
    staging: str, root: str, files: dict[str, bytes], executable: frozenset[str], progress: Progress
) -> None:
    try:
        if os.path.lexists(root):
            raise BusyError  # noqa: TRY301 - what was prepared is to be removed
        _clear(staging)
        _write_files(staging, list(files.items()), executable, progress)
        os.rename(staging, root)
    except BaseException:
        _remove_tree(staging)
        raise


def replace(
    root: str, changes: list[Change], index: bytes, executable: frozenset[str], progress: Progress
) -> None:
    """
    Make changes to a locked tree; `index` is the one that the tree is to have after them.

    Raises:
        OSError: with the tree as it was before.

    """
    staging = staging_of(root)
    is_repair = leftovers(root) is not None
    if not is_repair:
        os.mkdir(staging)
    moves: list[tuple[str, str]] = []
    made: list[str] = []
    try:
        _clear(staging, but=_NOTE)
        files = [(change.path, change.content) for change in changes if change.content is not None]
        _write_files(f"{staging}/{_NEW}", files, executable, progress)
        _note(staging, read_regular(f"{root}/{INDEX}", MAX_BYTES) or b"")
        _note(staging, index)
        for change in changes:
            _move_one(root, staging, change, moves, made)
    except BaseException:
        _undo(moves, made)
        if is_repair:
            _clear(staging, but=_NOTE)
        else:
            _remove_tree(staging)
        raise
    for change in changes:
        if change.content is None:
            folders = PurePosixPath(change.path).parents[:-1]
            _remove_folders([f"{root}/{folder}" for folder in reversed(folders)])
    _remove_tree(staging)


def _remove_tree(folder: str, *, strict: bool = False) -> None:
    # NOTE: imported where it is needed: it loads all kinds of archives, and most builds remove nothing.
    from shutil import rmtree

    rmtree(folder, ignore_errors=not strict)


def _clear(staging: str, *, but: str | None = None) -> None:
    for entry in list(os.scandir(staging)):
        if but is None or not entry.name.startswith(but):
            if entry.is_dir(follow_symlinks=False):
                _remove_tree(entry.path, strict=True)
            else:
                os.unlink(entry.path)


def _write_files(folder: str, files: Sequence[File], executable: frozenset[str], progress: Progress) -> None:
    for parent in {os.path.dirname(path) for path, _ in files}:
        os.makedirs(f"{folder}/{parent}", exist_ok=True)

    def write(some: Sequence[File]) -> None:
        for path, content in some:
            _write_file(f"{folder}/{path}", content, 0o777 if path in executable else 0o666)

    with progress(files) as shown:
        left = iter(shown)
        while some := list(islice(left, _AT_ONCE)):
            write([file for file in some if len(file[1]) < _LARGE])
            in_halves(write, [file for file in some if len(file[1]) >= _LARGE])


def _write_file(path: str, content: bytes, mode: int) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
    try:
        _write_all(handle, content)
    finally:
        os.close(handle)


def _write_all(handle: int, content: bytes) -> None:
    # NOTE: without a file object, which would take a third as long again, file by file.
    written = os.write(handle, content)
    while written < len(content):
        written += os.write(handle, content[written:])


def _note(staging: str, index: bytes) -> None:
    draft = f"{staging}/draft"
    with open(draft, "wb") as file:
        file.write(index)
    os.rename(draft, f"{staging}/{_NOTE}{sha256(index).hexdigest()}")


def _move_one(root: str, staging: str, change: Change, moves: list[tuple[str, str]], made: list[str]) -> None:
    target = f"{root}/{change.path}"
    if change.content is not None:
        _make_folders(os.path.dirname(target), made)
    if os.path.lexists(target):
        kept = f"{staging}/{_OLD}/{change.path}"
        os.makedirs(os.path.dirname(kept), exist_ok=True)
        _move(target, kept, moves)
    if change.content is not None:
        _move(f"{staging}/{_NEW}/{change.path}", target, moves)


def _move(source: str, target: str, moves: list[tuple[str, str]]) -> None:
    moves.append((source, target))
    os.rename(source, target)


def _undo(moves: list[tuple[str, str]], made: list[str]) -> None:
    for source, target in reversed(moves):
        # NOTE: an interrupt can come between writing a move down and making it.
        if os.path.lexists(target) and not os.path.lexists(source):
            os.rename(target, source)
    _remove_folders(made)


def _make_folders(folder: str, made: list[str]) -> None:
    """Make a folder and those above it, and note the ones that were missing."""
    if not os.path.isdir(folder):
        _make_folders(os.path.dirname(folder), made)
        os.mkdir(folder)
        made.append(folder)


def _remove_folders(folders: list[str]) -> None:
    """Remove folders as far as they are empty, the last one first."""
    for folder in reversed(folders):
        with suppress(OSError):
            os.rmdir(folder)
