"""
How much work the engine has with policies of different shapes and sizes, in lines of Python that run.

A program of its own, as `tests/checks/growth.py` is.
It prints JSON: for each shape the work with some rules, and with twice as many.
"""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).parent.parent))

from tracing import lines_of

from meshgen.engine.analysis import Analysis
from meshgen.engine.applied import Applied, Setting
from meshgen.engine.comparison import differences
from meshgen.engine.comparison import gathered as gathered_differences
from meshgen.engine.entries import Direction
from meshgen.engine.labels import pod
from meshgen.engine.relations import gathered, relations
from meshgen.engine.semantics import semantics
from meshgen.engine.universe import universe

FEW = 150

Rule = dict[str, Any]


def at(first: int, last: int | None = None, path: str = "") -> Rule:
    """Ports of a rule, and the requests that it lets through."""
    ports = {"port": str(first), "protocol": "TCP", **({"endPort": last} if last else {})}
    rules = {"rules": {"http": [{"path": path}]}} if path else {}
    return {"toPorts": [{"ports": [ports], **rules}]}


def block(number: int) -> str:
    return f"172.{16 + number // 250}.{number % 250}.0/24"


def app(number: int) -> list[Rule]:
    return [{"matchLabels": {"app": f"a{number}"}}]


SHAPES: dict[str, Callable[[int, int], Rule]] = {
    "a block of addresses": lambda i, _: {"toCIDR": [block(i)]},
    "a block of addresses and a port": lambda i, _: {"toCIDR": [block(i)], **at(1_000 + 2 * i)},
    "a block of addresses and ports of others, too": lambda i, n: {
        "toCIDR": [block(i)], **at(1_000 + i, 1_000 + i + n),
    },
    "pods and a port": lambda i, _: {"toEndpoints": app(i), **at(1_000 + 2 * i)},
    "pods and requests": lambda i, _: {"toEndpoints": app(i), **at(80, path=f"/{i}")},
    "a port": lambda i, _: at(1_000 + 2 * i),
    "requests": lambda i, _: at(80, path=f"/{i}"),
    "a domain and a port": lambda i, _: {
        "toFQDNs": [{"matchName": f"a{i}.example.com"}], **at(1_000 + 2 * i),
    },
}  # fmt: skip


def applied(rules: list[Rule]) -> list[Applied]:
    """What is applied where one object has all of these rules."""
    policy = {
        "kind": "CiliumNetworkPolicy",
        "metadata": {"name": "big", "namespace": "shop"},
        "spec": {"endpointSelector": {"matchLabels": {"app": "web"}}, "egress": rules},
    }
    return [Applied(Setting("east", semantics("1.18.3"), [policy] if rules else []))]


def judged(rules: list[Rule]) -> None:
    """Who reaches whom, what that changes, and why."""
    none, some, others = applied([]), applied(rules), applied([*rules[:-1], *rules[:1]])
    web = pod("web", cluster="east", namespace="shop", labels={"app": "web"})
    everything = universe([web], [none, some, others], {}, any_pod=True)
    before, after, later = (Analysis(everything, each) for each in (none, some, others))
    assert gathered(relations(after, everything.everyone, everything.everyone))
    for one, two in ((before, after), (after, later)):
        for each in gathered_differences(differences(one, two)):
            for subject, peer, direction in (
                (each.sources, each.targets, Direction.EGRESS),
                (each.targets, each.sources, Direction.INGRESS),
            ):
                two.judge(_first(subject), _first(peer), each.changes[0][0][0], direction)


def _first(bits: int) -> int:
    return (bits & -bits).bit_length() - 1


def work(shape: Callable[[int, int], Rule], size: int) -> int:
    rules = [shape(number, size) for number in range(size)]
    return lines_of(lambda: judged(rules))


if __name__ == "__main__":
    judged([at(80)])
    sizes = {name: [work(shape, size) for size in (FEW, 2 * FEW)] for name, shape in SHAPES.items()}
    sys.stdout.write(json.dumps(sizes))
