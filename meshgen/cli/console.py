"""meshgen as a process of its own: what it does before its first import and after its last line."""

import gc
import os
import sys
from collections.abc import Callable
from contextlib import suppress

from . import interrupts


def console(leave: Callable[[int], object] = os._exit) -> None:
    """Run meshgen, and end the process."""
    # NOTE: a run is short and makes many small objects, from its imports on, that all live to its end.
    gc.disable()
    interrupts.listen()
    try:
        from .run import main

        status = main()
    except BaseException:
        # NOTE: one came before `main` could take it, or while that was on its way out.
        if not interrupts.came():
            raise
        from .run import Exit

        status = Exit.INTERRUPTED
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            with suppress(OSError):
                stream.flush()
    # NOTE: without taking apart what the run has made, which the system does at once.
    leave(status)
