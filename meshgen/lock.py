"""One build at a time for a directory."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class BusyError(Exception):
    """Another build is writing the same directory."""


@contextmanager
def locked(folder: str, *, shared: bool = False) -> Iterator[None]:
    """
    Keep other builds from a folder that was there a moment ago.

    Raises:
        BusyError: when another build has it, or has just moved it.

    """
    try:
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except FileNotFoundError:
        raise BusyError from None
    try:
        _lock(handle, fcntl.LOCK_SH if shared else fcntl.LOCK_EX)
        if not _is_still(folder, handle):
            raise BusyError
        yield
    finally:
        os.close(handle)


def _is_still(folder: str, handle: int) -> bool:
    try:
        return os.path.samestat(os.fstat(handle), Path(folder).stat())
    except FileNotFoundError:
        return False


def _lock(handle: int, kind: int) -> None:
    try:
        fcntl.flock(handle, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        raise BusyError from None
    except OSError:
        # NOTE: NFS locks no folders; there, two builds at once are the user's to avoid.
        return
