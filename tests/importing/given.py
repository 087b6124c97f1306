"""Values files for tests: two clusters of Cilium 1.19 that dial each other, sound by default."""

import json
import os
from pathlib import Path
from typing import Any

import yaml


def values(number: int, **more: Any) -> dict[str, Any]:
    """Values of cluster `number` of two; a None takes a key out."""
    other = 3 - number
    made: dict[str, Any] = {
        "cluster": {"name": f"cluster{number}", "id": number},
        "ipam": {"operator": {"clusterPoolIPv4PodCIDRList": [f"10.{number}.0.0/16"]}},
        "clustermesh": {
            "useAPIServer": True,
            "config": {
                "enabled": True,
                "clusters": {
                    f"cluster{other}": {"enabled": True, "ips": [f"172.16.{other}.10"], "port": 2379}
                },
            },
            "apiserver": {
                "service": {"type": "LoadBalancer", "loadBalancerIP": f"172.16.{number}.10"},
                "tls": {"authMode": "migration", "auto": {"enabled": True, "method": "cronJob"}},
            },
        },
    }
    return {key: value for key, value in (made | more).items() if value is not None}


def write(name: str, data: Any) -> str:
    """A file of the data, by its extension; gives its name."""
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(data) if name.endswith(".json") else yaml.safe_dump(data, sort_keys=False))
    return name


def read(name: str = "mesh.yaml") -> Any:
    """The data of a file."""
    return yaml.safe_load(Path(name).read_text())


def files(root: str) -> dict[str, tuple[bytes, bool]]:
    """Every file of a tree, and whether it may be executed."""
    return {
        path.relative_to(root).as_posix(): (path.read_bytes(), os.access(path, os.X_OK))
        for path in Path(root).rglob("*")
        if path.is_file()
    }
