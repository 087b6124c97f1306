"""What is on disk where a tree is to be written; symbolic links inside it are never followed."""

import errno
import os
import stat
from collections.abc import Collection, Iterable
from enum import Enum
from hashlib import file_digest

# NOTE: O_NONBLOCK, so that a FIFO put in a file's place meanwhile does not hang the build.
_NEVER_FOLLOW = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class State(Enum):
    """How a path on disk stands to what is to be written and to what was written before."""

    SAME = "same"
    MISSING = "missing"
    CHANGED = "changed"
    EDITED = "hand-edited"
    FOREIGN = "foreign"


def holds(path: str, content: bytes) -> bool:
    """Whether a file holds just that; its folders are known to be real."""
    # NOTE: asked of every file, so with as few calls as can be; what is no file does not give these bytes.
    try:
        handle = os.open(path, _NEVER_FOLLOW)
    except OSError:
        return False
    try:
        return os.read(handle, len(content) + 1) == content
    except OSError:
        return False
    finally:
        os.close(handle)


def state_of(
    path: str, new: bytes | None, known: Collection[str], *, needs: int = 0, forbids: int = 0
) -> State:
    """
    The state of one file; its folders are known to be real.

    `new` is what is to be there (None: nothing), `known` the digests of what was written before.
    `needs` and `forbids` are permissions that a file must and must not have.
    """
    try:
        handle = os.open(path, _NEVER_FOLLOW)
    except FileNotFoundError:
        return State.SAME if new is None else State.MISSING
    except OSError as error:
        if error.errno == errno.ELOOP:
            return State.EDITED if known else State.FOREIGN
        if error.errno == errno.ENXIO:  # a socket
            return State.FOREIGN
        raise
    try:
        return _state_of_open(handle, new, known, needs, forbids)
    finally:
        os.close(handle)


def _state_of_open(handle: int, new: bytes | None, known: Collection[str], needs: int, forbids: int) -> State:
    status = os.fstat(handle)
    if not stat.S_ISREG(status.st_mode):
        return State.FOREIGN
    if new is not None and status.st_size == len(new) and os.read(handle, len(new) + 1) == new:
        fits = status.st_mode & needs == needs and not status.st_mode & forbids
        return State.SAME if fits else State.CHANGED
    if not known:
        return State.FOREIGN
    os.lseek(handle, 0, os.SEEK_SET)
    with open(handle, "rb", buffering=0, closefd=False) as file:
        return State.CHANGED if file_digest(file, "sha256").hexdigest() in known else State.EDITED


def read_regular(path: str, at_most: int) -> bytes | None:
    """A file's first bytes; None where there is no file, or a symbolic link or a folder instead."""
    try:
        if not stat.S_ISREG(os.lstat(path).st_mode):
            return None
    except FileNotFoundError:
        return None
    with open(os.open(path, _NEVER_FOLLOW), "rb") as file:
        return file.read(at_most)


def holds_anything(folder: str, *, but: str) -> bool:
    """Whether a folder is there and has something in it, apart from one path."""
    try:
        return any(f"{folder}/{name}" != but for name in os.listdir(folder))
    except FileNotFoundError:
        return False


def obstructions(root: str, paths: Iterable[str]) -> dict[str, bool]:
    """What stands in place of the folders of some paths, and whether it is a symbolic link."""
    found: dict[str, bool] = {}
    real: set[str] = set()
    for folder in sorted({path.rpartition("/")[0] for path in paths}):
        partial = ""
        for part in folder.split("/") if folder else ():
            partial = f"{partial}/{part}" if partial else part
            if partial in real:
                continue
            try:
                mode = os.lstat(f"{root}/{partial}").st_mode
            except FileNotFoundError:
                break
            if not stat.S_ISDIR(mode):
                found[partial] = stat.S_ISLNK(mode)
                break
            real.add(partial)
    return found


def below(path: str, folders: Collection[str]) -> bool:
    """Whether a path lies in one of some folders."""
    return bool(folders) and any(path.startswith(f"{folder}/") for folder in folders)
