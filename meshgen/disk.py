"""What is on disk where a tree is to be written; symbolic links inside it are never followed."""

import errno
import os
import stat
from collections.abc import Iterable
from enum import Enum
from hashlib import sha256


class State(Enum):
    """How a path on disk stands to what is to be written and to what was written before."""

    SAME = "same"
    MISSING = "missing"
    CHANGED = "changed"
    EDITED = "hand-edited"
    FOREIGN = "foreign"


def read_regular(path: str) -> bytes | None:
    """
    A file's content, or None where there is no file.

    Raises:
        OSError: with ELOOP for a symbolic link, EISDIR for a directory.

    """
    try:
        # NOTE: O_NONBLOCK, so that a FIFO in the way does not hang the build.
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
    except (FileNotFoundError, NotADirectoryError):
        return None
    try:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            raise OSError(errno.EISDIR, os.strerror(errno.EISDIR), path)
        content = os.read(handle, status.st_size + 1)
        while more := os.read(handle, 1 << 20):
            content += more
        return content
    finally:
        os.close(handle)


def state_of(path: str, new: bytes | None, old_digest: str | None) -> State:
    """
    The state of one file; its folders are known to be real.

    `new` is what is to be there (None: nothing), `old_digest` what was written before.
    """
    try:
        content = read_regular(path)
    except OSError as error:
        if error.errno not in {errno.ELOOP, errno.EISDIR, errno.ENXIO}:
            raise
        is_own_link = error.errno == errno.ELOOP and old_digest is not None
        return State.EDITED if is_own_link else State.FOREIGN
    if content is None:
        return State.SAME if new is None else State.MISSING
    if content == new:
        return State.SAME
    if old_digest is None:
        return State.FOREIGN
    return State.CHANGED if sha256(content).hexdigest() == old_digest else State.EDITED


def obstructed(root: str, paths: Iterable[str]) -> set[str]:
    """The folders of some paths that are symbolic links or files, the topmost of each only."""
    found: set[str] = set()
    folders = {path.rpartition("/")[0] for path in paths}
    for folder in sorted(folders):
        partial = ""
        for part in folder.split("/") if folder else ():
            partial = f"{partial}/{part}" if partial else part
            try:
                mode = os.lstat(f"{root}/{partial}").st_mode
            except FileNotFoundError:
                break
            if not stat.S_ISDIR(mode):
                found.add(partial)
                break
    return found


def below(path: str, folders: set[str]) -> bool:
    """Whether a path lies in one of some folders."""
    return bool(folders) and any(path.startswith(f"{folder}/") for folder in folders)
