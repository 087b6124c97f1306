"""
The whole objects of a mesh by `kubectl kustomize`, two clusters at a time.

`with_kustomize.py OVERLAYS OUTPUT KUBECTL`, with an overlay for each cluster.
"""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

overlays, out, kubectl = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
out.mkdir()


def build(cluster: str) -> None:
    """Build one overlay into a file."""
    command = [kubectl, "kustomize", overlays / cluster, "-o", out / f"{cluster}.yaml"]
    subprocess.run(command, check=True)


with ThreadPoolExecutor(2) as pool:
    list(pool.map(build, sorted(path.name for path in overlays.iterdir() if path.name != "base")))
