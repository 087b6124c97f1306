"""Work on many items in two threads at once."""

from collections.abc import Callable, Sequence
from threading import Thread
from typing import TypeVar

T = TypeVar("T")

_FEW = 64
"""Up to so many items, a second thread is not worth its start."""


def in_halves(work: Callable[[Sequence[T]], None], items: Sequence[T]) -> None:
    """
    Do some work with every other item, and meanwhile with the rest.

    That helps where most of the work is not Python's own, which runs in one thread at a time: with large
    contents, to be written or hashed. With small ones the threads only wait for each other.

    Raises:
        BaseException: what the work raises, once it has come to an end with both halves.

    """
    if len(items) <= _FEW:
        work(items)
        return
    raised: list[BaseException] = []

    def meanwhile() -> None:
        try:
            work(items[1::2])
        except BaseException as error:  # noqa: BLE001 - raised below, in the thread that can tell of it
            raised.append(error)

    thread = Thread(target=meanwhile)
    thread.start()
    try:
        work(items[::2])
    finally:
        thread.join()
    if raised:
        raise raised[0]
