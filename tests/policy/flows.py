"""Small meshes of pods, and verdicts about them by name."""

from collections.abc import Iterable, Mapping
from typing import Any

from meshgen.engine.analysis import Analysis, Verdict
from meshgen.engine.applied import Applied, Setting
from meshgen.engine.cilium_policies import span
from meshgen.engine.entries import Direction
from meshgen.engine.labels import Endpoint, Universe, pod
from meshgen.engine.ports import point
from meshgen.engine.semantics import semantics

PODS = (
    pod("web", cluster="east", namespace="shop", labels={"app": "web", "tier": "front"}),
    pod("api", cluster="east", namespace="shop", labels={"app": "api", "tier": "back"}, ports={"http": 8080}),
    pod(
        "db",
        cluster="east",
        namespace="data",
        labels={"app": "db"},
        namespace_labels={"team": "data"},
        ports={"sql": 5432},
    ),
    pod("job", cluster="east", namespace="batch", labels={"app": "job"}, namespace_labels={"team": "ops"}),
    pod("far", cluster="west", namespace="shop", labels={"app": "web", "tier": "front"}),
)
OUTSIDE = (
    Endpoint("inside", "", {"reserved:world": ""}, address=span("192.0.2.7/32")),
    Endpoint("outside", "", {"reserved:world": ""}, address=span("198.51.100.1/32")),
    Endpoint("host", "", {"reserved:host": ""}),
)


class Flows:
    """Policies applied in the cluster `east`, and what becomes of flows."""

    def __init__(
        self,
        *policies: Mapping[str, Any],
        version: str = "1.18.3",
        endpoints: Iterable[Endpoint] = (*PODS, *OUTSIDE),
        **setting: Any,
    ) -> None:
        self.universe = Universe(endpoints)
        self.applied = Applied(Setting("east", semantics(version), policies, **setting))
        others = Applied(Setting("west", semantics(version), ()))
        self.analysis = Analysis(self.universe, [self.applied, others])
        self._index = {each.name: number for number, each in enumerate(self.universe.endpoints)}

    def half(
        self, direction: Direction, subject: str, peer: str, port: int = 80, protocol: str = "TCP"
    ) -> Verdict:
        judged = self.analysis.judge(
            self._index[subject], self._index[peer], point(port, protocol), direction
        )
        assert judged is not None
        return judged.verdict

    def enters(self, source: str, target: str, port: int = 80, protocol: str = "TCP") -> bool:
        return self.half(Direction.INGRESS, target, source, port, protocol) is Verdict.ALLOWED

    def leaves(self, source: str, target: str, port: int = 80, protocol: str = "TCP") -> bool:
        return self.half(Direction.EGRESS, source, target, port, protocol) is Verdict.ALLOWED

    def entering(self, target: str, port: int = 80, protocol: str = "TCP") -> set[str]:
        """Everything that may connect to a pod."""
        return {
            each.name for each in self.universe.endpoints if self.enters(each.name, target, port, protocol)
        }

    def leaving(self, source: str, port: int = 80, protocol: str = "TCP") -> set[str]:
        """Everything that a pod may connect to."""
        return {
            each.name for each in self.universe.endpoints if self.leaves(source, each.name, port, protocol)
        }
