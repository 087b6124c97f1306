"""What rules and postures are compiled to."""

from typing import Any

import pytest
import yaml
from builders import cluster, mesh, service
from policies import compiled, dns, own, peer, rule, specs, tcp, three_clusters, with_rules

CLOSED_BASE = [{"workloads": ["rebel-base"], "close": ["ingress"]}]


def test_the_rule_of_the_guide_becomes_the_object_of_the_design() -> None:
    data = with_rules(
        rule(
            "x-wing@cluster1",
            "rebel-base@cluster2",
            name="allow-cross-cluster",
            ports=[80],
            why="Allow x-wing in cluster1 to contact rebel-base in cluster2",
            isolate=["egress"],
        )
    )
    expected = """
    apiVersion: cilium.io/v2
    kind: CiliumNetworkPolicy
    metadata: {name: allow-cross-cluster-egress, namespace: default}
    spec:
      description: Allow x-wing in cluster1 to contact rebel-base in cluster2
      endpointSelector:
        matchLabels: {io.cilium.k8s.policy.cluster: cluster1, name: x-wing}
      egress:
      - toEndpoints:
        - matchLabels: {"k8s:io.cilium.k8s.policy.cluster": cluster2, "k8s:io.kubernetes.pod.namespace": default, name: rebel-base}
        toPorts:
        - ports: [{port: "80", protocol: TCP}]
      - toEndpoints:
        - matchLabels: {"k8s:io.cilium.k8s.policy.cluster": cluster1, "k8s:io.kubernetes.pod.namespace": kube-system, k8s-app: kube-dns}
        toPorts:
        - ports: [{port: "53", protocol: UDP}, {port: "53", protocol: TCP}]
    """  # noqa: E501 - as the design prints it
    (made,) = compiled(data)
    assert made.cluster == "cluster1"
    assert made.manifest == yaml.safe_load(expected)
    assert made.at == ("policy", "rules", 0)
    assert (made.source, made.role, made.direction) == (
        "/policy/rules/allow-cross-cluster",
        "allow",
        "egress",
    )


def test_an_allow_between_open_pods_is_no_object() -> None:
    assert specs(with_rules(rule("x-wing@*", "rebel-base@*"))) == {}


def test_a_mesh_without_policy_has_no_object() -> None:
    assert compiled(three_clusters()) == ()
    assert compiled(three_clusters(policy={})) == ()


def test_each_closed_side_gets_its_half() -> None:
    data = with_rules(
        rule("x-wing@cluster1", "rebel-base@cluster2", ports=[80, "53/UDP"]),
        posture=[
            {"workloads": ["x-wing"], "close": ["egress"]},
            {"namespaces": ["default"], "clusters": ["cluster2"], "close": ["ingress"]},
        ],
    )
    ports = [{"ports": [{"port": "53", "protocol": "UDP"}, {"port": "80", "protocol": "TCP"}]}]
    found = specs(data)
    assert found["cluster1/default/rule-egress"] == {
        "endpointSelector": own("cluster1", name="x-wing"),
        "egress": [
            {"toEndpoints": [peer("default", "cluster2", name="rebel-base")], "toPorts": ports},
        ],
    }
    assert found["cluster2/default/rule-ingress"] == {
        "endpointSelector": own("cluster2", name="rebel-base"),
        "ingress": [{"fromEndpoints": [peer("default", "cluster1", name="x-wing")], "toPorts": ports}],
    }
    assert {key for key in found if "rule" in key} == {
        "cluster1/default/rule-egress",
        "cluster2/default/rule-ingress",
    }


