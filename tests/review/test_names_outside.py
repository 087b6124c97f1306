"""Names outside that patterns cover: questions, expectations and reviews."""

import re
from pathlib import Path
from typing import Any

import pytest
from commands import Run
from meshes import allow, located, reviewed, shop, written

from meshgen.engine.comparison import Kind

PATTERN = allow("out", "web@cluster1", "fqdn:*.stripe.com", 443)
NAME = allow("out", "web@cluster1", "fqdn:api.stripe.com", 443)
EVERY = allow("out", "web@cluster1", "fqdn:*", 443)


@pytest.mark.parametrize(
    ("rule", "target", "verdicts"),
    [
        pytest.param(PATTERN, "fqdn:API.stripe.com.", {"fqdn:api.stripe.com": "allowed"}, id="a name of it"),
        pytest.param(PATTERN, "fqdn:stripe.com", {"fqdn:stripe.com": "denied"}, id="no name of it"),
        pytest.param(PATTERN, "fqdn:a.b.stripe.com", {"fqdn:a.b.stripe.com": "denied"}, id="too deep"),
        pytest.param(EVERY, "fqdn:api.stripe.com", {"fqdn:api.stripe.com": "allowed"}, id="every name"),
        pytest.param(PATTERN, "fqdn:*.stripe.com", {"fqdn:*.stripe.com": "allowed"}, id="the pattern"),
        pytest.param(
            NAME,
            "fqdn:*.stripe.com",
            {"fqdn:api.stripe.com": "allowed", "other names of fqdn:*.stripe.com": "denied"},
            id="a pattern of which a name is allowed",
        ),
        pytest.param(
            PATTERN,
            "fqdn:**.stripe.com",
            {"fqdn:*.stripe.com": "allowed", "other names of fqdn:**.stripe.com": "denied"},
            id="names of any depth",
        ),
    ],
)
def test_a_trace_to_names(
    tmp_path: Path, meshgen: Run, rule: dict[str, Any], target: str, verdicts: dict[str, str]
) -> None:
    file = written(tmp_path, "mesh.yaml", shop(rules=[rule]))
    ran = meshgen("trace", "--mesh", file, "web@cluster1", f"{target}:443")

    heads = re.findall(r"^web@cluster1 -> (.*) at 443/TCP: (.*)$", ran.out, re.MULTILINE)
    assert dict(heads) == verdicts
    assert ran.status == int("denied" in verdicts.values())


def test_reach_names_a_pattern_where_all_of_it_is_meant(tmp_path: Path, meshgen: Run) -> None:
    file = written(tmp_path, "mesh.yaml", shop(rules=[PATTERN]))
    name, rest = "fqdn:api.stripe.com", "fqdn:*.stripe.com"

    assert f"web@cluster1 -> {name}: 443/TCP\n" in meshgen("reach", file, "--to", name).out
    assert f"web@cluster1 -> {rest}: 443/TCP\n" in meshgen("reach", file, "--to", name, "--to", rest).out


def test_expectations_of_names(tmp_path: Path, meshgen: Run) -> None:
    expect = [
        {"from": "web@cluster1", "to": "fqdn:api.stripe.com:443", "is": "allow"},
        {"from": "web@cluster1", "to": "fqdn:api.stripe.com:80", "is": "deny"},
        {"from": "web@cluster1", "to": "fqdn:*.stripe.com:443", "is": "allow"},
        {"from": "web@cluster1", "to": "fqdn:stripe.com:443", "is": "deny"},
    ]
    wrong = {"from": "web@cluster1", "to": "fqdn:api.stripe.com:443", "is": "deny"}
    holds = written(tmp_path, "holds.yaml", shop(rules=[PATTERN]) | {"expect": expect})
    fails = written(tmp_path, "fails.yaml", shop(rules=[PATTERN]) | {"expect": [wrong]})

    assert meshgen("test", holds).out.endswith("4 expectations, 0 failed\n")
    assert meshgen("test", fails).status == 1
    assert "MG426" not in meshgen("check", holds).out
    assert "MG426" in meshgen("check", fails).out


def test_a_pattern_narrowed_to_a_name_is_less_access() -> None:
    [row] = reviewed(shop(rules=[PATTERN]), shop(rules=[NAME])).rows

    assert (row.kind, row.target_names) == (Kind.CUT, ("other names of fqdn:*.stripe.com",))
    assert not located(shop(rules=[PATTERN]), shop(rules=[NAME]), gates=["opened", "world"]).failed


def test_a_pattern_is_one_name_in_a_review() -> None:
    both = shop(rules=[PATTERN, NAME | {"name": "one"}])
    [row] = reviewed(both, shop()).rows

    assert "fqdn:*.stripe.com" in row.target_names


@pytest.mark.parametrize(
    ("declared", "status"),
    [("fqdn:*", 0), ("fqdn:*.stripe.com", 0), ("fqdn:api.*.com", 1), ("fqdn:api.stripe.com", 1)],
)
def test_a_declared_change_of_a_pattern_holds_for_what_lies_in_it(
    tmp_path: Path, meshgen: Run, declared: str, status: int
) -> None:
    base = written(tmp_path, "base.yaml", shop())
    head = written(tmp_path, "head.yaml", shop(rules=[PATTERN]))
    file = tmp_path / "expected.yaml"
    file.write_text(
        "allow:\n"
        f"  - {{from: web@cluster1, to: '{declared}', reason: TICKET-1}}\n"
        "  - {from: web@cluster1, to: any@cluster1, reason: DNS}\n"
    )

    assert meshgen("diff", base, head, "--allow", str(file)).status == status
