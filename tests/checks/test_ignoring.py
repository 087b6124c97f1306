"""`ignore`: what it accepts, where, until when; and a mesh whose findings are accepted still builds."""

import json
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from builders import cluster, mesh, service, text
from cases import CODES, HERE, cases, report

from meshgen.catalogue import ALL_CHECKS, RULES
from meshgen.cli.run import main
from meshgen.diagnostics import Diagnostic, Severity
from meshgen.inspection import inspect

IGNORABLE = [rule.code for rule in RULES if rule.ignorable]
BY_MESH_ALONE = [code for code in IGNORABLE if (HERE / code / "fail.yaml").exists()]
REFUSED = [rule.code for rule in RULES if not rule.ignorable]


def found(data: dict[str, Any], today: date | None = None) -> list[Diagnostic]:
    return list(inspect(text(data), "mesh.yaml", today=today).diagnostics)


def codes(data: dict[str, Any], today: date | None = None) -> list[str]:
    return [diagnostic.code for diagnostic in found(data, today)]


def accepting(code: str, at: str | None = None, until: str | None = None) -> dict[str, Any]:
    entry = {"code": code, "reason": "accepted", "at": at, "until": until}
    return {key: value for key, value in entry.items() if value is not None}


def readable(case: Path) -> bool:
    """Whether a case is a mesh.yaml that can be read and has the right shape."""
    return case.is_file() and inspect(case.read_bytes(), "mesh.yaml").mesh is not None


CASES = [
    pytest.param(case, id=str(case.relative_to(HERE)))
    for case in (*cases("fail.yaml"), *cases("more/*.yaml"))
    if readable(case)
]


