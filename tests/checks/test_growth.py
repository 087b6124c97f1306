"""The work of the checks grows as the mesh does, and findings without end are cut."""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from builders import cluster, mesh, service, text
from growth import many_clusters

from meshgen.checking import LIMIT
from meshgen.diagnostics import Severity
from meshgen.inspection import inspect


def test_twice_the_mesh_is_about_twice_the_work_for_the_checks() -> None:
    program = Path(__file__).with_name("growth.py")
    printed = subprocess.run([sys.executable, program], capture_output=True, text=True, check=True).stdout
    growth = {name: large / small for name, (small, large) in json.loads(printed).items()}

    assert len(growth) > 10
    assert {name: round(ratio, 2) for name, ratio in growth.items() if ratio > 2.6} == {}


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