@pytest.mark.parametrize(
    ("source", "target", "expected"),
    [
        pytest.param(
            "x-wing@*",
            "rebel-base@same",
            {"cluster1": ["cluster1"], "cluster2": ["cluster2"], "cluster3": ["cluster3"]},
            id="the own cluster of whoever calls",
        ),
        pytest.param(
            "x-wing@same", "rebel-base@cluster2", {"cluster2": ["cluster2"]}, id="and of who is called"
        ),
        pytest.param(
            "x-wing@{env=prod}",
            "rebel-base@*",
            {name: ["cluster1", "cluster2"] for name in ("cluster1", "cluster2", "cluster3")},
            id="clusters by label",
        ),
        pytest.param(
            "x-wing@cluster1", "rebel-base@cluster1", {"cluster1": ["cluster1"]}, id="in one cluster"
        ),
    ],
)
def test_a_half_names_exactly_the_clusters_of_the_other_side(
    source: str, target: str, expected: dict[str, list[str]]
) -> None:
    found = specs(with_rules(rule(source, target), posture=CLOSED_BASE))
    assert {
        key.partition("/")[0]: spec["ingress"] for key, spec in found.items() if key.endswith("/rule-ingress")
    } == {
        name: [{"fromEndpoints": [peer("default", *callers, name="x-wing")]}]
        for name, callers in expected.items()
    }


def test_a_workload_is_looked_for_where_it_runs() -> None:
    workloads = [
        {"name": "x-wing", "labels": {"name": "x-wing"}, "clusters": ["cluster1", "cluster3"]},
        {"name": "rebel-base", "labels": {"name": "rebel-base"}, "clusters": {"labels": {"env": "test"}}},
    ]
    data = with_rules(rule("x-wing@*", "rebel-base@*", isolate=["egress"])) | {"workloads": workloads}
    found = specs(data)
    assert set(found) == {"cluster1/default/rule-egress", "cluster3/default/rule-egress"}
    assert found["cluster1/default/rule-egress"]["egress"][0] == {
        "toEndpoints": [peer("default", "cluster3", name="rebel-base")]
    }


def test_a_posture_closes_and_leaves_the_way_to_dns() -> None:
    posture = {"namespaces": ["shop"], "clusters": ["cluster1"], "close": ["egress", "ingress"]}
    assert specs(with_rules(posture=[posture])) == {
        "cluster1/shop/posture-shop-egress": {
            "endpointSelector": own("cluster1"),
            "egress": [{}, dns("cluster1")],
        },
        "cluster1/shop/posture-shop-ingress": {"endpointSelector": own("cluster1"), "ingress": [{}]},
    }


def test_a_posture_may_leave_the_namespace_open_to_itself() -> None:
    posture = {
        "workloads": ["db"],
        "clusters": ["cluster2"],
        "close": ["ingress", "egress"],
        "intraNamespace": True,
    }
    subject = own("cluster2", **{"io.cilium.k8s.policy.serviceaccount": "db"})
    assert specs(with_rules(posture=[posture])) == {
        "cluster2/data/posture-db-ingress": {
            "endpointSelector": subject,
            "ingress": [{}, {"fromEndpoints": [peer("data", "cluster2")]}],
        },
        "cluster2/data/posture-db-egress": {
            "endpointSelector": subject,
            "egress": [{}, {"toEndpoints": [peer("data", "cluster2")]}, dns("cluster2")],
        },
    }


def test_each_cluster_has_its_own_dns() -> None:
    data = with_rules(
        posture=[{"namespaces": ["shop"], "close": ["egress"]}],
        dns={"namespace": "dns", "ports": [5353, 53], "labels": {"app": "coredns"}},
        clusterDefaults={"policy": {"dns": {"ports": [53]}}},
    )
    data["clusters"][1]["policy"] = {"dns": {"nodeLocal": True, "labels": {"app": "own"}}}
    found = specs(data)
    first = found["cluster1/shop/posture-shop-egress"]["egress"]
    second = found["cluster2/shop/posture-shop-egress"]["egress"]
    assert first[1]["toEndpoints"] == [peer("dns", "cluster1", app="coredns")]
    assert [port["port"] for port in first[1]["toPorts"][0]["ports"]] == ["53", "53"]
    # The labels of another DNS take the place of the mesh's: pods have the ones or the others.
    assert second[1]["toEndpoints"] == [peer("dns", "cluster2", app="own")]
    assert second[2] == {"toEntities": ["host"], "toPorts": second[1]["toPorts"]}