@pytest.mark.parametrize("case", CASES)
def test_a_mesh_whose_findings_are_all_accepted_builds_a_whole_tree(
    case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    data = yaml.safe_load(case.read_bytes())
    before = inspect(case.read_bytes(), "mesh.yaml")
    there = sorted({diagnostic.code for diagnostic in before.diagnostics} - {"MG901", "MG104"})
    data["ignore"] = [*data.get("ignore", []), *(accepting(code) for code in there if code in IGNORABLE)]
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mesh.yaml").write_text(yaml.safe_dump(data, sort_keys=False))

    status = main(["build"])
    left = {
        diagnostic.code
        for diagnostic in inspect((tmp_path / "mesh.yaml").read_bytes(), "mesh.yaml").diagnostics
        if diagnostic.severity is Severity.ERROR
    }

    told = capsys.readouterr()
    assert "Traceback" not in told.err
    assert "bug" not in told.err
    if left:
        # What cannot be accepted stops the build, before anything is written.
        assert left <= {*REFUSED, "MG210"}
        assert status == 1
        assert not (tmp_path / "out").exists()
    else:
        assert status == 0
        assert main(["build", "--check"]) == 0
        assert {path.name for path in (tmp_path / "out").iterdir()} - {"_gitops"} == {
            *(one["name"] for one in data["clusters"]),
            ".meshgen.json",
            "ROLLOUT.md",
        }


@pytest.mark.parametrize("code", [code for code in BY_MESH_ALONE if code not in {"MG901", "MG210", "MG424"}])
def test_each_code_that_can_be_accepted_is_hidden_in_its_own_example(code: str) -> None:
    data = yaml.safe_load((HERE / code / "fail.yaml").read_bytes())
    entries = [*data.get("ignore", []), accepting(code)]

    assert set(codes(data)) == {code}
    assert codes({**data, "ignore": entries}) == []


def test_an_expired_rule_can_be_accepted() -> None:
    data = yaml.safe_load((HERE / "MG424" / "fail.yaml").read_bytes())
    data["policy"]["rules"][0]["expires"] = "2027-03-31"
    day = date(2027, 4, 1)

    assert codes(data, day) == ["MG424"]
    assert codes(data) == []
    assert codes({**data, "ignore": [accepting("MG424", "policy.rules.to-base")]}, day) == []
    assert codes({**data, "ignore": [accepting("MG424", "policy.rules.other")]}, day) == ["MG424", "MG901"]


def test_a_workload_is_named_in_a_place() -> None:
    data = yaml.safe_load((HERE / "MG303" / "more" / "in-policies.yaml").read_bytes())
    entry = accepting("MG303", "workloads.tie-fighter")

    places = {one.path for one in found({**data, "ignore": [entry]})}
    assert "workloads[2].clusters" not in places
    assert "policy.rules[0].allow.from" in places


@pytest.mark.parametrize("code", [code for code in IGNORABLE if code not in BY_MESH_ALONE])
def test_each_code_about_files_that_can_be_accepted_is_hidden_in_its_own_example(
    code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    case = HERE / code / "fail"
    mesh_file = Path(shutil.copytree(case, tmp_path / "case")) / "mesh.yaml"
    entry = yaml.safe_dump({"ignore": [accepting(code)]})
    mesh_file.write_text(mesh_file.read_text("utf-8") + entry, "utf-8")
    (tmp_path / "place").mkdir()

    assert report(case, tmp_path, monkeypatch, capsys) == case.with_suffix(".txt").read_text("utf-8")
    assert report(mesh_file.parent, tmp_path / "place", monkeypatch, capsys) == "mesh.yaml: no findings\n"


def test_a_name_that_breaks_only_the_rule_of_cilium_can_be_accepted() -> None:
    data = mesh(cluster(1), cluster(2, name="Cluster2"))

    assert codes(data) == ["MG210"]
    assert codes({**data, "ignore": [accepting("MG210", "clusters.Cluster2")]}) == []


@pytest.mark.parametrize("code", REFUSED)
def test_each_code_that_cannot_be_accepted_is_refused(code: str) -> None:
    refused = found(mesh(ignore=[accepting(code)]))

    assert [diagnostic.code for diagnostic in refused] == ["MG104"]
    assert refused[0].message == f"{code} cannot be ignored"
    assert refused[0].path == "ignore[0].code"


# There is nothing to build of it, nobody who could open it, or a key in the open.
TLS_REFUSED = {"MG501", "MG502", "MG514", "MG515", "MG517", "MG519"}


def test_only_what_leaves_nothing_to_build_cannot_be_accepted() -> None:
    by_band = {code for code in REFUSED if code.startswith(("MG0", "MG1", "MG7"))}

    assert by_band == {rule.code for rule in RULES if rule.code.startswith(("MG0", "MG1", "MG7"))}
    assert set(REFUSED) - by_band == {"MG201", "MG302", "MG309", "MG429", "MG526", "MG601", *TLS_REFUSED}


def test_a_finding_that_cannot_be_accepted_stays_beside_its_entry() -> None:
    data = mesh(cluster(1), cluster(2, name="cluster1"), ignore=[accepting("MG201")])

    assert codes(data) == ["MG201", "MG104"]


def test_an_unknown_code_is_refused() -> None:
    refused = found(mesh(ignore=[accepting("MG999")]))

    assert [diagnostic.message for diagnostic in refused] == ["MG999 is not a known code"]


def overlapping(first: str = "cluster2", second: str = "cluster20", **overrides: Any) -> dict[str, Any]:
    """Two clusters that overlap with a third one each."""
    return mesh(
        cluster(1),
        cluster(2, name=first, podCIDRs=["10.1.0.0/24"]),
        cluster(20, name=second, podCIDRs=["10.1.1.0/24"]),
        **overrides,
    )


def paths(data: dict[str, Any]) -> list[str]:
    """Where MG203 is left, and that nothing else is."""
    diagnostics = found(data)
    assert {diagnostic.code for diagnostic in diagnostics} <= {"MG203"}, diagnostics
    return [diagnostic.path for diagnostic in diagnostics]


SECOND, THIRD = "clusters[1].podCIDRs[0]", "clusters[2].podCIDRs[0]"


@pytest.mark.parametrize(
    ("at", "left"),
    [
        pytest.param(None, [], id="without a place, everywhere"),
        pytest.param("clusters", [], id="the whole list"),
        pytest.param("clusters.cluster2", [THIRD], id="a cluster, and not one whose name begins so"),
        pytest.param("clusters.cluster20", [SECOND], id="the other cluster"),
        pytest.param("clusters.cluster2.podCIDRs", [THIRD], id="a key"),
        pytest.param("clusters.cluster2.podCIDRs[0]", [THIRD], id="an item"),
        pytest.param("clusters[1]", [THIRD], id="a cluster by its index, as JSON has it"),
        pytest.param("clusters[1].podCIDRs[0]", [THIRD], id="an item by indexes"),
    ],
)
def test_a_place_is_by_name_and_covers_what_is_below_it(at: str | None, left: list[str]) -> None:
    assert paths(overlapping(ignore=[accepting("MG203", at)])) == left


@pytest.mark.parametrize(
    "at",
    [
        pytest.param("clusters.cluster", id="the beginning of a name"),
        pytest.param("cluster", id="the beginning of a key"),
        pytest.param("clusters.cluster2.pod", id="the beginning of a key of a cluster"),
        pytest.param("clusters.cluster2.podCIDRs[1]", id="another item"),
        pytest.param("clusters.cluster2.podCIDRs[0].x", id="something below"),
        pytest.param("clusters.CLUSTER2", id="another spelling"),
        pytest.param("clusters.cluster2.", id="a dot too many"),
        pytest.param("cluster2", id="the name alone"),
        pytest.param("clusters.cluster1", id="the earlier of the two"),
    ],
)
def test_a_place_that_is_not_quite_it_covers_nothing(at: str) -> None:
    assert codes(overlapping(ignore=[accepting("MG203", at)])) == ["MG203", "MG203", "MG901"]


@pytest.mark.parametrize("name", ["1e3", "0x1f", "12", "1-2", "a.b", "a b", "ä"])
@pytest.mark.parametrize("form", ["clusters.{}", 'clusters["{}"]', "clusters.{}.podCIDRs"])
def test_a_name_that_is_no_plain_key_is_written_as_it_is_or_in_quotes(name: str, form: str) -> None:
    data = overlapping(first=name, ignore=[accepting("MG203", form.format(name))])
    # JSON puts every text in quotes, as a mesh.yaml must for these names.
    diagnostics = inspect(json.dumps(data).encode(), "mesh.yaml").diagnostics

    assert [diagnostic.path for diagnostic in diagnostics if diagnostic.code == "MG203"] == [THIRD]
    assert "MG901" not in {diagnostic.code for diagnostic in diagnostics}


@pytest.mark.parametrize(
    ("at", "left"),
    [
        pytest.param("services", [], id="all services"),
        pytest.param("services.default", ["services[1]"], id="a namespace"),
        pytest.param("services.default.rebel-base", ["services[1]"], id="a service"),
        pytest.param("services.other.rebel-base", ["services[0]"], id="one of the same name elsewhere"),
        pytest.param("services.default.rebel-base.ports", ["services[1]"], id="a key"),
    ],
)
def test_a_service_is_named_by_namespace_and_name(at: str, left: list[str]) -> None:
    ports = [80, 443]
    services = [service(ports=ports), service(namespace="other", ports=ports)]
    diagnostics = found(mesh(services=services, ignore=[accepting("MG306", at)]))

    assert [diagnostic.path.removesuffix(".ports") for diagnostic in diagnostics] == left


@pytest.mark.parametrize(
    "at",
    [
        pytest.param("cilium.encryption", id="where it is written"),
        pytest.param("cilium", id="around it"),
        pytest.param("clusters", id="what inherits it"),
        pytest.param(None, id="everywhere"),
    ],
)
def test_a_value_that_clusters_inherit_is_accepted_where_it_is_written_too(at: str | None) -> None:
    wireguard = {"version": "1.6.9", "encryption": "wireguard"}

    assert codes(mesh(cilium=wireguard)) == ["MG602"]
    assert codes(mesh(cilium=wireguard, ignore=[accepting("MG602", at)])) == []


def test_an_entry_of_another_code_hides_nothing() -> None:
    assert codes(overlapping(ignore=[accepting("MG205")])) == ["MG203", "MG203", "MG901"]


def test_an_entry_for_a_host_name_that_there_is_none_of_is_not_called_unused() -> None:
    data = mesh(cluster(1), cluster(2, name="../x"), ignore=[accepting("MG210")])

    assert codes(data) == ["MG210"]


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        pytest.param(date(2027, 1, 30), [], id="before"),
        pytest.param(date(2027, 1, 31), [], id="on its last day"),
        pytest.param(date(2027, 2, 1), ["MG901"], id="past it, the findings stay hidden"),
        pytest.param(None, [], id="no date is known"),
    ],
)
def test_a_date_is_the_last_day_of_an_entry(today: date | None, expected: list[str]) -> None:
    assert codes(overlapping(ignore=[accepting("MG203", until="2027-01-31")]), today) == expected


