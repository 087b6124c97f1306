"""Versions of Cilium, the profile that each has, and the features that some lack."""

from typing import Any

import pytest
from builders import cluster, mesh, service
from hypothesis import given, settings
from hypothesis import strategies as st

from meshgen.cilium.features import lacks, uses
from meshgen.cilium.profile import Role
from meshgen.cilium.profiles import (
    APISERVER,
    COMMON_FILES,
    ETCD,
    HOST_ALIASES,
    KVSTOREMESH,
    LOCAL_FILES,
    LOCAL_POLICIES,
    PROFILES,
    profile_of,
    supported_versions,
)
from meshgen.cilium.skew import minors_behind
from meshgen.cilium.version import Version, parse_version
from meshgen.inspection import inspect
from meshgen.yaml_out import dump


@pytest.mark.parametrize(
    ("one", "newer", "behind"),
    [
        pytest.param("1.8.13", "1.10.20", 1, id="1.9 is none"),
        pytest.param("1.8.13", "1.11.20", 2, id="across 1.9"),
        pytest.param("1.19.6", "1.20.0", 1, id="neighbours"),
        pytest.param("1.19.1", "1.19.6", 0, id="patch releases"),
    ],
)
def test_how_far_a_version_is_behind(one: str, newer: str, behind: int) -> None:
    assert minors_behind(parse_version(one), parse_version(newer)) == behind


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("1.6.9", (1, 6, 9), id="a patch release"),
        pytest.param("1.6", (1, 6, 12), id="a minor alone is its newest patch release"),
        pytest.param("1.8", (1, 8, 13), id="and so for every minor of the era"),
        pytest.param("1.20", (1, 20, 0), id="an unlisted minor counts as its first release"),
        pytest.param("1.7.0-rc1", (1, 7, 0), id="a pre-release counts as its release"),
    ],
)
def test_a_version_is_read(text: str, expected: tuple[int, int, int]) -> None:
    assert parse_version(text) == expected


@pytest.mark.parametrize(("version", "text"), [(Version(1, 12), "1.12"), (Version(1, 6, 5), "1.6.5")])
def test_a_version_is_written_as_people_do(version: Version, text: str) -> None:
    assert str(version) == text


@settings(deadline=None)
@given(st.tuples(st.integers(0, 30), st.integers(0, 30), st.integers(1, 30)))
def test_versions_are_ordered_by_number_and_not_as_text(numbers: tuple[int, int, int]) -> None:
    version = parse_version(".".join(map(str, numbers)))
    assert version < parse_version(f"{numbers[0]}.{numbers[1]}.{numbers[2] + 1}")
    assert version < parse_version(f"{numbers[0]}.{numbers[1] + 1}.0")


@pytest.mark.parametrize(
    ("version", "profile"),
    [
        ("1.5.9", None),
        ("1.6.0", ETCD),
        ("1.7", ETCD),
        ("1.8.13", ETCD),
        ("1.9.0", None),
        ("1.10.20", APISERVER),
        ("1.13", APISERVER),
        ("1.14", COMMON_FILES),
        ("1.15.19", COMMON_FILES),
        ("1.16", KVSTOREMESH),
        ("1.17", LOCAL_FILES),
        ("1.18.12", LOCAL_FILES),
        ("1.19", LOCAL_POLICIES),
        ("1.20", HOST_ALIASES),
        ("1.21", None),
        ("2.6", None),
    ],
)
def test_a_version_has_the_profile_of_its_era_or_none(version: str, profile: Any) -> None:
    assert profile_of(parse_version(version)) is profile


def test_supported_versions_are_said_as_ranges() -> None:
    assert supported_versions() == "1.6 to 1.8, 1.10 to 1.20"


@pytest.mark.parametrize(
    ("version", "versions"), [("1.7", "1.6 to 1.8"), ("1.14", "1.14 to 1.15"), ("1.16", "1.16")]
)
def test_the_versions_of_a_profile_are_said_as_a_range(version: str, versions: str) -> None:
    found = profile_of(parse_version(version))

    assert found is not None
    assert found.versions == versions


@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.name)
def test_a_profile_has_a_secret_of_the_server_unless_the_chart_keeps_it(profile: Any) -> None:
    roles = {secret.role for secret in profile.tls_secrets}

    assert (Role.SERVER in roles) is (profile is not APISERVER)
    assert profile is APISERVER or profile.server_secret.role is Role.SERVER
    assert profile.mirrors is (profile.first >= Version(1, 16))
    assert profile.addresses_in_files is (profile is HOST_ALIASES)


def test_no_version_has_two_profiles() -> None:
    for minor in range(30):
        assert sum(profile.covers(Version(1, minor)) for profile in PROFILES) <= 1


def asked(data: dict[str, Any]) -> list[tuple[str, str, bool]]:
    """What a mesh asks for, since when it exists, and whether the cluster lacks it."""
    found = inspect(dump(data).encode(), "mesh.yaml").mesh
    assert found is not None
    return [(use.what, str(use.since), lacks(found, use)) for use in uses(found)]


def with_cilium(**cilium: Any) -> dict[str, Any]:
    return mesh(cluster(1, cilium=cilium), cluster(2))


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        pytest.param(mesh(), [], id="a plain mesh asks for nothing special"),
        pytest.param(with_cilium(ipam="eni"), [], id="ENI is as old as the era"),
        pytest.param(with_cilium(ipam="azure"), [("ipam: azure", "1.8", True)], id="Azure IPAM"),
        pytest.param(
            with_cilium(ipam="azure", version="1.8.0"), [("ipam: azure", "1.8", False)], id="where it exists"
        ),
        pytest.param(with_cilium(encryption="ipsec"), [], id="IPsec is as old as the era"),
        pytest.param(
            with_cilium(encryption="wireguard"), [("encryption: wireguard", "1.10", True)], id="WireGuard"
        ),
        pytest.param(with_cilium(delivery="helm"), [("delivery: helm", "1.14", True)], id="Helm values"),
        pytest.param(with_cilium(delivery="manifests"), [], id="manifests are always there"),
        pytest.param(
            mesh(cluster(1, service={"hostname": "a.example.com"}), cluster(2)),
            [("service.hostname", "1.14", True)],
            id="a host name to dial",
        ),
        pytest.param(
            mesh(cluster(1, provider="lb-ipam"), cluster(2)),
            [("provider: lb-ipam", "1.13", True)],
            id="Cilium's own load balancer addresses",
        ),
        pytest.param(
            mesh(cilium={"version": "1.6.9", "maxConnectedClusters": 511}),
            [("maxConnectedClusters: 511", "1.15", True)] * 2,
            id="more clusters, asked of each",
        ),
        pytest.param(
            mesh(services=[service(affinity="local", clusters=["cluster2"])]),
            [("affinity", "1.12", True)],
            id="affinity, asked of the service's clusters",
        ),
        pytest.param(
            mesh(services=[service(backends=["cluster2"])]),
            [("limiting backends", "1.6.5", False)],
            id="limited backends, asked of those that do not share",
        ),
        pytest.param(
            mesh(cilium={"version": "1.6.4"}, services=[service(backends=["cluster2"])]),
            [("limiting backends", "1.6.5", True)],
            id="limited backends, before the annotation was spelt right",
        ),
    ],
)
def test_a_mesh_asks_for(data: dict[str, Any], expected: list[tuple[str, str, bool]]) -> None:
    assert asked(data) == expected
