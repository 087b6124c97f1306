# ruff: noqa: E501 - a row of a table is one line
"""How places, values and near words are told."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meshgen.diagnostics import shown
from meshgen.location import SourcePath, legible, path_text
from meshgen.model.keys import accepted_keys
from meshgen.nearest import nearest

PROVIDERS = ["gcp", "aws", "azure", "oracle", "digitalocean"]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ((), ""),
        (("clusters",), "clusters"),
        (("clusters", 1, "podCIDRs", 0), "clusters[1].podCIDRs[0]"),
        ((0,), "[0]"),
        (("labels", "a.b/c"), 'labels["a.b/c"]'),
        (("labels", "my-env"), "labels.my-env"),
        (("labels", ""), 'labels[""]'),
        (("labels", "1"), 'labels["1"]'),
        (("labels", 'a"b\\'), 'labels["a\\"b\\\\"]'),
        (("labels", "a\nb\x1b[0m"), 'labels["a\\nb\\x1b[0m"]'),
        (("labels", "世"), 'labels["世"]'),
        (("a" * 400, "b"), f'["{"a" * 320}…"].b'),
    ],
)
def test_a_path_is_written_as_people_write_it(path: SourcePath, text: str) -> None:
    assert path_text(path) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a", "'a'"),
        ("it's", '"it\'s"'),
        ("a\tb\u202e", "'a\\tb\\u202e'"),
        (12, "12"),
        (1.5, "1.5"),
        ("x" * 78, f"'{'x' * 78}'"),
        ("x" * 79, f"'{'x' * 75}…'"),
        (10**400, "1" + "0" * 75 + "…0"),
    ],
)
def test_a_value_is_quoted_and_cut(value: object, text: str) -> None:
    assert shown(value) == text
    assert len(shown(value)) <= 80


@given(st.text())
def test_legible_text_is_one_line_that_a_terminal_shows(text: str) -> None:
    assert legible(text).isprintable()
    assert text.isprintable() <= (legible(text) == text)


@pytest.mark.parametrize(
    ("word", "near"),
    [
        pytest.param("gpc", "gcp", id="letters swapped"),
        pytest.param("GCP", "gcp", id="capitals"),
        pytest.param("digital-ocean", "digitalocean", id="a hyphen too many"),
        pytest.param("digital_ocean", "digitalocean", id="an underscore too many"),
        pytest.param("azur", "azure", id="a letter forgotten"),
        pytest.param("hetzner", None, id="near to none"),
        pytest.param("", None, id="nothing"),
        pytest.param("aws" * 30, None, id="too long to be a slip"),
    ],
)
def test_the_nearest_word_is_the_one_meant(word: str, near: str | None) -> None:
    assert nearest(word, PROVIDERS) == near


def test_nothing_is_near_where_nothing_is_accepted() -> None:
    assert nearest("a", []) is None


@pytest.mark.parametrize(
    ("path", "some", "no"),
    [
        pytest.param((), {"version", "clusters", "tls"}, {"labels"}, id="the file"),
        pytest.param(("clusters", 0), {"podCIDRs", "helmValues"}, {"services"}, id="a cluster"),
        pytest.param(("clusters", 0, "cilium", "datapath"), {"nativeRoutingCIDR"}, {"ipam"}, id="deep in a cluster"),
        pytest.param(("cilium",), {"maxConnectedClusters", "ipam"}, {"name"}, id="the mesh-wide settings"),
        pytest.param(("services", 3, "ports", 1), {"targetPort"}, {"ports"}, id="a port"),
        pytest.param(("services", 3, "clusters"), {"labels"}, {"name"}, id="a selection"),
        pytest.param(("cilium", "extraHostAliases", 0), {"ip", "hostnames"}, {"name"}, id="a host alias"),
    ],
)  # fmt: skip
def test_the_accepted_keys_are_the_models(path: SourcePath, some: set[str], no: set[str]) -> None:
    told = accepted_keys(path)
    accepted = set(told)
    assert len(told) == len(accepted)

    assert some <= accepted
    assert not no & accepted


@pytest.mark.parametrize(
    "path", [("policy", "dns", "labels"), ("clusters", 0, "labels"), ("nothing", "at", "all"), ("version",)]
)
def test_nothing_is_accepted_where_the_model_has_no_mapping(path: SourcePath) -> None:
    assert accepted_keys(path) == []
