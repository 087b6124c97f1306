# ruff: noqa: E501 - a row of a table is one line
"""Values of the right type that are not accepted (MG104), and the format version (MG105)."""

from typing import Any

import pytest
from builders import cluster, mesh, service, text
from placed import diagnostics, placed

LABEL = "a" * 63
PREFIX = ".".join(["a" * 61] * 4)  # 247 characters


def shape(data: dict[str, Any]) -> list[tuple[str, str, str, str | None]]:
    """Findings about the shape: code, path, message, help."""
    return [
        (one.code, one.path, one.message, one.help)
        for one in diagnostics(text(data))
        if one.code.startswith(("MG0", "MG1"))
    ]


PLACES: dict[str, Any] = {
    "a label's key": lambda value: mesh(cluster(1, labels={value: "x"}), cluster(2)),
    "a label's value": lambda value: mesh(cluster(1, labels={"x": value}), cluster(2)),
    "a selector's key": lambda value: mesh(services=[service(selector={value: "x"})]),
    "a selector's value": lambda value: mesh(services=[service(selector={"x": value})]),
    "an annotation's key": lambda value: mesh(services=[service(annotations={value: "x"})]),
    "the mesh's name": lambda value: mesh(name=value),
    "the domain": lambda value: mesh(domain=value),
    "the version": lambda value: mesh(cilium={"version": value}),
    "Cilium's namespace": lambda value: mesh(cilium={"version": "1.6.9", "namespace": value}),
    "a service's name": lambda value: mesh(services=[service(value, selector={"a": "b"})]),
    "a service's namespace": lambda value: mesh(services=[service(namespace=value)]),
    "a port": lambda value: mesh(services=[service(ports=[value])]),
    "a port in a mapping": lambda value: mesh(services=[service(ports=[{"port": value}])]),
    "a port's name": lambda value: mesh(services=[service(ports=[{"port": 80, "name": value}])]),
    "a target port": lambda value: mesh(services=[service(ports=[{"port": 80, "targetPort": value}])]),
    "the mesh Service's port": lambda value: mesh(cluster(1, service={"port": value}), cluster(2)),
    "a host name": lambda value: mesh(cluster(1, service={"hostname": value}), cluster(2)),
    "a host alias": lambda value: mesh(
        cilium={"version": "1.6.9", "extraHostAliases": [{"ip": "10.9.9.9", "hostnames": [value]}]}
    ),
    "the address of a host alias": lambda value: mesh(
        cilium={"version": "1.6.9", "extraHostAliases": [{"ip": value, "hostnames": ["a"]}]}
    ),
    "a context": lambda value: mesh(cluster(1, context=value), cluster(2)),
    "a code": lambda value: mesh(ignore=[{"code": value, "reason": "so"}]),
    "a date": lambda value: mesh(ignore=[{"code": "MG203", "reason": "so", "until": value}]),
    "a place": lambda value: mesh(ignore=[{"code": "MG203", "reason": "so", "at": value}]),
    "a reason": lambda value: mesh(ignore=[{"code": "MG203", "reason": value}]),
    "the folder of TLS files": lambda value: mesh(tls={"files": value}),
    "a PodCIDR": lambda value: mesh(cluster(1, podCIDRs=[value]), cluster(2)),
    "a service CIDR": lambda value: mesh(cluster(1, serviceCIDRs=[value]), cluster(2)),
    "a node CIDR": lambda value: mesh(cluster(1, nodeCIDRs=[value]), cluster(2)),
    "a source range": lambda value: mesh(cluster(1, service={"sourceRanges": [value]}), cluster(2)),
    "a node IP": lambda value: mesh(cluster(1, nodeIPs=[value]), cluster(2)),
    "a service IP": lambda value: mesh(cluster(1, serviceIPs=[value]), cluster(2)),
    "a cluster's name": lambda value: mesh(cluster(1, name=value), cluster(2)),
    "a cluster's ID": lambda value: mesh(cluster(1, id=value), cluster(2)),
}

