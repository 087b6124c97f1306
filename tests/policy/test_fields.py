"""The table of the fields of policies against the definitions that Cilium publishes."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from definitions import published

from meshgen.cilium.version import Version
from meshgen.policy.fields import FIELDS, Field, newer_fields, unknown_fields

REMOVED = {
    "auth": Version(1, 14),
    **dict.fromkeys(("kafka", "l7proto", "l7"), Version(1, 20)),
}
HOLLOW = dict.fromkeys(("fromRequires", "toRequires"), Version(1, 19))
"""Fields that are there so that whoever uses them is refused: nothing stands below them any more."""


def of_table(fields: Mapping[str, Field], version: Version, above: str = "") -> Iterator[str]:
    """The fields of a version, each with those above it."""
    for name, field in fields.items():
        if (field.since is None or field.since <= version) and not gone(REMOVED, name, version):
            hollow = gone(HOLLOW, name, version)
            yield f"{above}{name}{'[]' if field.is_list and not hollow else ''}"
            if not hollow:
                yield from of_table(field.below, version, f"{above}{name}.")


def gone(ends: Mapping[str, Version], name: str, version: Version) -> bool:
    """Whether a version is one of those that lack a field."""
    return name in ends and ends[name] <= version


def of_definition(schema: Mapping[str, Any], above: str = "") -> Iterator[str]:
    """The same of a published schema; nothing below what has a check of its own, or is not written."""
    for name, below in schema.get("items", schema).get("properties", {}).items():
        yield f"{above}{name}{'[]' if is_walked_list(below) else ''}"
        if above or name not in {"metadata", "status"}:
            yield from of_definition(below, f"{above}{name}.")


def is_walked_list(schema: Mapping[str, Any]) -> bool:
    """Whether a field holds a list of mappings."""
    return "properties" in schema.get("items", {})


@pytest.mark.parametrize("minor", range(14, 21))
@pytest.mark.parametrize("kind", ["CiliumNetworkPolicy", "CiliumClusterwideNetworkPolicy"])
def test_the_fields_of_each_version_are_those_that_cilium_publishes(kind: str, minor: int) -> None:
    schema = published(f"cilium-1.{minor}-{kind.lower().replace('policy', 'policies')}", "v2")

    assert sorted(of_table(FIELDS[kind], Version(1, minor))) == sorted(of_definition(schema))


def unknown(spec: Any, kind: str = "CiliumNetworkPolicy") -> list[tuple[Any, str]]:
    """The keys of a spec that no version has, and where they would belong."""
    return [(each.path, each.elsewhere) for each in unknown_fields({"kind": kind, "spec": spec})]


def test_a_key_is_unknown_at_its_place_and_not_by_its_name() -> None:
    rule = {"toFQDNs": [], "toPorts": [{"endPort": 90, "ports": [{"endPort": 90}]}]}

    assert unknown({"ingress": [{}, rule]}) == [
        (("spec", "ingress", 1, "toFQDNs"), "spec.egress"),
        (("spec", "ingress", 1, "toPorts", 0, "endPort"), "spec.ingress.toPorts.ports"),
    ]


def test_names_that_are_free_are_not_held_to_the_table() -> None:
    free = {"matchLabels": {"port": "x"}}
    rules = {"rules": {"l7proto": "r2d2", "l7": [{"cmd": "READ"}]}}

    assert unknown({"endpointSelector": free, "egress": [{"toPorts": [rules]}]}) == []


def test_what_has_another_shape_is_not_looked_into() -> None:
    assert unknown(["ingres"]) == []
    assert unknown({"ingress": "ingres"}) == []
    assert unknown({"ingress": {"ingres": []}}) == []


def test_the_fields_of_kubernetes_are_its_own() -> None:
    spec = {"podSelector": {}, "endpointSelector": {}, "ingress": [{"from": [{"ipBlock": {"mask": 8}}]}]}

    assert unknown(spec, "NetworkPolicy") == [
        (("spec", "endpointSelector"), ""),
        (("spec", "ingress", 0, "from", 0, "ipBlock", "mask"), ""),
    ]


def test_the_version_of_a_field_is_that_of_its_place() -> None:
    block = {"log": {"value": "x"}, "egressDeny": [{"toCIDRSet": [{"cidrGroupSelector": {}}]}], "endPort": 1}

    found = set(newer_fields({"kind": "CiliumClusterwideNetworkPolicy", "specs": [block]}))

    assert found == {
        ("log", Version(1, 18)),
        ("egressDeny", Version(1, 9)),
        ("cidrGroupSelector", Version(1, 17)),
    }
