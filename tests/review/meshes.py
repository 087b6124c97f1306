"""Pairs of meshes for tests of reviews, and the review of them."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from builders import cluster, mesh, text

from meshgen.inspection import Inspection, inspect
from meshgen.policy.compilation import Policies
from meshgen.reachability.scene import Scene
from meshgen.reporting.places import Places
from meshgen.review.gates import reasons
from meshgen.review.located import Located
from meshgen.review.report import Review, review


class Beside:
    """Files beside mesh.yaml, in memory."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self._files = files

    def read(self, path: str) -> bytes | None:
        return self._files.get(path)

    scan = read

    def names(self, path: str) -> list[str]:
        del path
        return []


def inspected(data: dict[str, Any], files: dict[str, bytes] | None = None) -> Inspection:
    return inspect(text(data), "mesh.yaml", today=date(2026, 1, 1), folder=Beside(files or {}))


def scene(inspection: Inspection) -> Scene:
    assert inspection.mesh is not None, inspection.diagnostics
    return Scene(inspection.mesh, Policies(inspection.mesh, inspection.raw))


def located(
    base: dict[str, Any],
    head: dict[str, Any],
    *,
    gates: Sequence[str] = (),
    files: tuple[dict[str, bytes], dict[str, bytes]] = ({}, {}),
) -> Located:
    before, after = inspected(base, files[0]), inspected(head, files[1])
    made = review(scene(before), scene(after), names=("base", "head"))
    assert before.source is not None
    assert after.source is not None
    places = Places(before.source, "base.yaml"), Places(after.source, "head.yaml")
    return Located(made, *places, tuple(gates), tuple(reasons(made, gates)))


def reviewed(base: dict[str, Any], head: dict[str, Any]) -> Review:
    return located(base, head).review


def shop(version: str = "1.18.3", rules: Sequence[dict[str, Any]] = (), **overrides: Any) -> dict[str, Any]:
    """Two clusters with closed pods in two namespaces, and rules between them."""
    policy = {
        "posture": [{"namespaces": ["shop", "data"], "close": ["ingress", "egress"]}],
        "rules": list(rules),
    }
    workloads = [
        {"name": "web", "namespace": "shop", "labels": {"app": "web"}},
        {"name": "db", "namespace": "data", "labels": {"app": "db"}, "ports": {"sql": 5432}},
    ]
    made: dict[str, Any] = {"cilium": {"version": version}, "workloads": workloads, "policy": policy}
    return mesh(cluster(1), cluster(2), **(made | overrides))


def allow(name: str, source: str, target: str, *ports: int | str, **more: Any) -> dict[str, Any]:
    intent: dict[str, Any] = {"from": source, "to": target}
    if ports:
        intent["ports"] = list(ports)
    return {"name": name, "allow": intent | more}


def written(folder: Path, name: str, data: dict[str, Any]) -> str:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text(data))
    return str(path)
