"""Reading what may be a pipe, such as that of `<(…)` in a shell, without waiting for what will never come."""

import os
import select
import stat
from contextlib import suppress

PATIENCE = 2.0
"""Seconds in which somebody must begin to write; whoever has begun may take any time."""


def read_patiently(path: str, at_most: int) -> bytes:
    """
    The first bytes of a file, or of a pipe.

    Raises:
        OSError: when it cannot be read.
        ValueError: when it is a device, or a pipe into which nobody writes.

    """
    with open(path, "rb", opener=_at_once) as file:
        mode = os.fstat(file.fileno()).st_mode
        if stat.S_ISCHR(mode) or stat.S_ISBLK(mode):
            message = "it is a device"
            raise ValueError(message)
        begun = _begun(file.fileno()) if stat.S_ISFIFO(mode) else b""
        return begun + file.read(at_most - len(begun))


def _at_once(path: str, flags: int) -> int:
    """Open a file; without O_NONBLOCK a pipe would open once somebody writes into it."""
    return os.open(path, flags | os.O_NONBLOCK)


def _begun(pipe: int) -> bytes:
    """The first byte of a pipe, or nothing where somebody is slow to write it; from here on reading waits."""
    poll = select.poll()
    poll.register(pipe, select.POLLIN)
    poll.poll(PATIENCE * 1000)
    begun = b""
    # NOTE: an end means that nobody has it open, and this error that somebody has, but is slow.
    with suppress(BlockingIOError):
        begun = os.read(pipe, 1)
        if not begun:
            message = "it is a pipe, and nobody writes into it"
            raise ValueError(message)
    os.set_blocking(pipe, True)
    return begun