ACCEPTED: dict[str, list[Any]] = {
    "a label's key": ["a", "A_b.c-1", LABEL, "example.com/a", f"{PREFIX}.{'a' * 5}/{LABEL}", "1", "a/1"],
    "a label's value": ["", "a", "1", "A_b.c-1", LABEL, "1_000", "12-30-45"],
    "a selector's key": ["app.kubernetes.io/name"],
    "a selector's value": ["", "rebel-base"],
    "an annotation's key": ["example.com/a", "Example.COM/a", "io.cilium/global-service"],
    "the mesh's name": ["rebel-alliance", "R2.d2", LABEL],
    "the domain": ["mesh.cilium.io", "local", "1.a-b", ".".join(["a" * 54] * 4)],
    "the version": ["1.6.9", "1.6", "1.20", "1.21.0-pre.1", "1.99.9999"],
    "Cilium's namespace": ["kube-system", "cilium", "1", LABEL],
    "a service's name": ["rebel-base", "a", LABEL, "a1"],
    "a service's namespace": ["default", "1-a", LABEL],
    "a port": [1, 80, 65535],
    "a port in a mapping": [1, 65535],
    "a port's name": ["http", "1", LABEL, "a-1"],
    "a target port": [1, 65535, "http", "a", "8080-tcp", "1-2-a", "a" * 15],
    "the mesh Service's port": [1, 2379, 65535],
    "a host name": ["a", "mesh.example.com", "1.example.com"],
    "a host alias": ["etcd.example.com"],
    "the address of a host alias": ["10.9.9.9", "fd00::9"],
    "a context": ["admin@cluster1", "arn:aws:eks:eu-west-1:123:cluster/a", "gke_a_b_c", "a.b+c"],
    "a code": ["MG203", "MG226"],
    "a date": ["2027-01-31", "2028-02-29", "0001-01-01", "9999-12-31"],
    "a place": ["clusters.cluster1", "x"],
    "a reason": ["x", "世界"],
    "the folder of TLS files": ["config/", ".", "../config", "/etc/certs", "with space"],
    "a PodCIDR": ["10.1.0.0/16", "10.1.0.1/32", "fd00:1::/64", "FD00:1::/64", "10.1.0.1/16", "::/128", "0.0.0.0/0"],
    "a service CIDR": ["10.96.0.0/12", "fd00:2::/108"],
    "a node CIDR": ["10.128.0.0/9"],
    "a source range": ["0.0.0.0/0", "::/0"],
    "a node IP": ["10.0.0.1", "fd00::1", "::1.2.3.4", "::"],
    "a service IP": ["10.0.0.1", "255.255.255.255"],
    "a cluster's name": ["cluster1", "", "No", "-", "a" * 1000, "../../etc", "世界", "\0"],
    "a cluster's ID": [0, 1, 255, 256, -1, 10**400, 0x7FFFFFFF],
}  # fmt: skip

DNS_LABEL = "is not a DNS label: a-z, 0-9 and -, with a letter or digit at both ends"
DNS_NAME = "is not a DNS name: labels of a-z, 0-9 and - between dots"
KEY = "is not a label or annotation key: an optional DNS prefix and /, then at most 63 of A-Z, a-z, 0-9, -, _ and ."
VALUE = "is not a label value: at most 63 of A-Z, a-z, 0-9, -, _ and ., with a letter or digit at both ends"
SERVICE = "is not a Service name: a-z, 0-9 and -, beginning with a letter, not ending with -"
TARGET = "is not a pod port name: at most 15 of a-z, 0-9 and -, with a letter; no - at an end or doubled"
TOO_LONG = "has 64 characters; at most 63 are allowed"
CIDR = "is not a CIDR such as 10.1.0.0/16"
ADDRESS = "is not an IP address"
VERSION = 'is not a Cilium version such as "1.6.9"'
DATE = "is not a date such as 2027-01-31"
CONTEXT = "is not a kubeconfig context: A-Z, a-z, 0-9, and any of _ . : / @ + -"

