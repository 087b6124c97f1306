"""The engine says what Cilium's own engine said, of every flow that was recorded from it."""

import gzip
import json
from pathlib import Path

import pytest
import recorded

CASES = Path(__file__).parent / "cases"


@pytest.mark.parametrize(
    ("file", "halves"), [("policy-directed.json", 1050), ("policy-random.jsonl.gz", 27481)]
)
def test_no_recorded_verdict_is_missed(file: str, halves: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert recorded.main([str(CASES / file)]) == 0
    assert capsys.readouterr().out == f"{halves} flow halves, 0 mismatches\n"


def test_a_verdict_that_is_another_is_a_mismatch(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The runner can fail: of one verdict turned around it says where and what."""
    with gzip.open(CASES / "policy-random.jsonl.gz", "rt", encoding="utf-8") as lines:
        mesh = json.loads(next(lines))
    flow = next(flow for flow in mesh["flows"] if flow[4] == "deny")
    flow[4] = "allow"
    file = tmp_path / "turned.jsonl.gz"
    with gzip.open(file, "wt", encoding="utf-8") as out:
        out.write(json.dumps(mesh) + "\n")

    assert recorded.main([str(file)]) == 1
    out = capsys.readouterr().out
    assert f"egress of {flow[0]} to {flow[1]} at {flow[2]}/{flow[3]}: recorded allow, found denied" in out
    assert out.endswith(", 1 mismatches\n")


def test_an_object_that_is_not_refused_is_a_mismatch(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cases = json.loads((CASES / "policy-directed.json").read_text(encoding="utf-8"))
    case = next(case for case in cases["cases"] if case["id"] == 3)
    case["rejected"] = {"1.19.4": {"west": ["0 b: for some reason"]}}
    file = tmp_path / "refused.json"
    file.write_text(json.dumps({**cases, "cases": [case]}), encoding="utf-8")

    assert recorded.main([str(file)]) == 1
    assert "objects refused in west: recorded [0], found []" in capsys.readouterr().out