def test_an_unused_entry_is_found_without_a_date_too() -> None:
    unused = found(mesh(ignore=[accepting("MG203", "clusters.cluster2")]))

    assert [diagnostic.code for diagnostic in unused] == ["MG901"]
    assert unused[0].message == "no finding MG203 at clusters.cluster2 is left to ignore"
    assert unused[0].path == "ignore[0].code"


def test_entries_that_say_the_same_are_both_used() -> None:
    assert codes(overlapping(ignore=[accepting("MG203"), accepting("MG203", "clusters.cluster2")])) == []


def test_a_stale_entry_can_be_accepted_by_another_one() -> None:
    entries = [accepting("MG901", "ignore[1]"), accepting("MG203"), accepting("MG205")]
    stale = found(mesh(ignore=entries))

    assert [diagnostic.path for diagnostic in stale] == ["ignore[2].code"]


def test_an_entry_for_stale_entries_is_stale_without_one() -> None:
    assert [diagnostic.path for diagnostic in found(mesh(ignore=[accepting("MG901")]))] == ["ignore[0].code"]


def test_the_example_of_every_check_is_among_the_meshes_that_are_built() -> None:
    examples = {parameter.values[0].parent.name for parameter in CASES if parameter.values[0].stem == "fail"}

    # Those about certificates and raw policies are about files too, and are built from these elsewhere.
    about_files = {code for code in CODES if (HERE / code / "fail").is_dir()}
    assert {check.rule.code for check in ALL_CHECKS} - about_files <= examples
