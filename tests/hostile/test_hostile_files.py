# ruff: noqa: E501 - a case is one line where it can be
"""Files written to break a reader: each is answered with findings, soon, in little memory."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from builders import ROOT, cluster, mesh, service
from strategies import flow

HEAD = "version: 1\nname: a\ncilium: {version: 1.6.9}\n"
CLUSTERS = """\
clusters:
- {name: one, id: 1, provider: gcp, podCIDRs: [10.1.0.0/16], nodeCIDRs: [192.168.1.0/24], serviceIPs: [172.16.0.1]}
- {name: two, id: 2, provider: gcp, podCIDRs: [10.2.0.0/16], nodeCIDRs: [192.168.2.0/24], serviceIPs: [172.16.0.2]}
"""
MEGABYTES = 500
# Half of it, on a machine of today; what is bounded by nothing takes minutes.
SECONDS = 4


class Answer(NamedTuple):
    """What a process said and used."""

    status: int
    stdout: str
    stderr: str
    seconds: float
    megabytes: float


# NOTE: a process begins with the memory of the one that starts it, which is large here; hence one between.
_LAUNCH = """
import resource, subprocess, sys
with open("stdout", "wb") as stdout, open("stderr", "wb") as stderr:
    done = subprocess.run(sys.argv[1:], stdout=stdout, stderr=stderr)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(done.returncode, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)
