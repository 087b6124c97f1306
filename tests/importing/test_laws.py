"""Laws of imports: what is given comes back, a second import changes nothing, and no input is a bug."""

import json
from copy import deepcopy
from typing import Any

from given import values
from hypothesis import given, settings
from hypothesis import strategies as st

from meshgen.chart.values import values_of
from meshgen.importing.found import UnusableInputError
from meshgen.importing.merging import merge
from meshgen.importing.outcome import Outcome, as_json, as_text
from meshgen.importing.sources import Given, Versions, found_in
from meshgen.model.parse import parse
from meshgen.source import Source, UnreadableSourceError, load

ODD = [
    "no", "on", "y", "017", "1.20", "1e3", "0x1f", "12:30", "", "null", "~", "- a", "? a", "a: b", "a #b",
    "[", "{", "&a",
    "*a", "!a", "%a", "@a", "`a", "'", '"', "::/0", "fd00::", "a\nb\n", "\n", " a", "a ",
    "\t", "ü", "<<", "=", "a, b", "#",
]  # fmt: skip
texts = st.sampled_from(ODD) | st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=12)
scalars = (
    texts
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.booleans()
    | st.none()
)
extras = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=12,
)
anything = st.sampled_from(
    [None, True, 0, -1, 1.5, "", "x", "10.0.0.1", "10.0.0.0/8", [], {}, ["a"], [{}], [[1]], 99**30]
)


def imported(*files: Any, existing: Source | None = None) -> Outcome:
    """What an import makes of values of Cilium 1.19."""
    founds = [
        found
        for number, data in enumerate(files)
        for found in found_in(
            Given("a.json", {"a.json": json.dumps(data).encode()}, f"c{number}"), Versions(["1.19"])
        )
    ]
    return merge(founds, existing, shown="mesh.yaml", name=None, version="")


@given(st.dictionaries(texts, extras, max_size=4), st.dictionaries(texts, extras, max_size=4))
@settings(max_examples=100)
def test_every_value_comes_back_as_it_was(one: dict[str, Any], other: dict[str, Any]) -> None:
    files = [values(number, extraConfig=more, x=more) for number, more in ((1, one), (2, other))]
    for number, file in enumerate(files):
        file["cluster"]["name"] = f"c{number}"
        peers = file["clustermesh"]["config"]["clusters"]
        file["clustermesh"]["config"]["clusters"] = {f"c{1 - number}": next(iter(peers.values()))}
    outcome = imported(*files)
    assert not outcome.changes
    mesh = parse(load(outcome.text.encode(), "mesh.yaml"))
    assert [values_of(mesh, cluster) for cluster in mesh.clusters] == files
    again = imported(*files, existing=load(outcome.text.encode(), "mesh.yaml"))
    assert again.text == outcome.text


def places(data: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in some data but the top."""
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    return [found for key, value in items for found in ((*path, key), *places(value, (*path, key)))]


@given(st.data())
@settings(max_examples=100)
def test_no_values_are_a_bug(data: st.DataObject) -> None:
    files = []
    for number in (1, 2):
        file = deepcopy(
            values(number, routingMode="native", encryption={"enabled": True, "type": "wireguard"})
        )
        for _ in range(data.draw(st.integers(0, 2))):
            *above, last = data.draw(st.sampled_from(places(file)))
            holder: Any = file
            for step in above:
                holder = holder[step]
            holder[last] = deepcopy(data.draw(anything))
        files.append(file)
    try:
        outcome = imported(*files)
    except (UnusableInputError, UnreadableSourceError):
        return
    assert as_text(outcome)
    assert json.loads(as_json(outcome, "mesh.yaml"))
    again = imported(*files, existing=load(outcome.text.encode(), "mesh.yaml"))
    assert again.changes == outcome.changes