def test_a_service_account_selects_as_a_label_does() -> None:
    data = with_rules(rule("db@cluster1", "db@cluster2", ports=["sql"], isolate=["egress", "ingress"]))
    account = "io.cilium.k8s.policy.serviceaccount"
    assert specs(data, "cluster1")["data/rule-egress"] == {
        "endpointSelector": own("cluster1", **{account: "db"}),
        "egress": [
            {
                "toEndpoints": [peer("data", "cluster2", **{f"k8s:{account}": "db"})],
                "toPorts": tcp(5432),
            },
            dns("cluster1"),
        ],
    }
    assert specs(data, "cluster2")["data/rule-ingress"]["ingress"] == [
        {"fromEndpoints": [peer("data", "cluster1", **{f"k8s:{account}": "db"})], "toPorts": tcp(5432)}
    ]


def test_http_is_enforced_where_the_data_is() -> None:
    http = [{"method": "GET", "path": "/v1/.*"}, {"host": "a", "headers": ["X: 1"]}]
    data = with_rules(
        rule(
            "x-wing@cluster1", "rebel-base@cluster2", ports=["http"], http=http, isolate=["egress", "ingress"]
        )
    )
    found = specs(data)
    assert found["cluster1/default/rule-egress"]["egress"][0]["toPorts"] == tcp(8080)
    assert found["cluster2/default/rule-ingress"]["ingress"][0]["toPorts"] == [
        {**tcp(8080)[0], "rules": {"http": http}}
    ]


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("entity:world", {"toEntities": ["world"]}),
        ("cidr:192.0.2.7/24", {"toCIDR": ["192.0.2.0/24"]}),
        ("cidr:2001:db8::/32", {"toCIDR": ["2001:db8::/32"]}),
    ],
)
def test_what_is_outside_of_the_mesh_is_written_as_cilium_has_it(
    target: str, expected: dict[str, Any]
) -> None:
    data = with_rules(rule("x-wing@cluster1", target, ports=[443], isolate=["egress"]))
    assert specs(data) == {
        "cluster1/default/rule-egress": {
            "endpointSelector": own("cluster1", name="x-wing"),
            "egress": [{**expected, "toPorts": tcp(443)}, dns("cluster1")],
        }
    }


@pytest.mark.parametrize(
    ("name", "match"),
    [
        ("api.example.com", {"matchName": "api.example.com"}),
        ("*.example.com", {"matchPattern": "*.example.com"}),
    ],
)
def test_names_are_learnt_by_the_proxy(name: str, match: dict[str, str]) -> None:
    data = with_rules(
        rule("x-wing@cluster1", f"fqdn:{name}", ports=[443]),
        posture=[{"workloads": ["x-wing"], "clusters": ["cluster1"], "close": ["egress"]}],
    )
    learning = dns("cluster1", rules={"dns": [{"matchPattern": "*"}]})
    assert specs(data)["cluster1/default/rule-egress"]["egress"] == [
        {"toFQDNs": [match], "toPorts": tcp(443)},
        learning,
    ]


def test_what_calls_from_outside_has_no_half_of_its_own() -> None:
    data = with_rules(
        rule("entity:host", "namespace:default@{env=test}", name="host", ports=[9090]),
        rule("cidr:192.0.2.0/24", "rebel-base@cluster3", name="block"),
        posture=[{"namespaces": ["default"], "close": ["ingress", "egress"]}],
    )
    found = {key: spec for key, spec in specs(data).items() if "posture" not in key}
    assert found == {
        "cluster3/default/host-ingress": {
            "endpointSelector": own("cluster3"),
            "ingress": [{"fromEntities": ["host"], "toPorts": tcp(9090)}],
        },
        "cluster3/default/block-ingress": {
            "endpointSelector": own("cluster3", name="rebel-base"),
            "ingress": [{"fromCIDR": ["192.0.2.0/24"]}],
        },
    }


