"""The work of the checks grows as the mesh does: lines of Python are counted, not seconds."""

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from types import FrameType
from typing import Any

import pytest
from builders import cluster, mesh, service, text

from meshgen.checking import LIMIT, apply_ignores, run_checks
from meshgen.checks import CHECKS
from meshgen.diagnostics import Problem, Severity
from meshgen.inspection import inspect
from meshgen.model import Mesh
from meshgen.survey import Survey

FEW = 150


def lines_of(function: Callable[[], Any]) -> int:
    """How many lines of Python a function runs, those of loops as often as they run."""
    count = 0

    def trace(_frame: FrameType, event: str, _argument: object) -> Any:
        nonlocal count
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        function()
    finally:
        sys.settrace(before)
    return count


def mesh_of(data: dict[str, Any]) -> Mesh:
    made = inspect(json.dumps(data).encode(), "mesh.yaml").mesh
    assert made is not None
    return made


def checked(made: Mesh) -> list[Problem]:
    return list(run_checks(CHECKS, Survey(made)))


def hosts(number: int, second: int = 100) -> Iterator[str]:
    """So many addresses, none of them the first or last of a block."""
    return (f"10.{second}.{index // 200 + 1}.{index % 200 + 1}" for index in range(number))


def many_clusters(number: int, **overrides: Any) -> list[dict[str, Any]]:
    return [
        cluster(
            index % 200 + 1,
            name=f"c{index}",
            id=index + 1,
            podCIDRs=[f"10.{index // 256}.{index % 256}.0/24"],
            nodeCIDRs=[f"172.{16 + index // 256}.{index % 256}.0/24"],
            serviceIPs=[f"172.{24 + index // 256}.{index % 256}.1"],
            **overrides,
        )
        for index in range(number)
    ]


def native(block: str) -> dict[str, Any]:
    return {"datapath": {"mode": "native", "nativeRoutingCIDR": block}}


