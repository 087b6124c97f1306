"""What becomes a row, of which kind and with which risk."""

from typing import Any

import pytest
from builders import cluster
from meshes import allow, inspected, located, reviewed, scene, shop

from meshgen.engine.comparison import Kind
from meshgen.engine.labels import bits_of
from meshgen.reachability.groups import Groups
from meshgen.review import text
from meshgen.review.rows import Risk

SQL = allow("sql", "web@cluster1", "db@cluster2", 5432)


def test_a_new_rule_opens_what_it_says_and_nothing_else() -> None:
    found = reviewed(shop(), shop(rules=[SQL]))

    [row] = found.rows
    assert (row.kind, row.risk, row.scope) == (Kind.OPENED, Risk.HIGH, "cross-cluster")
    assert (row.source_names, row.target_names) == (("web@cluster1",), ("db@cluster2",))
    assert (row.before, row.after, row.ports) == (("none",), ("5432/TCP",), ("5432/TCP",))
    assert found.result == "new access"


def test_a_rule_that_goes_is_a_cut() -> None:
    [row] = reviewed(shop(rules=[SQL]), shop()).rows

    assert (row.kind, row.before, row.after) == (Kind.CUT, ("5432/TCP",), ("none",))


def test_another_port_is_gained_and_lost() -> None:
    other = allow("sql", "web@cluster1", "db@cluster2", 5433)

    widened, narrowed = reviewed(shop(rules=[SQL]), shop(rules=[other])).rows

    assert (widened.kind, widened.ports) == (Kind.WIDENED, ("5433/TCP",))
    assert (narrowed.kind, narrowed.ports) == (Kind.NARROWED, ("5432/TCP",))


def test_requests_that_are_no_longer_looked_at_are_a_widening() -> None:
    port = {"http": [{"method": "GET", "path": "/v1/.*"}]}
    looked_at = allow("api", "web@cluster1", "db@cluster1", 80, **port)
    plain = allow("api", "web@cluster1", "db@cluster1", 80)

    [row] = reviewed(shop(rules=[looked_at]), shop(rules=[plain])).rows
    [back] = reviewed(shop(rules=[plain]), shop(rules=[looked_at])).rows

    assert (row.kind, row.before, row.after) == (Kind.WIDENED, ("80/TCP GET /v1/.*",), ("80/TCP",))
    assert (row.risk, back.kind) == (Risk.MEDIUM, Kind.NARROWED)


def test_the_world_is_critical() -> None:
    [row] = reviewed(shop(), shop(rules=[allow("in", "entity:world", "db@cluster1", 5432)])).rows

    assert (row.risk, row.scope, row.source_names) == (Risk.CRITICAL, "world", ("entity:world",))


def test_a_deny_between_clusters_that_goes_is_critical() -> None:
    deny = {"name": "no", "deny": {"from": "web@cluster1", "to": "db@cluster2"}}

    [row] = reviewed(shop(rules=[SQL, deny]), shop(rules=[SQL])).rows

    assert (row.kind, row.risk) == (Kind.OPENED, Risk.CRITICAL)