def test_any_pod_as_a_peer_is_one_with_a_namespace() -> None:
    data = with_rules(rule("any@cluster2", "rebel-base@cluster1", isolate=["ingress"]))
    assert specs(data)["cluster1/default/rule-ingress"]["ingress"] == [
        {
            "fromEndpoints": [
                {
                    "matchLabels": {"k8s:io.cilium.k8s.policy.cluster": "cluster2"},
                    "matchExpressions": [{"key": "k8s:io.kubernetes.pod.namespace", "operator": "Exists"}],
                }
            ]
        }
    ]


class TestPartsThatAreClosed:
    """An allow never closes what is open: its subject is narrowed to what is closed."""

    def test_a_namespace_of_which_one_workload_is_closed(self) -> None:
        data = with_rules(rule("namespace:default@cluster1", "db@cluster2"), posture=[
            {"workloads": ["x-wing"], "clusters": ["cluster1"], "close": ["egress"]},
        ])  # fmt: skip
        found = specs(data, "cluster1")
        assert set(found) == {"default/posture-x-wing-egress", "default/rule-x-wing-egress"}
        assert found["default/rule-x-wing-egress"]["endpointSelector"] == own("cluster1", name="x-wing")

    def test_any_pod_of_a_cluster_is_the_namespaces_and_workloads_that_are_closed(self) -> None:
        data = with_rules(
            rule("any@*", "entity:world"),
            rule("db@cluster1", "x-wing@*", name="isolating", isolate=["egress"]),
            posture=[
                {"namespaces": ["shop"], "clusters": ["cluster1", "cluster2"], "close": ["egress"]},
                {"workloads": ["rebel-base"], "clusters": ["cluster1"], "close": ["egress"]},
                {"namespaces": ["default"], "close": ["ingress"]},
            ],
        )
        assert {key for key in specs(data) if "rule" in key} == {
            "cluster1/shop/rule-egress",
            "cluster1/default/rule-rebel-base-egress",
            "cluster1/data/rule-db-egress",
            "cluster2/shop/rule-egress",
        }

    def test_a_workload_with_more_labels_than_what_is_closed_is_closed(self) -> None:
        workloads = [
            {"name": "all", "labels": {"app": "web"}},
            {"name": "some", "labels": {"app": "web", "tier": "1"}},
            {"name": "other", "labels": {"app": "api", "tier": "1"}},
        ]
        data = with_rules(
            rule("entity:world", "some@cluster1", name="some"),
            rule("entity:world", "other@cluster1", name="other"),
            posture=[{"workloads": ["all"], "close": ["ingress"]}],
        ) | {"workloads": workloads}
        assert {key for key in specs(data) if "posture" not in key} == {"cluster1/default/some-ingress"}

    def test_a_workload_of_which_a_part_is_closed(self) -> None:
        workloads = [
            {"name": "all", "labels": {"app": "web"}},
            {"name": "some", "labels": {"app": "web", "tier": "1"}, "clusters": ["cluster2"]},
        ]
        data = with_rules(
            rule("entity:world", "all@*"),
            posture=[{"workloads": ["some"], "close": ["ingress"]}],
        ) | {"workloads": workloads}
        assert {key for key in specs(data) if "posture" not in key} == {"cluster2/default/rule-some-ingress"}


