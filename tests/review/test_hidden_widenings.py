"""Widenings that hide in harmless-looking changes: `examples/review/`."""

import json
import re

import pytest
from builders import ROOT
from commands import Run
from jsonschema import Draft202012Validator

EXAMPLES = ROOT / "examples" / "review"
CASES = {
    "label-edit": ("web@east", "db@west", "shop/shop-calls-out", "data/db-clients"),
    "removed-cluster-label": ("reports@west", "db@west", "shop/shop-calls-out", "data/db-clients"),
    "empty-peer": ("namespace:data@*", "db@west", "no policy selects this pod", "data/db-clients"),
    "version-bump": ("batch@east", "db@west", "shop/shop-calls-out", "data/db-from-shop"),
}


def sides(case: str) -> tuple[str, str]:
    return tuple(str((EXAMPLES / case / side / "mesh.yaml").relative_to(ROOT)) for side in ("base", "head"))  # type: ignore[return-value]


@pytest.fixture(autouse=True)
def at_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


@pytest.mark.parametrize("case", CASES)
def test_the_widening_is_the_first_row_with_both_deciding_objects_and_their_lines(
    case: str, meshgen: Run
) -> None:
    source, target, leaving, entering = CASES[case]
    base, head = sides(case)

    ran = meshgen("diff", base, head, "--format", "markdown", "--fail-on", "opened")

    assert ran.status == 1
    first = next(line for line in ran.out.splitlines() if line.startswith("| + |"))
    rows = [line for line in ran.out.splitlines() if re.match(r"\| [-+~?]+ \|", line)]
    assert rows[0] == first
    assert f"`{source}`" in first
    assert f"`{target}`" in first
    assert leaving in first
    assert f"`{entering}`" in first
    assert re.search(rf"{entering}` in `west`, `examples/review/{case}/head/policies/data.yaml:\d+`", first)


@pytest.mark.parametrize("case", CASES)
def test_without_a_gate_differences_are_status_1_and_the_same_mesh_is_0(case: str, meshgen: Run) -> None:
    base, head = sides(case)

    assert meshgen("diff", base, head).status == 1
    same = meshgen("diff", head, head)
    assert same.status == 0
    assert same.out.endswith(": no change\n")


@pytest.mark.parametrize("case", CASES)
def test_json_is_valid_and_names_the_same_row(case: str, meshgen: Run) -> None:
    base, head = sides(case)
    schema = json.loads((ROOT / "schemas" / "review.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)

    made = json.loads(meshgen("diff", base, head, "--format", "json").out)

    Draft202012Validator(schema).validate(made)
    assert made["changes"][0]["kind"] == "opened"
    assert CASES[case][0] in made["changes"][0]["from"]["told"]
    assert made["result"] == "new access"


@pytest.mark.parametrize("case", CASES)
def test_two_runs_give_the_same_bytes(case: str, meshgen: Run) -> None:
    base, head = sides(case)

    for name in ("text", "markdown", "json", "sarif"):
        first, second = (meshgen("diff", base, head, "--format", name).out for _ in range(2))
        assert first == second


def test_a_gate_that_nothing_fails_is_status_0(meshgen: Run) -> None:
    base, head = sides("label-edit")

    assert meshgen("diff", base, head, "--fail-on", "cut,world,identity,removal,posture,unknown").status == 0
    assert meshgen("diff", base, head, "--fail-on", "cross-cluster").status == 1


def test_an_upgrade_shows_the_denies_that_shrink_and_the_pods_that_lose_dns(meshgen: Run) -> None:
    base, head = sides("version-bump")

    out = meshgen("diff", base, head).out

    assert "+ opened critical cross-cluster: batch@east -> db@west: none => 5432/TCP" in out
    assert "before ingress: denied by a rule: data/no-batch in west" in out
    assert "- cut cross-cluster: namespace:shop@east -> DNS@west" in out