REFUSED: dict[str, list[tuple[Any, str]]] = {
    "a label's key": [
        ("", KEY), ("a b", KEY), ("-a", KEY), ("a-", KEY), (LABEL + "a", KEY), ("/a", KEY), ("a/", KEY), ("a/b/c", KEY),
        ("Example.com/a", KEY), ("a..b/c", KEY), ("a.-b/c", KEY), ("-a/c", KEY), ("a\n", KEY), ("é", KEY),
        (f"{PREFIX}.{'a' * 6}/a", "has 254 characters before the /; at most 253 are allowed"),
    ],
    "a label's value": [("a b", VALUE), ("-a", VALUE), ("a.", VALUE), (LABEL + "a", TOO_LONG), ("a\n", VALUE), ("é", VALUE)],
    "a selector's key": [("app kubernetes", KEY)],
    "a selector's value": [("a/b", VALUE)],
    "an annotation's key": [("a b", KEY), ("Exa_mple.com/a", KEY), (f"{PREFIX}.{'a' * 6}/a", "has 254 characters before the /; at most 253 are allowed")],
    "the mesh's name": [("a b", VALUE), (LABEL + "a", TOO_LONG)],
    "the domain": [
        ("Mesh.io", DNS_NAME), ("a..b", DNS_NAME), (".a", DNS_NAME), ("a.", DNS_NAME), ("", DNS_NAME), ("a_b", DNS_NAME),
        (".".join(["a" * 54] * 4) + "a.a", "has 222 characters; at most 220 are allowed"),
    ],
    "the version": [("latest", VERSION), ("v1.6.9", VERSION), ("1", VERSION), ("1.6.9.1", VERSION), ("", VERSION), ("1.6.x", VERSION)],
    "Cilium's namespace": [("Kube", DNS_LABEL), ("a.b", DNS_LABEL), ("", DNS_LABEL), ("-", DNS_LABEL), ("../../etc", DNS_LABEL)],
    "a service's name": [("1a", SERVICE), ("a.b", SERVICE), ("A", SERVICE), ("a-", SERVICE), (LABEL + "a", TOO_LONG), ("../../etc/passwd", SERVICE), ("a\n", SERVICE)],
    "a service's namespace": [("..", DNS_LABEL), ("a/b", DNS_LABEL), (LABEL + "a", TOO_LONG)],
    "a port": [(0, "is less than 1"), (-1, "is less than 1"), (65536, "is more than 65535")],
    "a port in a mapping": [(0, "is less than 1"), (65536, "is more than 65535")],
    "a port's name": [("HTTP", DNS_LABEL), ("", DNS_LABEL), ("a_b", DNS_LABEL), (LABEL + "a", TOO_LONG)],
    "a target port": [
        (0, "is less than 1"), (65536, "is more than 65535"), ("8080", TARGET), ("a--b", TARGET), ("-a", TARGET), ("A", TARGET), ("", TARGET),
        ("a" * 16, "has 16 characters; at most 15 are allowed"),
    ],
    "the mesh Service's port": [(0, "is less than 1"), (65536, "is more than 65535"), (2**64, "is more than 65535")],
    "a host name": [("A", DNS_NAME), ("a b", DNS_NAME), ("a" * 254, "has 254 characters; at most 253 are allowed")],
    "a host alias": [("Etcd", DNS_NAME)],
    "the address of a host alias": [("etcd", ADDRESS), ("10.0.0.0/8", ADDRESS)],
    "a context": [("a b", CONTEXT), ("$(id)", CONTEXT), ("", CONTEXT), ("a'b", CONTEXT), ("a" * 254, "has 254 characters; at most 253 are allowed")],
    "a code": [("203", "is not a code such as MG216"), ("mg203", "is not a code such as MG216")],
    "a date": [("20270131", DATE), ("2027-02-29", DATE), ("2027-W04-7", DATE), ("2027-1-31", DATE), ("tomorrow", DATE), ("2027-01-31T00:00:00", DATE), ("", DATE)],
    "a place": [("a" * 1001, "has 1001 characters; at most 1000 are allowed")],
    "the folder of TLS files": [("a\0b", "is not a folder"), ("", "is not a folder")],
    "a PodCIDR": [
        ("10.1.0.0", CIDR), ("10.1.0.0/", CIDR), ("10.1.0.0/-1", CIDR), ("10.1.0.0/016", CIDR), ("10.1.0.0/+8", CIDR), ("10.1.0.0/ 8", CIDR),
        ("10.1.0.0/255.255.0.0", CIDR), ("10.1.0.0/16/16", CIDR), ("", CIDR), ("/16", ADDRESS), ("010.0.0.0/8", ADDRESS), ("10.1/16", ADDRESS),
        ("167772160/8", ADDRESS), ("0xa.0.0.0/8", ADDRESS), ("10.0.0.256/8", ADDRESS), (" 10.0.0.0/8", ADDRESS), ("fe80::1%eth0/64", ADDRESS),
        ("fd00:::/64", ADDRESS), ("[fd00::]/64", ADDRESS), ("\uff110.0.0.0/8", ADDRESS), ("10.0.0.0\0/8", ADDRESS),
        ("10.1.0.0/33", "has a prefix longer than /32"), ("fd00::/129", "has a prefix longer than /128"), ("10.0.0.0/128", "has a prefix longer than /32"),
        ("::ffff:10.0.0.0/104", "is IPv4 in IPv6 clothes; the address is 10.0.0.0"), ("::FFFF:a01:203/128", "is IPv4 in IPv6 clothes; the address is 10.1.2.3"),
    ],
    "a service CIDR": [("10.96.0.0", CIDR)],
    "a node CIDR": [("10.96.0.0", CIDR)],
    "a source range": [("any", CIDR)],
    "a node IP": [("10.0.0.1/32", ADDRESS), ("10.0.0.01", ADDRESS), ("10.0.0", ADDRESS), ("host", ADDRESS), ("", ADDRESS), ("::ffff:10.0.0.1", "is IPv4 in IPv6 clothes; the address is 10.0.0.1")],
    "a service IP": [("10.0.0.0/8", ADDRESS)],
    "a cluster's name": [("a" * 1001, "has 1001 characters; at most 1000 are allowed")],
}  # fmt: skip


