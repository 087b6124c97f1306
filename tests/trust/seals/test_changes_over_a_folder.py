"""A folder with changes laid over it reads as if they were made."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meshgen.cli.input import Beside
from meshgen.keeping import keep_files
from meshgen.trust.changes import Changes, Overlay

NAMES = ["a", "b/c", "b/d", "b/e/f", "g/h/i"]
FILES = st.dictionaries(st.sampled_from(NAMES), st.sampled_from([b"1", b"2"]))
CHANGES = st.dictionaries(st.sampled_from(NAMES), st.sampled_from([b"3", None]))
FOLDERS = ["b", "b/e", "g", "g/h", "x"]


def shown(folder: Beside | Overlay) -> dict[str, object]:
    found: dict[str, object] = {name: folder.read(name) for name in NAMES}
    # A folder that got empty is removed by nobody, and holds nothing.
    return found | {
        name: [
            one for one in folder.names(name) if not one.endswith("/") or folder.names(f"{name}/{one[:-1]}")
        ]
        for name in FOLDERS
    }


@given(before=FILES, changes=CHANGES)
def test_a_folder_with_changes_is_what_it_will_be(
    tmp_path_factory: pytest.TempPathFactory, before: dict[str, bytes], changes: dict[str, bytes | None]
) -> None:
    place = str(tmp_path_factory.mktemp("folder"))
    keep_files(place, dict(before))
    foreseen = shown(Overlay(Beside(place), Changes(files=changes)))
    keep_files(place, changes)
    assert shown(Beside(place)) == foreseen


def test_what_comes_later_wins_and_keys_are_not_shown() -> None:
    one = Changes(files={"a": b"1", "b": b"1"}, made={"a": b"key"}, notes=("first",))
    other = Changes(files={"b": None}, made={"b": b"key"}, notes=("second",))
    both = one.then(other)
    assert both.files == {"a": b"1", "b": None}
    assert both.notes == ("first", "second")
    assert both.made == {"a": b"key", "b": b"key"}
    assert "key" not in repr(both)
