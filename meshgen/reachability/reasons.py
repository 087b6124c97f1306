"""Why a connection is allowed or not: each half with the rules that decide it, and where they stand."""

from typing import NamedTuple

from ..engine.analysis import Analysis, Judgement, Verdict
from ..engine.entries import L7, Direction
from ..location import SourcePath
from ..policy.objects import PolicyObject, RawPlace
from .scene import Scene


class Decider(NamedTuple):
    """
    A rule that decides: its object, and its place in it.

    `at` is the place in mesh.yaml, `raw` that of an object which was copied from a file.
    """

    cluster: str
    kind: str
    namespace: str
    name: str
    rule: SourcePath
    at: SourcePath
    raw: RawPlace | None
    denies: bool

    @property
    def object_name(self) -> str:
        """The object as kubectl calls it."""
        return f"{self.namespace}/{self.name}" if self.namespace else self.name


class HalfReason(NamedTuple):
    """One half of a connection: the verdict, in words, and by whom; `cluster` is empty outside."""

    direction: Direction
    cluster: str
    subject: str
    verdict: Verdict
    text: str
    deciders: tuple[Decider, ...] = ()
    l7: tuple[L7, ...] = ()


class Reason(NamedTuple):
    """Both halves of a connection at one port."""

    verdict: Verdict
    egress: HalfReason
    ingress: HalfReason


def reason(scene: Scene, analysis: Analysis, source: int, target: int, port: int) -> Reason:
    """Why a connection is what it is."""
    egress = _half(scene, analysis, source, target, port, Direction.EGRESS)
    ingress = _half(scene, analysis, target, source, port, Direction.INGRESS)
    verdicts = {egress.verdict, ingress.verdict}
    verdict = next(each for each in (Verdict.DENIED, Verdict.UNKNOWN, Verdict.ALLOWED) if each in verdicts)
    return Reason(verdict, egress, ingress)


def _half(  # noqa: PLR0913, PLR0917 - a flow, and from which side
    scene: Scene, analysis: Analysis, subject: int, peer: int, port: int, direction: Direction
) -> HalfReason:
    endpoint = analysis.universe.endpoints[subject]
    judged = analysis.judge(subject, peer, port, direction)
    if judged is None and endpoint.managed:
        text = "its cluster is not in the mesh"
        return HalfReason(direction, endpoint.cluster, endpoint.name, Verdict.DENIED, text)
    if judged is None:
        text = "no policy is for it: it is no pod of the mesh"
        return HalfReason(direction, "", endpoint.name, Verdict.ALLOWED, text)
    cluster = endpoint.cluster
    denied = judged.verdict is Verdict.DENIED
    deciding = (
        decider(one, entry.path, denies=entry.deny)
        for one, entry in scene.deciding(cluster, direction, judged.deciding, denied=denied)
    )
    # NOTE: of all that closes a pod, a posture is there for just that.
    deciders = tuple(sorted(deciding, key=lambda each: each.at[:2] != ("policy", "posture")))
    return HalfReason(
        direction, cluster, endpoint.name, judged.verdict, _text(judged, deciders), deciders, judged.l7
    )


def decider(one: PolicyObject, rule: SourcePath, *, denies: bool) -> Decider:
    """An object and a rule in it as one that decides."""
    return Decider(one.cluster, one.kind, one.namespace, one.name, rule, one.at, one.raw, denies)


def _text(judged: Judgement, deciders: tuple[Decider, ...]) -> str:
    if judged.verdict is Verdict.UNKNOWN:
        return f"not known: {'; '.join(judged.half.doubts)}"
    if judged.verdict is Verdict.ALLOWED:
        if deciders:
            return "allowed by a rule, for some requests" if judged.l7 else "allowed by a rule"
        if not judged.half.entries:
            return "no policy selects this pod: open"
        return "no policy that selects this pod closes it: open"
    if any(each.denies for each in deciders):
        return "denied by a rule"
    return "closed, and no rule allows it"
