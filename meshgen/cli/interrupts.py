"""
Ctrl-C, also where a library makes an error of its own of it.

Pydantic does so with a SchemaError, and what is written in Rust with a panic, which is no Exception.
"""

import signal
from typing import Any

_COME: list[int] = []


def listen() -> None:
    """Remember interrupts from now on; where they are ignored, as in the background, they stay so."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _interrupt)


def came() -> bool:
    """Whether somebody has interrupted this process."""
    return bool(_COME)


def _interrupt(number: int, _frame: Any) -> None:
    _COME.append(number)
    raise KeyboardInterrupt
