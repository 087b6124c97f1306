"""
Judges flows whose verdicts were recorded from Cilium's own policy engine.

    python tests/policy/recorded.py FILE

FILE is `*.json` with directed cases or `*.jsonl.gz` with random meshes. Every mismatch is printed, and
then `N flow halves, M mismatches`; the exit status is 1 if there is any.
"""

import gzip
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from meshgen.engine.analysis import Analysis, Verdict
from meshgen.engine.applied import Applied, Setting
from meshgen.engine.cilium_policies import span
from meshgen.engine.entries import Direction
from meshgen.engine.labels import Endpoint, Universe
from meshgen.engine.ports import point
from meshgen.engine.semantics import Enforcement, semantics

_ANY_CLUSTER = "/any-cluster"
_DEV = {"1.20-dev 2026-05": "1.20.0"}


class Mismatch(NamedTuple):
    """A half of a flow, or an object, of which meshgen says something else."""

    case: str
    what: str
    recorded: str
    found: str

    def __str__(self) -> str:
        return f"{self.case}: {self.what}: recorded {self.recorded}, found {self.found}"


def main(arguments: list[str]) -> int:
    """Judge one file."""
    halves, mismatches = judge(Path(arguments[0]))
    for mismatch in mismatches:
        print(mismatch)
    print(f"{halves} flow halves, {len(mismatches)} mismatches")
    return 1 if mismatches else 0


def judge(path: Path) -> tuple[int, list[Mismatch]]:
    """The number of halves in a file, and what does not agree."""
    halves, found = 0, []
    for count, mismatches in _random(path) if path.name.endswith(".gz") else _directed(path):
        halves += count
        found += mismatches
    return halves, found


def _directed(path: Path) -> Iterator[tuple[int, list[Mismatch]]]:
    recorded = json.loads(path.read_text(encoding="utf-8"))
    for case in recorded["cases"]:
        versions = list(dict.fromkeys(key for flow in case["flows"] for key in flow["verdict"]))
        for version in versions:
            yield _directed_case(case, version, recorded["endpoints"] | (case.get("endpoints") or {}))


def _directed_case(
    case: dict[str, Any], version: str, endpoints: dict[str, Any]
) -> tuple[int, list[Mismatch]]:
    release, marker, _ = version.partition(_ANY_CLUSTER)
    whole = bool(marker)
    release = _DEV.get(release, release)
    scopes = case.get("policyDefaultLocalCluster") or {}
    clusters = sorted({each["cluster"] for each in endpoints.values()} - {""})
    local = {name: scopes.get(name, False if whole else None) for name in clusters}
    flows = [
        (flow["from"], flow["to"], flow["port"], flow["proto"], sides["egress"], sides["ingress"])
        for flow in case["flows"]
        if (sides := flow["verdict"].get(version))
    ]
    analysis = _analysis(release, local, endpoints, case.get("policies") or {}, case.get("mode"))
    name = f"case {case['id']} ({case['title']}) on {version}"
    refused = {
        cluster: {int(text.split()[0]) for text in texts or ()}
        for cluster, texts in ((case.get("rejected") or {}).get(version) or {}).items()
    }
    return _compared(name, analysis, flows, refused)


def _random(path: Path) -> Iterator[tuple[int, list[Mismatch]]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            mesh = json.loads(line)
            analysis = _analysis(
                mesh["cilium"], mesh["localScope"], mesh["endpoints"], mesh["policies"], mesh.get("mode")
            )
            refused = {
                cluster: set(indexes or ()) for cluster, indexes in (mesh.get("rejected") or {}).items()
            }
            yield _compared(f"mesh {number}", analysis, mesh["flows"], refused)


def _analysis(
    release: str,
    local: dict[str, bool | None],
    endpoints: dict[str, Any],
    policies: dict[str, list[Any]],
    mode: str | None,
) -> Analysis:
    universe = Universe(_endpoint(name, each) for name, each in endpoints.items())
    return Analysis(
        universe,
        [
            Applied(
                Setting(
                    cluster,
                    semantics(release, local_cluster=scope),
                    policies.get(cluster) or [],
                    Enforcement(mode or "default"),
                )
            )
            for cluster, scope in local.items()
        ],
    )


def _endpoint(name: str, recorded: dict[str, Any]) -> Endpoint:
    cidrs = [label.removeprefix("cidr:") for label in recorded["labels"] if label.startswith("cidr:")]
    return Endpoint(
        name,
        recorded["cluster"],
        recorded["labels"],
        recorded.get("ports") or {},
        span(cidrs[0]) if cidrs else None,
    )


def _compared(
    case: str, analysis: Analysis, flows: list[Any], refused: dict[str, set[int]]
) -> tuple[int, list[Mismatch]]:
    halves, found = 0, []
    numbers = {endpoint.name: index for index, endpoint in enumerate(analysis.universe.endpoints)}
    for name, cluster in analysis.clusters.items():
        ours = {index for index, reading in enumerate(cluster.applied.readings) if reading.refusals}
        theirs = refused.get(name, set())
        if ours != theirs:
            found.append(Mismatch(case, f"objects refused in {name}", str(sorted(theirs)), str(sorted(ours))))
    for source, target, port, protocol, *sides in flows:
        for direction, recorded in zip((Direction.EGRESS, Direction.INGRESS), sides, strict=True):
            if recorded == "n/a":
                continue
            halves += 1
            subject, peer = (source, target) if direction is Direction.EGRESS else (target, source)
            judged = analysis.judge(numbers[subject], numbers[peer], _point(port, protocol), direction)
            verdict = judged.verdict if judged else None
            if verdict is not _expected(recorded):
                what = f"{direction} of {source} to {target} at {port}/{protocol}"
                found.append(Mismatch(case, what, recorded, str(verdict)))
    return halves, found


def _point(port: int, protocol: str) -> int:
    """The place of a port; of ICMPv6 the types stand behind those of ICMP."""
    return point(port + 256, "ICMP") if protocol.upper() == "ICMPV6" else point(port, protocol)


def _expected(recorded: str) -> Verdict:
    if recorded == "error":
        return Verdict.UNKNOWN
    return Verdict.ALLOWED if recorded.startswith("allow") else Verdict.DENIED


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
