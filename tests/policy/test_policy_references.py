"""What references and ports mean, and what is said of those that mean nothing."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meshgen.model.reference import (
    ENTITIES,
    Kind,
    PolicyPort,
    ReferenceFormError,
    Scope,
    Where,
    parse_port,
    parse_reference,
    parse_target,
)

ALL = Where(Scope.ALL)


@pytest.mark.parametrize(
    ("text", "kind", "name", "where"),
    [
        ("x-wing@cluster1", Kind.WORKLOAD, "x-wing", Where(Scope.NAMED, "cluster1")),
        ("x-wing@*", Kind.WORKLOAD, "x-wing", ALL),
        ("x-wing@same", Kind.WORKLOAD, "x-wing", Where(Scope.SAME)),
        ("x-wing@{env=prod}", Kind.WORKLOAD, "x-wing", Where(Scope.LABELS, labels=(("env", "prod"),))),
        (
            "x-wing@{tier=1, example.com/env=}",
            Kind.WORKLOAD,
            "x-wing",
            Where(Scope.LABELS, labels=(("example.com/env", ""), ("tier", "1"))),
        ),
        ("namespace:shop@eu-1", Kind.NAMESPACE, "shop", Where(Scope.NAMED, "eu-1")),
        ("any@*", Kind.ANY, "", ALL),
        ("entity:world", Kind.ENTITY, "world", None),
        ("cidr:10.0.0.0/8", Kind.CIDR, "10.0.0.0/8", None),
        ("cidr:2001:db8::/32", Kind.CIDR, "2001:db8::/32", None),
        ("fqdn:*.example.com", Kind.FQDN, "*.example.com", None),
        ("fqdn:*", Kind.FQDN, "*", None),
    ],
)
def test_a_reference_names_pods_and_clusters_or_something_outside(
    text: str, kind: Kind, name: str, where: Where | None
) -> None:
    reference = parse_reference(text)

    assert (reference.text, reference.kind, reference.name, reference.where) == (text, kind, name, where)
    assert reference.has_pods is (where is not None)
    assert (reference.block is not None) is (kind is Kind.CIDR)


def test_a_service_is_named_with_its_namespace() -> None:
    reference = parse_reference("service:data/db")

    assert (reference.kind, reference.namespace, reference.name) == (Kind.SERVICE, "data", "db")
    assert reference.has_pods


@pytest.mark.parametrize("entity", ENTITIES)
def test_each_entity_is_known(entity: str) -> None:
    assert parse_reference(f"entity:{entity}").name == entity


@pytest.mark.parametrize(
    ("text", "rest", "port"),
    [
        ("rebel-base@cluster2:80", "rebel-base@cluster2", PolicyPort("80", 80, 80)),
        ("rebel-base@*:53/UDP", "rebel-base@*", PolicyPort("53/UDP", 53, 53, protocol="UDP")),
        ("rebel-base@{env=prod}:http", "rebel-base@{env=prod}", PolicyPort("http", name="http")),
        ("any@same:8000-8100/TCP", "any@same", PolicyPort("8000-8100/TCP", 8000, 8100)),
        ("cidr:10.0.0.0/8:443", "cidr:10.0.0.0/8", PolicyPort("443", 443, 443)),
        ("cidr:2001:db8::/32:443", "cidr:2001:db8::/32", PolicyPort("443", 443, 443)),
        ("fqdn:example.com:443", "fqdn:example.com", PolicyPort("443", 443, 443)),
        ("entity:world:9", "entity:world", PolicyPort("9", 9, 9)),
        ("service:default/rebel-base:80", "service:default/rebel-base", PolicyPort("80", 80, 80)),
        ("x-wing@cluster1", "x-wing@cluster1", None),
    ],
)
def test_a_target_may_have_a_port(text: str, rest: str, port: PolicyPort | None) -> None:
    target = parse_target(text)

    assert (target.text, target.reference, target.port) == (text, parse_reference(rest), port)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("x-wing", "is not a reference: no cluster is written"),
        ("", "is not a reference"),
        ("X-Wing@cluster1", "names no workload: before the @ stands no DNS label of a-z, 0-9 and -"),
        ("@cluster1", "names no workload: before the @ stands no DNS label of a-z, 0-9 and -"),
        ("namespace:@*", "names no namespace: before the @ stands no DNS label of a-z, 0-9 and -"),
        ("namespace:shop", "is not a reference"),
        ("x-wing@", "is not a reference"),
        ("x-wing@a b", "is not a reference"),
        ("x-wing@{}", "selects clusters by something else than labels such as {env=prod,tier=1}"),
        ("x-wing@{env}", "selects clusters by something else than labels such as {env=prod,tier=1}"),
        ("x-wing@{a=1,a=2}", "selects clusters by something else than labels such as {env=prod,tier=1}"),
        ("x-wing@{env=prod", "is not a reference"),
        ("entity:mars", "names no entity"),
        ("cidr:10.0.0.0", "is not a reference"),
        ("cidr:10.0.0.0/33", "has a block that has a prefix longer than /32"),
        ("cidr:10.0.0.300/8", "has a block that is not an IP address"),
        ("fqdn:", "has no DNS name such as api.example.com or *.example.com"),
        ("fqdn:a..b", "has no DNS name such as api.example.com or *.example.com"),
        ("service:rebel-base", "has no namespace and name such as service:default/rebel-base"),
        ("service:a/b/c", "has no namespace and name such as service:default/rebel-base"),
        ("x-wing@cluster1:80", "has a port, and none is taken here"),
        ("x-wing@cluster1:", "is not a port"),
        ("x-wing@cluster1 ", "is not a reference"),
        ("entity:world x", "is not a reference"),
    ],
)
def test_what_is_no_reference_is_told_with_a_way_out(text: str, reason: str) -> None:
    with pytest.raises(ReferenceFormError) as told:
        parse_reference(text)

    assert told.value.reason == reason
    assert told.value.way_out


@pytest.mark.parametrize(
    ("written", "first", "last", "name", "protocol"),
    [
        (80, 80, 80, "", "TCP"),
        ("80", 80, 80, "", "TCP"),
        ("53/UDP", 53, 53, "", "UDP"),
        ("8000-8100/TCP", 8000, 8100, "", "TCP"),
        ("1-65535", 1, 65535, "", "TCP"),
        ("http", 0, 0, "http", "TCP"),
        ("dns/UDP", 0, 0, "dns", "UDP"),
        ("9/SCTP", 9, 9, "", "SCTP"),
    ],
)
def test_a_port_is_a_number_a_range_or_a_name(
    written: int | str, first: int, last: int, name: str, protocol: str
) -> None:
    assert parse_port(written) == PolicyPort(str(written), first, last, name, protocol)


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        (0, "is not a port"),
        (65536, "is not a port"),
        (-1, "is not a port"),
        ("90-80", "is not a port"),
        ("80/tcp", "is not a port"),
        ("80/ICMP", "has an unknown protocol"),
        ("HTTP", "is not a port"),
        ("-http", "is not a port"),
        ("a" * 16, "is not a port"),
        ("", "is not a port"),
        ("80,81", "is not a port"),
        (10**40, "is not a port"),
    ],
)
def test_what_is_no_port_is_told(written: int | str, reason: str) -> None:
    with pytest.raises(ReferenceFormError, match=reason) as told:
        parse_port(written)

    assert told.value.way_out.startswith('accepted: 80, "53/UDP", "8000-8100/TCP", or the name of a port')


@given(st.text(max_size=40) | st.from_regex(r"[a-z:@{}*=/.0-9-]{0,30}", fullmatch=True))
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(ReferenceFormError):
        target = parse_target(text)
        assert target.text == text
        assert text.startswith(target.reference.text)