class TestServices:
    """A service stands for the pods that answer for it."""

    def shared_by(self, *backends: str, **overrides: Any) -> list[dict[str, Any]]:
        ports = overrides.pop("ports", [{"port": 80, "targetPort": "http"}])
        return [service(ports=ports, backends=list(backends), **overrides)]

    def test_calls_reach_the_clusters_that_share_and_the_own_pods(self) -> None:
        data = with_rules(
            rule("x-wing@*", "service:default/rebel-base", isolate=["egress", "ingress"]),
            services=self.shared_by("cluster2", clusters=["cluster1", "cluster2"]),
        )
        found = specs(data)
        base = {"name": "rebel-base"}
        assert {key: spec["egress"][0] for key, spec in found.items() if key.endswith("egress")} == {
            "cluster1/default/rule-egress": {
                "toEndpoints": [peer("default", "cluster1", "cluster2", **base)],
                "toPorts": tcp(8080),
            },
            "cluster2/default/rule-egress": {
                "toEndpoints": [peer("default", "cluster2", **base)],
                "toPorts": tcp(8080),
            },
        }
        assert {
            key: spec["ingress"][0]["fromEndpoints"] for key, spec in found.items() if key.endswith("ingress")
        } == {
            "cluster1/default/rule-ingress": [peer("default", "cluster1", name="x-wing")],
            "cluster2/default/rule-ingress": [peer("default", "cluster1", "cluster2", name="x-wing")],
        }

    def test_same_is_the_own_pods_of_a_service(self) -> None:
        data = with_rules(
            rule("x-wing@same", "service:default/rebel-base", isolate=["egress"]),
            services=self.shared_by("cluster2", clusters=["cluster1", "cluster2"]),
        )
        assert {key: spec["egress"][0]["toEndpoints"] for key, spec in specs(data).items()} == {
            f"{name}/default/rule-egress": [peer("default", name, name="rebel-base")]
            for name in ("cluster1", "cluster2")
        }

    def test_a_service_whose_other_clusters_have_no_caller(self) -> None:
        data = with_rules(
            rule("x-wing@cluster1", "service:default/rebel-base", isolate=["ingress"]),
            services=self.shared_by("cluster2"),
        )
        assert set(specs(data)) == {"cluster1/default/rule-ingress", "cluster2/default/rule-ingress"}

    @pytest.mark.parametrize(
        ("ports", "expected"),
        [
            pytest.param(None, [8080, 9090], id="all of its ports"),
            pytest.param([80], [8080], id="a port of the service is translated"),
            pytest.param(["metrics"], [9090], id="by its name"),
            pytest.param(["1-89"], [8080], id="a range of its ports"),
        ],
    )
    def test_ports_are_those_of_the_pods(self, ports: list[Any] | None, expected: list[int]) -> None:
        own_ports = [
            {"name": "web", "port": 80, "targetPort": "http"},
            {"name": "metrics", "port": 90, "targetPort": 9090},
            {"name": "udp", "port": 80, "protocol": "UDP"},
        ][: 3 if ports else 2]
        more = {"ports": ports} if ports else {}
        data = with_rules(
            rule("x-wing@cluster1", "service:default/rebel-base", isolate=["egress"], **more),
            services=[service(ports=own_ports)],
        )
        assert specs(data)["cluster1/default/rule-egress"]["egress"][0]["toPorts"] == tcp(*expected)