@pytest.mark.parametrize(
    ("place", "value"),
    [pytest.param(place, value, id=f"{place}: {str(value)[:40]!r}") for place in ACCEPTED for value in ACCEPTED[place]],
)  # fmt: skip
def test_a_value_is_accepted(place: str, value: object) -> None:
    assert shape(PLACES[place](value)) == []


@pytest.mark.parametrize(
    ("place", "value", "reason"),
    [
        pytest.param(place, value, reason, id=f"{place}: {str(value)[:40]!r}")
        for place in REFUSED
        for value, reason in REFUSED[place]
    ],
)
def test_a_value_is_refused_with_its_reason(place: str, value: object, reason: str) -> None:
    ((code, _, message, _),) = shape(PLACES[place](value))

    assert code == "MG104"
    assert message.endswith(f" {reason}")


@pytest.mark.parametrize(
    ("data", "path", "message", "way_out"),
    [
        pytest.param(
            mesh(cluster(1, provider="gpc"), cluster(2)),
            "clusters[0].provider",
            "'gpc' is not accepted here",
            "accepted: gcp, aws, azure, oracle, ibm, alibaba, openstack, digitalocean, metallb, lb-ipam, generic; "
            "did you mean 'gcp'?",
            id="the nearest provider",
        ),
        pytest.param(
            mesh(cluster(1, provider="hetzner"), cluster(2)),
            "clusters[0].provider",
            "'hetzner' is not accepted here",
            "accepted: gcp, aws, azure, oracle, ibm, alibaba, openstack, digitalocean, metallb, lb-ipam, generic",
            id="a provider that is near to none",
        ),
        *(
            pytest.param(
                mesh(cluster(1, provider=offer), cluster(2)),
                "clusters[0].provider",
                f"{offer!r} is not accepted here",
                "accepted: gcp, aws, azure, oracle, ibm, alibaba, openstack, digitalocean, metallb, lb-ipam, generic; "
                f"did you mean {provider!r}?",
                id=f"what {provider} calls its clusters",
            )
            for offer, provider in (
                ("gke", "gcp"),
                ("EKS", "aws"),
                ("aks", "azure"),
                ("oke", "oracle"),
                ("iks", "ibm"),
                ("ack", "alibaba"),
                ("doks", "digitalocean"),
            )
        ),
        pytest.param(
            mesh(cilium={"version": "1.6.9", "encryption": "gke"}),
            "cilium.encryption",
            "'gke' is not accepted here",
            "accepted: none, wireguard, ipsec",
            id="the name of a provider's clusters where none is wanted",
        ),
        pytest.param(
            mesh(cilium={"version": "1.6.9", "maxConnectedClusters": 300}),
            "cilium.maxConnectedClusters",
            "300 is not accepted here",
            "accepted: 255, 511",
            id="a number that is none of those accepted",
        ),
        pytest.param(
            mesh(services=[service(clusters="cluster1")]),
            "services[0].clusters",
            "'cluster1' is not accepted here",
            "accepted: all, a list such as [cluster1], or a mapping with labels",
            id="a cluster's name without brackets",
        ),
        pytest.param(
            mesh(services=[service(clusters="ALL")]),
            "services[0].clusters",
            "'ALL' is not accepted here",
            "accepted: all, a list such as [ALL], or a mapping with labels; did you mean 'all'?",
            id="all in capitals",
        ),
        pytest.param(
            mesh(cluster(1, podCIDRs=[]), cluster(2)),
            "clusters[0].podCIDRs",
            "clusters[0].podCIDRs is empty",
            "write at least one",
            id="no PodCIDR",
        ),
        pytest.param(
            mesh(clusters=[]), "clusters", "clusters is empty", "write at least one", id="no cluster"
        ),
        pytest.param(mesh(name=""), "name", "name is empty", "write at least one", id="no name"),
        pytest.param(
            mesh(services=[service(ports=[])]),
            "services[0].ports",
            "services[0].ports is empty",
            "write at least one",
            id="no port",
        ),
        pytest.param(
            mesh(services=[service(clusters={"labels": {}})]),
            "services[0].clusters.labels",
            "services[0].clusters.labels is empty",
            "write at least one",
            id="no label",
        ),
        pytest.param(
            mesh(services=[service(annotations={"a": "x" * 262_143, "b": ""})]),
            "services[0].annotations",
            "services[0].annotations has 262,145 bytes; Kubernetes takes at most 262,144",
            None,
            id="annotations that are too large together",
        ),
        pytest.param(
            mesh(domain="x" * 300 + "_"),
            "domain",
            "'" + "x" * 75 + "…' has 301 characters; at most 220 are allowed",
            None,
            id="a long value is cut",
        ),
        pytest.param(
            mesh(domain="a\x1b[31m\nb"),
            "domain",
            "'a\\x1b[31m\\nb' is not a DNS name: labels of a-z, 0-9 and - between dots",
            None,
            id="a value for a terminal is made harmless",
        ),
    ],
)
def test_a_refusal_names_the_value_the_place_and_the_way_out(
    data: dict[str, Any], path: str, message: str, way_out: str | None
) -> None:
    assert shape(data) == [("MG104", path, message, way_out)]


