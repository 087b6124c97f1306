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
    Keep other builds from a folder.

    Raises:
        BusyError: when another build has it, or has just moved it.

    """
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        _lock(handle, fcntl.LOCK_SH if shared else fcntl.LOCK_EX)
        if not os.path.samestat(os.fstat(handle), Path(folder).stat()):
            raise BusyError
        yield
    finally:
        os.close(handle)


def _lock(handle: int, kind: int) -> None:
    try:
        fcntl.flock(handle, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        raise BusyError from None
    except OSError:
        # NOTE: NFS locks no folders; there, two builds at once are the user's to avoid.
        return
