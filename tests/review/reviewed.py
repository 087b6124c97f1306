"""Reviews of changes, for tests of how they are told."""

from typing import Any

from builders import cluster, text

from meshgen.model.parse import parse
from meshgen.policy.compilation import Policies
from meshgen.reachability.scene import Scene
from meshgen.reporting.places import Places
from meshgen.review.gates import reasons
from meshgen.review.located import Located
from meshgen.review.report import review
from meshgen.source import load

NAME = "mesh.yaml"
NEW = "1.18.3"


def mesh(**overrides: Any) -> dict[str, Any]:
    """A shop over two clusters: `web` calls `api`, which calls `db`, and all of them are closed."""
    made = {
        "version": 1,
        "name": "shop",
        "cilium": {"version": NEW},
        "clusters": [cluster(1), cluster(2)],
        "workloads": [
            {"name": "web", "namespace": "shop", "labels": {"app": "web"}},
            {"name": "api", "namespace": "shop", "labels": {"app": "api"}, "ports": {"http": 8080}},
            {"name": "db", "namespace": "data", "labels": {"app": "db"}, "clusters": ["cluster2"]},
        ],
        "policy": {
            "posture": [{"namespaces": ["data", "shop"], "close": ["egress", "ingress"]}],
            "rules": [
                rule("web-api", "web@*", "api@same", [8080]),
                rule("api-db", "api@*", "db@cluster2", [5432]),
            ],
        },
        "expect": [{"from": "web@cluster1", "to": "db@cluster2:5432", "is": "deny"}],
    }
    return made | overrides


def rule(name: str, source: str, target: str, ports: list[int], **more: Any) -> dict[str, Any]:
    """A rule that allows."""
    return {"name": name, "allow": {"from": source, "to": target, "ports": ports, **more}}


def changed() -> dict[str, Any]:
    """The shop after a change that opens, cuts, widens and closes."""
    made = mesh()
    made["policy"] = {
        "posture": [{"namespaces": ["data", "shop"], "close": ["egress", "ingress"]}],
        "rules": [
            rule("web-api", "web@*", "api@same", [8080, 9090]),
            rule("web-db", "web@cluster1", "db@cluster2", [5432]),
            rule("out", "web@cluster1", "cidr:203.0.113.0/24", [443]),
        ],
    }
    return made


def scene(made: dict[str, Any]) -> tuple[Scene, Places]:
    """A mesh as the engine sees it, and where its parts stand."""
    source = load(text(made), NAME)
    parsed = parse(source)
    return Scene(parsed, Policies(parsed)), Places(source, NAME)


def located(base: dict[str, Any], head: dict[str, Any], *gates: str, **names: Any) -> Located:
    """The review of a change."""
    (before, base_places), (after, head_places) = scene(base), scene(head)
    called = names.get("names", ("main", "branch"))
    found = review(before, after, names=called, files=names.get("files", ()))
    return Located(found, base_places, head_places, gates, tuple(reasons(found, gates)))