def test_annotations_may_be_as_large_as_kubernetes_takes() -> None:
    assert shape(mesh(services=[service(annotations={"a": "x" * 262_143})])) == []


def test_a_key_that_policy_does_not_have_is_told_with_those_that_it_has() -> None:
    assert shape(mesh(policy={"default": "deny"})) == [
        (
            "MG101",
            "policy.default",
            "the key 'default' is not known here",
            "accepted here: dns, posture, rules, raw",
        ),
    ]


@pytest.mark.parametrize("version", [0, 2, -1, 10**400])
def test_another_format_version_is_told(version: int) -> None:
    ((code, path, message, way_out),) = shape(mesh(version=version))

    assert (code, path, way_out) == ("MG105", "version", "write version: 1")
    assert message.startswith(f"the file has format version {str(version)[:70]}")
    assert message.endswith("; this meshgen reads version 1")


def test_a_bad_key_is_placed_at_the_key() -> None:
    content = text(mesh(cluster(1, labels={"my env": "x"}), cluster(2))).decode()

    assert placed(content) == ['MG104 16:5-16:11 clusters[0].labels["my env"]']


def test_bad_items_of_a_list_are_told_and_the_list_is_not_called_empty() -> None:
    assert [
        (code, path) for code, path, _, _ in shape(mesh(cluster(1, podCIDRs=["a", "b"]), cluster(2)))
    ] == [
        ("MG104", "clusters[0].podCIDRs[0]"),
        ("MG104", "clusters[0].podCIDRs[1]"),
    ]


def test_bad_addresses_are_told_one_by_one() -> None:
    found = shape(mesh(cluster(1, nodeIPs=["10.0.0.1", "x", 1, None, "10.0.0.0/8"]), cluster(2)))

    assert [(code, path, message) for code, path, message, _ in found] == [
        ("MG104", "clusters[0].nodeIPs[1]", "'x' is not an IP address"),
        ("MG103", "clusters[0].nodeIPs[2]", "clusters[0].nodeIPs[2] takes text, not the number 1"),
        ("MG103", "clusters[0].nodeIPs[3]", "clusters[0].nodeIPs[3] takes text, not nothing"),
        ("MG104", "clusters[0].nodeIPs[4]", "'10.0.0.0/8' is not an IP address"),
    ]
