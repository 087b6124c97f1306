"""
A changed tree put in place of the old one, all or nothing.

New files are written beside the directory, then moved in by renames that a journal lists first.
Killed before the journal stands, the directory is the old tree; killed after it, the next run
finishes the renames.
"""

import fcntl
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import PurePosixPath
from typing import Any

from .disk import read_regular
from .ownership import INDEX

_JOURNAL = "journal.json"
_NEW = "new"
_OLD = "old"

Progress = Callable[[int], None]


class BusyError(OSError):
    """Another build is writing the same directory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """
    What is to happen at one path.

    `content` None removes it; `before` is the digest of what is there now, None for nothing.
    """

    path: str
    content: bytes | None
    before: str | None
    executable: bool = False


@dataclass(frozen=True, slots=True)
class Repair:
    """What an interrupted run had left: moved in (`finished`), thrown away, or edited since."""

    finished: bool = False
    discarded: bool = False
    edited: tuple[str, ...] = ()


def staging_of(root: str) -> str:
    """The folder beside a directory in which its next tree is prepared."""
    folder, name = os.path.split(root)
    return os.path.join(folder, f".{name}.meshgen")


@contextmanager
def _locked(staging: str) -> Iterator[None]:
    handle = os.open(staging, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        message = f"another build is writing {staging}"
        raise BusyError(message) from None
    try:
        yield
    finally:
        os.close(handle)


def create(root: str, files: dict[str, bytes], executable: set[str], progress: Progress) -> None:
    """Write a tree where there is none (or an empty folder): it appears in one rename."""
    staging = staging_of(root)
    os.makedirs(os.path.dirname(root), exist_ok=True)
    os.mkdir(staging)
    with _locked(staging):
        try:
            _write_files(staging, files.items(), executable, progress)
            os.rename(staging, root)
        except BaseException:
            shutil.rmtree(staging, ignore_errors=True)
            raise


def replace(root: str, changes: list[Change], progress: Progress) -> None:
    """
    Make changes to a tree; `changes` ends with the one of the index.

    Raises:
        OSError: with the tree as it was before.

    """
    staging = staging_of(root)
    os.mkdir(staging)
    with _locked(staging):
        try:
            files = [(change.path, change.content) for change in changes if change.content is not None]
            executable = {change.path for change in changes if change.executable}
            _write_files(os.path.join(staging, _NEW), files, executable, progress)
            _write_journal(staging, changes)
            _move_in(root, staging, changes)
        except BaseException:
            shutil.rmtree(staging, ignore_errors=True)
            raise
        _discard(staging)


def _write_files(folder: str, files: Any, executable: set[str], progress: Progress) -> None:
    made: set[str] = set()
    for count, (path, content) in enumerate(files):
        full = f"{folder}/{path}"
        parent = os.path.dirname(full)
        if parent not in made:
            os.makedirs(parent, exist_ok=True)
            made.add(parent)
        mode = 0o777 if path in executable else 0o666
        handle = os.open(full, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
        try:
            _write_all(handle, content)
        finally:
            os.close(handle)
        progress(count)


def _write_all(handle: int, content: bytes) -> None:
    written = os.write(handle, content)
    while written < len(content):
        written += os.write(handle, content[written:])


def _write_journal(staging: str, changes: list[Change]) -> None:
    entries = [
        {
            "path": change.path,
            "before": change.before,
            "after": None if change.content is None else sha256(change.content).hexdigest(),
        }
        for change in changes
    ]
    draft = os.path.join(staging, f"{_JOURNAL}.draft")
    with open(draft, "x", encoding="ascii") as journal:
        json.dump(entries, journal)
        journal.flush()
        os.fsync(journal.fileno())
    os.rename(draft, os.path.join(staging, _JOURNAL))


def _move_in(root: str, staging: str, changes: list[Change]) -> None:
    done: list[tuple[str, str]] = []
    made: list[str] = []
    try:
        for change in changes:
            _move_one(root, staging, change, done, made)
    except BaseException:
        for source, target in reversed(done):
            os.rename(target, source)
        for folder in reversed(made):
            with suppress(OSError):
                os.rmdir(folder)
        raise
    for change in changes:
        if change.content is None:
            _remove_empty_folders(root, change.path)


def _move_one(root: str, staging: str, change: Change, done: list[tuple[str, str]], made: list[str]) -> None:
    target = f"{root}/{change.path}"
    if change.content is not None:
        made += _make_folders(root, change.path)
    if os.path.islink(target) or os.path.isfile(target):
        kept = f"{staging}/{_OLD}/{change.path}"
        os.makedirs(os.path.dirname(kept), exist_ok=True)
        _rename(target, kept, done)
    if change.content is not None:
        _rename(f"{staging}/{_NEW}/{change.path}", target, done)


def _rename(source: str, target: str, done: list[tuple[str, str]]) -> None:
    os.rename(source, target)
    done.append((source, target))


def _make_folders(root: str, path: str) -> list[str]:
    made = []
    for folder in reversed(PurePosixPath(path).parents[:-1]):
        full = f"{root}/{folder}"
        if not os.path.isdir(full):
            os.mkdir(full)
            made.append(full)
    return made


def _remove_empty_folders(root: str, path: str) -> None:
    for folder in PurePosixPath(path).parents[:-1]:
        try:
            os.rmdir(f"{root}/{folder}")
        except OSError:
            return


def _discard(staging: str) -> None:
    with suppress(FileNotFoundError):
        os.unlink(os.path.join(staging, _JOURNAL))
    shutil.rmtree(staging)


def repair(root: str, *, force: bool) -> Repair:
    """
    Finish or clear away what a killed run left beside a directory.

    Files that were edited since are reported and nothing is touched, unless `force`.
    """
    staging = staging_of(root)
    if not os.path.isdir(staging) or os.path.islink(staging):
        return Repair()
    with _locked(staging):
        entries = _read_journal(staging)
        if not entries or not _is_current(root, entries[-1]):
            shutil.rmtree(staging)
            return Repair(discarded=True)
        edited = tuple(entry["path"] for entry in entries if not _is_known(root, entry))
        if edited and not force:
            return Repair(edited=edited)
        for entry in entries:
            _finish(root, staging, entry)
        _discard(staging)
        return Repair(finished=True)


def _read_journal(staging: str) -> list[dict[str, Any]]:
    try:
        with open(os.path.join(staging, _JOURNAL), encoding="ascii") as journal:
            entries: list[dict[str, Any]] = json.load(journal)
            return entries
    except FileNotFoundError:
        return []


def _is_current(root: str, index_entry: dict[str, Any]) -> bool:
    """Whether the directory is still the one that was interrupted, and not another checkout."""
    assert index_entry["path"] == INDEX
    return _is_known(root, index_entry)


def _is_known(root: str, entry: dict[str, Any]) -> bool:
    if entry["before"] is None and entry["after"] is None:
        return True  # a symbolic link that was to be removed
    try:
        content = read_regular(f"{root}/{entry['path']}")
    except OSError:
        return False
    if content is None:
        return True
    return sha256(content).hexdigest() in {entry["before"], entry["after"]}


def _finish(root: str, staging: str, entry: dict[str, Any]) -> None:
    path, target = entry["path"], f"{root}/{entry['path']}"
    if entry["after"] is None:
        with suppress(FileNotFoundError, IsADirectoryError):
            os.unlink(target)
        _remove_empty_folders(root, path)
        return
    _make_folders(root, path)
    with suppress(FileNotFoundError):
        os.replace(f"{staging}/{_NEW}/{path}", target)