SHAPES: dict[str, Callable[[int], dict[str, Any]]] = {
    "a cluster with one node CIDR again and again": lambda n: mesh(
        cluster(1, nodeCIDRs=["192.168.1.0/24"] * n), cluster(2)
    ),
    "a cluster with one service CIDR again and again": lambda n: mesh(
        cluster(1, serviceCIDRs=["10.96.0.0/16"] * n), cluster(2)
    ),
    "pods and node blocks of one network": lambda n: mesh(
        cluster(
            1,
            podCIDRs=[f"10.1.{index // 256}.{index % 256}/32" for index in range(n)],
            nodeCIDRs=["10.1.0.0/16"] * n,
            cilium={"ipam": "eni"},
        ),
        cluster(2),
    ),
    "pods and nodes of one network": lambda n: mesh(
        cluster(
            1,
            podCIDRs=["10.1.0.0/16", *(f"10.1.255.{index}/32" for index in range(250))][: n // 2],
            nodeCIDRs=["10.1.0.0/16"],
            nodeIPs=[*hosts(n, second=1)],
            cilium={"chaining": "aws-cni"},
        ),
        cluster(2),
    ),
    "many node blocks and many nodes": lambda n: mesh(
        cluster(1, nodeCIDRs=[f"{address}/32" for address in hosts(n)], nodeIPs=[*reversed([*hosts(n)])]),
        cluster(2),
    ),
    "a cluster dialled at many addresses in its many node blocks": lambda n: mesh(
        cluster(1, nodeCIDRs=["10.100.0.0/16"] * n, serviceIPs=[*hosts(n)]), cluster(2)
    ),
    "clusters whose node blocks begin alike": lambda n: mesh(
        *many_clusters(n), cluster(1, name="last", nodeCIDRs=["10.100.0.0/16"] * n, nodeIPs=["10.100.0.9"])
    ),
    "many clusters that route natively": lambda n: mesh(*many_clusters(n, cilium=native("10.0.0.0/8"))),
    "a service whose many backends exist": lambda n: mesh(
        *many_clusters(n),
        services=[service(clusters=[f"c{i}" for i in range(n)], backends=[f"c{i}" for i in range(n)])],
    ),
    "many clusters": lambda n: mesh(*many_clusters(n)),
    "many services": lambda n: mesh(services=[service(f"s{index}") for index in range(n)]),
    "a service with many ports": lambda n: mesh(
        services=[service(ports=[{"name": f"p{port}", "port": port} for port in range(1, n + 1)])]
    ),
}


@pytest.mark.parametrize("shape", SHAPES.values(), ids=list(SHAPES))
def test_twice_the_mesh_is_about_twice_the_work(shape: Callable[[int], dict[str, Any]]) -> None:
    small, large = mesh_of(shape(FEW)), mesh_of(shape(2 * FEW))
    checked(small)

    assert lines_of(lambda: checked(large)) < 2.6 * lines_of(lambda: checked(small))


def test_ignores_and_findings_are_not_compared_with_each_other() -> None:
    def work(number: int) -> int:
        entries = [
            {"code": "MG203", "at": f"clusters.x{index}", "reason": "accepted"} for index in range(number)
        ]
        made = mesh_of(mesh(cluster(1, podCIDRs=["10.1.0.0/16"] * 40), cluster(2), ignore=entries))
        found = checked(made)[:number]
        arguments = {"written": lambda path: path, "today": date(2026, 1, 1)}
        rules = [check.rule for check in CHECKS]
        return lines_of(lambda: list(apply_ignores(found, made, rules, **arguments)))

    assert work(2 * FEW) < 2.6 * work(FEW)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        pytest.param(mesh(cluster(1, podCIDRs=["10.1.0.0/16"] * 2_000), cluster(2)), "MG203", id="pods"),
        pytest.param(mesh(cluster(1, nodeIPs=["192.168.1.7"] * 5_000), cluster(2)), "MG204", id="nodes"),
        pytest.param(mesh(services=[service(ports=[80] * 5_000)]), "MG305", id="ports"),
    ],
)
def test_more_findings_of_a_kind_than_anyone_reads_are_cut_and_that_is_an_error(
    data: dict[str, Any], code: str
) -> None:
    diagnostics = inspect(text(data), "mesh.yaml").diagnostics
    found = [diagnostic for diagnostic in diagnostics if diagnostic.code == code]
    last = next(diagnostic for diagnostic in found if "left out" in diagnostic.message)

    assert len(found) == LIMIT + 1
    assert last.message == "more than 2,000 findings of this kind; the rest is left out"
    assert last.severity is Severity.ERROR


def test_the_same_service_cidr_in_255_clusters_is_no_error_however_many_pairs_there_are() -> None:
    data = mesh(*many_clusters(255, serviceCIDRs=["192.168.0.0/16"]))
    diagnostics = inspect(text(data), "mesh.yaml").diagnostics

    assert Counter(diagnostic.code for diagnostic in diagnostics) == {"MG216": LIMIT + 1}
    assert {diagnostic.severity for diagnostic in diagnostics} == {Severity.INFO}


def test_an_error_among_many_infos_of_a_kind_is_not_cut() -> None:
    clusters = many_clusters(255, serviceCIDRs=["192.168.0.0/16"])
    clusters[200]["podCIDRs"].append("192.168.7.0/24")
    diagnostics = inspect(text(mesh(*clusters)), "mesh.yaml").diagnostics

    errors = [diagnostic for diagnostic in diagnostics if diagnostic.severity is Severity.ERROR]
    assert {diagnostic.path for diagnostic in errors} >= {
        "clusters[200].podCIDRs[1]",
        "clusters[254].serviceCIDRs[0]",
    }
    assert len(errors) == 255


@pytest.mark.slow
def test_the_largest_mesh_has_no_finding() -> None:
    clusters = [
        {
            **entry,
            "nodeCIDRs": [f"172.{16 + index // 16}.{index % 16 * 16}.0/20"],
            "nodeIPs": [
                f"172.{16 + index // 16}.{index % 16 * 16 + node // 250}.{node % 250 + 1}"
                for node in range(1_000)
            ],
            "serviceIPs": [f"192.168.{index}.1"],
        }
        for index, entry in enumerate(many_clusters(255))
    ]
    data = mesh(*clusters, services=[service(f"s{number}") for number in range(50)])

    assert inspect(json.dumps(data).encode(), "mesh.yaml").diagnostics == ()