class TestDenies:
    """A deny changes no posture."""

    NO_BATCH = rule("namespace:batch@cluster1", "namespace:data@*", kind="deny", name="no-batch")

    def test_both_halves_are_denied_without_closing_anything(self) -> None:
        found = specs(with_rules(self.NO_BATCH, version="1.16.0"))
        assert found["cluster1/batch/no-batch-egress"] == {
            "endpointSelector": own("cluster1"),
            "enableDefaultDeny": {"egress": False},
            "egressDeny": [{"toEndpoints": [peer("data", "cluster1", "cluster2", "cluster3")]}],
        }
        assert found["cluster2/data/no-batch-ingress"] == {
            "endpointSelector": own("cluster2"),
            "enableDefaultDeny": {"ingress": False},
            "ingressDeny": [{"fromEndpoints": [peer("batch", "cluster1")]}],
        }
        assert len(found) == 4

    @pytest.mark.parametrize("version", ["1.9.0", "1.15.7"])
    def test_before_1_16_only_what_is_closed_already_is_denied(self, version: str) -> None:
        posture = [{"namespaces": ["data"], "clusters": ["cluster2"], "close": ["ingress"]}]
        found = specs(with_rules(self.NO_BATCH, version=version, posture=posture))
        assert {key: spec for key, spec in found.items() if "posture" not in key} == {
            "cluster2/data/no-batch-ingress": {
                "endpointSelector": own("cluster2"),
                "ingressDeny": [{"fromEndpoints": [peer("batch", "cluster1")]}],
            }
        }

    def test_before_1_9_nothing_is_denied(self) -> None:
        posture = [{"namespaces": ["data", "batch"], "close": ["ingress", "egress"]}]
        assert not [
            key
            for key in specs(with_rules(self.NO_BATCH, version="1.8", posture=posture))
            if "no-batch" in key
        ]

    def test_all_pods_of_a_cluster_are_denied_by_a_policy_of_the_cluster(self) -> None:
        data = with_rules(
            rule("any@cluster1", "cidr:169.254.169.254/32", kind="deny", ports=[80]), version="1.17.0"
        )
        (made,) = compiled(data)
        assert made.manifest == {
            "apiVersion": "cilium.io/v2",
            "kind": "CiliumClusterwideNetworkPolicy",
            "metadata": {"name": "rule-egress"},
            "spec": {
                "endpointSelector": own("cluster1"),
                "enableDefaultDeny": {"egress": False},
                "egressDeny": [{"toCIDR": ["169.254.169.254/32"], "toPorts": tcp(80)}],
            },
        }
        assert (made.role, made.namespace) == ("deny", "")


def test_more_ports_than_one_entry_takes_are_several() -> None:
    ports = [*range(1, 41), "500-600/UDP", "41"]
    data = with_rules(rule("x-wing@cluster1", "rebel-base@cluster2", ports=ports, isolate=["egress"]))
    first, second = specs(data)["cluster1/default/rule-egress"]["egress"][0]["toPorts"]
    assert len(first["ports"]) == 40
    assert second["ports"] == [
        {"port": "41", "protocol": "TCP"},
        {"port": "500", "endPort": 600, "protocol": "UDP"},
    ]


def test_a_rule_with_a_name_that_means_nothing_has_no_object() -> None:
    data = with_rules(
        rule("x-wing@*", "zzz@*", name="a"),
        rule("zzz@*", "x-wing@*", name="b", isolate=["egress"]),
        rule("x-wing@cluster9", "rebel-base@*", name="c"),
        rule("x-wing@*", "service:default/zzz", name="d"),
        rule("x-wing@*", "rebel-base@*", name="e", ports=["zzz"]),
        rule("x-wing@*", "service:default/zzz", name="f", ports=[1]),
        rule("x-wing@cluster1", "service:default/rebel-base", name="g"),
        posture=[{"workloads": ["x-wing", "zzz"], "close": ["egress"]}],
        services=[service(clusters=["cluster2"])],
    )
    assert {key for key in specs(data) if "posture" not in key} == set()


def test_objects_are_sorted() -> None:
    data = with_rules(rule("x-wing@*", "rebel-base@*", isolate=["egress", "ingress"]), posture=[
        {"namespaces": ["data", "apps"], "close": ["ingress", "ingress"]},
    ])  # fmt: skip
    made = [(one.cluster, one.namespace, one.name) for one in compiled(data)]
    assert made == sorted(set(made))


def test_a_cluster_that_is_named_twice_counts_once() -> None:
    data = mesh(
        cluster(1),
        cluster(2, name="cluster1"),
        workloads=[{"name": "a", "labels": {"a": "b"}}],
        policy={"posture": [{"workloads": ["a"], "close": ["ingress"]}]},
    )
    assert [one.cluster for one in compiled(data)] == ["cluster1"]
