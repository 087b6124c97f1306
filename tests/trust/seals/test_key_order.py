"""The order of data keys is the one in which the real kustomize writes them."""

from itertools import pairwise
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from programs import kubectl

from meshgen.kube.order import in_order

KEYS = st.text("ab0129-._AZ", min_size=1, max_size=6)
PAIRS = st.lists(st.lists(KEYS, min_size=2, max_size=2, unique=True), min_size=150, max_size=150)


def kustomized(folder: Path, objects: list[list[str]]) -> list[list[str]]:
    """The keys of each object's data in the order of `kubectl kustomize`."""
    (folder / "kustomization.yaml").write_text("resources: [secrets.yaml]\n")
    documents = [
        {
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": {"name": f"s{number:04}"},
            "data": dict.fromkeys(keys, "eA=="),
        }
        for number, keys in enumerate(objects)
    ]
    (folder / "secrets.yaml").write_text(
        yaml.dump_all(documents, Dumper=yaml.CSafeDumper, sort_keys=False, default_style='"')
    )
    found = yaml.load_all(kubectl("kustomize", folder), yaml.CBaseLoader)
    by_name = {document["metadata"]["name"]: list(document["data"]) for document in found}
    return [by_name[f"s{number:04}"] for number in range(len(objects))]


@settings(
    max_examples=6,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
@given(pairs=PAIRS)
def test_any_two_keys_stand_as_kustomize_puts_them(
    tmp_path_factory: pytest.TempPathFactory, pairs: list[list[str]]
) -> None:
    folder = tmp_path_factory.mktemp("order")
    assert kustomized(folder, pairs) == [in_order(pair) for pair in pairs]


NAMES = [
    pytest.param(["cluster10", "cluster2", "cluster1"], ["cluster1", "cluster2", "cluster10"], id="numbers"),
    pytest.param(["c1", "c-1", "c", "c-a"], ["c", "c-1", "c-a", "c1"], id="a dash before a number"),
    pytest.param(["c01", "c1", "c001", "c1-x"], ["c1", "c1-x", "c01", "c001"], id="leading zeros last"),
    pytest.param(["on", "no", "y", "null", "1e3", "0"], ["0", "1e3", "no", "null", "on", "y"], id="no text"),
    pytest.param(["c1a", "c10"], ["c10", "c1a"], id="a digit before a letter, even inside a number"),
    pytest.param(["prod1b", "prod2a", "prod1a"], ["prod1a", "prod1b", "prod2a"], id="letters after numbers"),
    pytest.param(["B", "a", "_", "A"], ["_", "A", "B", "a"], id="signs, capitals, small letters"),
]


@pytest.mark.parametrize(("names", "ordered"), NAMES)
def test_names_of_clusters_stand_as_kustomize_puts_them(
    tmp_path: Path, names: list[str], ordered: list[str]
) -> None:
    assert in_order(names) == ordered
    keys = [name + suffix for name in names for suffix in (".etcd-client.key", ".etcd-client.crt")]
    assert kustomized(tmp_path, [names, keys]) == [ordered, in_order(keys)]


@given(st.sets(st.text("ab12-.", min_size=1, max_size=4)))
def test_the_order_is_one_of_all_keys_and_does_not_depend_on_what_came_first(keys: set[str]) -> None:
    """Where a number stands before a letter, pairs can go in circles; kustomize's own order then varies."""
    sound = [key for key in keys if not any(a.isdigit() and b.isalpha() for a, b in pairwise(key))]
    assert in_order(sorted(sound)) == in_order(sorted(sound, reverse=True))
    assert sorted(in_order(sound)) == sorted(sound)