def denied(first: str, second: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Two workloads that are opened alike, of which a deny held back the second alone."""
    workloads = [
        {"name": name, "namespace": "shop", "labels": {"app": name, "tier": "front"}}
        for name in (first, second)
    ]
    workloads.append({"name": "db", "namespace": "data", "labels": {"app": "db"}})
    deny = {"name": "no", "deny": {"from": f"{second}@cluster1", "to": "db@cluster2"}}
    rules = [allow(name, f"{name}@cluster1", "db@cluster2", 5432) for name in (first, second)]
    return shop(rules=[deny], workloads=workloads), shop(rules=rules, workloads=workloads)


@pytest.mark.parametrize(("first", "second"), [("a", "b"), ("b", "a")])
def test_a_deny_that_goes_is_critical_whichever_pods_come_first(first: str, second: str) -> None:
    """The risk is that of the worst connection of a row, and that one is shown."""
    [row] = reviewed(*denied(first, second)).rows

    assert (row.risk, row.source_names) == (Risk.CRITICAL, ("a@cluster1", "b@cluster1"))
    assert row.flow.source == f"{second}@cluster1"
    assert [each.denies for each in row.flow.before.ingress.deciders] == [True]


@pytest.mark.parametrize("port", [1, 5432])
def test_a_deny_of_one_port_is_found_where_every_port_is_opened(port: int) -> None:
    """It stands in the middle of what becomes another as a whole."""
    deny = {"name": "not", "deny": {"from": "web@cluster1", "to": "db@cluster2", "ports": [port]}}
    opens = {"name": "sql", "allow": {"from": "web@cluster1", "to": "db@cluster2"}}

    [row] = reviewed(shop(rules=[deny]), shop(rules=[opens])).rows

    assert (row.risk, row.flow.port) == (Risk.CRITICAL, f"{port}/TCP")
    assert [each.denies for each in row.flow.before.ingress.deciders] == [True]


def test_a_deny_within_a_cluster_makes_no_row_between_clusters_critical() -> None:
    deny = {"name": "not", "deny": {"from": "web@cluster1", "to": "api@cluster1"}}
    opens = {"name": "api", "allow": {"from": "web@cluster1", "to": "api@*"}}
    workloads = [
        {"name": name, "namespace": "shop", "labels": {"app": name, "tier": "front"}}
        for name in ("web", "api")
    ]

    found = reviewed(shop(rules=[deny], workloads=workloads), shop(rules=[opens], workloads=workloads)).rows

    assert {(row.scope, row.risk) for row in found} == {("cross-cluster", Risk.HIGH)}


def test_what_is_opened_to_the_world_is_shown_with_the_world() -> None:
    """Pods and the world fare the same here, and are one row."""
    base = shop()
    head = shop(rules=[allow("in", "entity:all", "db@cluster1", 5432)])
    found = [row for row in reviewed(base, head).rows if row.scope == "world"]

    assert found
    assert all("world" in row.flow.source for row in found)
    back = shop(rules=[allow("out", "db@cluster1", "entity:all", 443)])
    out = [row for row in reviewed(base, back).rows if row.scope == "world"]
    assert out
    assert all("world" in row.flow.target for row in out)


def test_a_posture_that_goes_is_told_with_what_it_opens() -> None:
    opened = shop()
    opened["policy"]["posture"] = [{"namespaces": ["shop"], "close": ["ingress", "egress"]}]

    found = reviewed(shop(), opened)

    assert {(change.direction.value, change.names, change.after) for change in found.postures} == {
        ("egress", ("namespace:data@*",), "open"),
        ("ingress", ("namespace:data@*",), "open"),
    }
    assert found.result == "new access"


def test_a_rule_with_a_domain_is_a_row_of_its_own() -> None:
    domain = allow("out", "web@cluster1", "fqdn:api.example.com", 443)

    [row, *others] = reviewed(shop(), shop(rules=[domain])).rows

    assert row.target_names == ("fqdn:api.example.com",)
    assert all("DNS" in str(other.target_names) for other in others)


def test_a_cidr_and_a_domain_are_not_known_to_be_apart() -> None:
    domain = allow("out", "web@cluster1", "fqdn:api.example.com", 443)
    block = allow("block", "web@cluster1", "cidr:192.0.2.0/24", 8443)

    rows = reviewed(shop(rules=[domain]), shop(rules=[domain, block])).rows

    assert {row.kind for row in rows} == {Kind.OPENED, Kind.UNKNOWN}


def test_a_new_cluster_reaches_what_lets_every_cluster_in() -> None:
    rules = [allow("sql", "web@*", "db@cluster1", 5432)]
    base = shop(rules=rules)
    head = shop(rules=rules) | {"clusters": [cluster(1), cluster(2), cluster(3)]}

    found = reviewed(base, head)

    row = next(row for row in found.rows if row.target_names == ("db@cluster1",))
    assert (row.kind, row.source_names) == (Kind.OPENED, ("web@cluster3",))
    assert next(change for change in found.changes if change.what == "cluster").after == "added"


@pytest.mark.parametrize("order", [1, -1])
def test_the_order_of_rules_means_nothing(order: int) -> None:
    rules = [SQL, allow("back", "db@cluster2", "web@cluster1", 80)]

    assert text.render(located(shop(), shop(rules=rules[::order]))).count("opened") == 2
    assert reviewed(shop(rules=rules), shop(rules=rules[::-1])).rows == ()


def test_of_many_groups_the_first_are_named_and_the_others_counted() -> None:
    names = [f"w{number:02}" for number in range(20)]
    workloads = [{"name": name, "namespace": "shop", "labels": {"app": name}} for name in names]
    made = scene(inspected(shop(workloads=workloads)))
    analysis = made.analysis()
    groups = Groups(analysis.universe, [made.directory])
    some = bits_of(
        number
        for number, endpoint in enumerate(analysis.universe.endpoints)
        if endpoint.name in {f"{name}@cluster1" for name in names[:15]}
    )

    assert groups.told(some) == f"{', '.join(f'{name}@cluster1' for name in names[:12])} and 3 more"
    assert groups.told(1) == groups.names(1)[0]


@pytest.mark.parametrize(
    ("count", "where"),
    [
        pytest.param(1, "cluster101", id="one is named"),
        pytest.param(2, "{cluster101,cluster102}", id="a few are listed"),
        pytest.param(12, ",".join(f"cluster{number}" for number in range(101, 113)), id="half of them"),
        pytest.param(13, ",".join(f"cluster{number}" for number in range(101, 114)), id="not the most"),
        pytest.param(38, "{all but cluster139,cluster140}", id="all but a few"),
        pytest.param(40, "*", id="all of them"),
    ],
)
def test_most_clusters_are_told_by_those_that_are_missing(count: int, where: str) -> None:
    clusters = [cluster(number) for number in range(101, 141)]
    workloads = [{"name": "web", "namespace": "shop", "labels": {"app": "web"}}]
    made = scene(inspected(shop(clusters=clusters, workloads=workloads)))
    universe = made.analysis().universe
    groups = Groups(universe, [made.directory])
    names = {f"web@cluster{number}" for number in range(101, 101 + count)}
    [told] = groups.names(bits_of(at for at, each in enumerate(universe.endpoints) if each.name in names))

    assert told in {f"web@{where}", f"web@{{{where}}}"}
