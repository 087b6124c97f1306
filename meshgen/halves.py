"""Work on many items in two threads at once."""

from collections.abc import Callable, Sequence
from threading import Thread
from typing import TypeVar

T = TypeVar("T")

_FEW = 256
"""Up to so many items, a second thread is not worth its start."""


def in_halves(work: Callable[[Sequence[T]], None], items: Sequence[T]) -> None:
    """
    Do some work with the first half of the items, and meanwhile with the second.

    That helps where the system has most of the work, as it has with files to be written: only Python itself
    runs in one thread at a time.

    Raises:
        BaseException: what the work raises, once it has come to an end with both halves.

    """
    if len(items) <= _FEW:
        work(items)
        return
    middle = len(items) // 2
    raised: list[BaseException] = []

    def meanwhile() -> None:
        try:
            work(items[middle:])
        except BaseException as error:  # noqa: BLE001 - raised below, in the thread that can tell of it
            raised.append(error)

    thread = Thread(target=meanwhile)
    thread.start()
    try:
        work(items[:middle])
    finally:
        thread.join()
    if raised:
        raise raised[0]
