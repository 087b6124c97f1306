"""
Other means to the same objects: a program for each, and proof that its objects are the same.

What they are spared: the digests of the restart triggers are handed to them, they write no runbooks
and no index, check nothing, and Jsonnet writes one file where the others write one for each object.
"""

import json
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import yaml
from measure import Command, FailedError, run
from meshes import LARGEST_OF_ERA
from workplace import Workplace

_PROGRAMS = Path(__file__).with_name("peer_programs")
_COMPARE = str(Path(__file__).with_name("objects.py"))

COMPARED = (64, LARGEST_OF_ERA)


@dataclass(frozen=True, kw_only=True)
class Input:
    """
    A mesh for peers, all of it made before any clock starts.

    It stands there as YAML, as JSON and as overlays, beside the `tree` that meshgen made of it; `out`
    is where peers write.
    """

    clusters: int
    tree: Path
    yaml: Path
    json: Path
    overlays: Path
    out: Path


@dataclass(frozen=True, kw_only=True)
class Peer:
    """
    A way to the same objects.

    `missing` says why it cannot be run here, or is empty; `arguments` are its program, its input, and
    what else it is told after the output folder.
    `rounds` are by size of mesh; `whole_only` where patches are beyond it.
    """

    name: str
    missing: Callable[[], str]
    arguments: Callable[[Input], tuple[str, ...]]
    rounds: dict[int, int]
    whole_only: bool = False


@dataclass(frozen=True, kw_only=True)
class Contest:
    """Peers of which meshgen is to beat one; `least` is how many times faster, 0 for just faster."""

    peers: tuple[Peer, ...]
    least: int


def prepare(work: Workplace, clusters: int, tree: Path) -> Input:
    """The input for a mesh of so many clusters, of which meshgen has made a tree."""
    mesh = Path(work.mesh(clusters))
    data = yaml.load(mesh.read_bytes(), Loader=yaml.CSafeLoader)
    data["source"] = mesh.name
    for cluster in data["clusters"]:
        patches = tree / cluster["name"] / "patches"
        cluster["restartAgents"] = _restart(patches / "cilium.daemonset.yaml")
        cluster["restartOperator"] = _restart(patches / "cilium-operator.deployment.yaml")
    made = Input(
        clusters=clusters,
        tree=tree,
        yaml=work.place("peers.yaml"),
        json=work.place("peers.json"),
        overlays=work.place("overlays"),
        out=work.place("peer"),
    )
    made.yaml.write_text(yaml.dump(data, Dumper=yaml.CSafeDumper, sort_keys=False), encoding="utf-8")
    made.json.write_text(json.dumps(data), encoding="utf-8")
    _write_overlays(made.overlays, tree, data)
    return made


def _restart(path: Path) -> str:
    found = yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader)
    digest: str = found["spec"]["template"]["metadata"]["annotations"]["meshgen.io/restart"]
    return digest


def _write_overlays(overlays: Path, tree: Path, data: dict[str, Any]) -> None:
    """A base with the services that all clusters share, and an overlay with each cluster's own."""
    shutil.rmtree(overlays, ignore_errors=True)
    names = [cluster["name"] for cluster in data["clusters"]]
    base = shutil.copytree(tree / names[0] / "global-services", overlays / "base")
    _write_kustomization(base, sorted(path.name for path in base.iterdir()))
    for name in names:
        overlay = overlays / name
        overlay.mkdir()
        shutil.copy(tree / name / "cilium-etcd-external.service.yaml", overlay)
        _write_kustomization(overlay, ["../base", "cilium-etcd-external.service.yaml"])


def _write_kustomization(folder: Path, resources: list[str]) -> None:
    content = {
        "apiVersion": "kustomize.config.k8s.io/v1beta1",
        "kind": "Kustomization",
        "resources": resources,
    }
    (folder / "kustomization.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")


def command(peer: Peer, given: Input) -> Command:
    """How a peer is run."""
    program, source, *more = peer.arguments(given)
    return Command(
        (sys.executable, str(_PROGRAMS / program), source, str(given.out), *more),
        fresh=(given.out,),
    )


def prove(peer: Peer, given: Input, theirs: Command) -> None:
    """
    Run a peer once, and show that its objects are meshgen's own.

    Raises:
        FailedError: where it makes others, or fails.

    """
    run(theirs)
    whole = ("whole",) if peer.whole_only else ()
    try:
        run(Command((sys.executable, _COMPARE, str(given.tree), str(given.out), *whole)))
    except FailedError as different:
        message = f"its objects are not the same: {different}"
        raise FailedError(message) from None


def _module(name: str, package: str) -> Callable[[], str]:
    return lambda: "" if find_spec(name) else f"{package} is not installed"


def kubectl() -> str | None:
    """The kubectl beside the interpreter, or else the machine's."""
    beside = Path(sys.executable).with_name("kubectl")
    return str(beside) if beside.exists() else shutil.which("kubectl")


_JINJA2 = Peer(
    name="Jinja2 + PyYAML",
    missing=_module("jinja2", "jinja2"),
    arguments=lambda given: ("with_jinja2.py", str(given.yaml)),
    rounds={64: 9, 255: 5},
)
_GOJSONNET = Peer(
    name="gojsonnet",
    missing=_module("_gojsonnet", "gojsonnet"),
    arguments=lambda given: ("with_gojsonnet.py", str(given.json)),
    rounds={64: 5, 255: 2},
)
_HELM = Peer(
    name="Helm engine",
    missing=_module("helm_python", "helm-python-sdk"),
    arguments=lambda given: ("with_helm.py", str(given.json)),
    rounds={64: 5, 255: 3},
)
_KUSTOMIZE = Peer(
    name="kubectl kustomize",
    missing=lambda: "" if kubectl() else "there is no kubectl",
    arguments=lambda given: ("with_kustomize.py", str(given.overlays), str(kubectl())),
    rounds={64: 5, 255: 3},
    whole_only=True,
)

CONTESTS = (
    Contest(peers=(_JINJA2,), least=0),
    Contest(peers=(_GOJSONNET,), least=10),
    Contest(peers=(_HELM, _KUSTOMIZE), least=10),
)
