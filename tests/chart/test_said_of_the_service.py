"""What helmValues say of the Service and of the names of its certificate, against mesh.yaml."""

from typing import Any

import pytest
from builders import cluster
from charted import charted, told

SERVICE = ("clustermesh", "apiserver", "service")
TLS = ("clustermesh", "apiserver", "tls")
AWS = "service.beta.kubernetes.io/aws-load-balancer-"


def nested(path: tuple[str, ...], value: Any) -> Any:
    """A value at a path."""
    return {path[0]: nested(path[1:], value)} if path else value


def found(path: tuple[str, ...], value: Any, *, version: str = "1.19", **overrides: Any) -> list[str]:
    """What is said of one value of a cluster."""
    domain = overrides.pop("domain", None)
    first = cluster(1, helmValues=nested(path, value), **overrides)
    return told(charted(version, first, cluster(2), domain=domain), "MG606")


@pytest.mark.parametrize(
    ("key", "value", "overrides", "message"),
    [
        (
            "annotations", {f"{AWS}scheme": "internet-facing"}, {"provider": "aws"},
            f"annotations['{AWS}scheme']: internet-facing, but meshgen writes internal for provider: aws",
        ),
        ("annotations", None, {"provider": "aws"}, "annotations: null, but meshgen writes values below it"),
        (
            "annotations", {"a": "c"}, {"service": {"annotations": {"a": "b"}}},
            "annotations.a: c, but mesh.yaml says service.annotations: b",
        ),
        (
            "labels", {"a": "c"}, {"service": {"labels": {"a": "b"}}},
            "labels.a: c, but mesh.yaml says service.labels: b",
        ),
        (
            "loadBalancerSourceRanges", ["0.0.0.0/0"], {"service": {"sourceRanges": ["10.0.0.0/8"]}},
            "loadBalancerSourceRanges: 0.0.0.0/0, but mesh.yaml says service.sourceRanges: 10.0.0.0/8",
        ),
        (
            "loadBalancerSourceRanges", [], {"service": {"sourceRanges": ["10.0.0.0/8"]}},
            "loadBalancerSourceRanges: [], but mesh.yaml says service.sourceRanges: 10.0.0.0/8",
        ),
        (
            "externallyCreated", True, {"service": {"sourceRanges": ["10.0.0.0/8"]}},
            "externallyCreated: true, but only the chart's own Service follows service.sourceRanges",
        ),
        (
            "externallyCreated", True, {"provider": "gcp"},
            "externallyCreated: true, but only the chart's own Service follows provider",
        ),
    ],
)  # fmt: skip
def test_what_mesh_yaml_says_of_the_service_is_not_changed(
    key: str, value: Any, overrides: dict[str, Any], message: str
) -> None:
    (said,) = found((*SERVICE, key), value, **overrides)

    assert said.replace('"', "'") == f"helmValues has clustermesh.apiserver.service.{message}"


@pytest.mark.parametrize(
    ("key", "value", "overrides"),
    [
        ("annotations", {f"{AWS}scheme": "internal", f"{AWS}type": "external"}, {"provider": "aws"}),
        ("annotations", {"a": "b"}, {"service": {"annotations": {"a": "b"}}}),
        ("annotations", {"a": ""}, {"service": {"annotations": {"a": ""}}}),
        ("annotations", {"a": True}, {"service": {"annotations": {"a": "true"}}}),
        ("annotations", None, {}),
        ("labels", {"b": "c"}, {"service": {"labels": {"a": "b"}}}),
        ("labels", {"a": "b"}, {"service": {"labels": {"a": "b"}}}),
        ("loadBalancerSourceRanges", ["10.0.0.0/8"], {}),
        ("loadBalancerSourceRanges", ["10.9.9.9/8"], {"service": {"sourceRanges": ["10.0.0.0/8"]}}),
        (
            "loadBalancerSourceRanges",
            ["11.0.0.0/8"],
            {"service": {"type": "NodePort", "port": 32379, "sourceRanges": ["10.0.0.0/8"]}},
        ),
        ("loadBalancerClass", "service.k8s.aws/nlb", {"provider": "aws"}),
        ("externallyCreated", False, {"provider": "gcp"}),
        ("externallyCreated", True, {}),
    ],
)
def test_what_mesh_yaml_does_not_say_is_free(key: str, value: Any, overrides: dict[str, Any]) -> None:
    assert found((*SERVICE, key), value, **overrides) == []


NAMED = {"service": {"hostname": "a.example.com"}, "serviceIPs": None}
BOTH = NAMED | {"domain": "b.example.com"}
OLD, NEW = ("server", "extraDnsNames"), ("auto", "server", "extraDnsNames")


@pytest.mark.parametrize(
    ("version", "path", "names", "overrides", "lacking"),
    [
        ("1.18", OLD, ["c.example.com"], NAMED, "a.example.com"),
        ("1.20", NEW, ["c.example.com"], NAMED, "a.example.com"),
        ("1.20", OLD, ["c.example.com"], NAMED, "a.example.com"),
        ("1.18", OLD, [], NAMED, "a.example.com"),
        ("1.18", OLD, "a.example.com", NAMED, "a.example.com"),
        ("1.18", OLD, ["*.b.example.com"], BOTH, "a.example.com"),
        ("1.18", OLD, ["a.example.com"], BOTH, "*.b.example.com"),
        ("1.18", OLD, ["c.example.com"], BOTH, "*.b.example.com, a.example.com"),
        ("1.18", OLD, ["c.example.com", "a.example.com"], NAMED, None),
        ("1.18", OLD, ["*.example.com"], NAMED, None),
        ("1.20", NEW, ["*.b.example.com", "a.example.com"], BOTH, None),
        ("1.18", OLD, ["c.example.com"], {}, None),
    ],
)
def test_the_certificate_covers_the_names_that_others_dial(
    version: str, path: tuple[str, ...], names: Any, overrides: dict[str, Any], lacking: str | None
) -> None:
    said = found((*TLS, *path), names, version=version, **overrides)

    assert [one.partition(", but ")[2] for one in said] == (
        [f"the other clusters dial {lacking}"] if lacking else []
    )


def test_certificates_of_meshgen_s_own_have_their_names_from_it() -> None:
    values = nested((*TLS, *OLD), ["c.example.com"])
    first = cluster(1, helmValues=values, **NAMED)

    assert told(charted("1.18", first, cluster(2), tls={"source": "generate"}), "MG606") == []