"""


def check(folder: Path) -> Answer:
    """Run `meshgen check` in a process of its own."""
    command = [sys.executable, "-m", "meshgen", "check"]
    launched = subprocess.run(
        [sys.executable, "-c", _LAUNCH, *command],
        cwd=folder,
        env={"PATH": os.defpath, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    status, seconds, megabytes = launched.stdout.split()
    return Answer(
        status=int(status),
        stdout=(folder / "stdout").read_text("utf-8"),
        stderr=(folder / "stderr").read_text("utf-8"),
        seconds=float(seconds),
        megabytes=float(megabytes),
    )


def overlapping(count: int) -> bytes:
    """So many clusters that share all their addresses."""
    clusters = [
        {
            "name": f"c{number}", "id": number, "provider": "gcp", "podCIDRs": ["10.0.0.0/8", "fd00::/8"],
            "serviceCIDRs": ["10.0.0.0/12"], "nodeCIDRs": ["10.1.0.0/16"], "serviceIPs": ["10.1.0.1"],
            "nodeIPs": ["10.1.0.1", "10.1.0.2"],
        }
        for number in range(count)
    ]  # fmt: skip
    return flow(mesh(*clusters))


def nested(levels: int, opening: str, closing: str) -> str:
    return HEAD + CLUSTERS + "policy: " + opening * levels + closing * levels + "\n"


def defaults_for_all(count: int) -> bytes:
    aliases = [{"ip": "10.250.0.1", "hostnames": [f"h{n}" for n in range(90)]}] * 100
    data = mesh(*[{**cluster(1), "name": f"c{n}", "id": n} for n in range(count)])
    data["cilium"]["extraHostAliases"] = aliases
    return flow(data)


def unknown_clusters(count: int) -> bytes:
    names = [f"cluster-{n:04}" for n in range(1000)]
    clusters = [{**cluster(1), "name": name, "id": n} for n, name in enumerate(names)]
    services = [service(f"s{n}", clusters=[f"clutser-{n:04}x", names[0], names[1]]) for n in range(count)]
    return flow(mesh(*clusters, services=services))


HOSTILE: dict[str, Callable[[], str | bytes]] = {
    "an alias bomb of lists": lambda: HEAD + CLUSTERS + "policy:\n  a0: &a0 [x]\n"
    + "".join(f"  a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 30)),
    "an alias bomb of merges": lambda: HEAD + CLUSTERS + "policy:\n  a0: &a0 {k0: x}\n"
    + "".join(f"  a{n}: &a{n} {{<<: [{', '.join([f'*a{n - 1}'] * 10)}], k{n}: x}}\n" for n in range(1, 30)),
    "a merge of 100,000 mappings": lambda: HEAD + CLUSTERS + "policy: {<<: ["
    + ", ".join(f"{{k{n}: 1}}" for n in range(100_000)) + "]}\n",
    "a million aliases of a word": lambda: HEAD + CLUSTERS.replace("provider: gcp", "helmValues: {a: &a no, b: [" + "*a, " * 999_900 + "]}", 1),
    "10,000 lists in lists": lambda: nested(10_000, "[", "]"),
    "10,000 mappings in mappings": lambda: nested(10_000, "{a: ", "}"),
    "10,000 levels of indentation": lambda: HEAD + "".join(" " * n + f"k{n}:\n" for n in range(5_000)),
    "a quoted text of 10 MB on many lines": lambda: HEAD.replace("name: a", 'name: "' + "a b\n  " * 1_666_666 + '"') + CLUSTERS,
    "a number of 10 MB": lambda: HEAD + CLUSTERS.replace("id: 2", "id: " + "9" * 10_000_000),
    "a key of 10 MB": lambda: HEAD + CLUSTERS + "? " + "k" * 10_000_000 + "\n: 1\n",
    "a key of 10 MB over 2,000 words": lambda: HEAD + CLUSTERS.replace("provider: gcp", "provider: gcp, helmValues: {? " + "k" * 10_000_000 + " : [" + "no, " * 2_000 + "]}", 1),
    "an annotation of 10 MB for every cluster": lambda: HEAD + CLUSTERS + "services: [{name: a, ports: [80], selector: {a: b}, annotations: {a: " + "x" * 10_000_000 + "}}]\n",
    "a tag of 10 MB": lambda: HEAD + "policy: !" + "x" * 10_000_000 + " {}\n",
    "an anchor of 10 MB": lambda: HEAD + "policy: *" + "x" * 10_000_000 + "\n",
    "16 MB of words": lambda: HEAD + CLUSTERS + "policy: [" + "ab, " * 4_100_000 + "]\n",
    "16 MB of line ends": lambda: HEAD + CLUSTERS.replace("gcp", "gpc") + "\n" * 16_000_000,
    "16 MB of wide characters": lambda: HEAD + CLUSTERS.replace("gcp", "gpc") + "# " + "😀" * 4_000_000,
    "100,000 equal keys": lambda: HEAD + CLUSTERS + "policy: {}\n" * 100_000,
    "100,000 unknown keys": lambda: HEAD + CLUSTERS + "".join(f"k{n}: 1\n" for n in range(100_000)),
    "900,000 bad CIDRs": lambda: HEAD + CLUSTERS.replace("10.1.0.0/16", "x, " * 900_000),
    "900,000 bad node addresses": lambda: HEAD + CLUSTERS.replace("id: 1,", "id: 1, nodeIPs: [" + "x, " * 900_000 + "],"),
    "500,000 equal node addresses": lambda: HEAD + CLUSTERS.replace("id: 1,", "id: 1, nodeIPs: [" + "192.168.1.7, " * 500_000 + "],"),
    "9,000 bad settings for 1,000 clusters": lambda: HEAD.replace("1.6.9", "1.6.9, extraHostAliases: [" + "{}, " * 9_000 + "]")
    + "clusters:\n" + "".join(f"- {{name: c{n}, id: {n}, provider: gcp, podCIDRs: [10.0.0.0/8]}}\n" for n in range(1_000)),
    "long defaults for 100 clusters": lambda: defaults_for_all(100),
    "2,000 clusters that all overlap": lambda: overlapping(2_000),
    "1,000 clusters that all overlap": lambda: overlapping(1_000),
    "2,000 unknown clusters among 1,000": lambda: unknown_clusters(2_000),
    "a service of 3,000 ports in 200 clusters": lambda: flow(
        mesh(*[cluster(n) for n in range(1, 201)], services=[service(ports=[{"port": 80, "name": f"p{n}"} for n in range(3_000)])])
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_answered_soon_in_little_memory(name: str, tmp_path: Path) -> None:
    content = HOSTILE[name]()
    (tmp_path / "mesh.yaml").write_bytes(content if isinstance(content, bytes) else content.encode())
    answer = check(tmp_path)

    assert answer.status == 1
    assert answer.stderr == ""
    assert answer.stdout.startswith("error[MG")
    assert len(answer.stdout) < 10_000_000
    assert answer.megabytes < MEGABYTES
    assert answer.seconds < SECONDS
