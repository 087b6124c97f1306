"""A small share of `make fuzz`, the same inputs each time."""

import pytest
from fuzz import chunk


@pytest.mark.parametrize("number", range(900_000_000, 900_000_006))
def test_no_hostile_input_ends_in_a_traceback(number: int) -> None:
    tally = chunk(number, structured=50, count=250)

    assert tally.inputs == 250
    assert [told for _, told in tally.findings] == []
