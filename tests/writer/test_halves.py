"""Work in two threads: all of it is done once, and what goes wrong in either is told."""

from collections.abc import Sequence
from threading import current_thread

import pytest

from meshgen.halves import in_halves

MANY = list(range(1001))


def test_each_item_is_worked_on_once_and_two_threads_share_many() -> None:
    done: dict[int, str] = {}

    def work(some: Sequence[int]) -> None:
        for item in some:
            assert item not in done
            done[item] = current_thread().name

    in_halves(work, MANY)

    assert sorted(done) == MANY
    assert len(set(done.values())) == 2


def test_few_items_need_no_second_thread() -> None:
    names = []

    in_halves(lambda _: names.append(current_thread().name), MANY[:10])

    assert names == [current_thread().name]


@pytest.mark.parametrize("item", MANY[:2])
def test_what_goes_wrong_in_either_half_is_told_once_both_have_ended(item: int) -> None:
    ended = []

    def work(some: Sequence[int]) -> None:
        try:
            if item in some:
                raise OSError(item)
        finally:
            ended.append(len(some))

    with pytest.raises(OSError, match=f"^{item}$"):
        in_halves(work, MANY)

    assert sum(ended) == len(MANY)
