"""
Compares the Kubernetes objects of two outputs as data; `python bench/objects.py ONE OTHER [whole]`.

An output is a folder. What stands in it for a cluster is a folder or a YAML file by its name; a JSON
file maps clusters to lists of objects. With `whole`, patches do not count.
"""

import json
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml

_WHOLE = frozenset({"Service"})
_PATCHES = frozenset({"ConfigMap", "DaemonSet", "Deployment"})

Objects = dict[tuple[str, str, str, str], Any]
"""By cluster, kind, namespace and name."""


def main(one: str, other: str, *, whole: bool) -> int:
    """0 when both outputs hold the same objects; else 1, with a line about the first difference."""
    kinds = _WHOLE if whole else _WHOLE | _PATCHES
    left, right = (_objects(Path(output), kinds) for output in (one, other))
    differing = sorted(key for key in left.keys() | right.keys() if left.get(key) != right.get(key))
    if left and not differing:
        return 0
    print(f"{' '.join(differing[0])} differs" if left else f"{one} holds no objects", file=sys.stderr)
    return 1


def _objects(output: Path, kinds: frozenset[str]) -> Objects:
    return {
        (cluster, found["kind"], found["metadata"].get("namespace", ""), found["metadata"]["name"]): found
        for cluster, found in _documents(output)
        if found.get("kind") in kinds
    }


def _documents(output: Path) -> Iterator[tuple[str, Any]]:
    for path in sorted(output.rglob("*.yaml")):
        cluster = path.relative_to(output).parts[0].removesuffix(".yaml")
        yield from ((cluster, found) for found in _parsed(path.read_text(encoding="utf-8")))
    for path in sorted(output.glob("[!.]*.json")):
        for cluster, listed in json.loads(path.read_bytes()).items():
            yield from ((cluster, found) for found in listed)


@cache
def _parsed(text: str) -> tuple[Any, ...]:
    return tuple(found for found in yaml.load_all(text, Loader=yaml.CSafeLoader) if found)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3], whole="whole" in sys.argv[3:]))
