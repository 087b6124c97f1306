"""
How much work the checks have with meshes of different shapes and sizes, in lines of Python that run.

A program of its own, since it takes the place of what else traces Python, as a measurement of coverage does.
It prints JSON: for each shape the work with a small mesh, and with one of twice the size.
"""

import json
import sys
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).parent.parent))

from builders import cluster, mesh, service
from tracing import lines_of

from meshgen.checking import apply_ignores, run_checks
from meshgen.checks import CHECKS
from meshgen.checks.policies import VOCABULARY_CHECKS
from meshgen.checks.services import SERVICE_CHECKS
from meshgen.checks.values import VALUE_CHECKS
from meshgen.diagnostics import Problem
from meshgen.inspection import inspect
from meshgen.model import Mesh
from meshgen.survey import Survey

FEW = 150
WITHOUT_POLICIES = (*CHECKS, *SERVICE_CHECKS, *VALUE_CHECKS)
ALL = (*WITHOUT_POLICIES, *VOCABULARY_CHECKS)


def mesh_of(data: dict[str, Any]) -> Mesh:
    made = inspect(json.dumps(data).encode(), "mesh.yaml").mesh
    assert made is not None
    return made


def checked(made: Mesh) -> list[Problem]:
    survey = Survey(made)
    return list(run_checks(WITHOUT_POLICIES if survey.policies is None else ALL, survey))


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


def open_to(callers: int, called: int, **overrides: Any) -> dict[str, Any]:
    """A mesh with a closed namespace of workloads, and a rule from each caller to one of the called."""
    return mesh(
        workloads=[
            {"name": f"w{index}", "labels": {"app": f"w{index}"}} for index in range(max(callers, called))
        ],
        policy={
            "posture": [{"namespaces": ["default"], "close": ["ingress", "egress"]}],
            "rules": [
                {
                    "name": f"r{index}",
                    "allow": {"from": f"w{index}@*", "to": f"w{index % called}@*", "ports": [80]},
                }
                for index in range(callers)
            ],
        },
        **overrides,
    )


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
    "many workloads, and rules between them": lambda n: open_to(n, n),
    "a workload that many rules open": lambda n: open_to(n, 1),
    "many expectations": lambda n: open_to(
        20, 20, expect=[{"from": f"w{i % 20}@*", "to": f"w{i % 7}@*", "is": "allow"} for i in range(n)]
    ),
    "many rules between two workloads": lambda n: mesh(
        workloads=[{"name": name, "labels": {"app": name}} for name in ("a", "b")],
        policy={
            "posture": [{"namespaces": ["default"], "close": ["ingress", "egress"]}],
            "rules": [
                {"name": f"r{i}", "allow": {"from": "a@*", "to": "b@*", "ports": [1_000 + 2 * i]}}
                for i in range(n)
            ],
        },
    ),
    "many services of closed pods": lambda n: open_to(
        n, n, services=[service(f"s{index}", selector={"app": f"w{index}"}) for index in range(n)]
    ),
    "many services": lambda n: mesh(services=[service(f"s{index}") for index in range(n)]),
    "findings and entries that accept none of them": lambda n: mesh(
        *many_clusters(n, serviceCIDRs=None),
        cluster(1, name="last", podCIDRs=["100.64.0.0/16", *["100.64.0.0/24"] * 20]),
        ignore=[{"code": "MG203", "at": f"clusters.x{index}", "reason": "accepted"} for index in range(n)],
    ),
    "many workloads, all of them closed by one": lambda n: mesh(
        workloads=[{"name": f"w{i}", "labels": {"app": "a", "name": f"w{i}"}} for i in range(n)],
        policy={
            "posture": [{"workloads": [f"w{i}" for i in range(n)], "close": ["ingress"]}],
            "rules": [{"name": "all", "allow": {"from": "any@*", "to": "namespace:default@*"}}],
        },
    ),
    "many rules, each of its own workload": lambda n: mesh(
        workloads=[{"name": f"w{i}", "labels": {"name": f"w{i}"}} for i in range(n)],
        policy={
            "rules": [
                {
                    "name": f"r{i}",
                    "allow": {"from": f"w{i}@*", "to": f"w{n - 1 - i}@*", "ports": [80]},
                    "isolate": ["ingress"],
                }
                for i in range(n)
            ]
        },
    ),
    "many rules about names that mean nothing": lambda n: mesh(
        workloads=[{"name": f"w{i}", "labels": {"name": f"w{i}"}} for i in range(n)],
        policy={
            "rules": [{"name": f"r{i}", "deny": {"from": f"x{i}@*", "to": f"w{i}@y{i}"}} for i in range(n)]
        },
    ),
    "a rule between many clusters": lambda n: mesh(
        *many_clusters(n),
        workloads=[{"name": "a", "labels": {"name": "a"}}],
        policy={
            "rules": [{"name": "r", "allow": {"from": "a@*", "to": "a@*"}, "isolate": ["egress", "ingress"]}]
        },
    ),
    "a service with many ports": lambda n: mesh(
        services=[service(ports=[{"name": f"p{port}", "port": port} for port in range(1, n + 1)])]
    ),
}


def work(made: Mesh) -> int:
    """The lines that all checks and `ignore` run for a mesh."""
    rules = [check.rule for check in ALL]

    def all_of_it() -> list[Problem]:
        found = checked(made)
        return list(apply_ignores(found, made, rules, written=lambda path: path, today=date(2026, 1, 1)))

    return lines_of(all_of_it)


if __name__ == "__main__":
    work(mesh_of(mesh()))
    sizes = {name: [work(mesh_of(shape(size))) for size in (FEW, 2 * FEW)] for name, shape in SHAPES.items()}
    sys.stdout.write(json.dumps(sizes))
