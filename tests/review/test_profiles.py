"""Which port a cell is explained at."""

from meshgen.engine.analysis import Verdict
from meshgen.engine.ports import END, SIZE
from meshgen.engine.relations import Profile, State
from meshgen.review.profiles import shown_port, verdict

ALLOWED = State(Verdict.ALLOWED)
UNKNOWN = State(Verdict.UNKNOWN)


def at(first: int, last: int, state: State = ALLOWED) -> Profile:
    return (((first, last), state),)


def test_it_is_one_at_which_a_change_shows() -> None:
    assert shown_port((), at(5432, 5433), [8080]) == 5432
    assert shown_port(at(80, 81), at(80, 82), []) == 81
    assert shown_port(at(80, 81), at(80, 81, UNKNOWN), []) == 80


def test_it_is_one_that_the_target_names_if_that_will_do() -> None:
    assert shown_port((), at(0, END), [9090, 8080]) == 8080
    assert shown_port((), (), [8080]) == 8080
    assert shown_port(at(0, END), at(0, END), []) == 80
    assert shown_port((), at(443, 444), [8080]) == 443


def test_there_is_no_port_0() -> None:
    assert shown_port((), at(SIZE, 2 * SIZE), []) == SIZE + 1


def test_a_pair_is_allowed_if_any_port_is() -> None:
    assert verdict(()) == "denied"
    assert verdict(at(80, 81, UNKNOWN)) == "unknown"
    assert verdict(at(80, 81, UNKNOWN) + at(90, 91)) == "allowed"
