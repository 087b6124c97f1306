"""Load balancers by version: the annotations that a chart's own values name."""

from typing import Any

import pytest
from builders import cluster
from charted import charted, inspected

from meshgen.cilium.providers import CURRENT, PROVIDERS, exposure_annotations, provider_of, takes_ip

GLOBAL_ACCESS = {"networking.gke.io/internal-load-balancer-allow-global-access": "true"}
AWS = "service.beta.kubernetes.io/aws-load-balancer-"
OLD = {
    "gcp": {"cloud.google.com/load-balancer-type": "Internal"} | GLOBAL_ACCESS,
    "aws": {f"{AWS}internal": "0.0.0.0/0"},
}
NEW = {
    "gcp": {"networking.gke.io/load-balancer-type": "Internal"} | GLOBAL_ACCESS,
    "aws": {f"{AWS}scheme": "internal"},
}


def annotations(version: str, provider: str, **overrides: Any) -> dict[str, str]:
    """What the Service of the first cluster carries."""
    found = inspected(charted(version, cluster(1, provider=provider, **overrides), cluster(2))).mesh
    assert found is not None
    return exposure_annotations(found, found.clusters[0])


@pytest.mark.parametrize(
    ("version", "expected"),
    [("1.6.9", OLD), ("1.9", OLD), ("1.13", OLD), ("1.16", OLD), ("1.17", NEW), ("1.20", NEW)],
)
@pytest.mark.parametrize("provider", ["gcp", "aws"])
def test_annotations_are_those_of_the_version(
    version: str, provider: str, expected: dict[str, dict[str, str]]
) -> None:
    assert annotations(version, provider) == expected[provider]


@pytest.mark.parametrize("provider", sorted(PROVIDERS.keys() - {"gcp", "aws"}))
def test_most_providers_are_asked_as_ever(provider: str) -> None:
    assert CURRENT[provider] == PROVIDERS[provider]
    assert annotations("1.16", provider) == annotations("1.20", provider)


def test_both_tables_have_the_same_providers_each_with_a_source() -> None:
    assert CURRENT.keys() == PROVIDERS.keys()
    assert all(row.source for row in CURRENT.values())


@pytest.mark.parametrize("version", ["1.16", "1.17"])
def test_on_aws_a_fixed_address_needs_the_other_kind_of_load_balancer(version: str) -> None:
    fixed = {f"{AWS}private-ipv4-addresses": "10.0.0.5"}
    found = annotations(version, "aws", service={"annotations": fixed})

    assert found[f"{AWS}scheme"] == "internal"
    assert found[f"{AWS}type"] == "external"
    assert f"{AWS}internal" not in found


def test_a_node_port_has_the_user_s_annotations_only() -> None:
    service = {"type": "NodePort", "port": 32379, "annotations": {"a": "b"}}

    assert annotations("1.20", "gcp", service=service) == {"a": "b"}


@pytest.mark.parametrize(
    ("provider", "service", "expected"),
    [
        ("gcp", {}, True),
        ("aws", {}, False),
        ("gcp", {"type": "NodePort", "port": 32379}, False),
    ],
)
def test_an_address_is_asked_for_where_the_provider_takes_one(
    provider: str, service: dict[str, Any], *, expected: bool
) -> None:
    found = inspected(charted("1.20", cluster(1, provider=provider, service=service), cluster(2))).mesh
    assert found is not None

    assert takes_ip(found.clusters[0]) is expected
    assert provider_of(found.clusters[0]).takes_ip is (provider == "gcp")
