"""MG610: a cluster whose etcd does not know the user as whom another cluster dials."""

from collections.abc import Iterator

from ..chart.contradictions import contradictions
from ..chart.users import dials_by_name, knows_names
from ..cilium.profile import ControlPlane
from ..cilium.profiles import profile_for
from ..diagnostics import Problem, Related, Rule, Severity
from ..model import Mesh
from ..survey import Survey

RULE = Rule(
    code="MG610",
    name="auth-mode-mismatch",
    severity=Severity.ERROR,
    doc="""
A cluster dials another as a user of its own, and the other's etcd knows only the one user that all share.

## Why it matters
etcd takes the user from the common name of the client's certificate: `remote`, or `remote-` and the cluster's name.
With `clustermesh.apiserver.tls.authMode: legacy`, and before Cilium 1.14, only `remote` is known.
The connection stands and every read is refused, so the peers never become ready.

## How to fix
Remove `authMode` from `helmValues`: meshgen sets it in every cluster, to what its certificates need.
With `tls.source: generate` or `in-cluster`, [MG606](MG606.md) alone tells of such a mode; whoever accepts that finding accepts this one, too.
To move from one to the other in a running mesh, set `migration` everywhere first: it knows both users.
""",
)

_MODE = ("helmValues", "clustermesh", "apiserver", "tls", "authMode")


def auth_mode_mismatch(survey: Survey) -> Iterator[Problem]:
    """One problem for each cluster that does not know some of those who dial it."""
    mesh = survey.mesh
    dialling = [index for index, cluster in enumerate(mesh.clusters) if dials_by_name(mesh, cluster)]
    for index, cluster in enumerate(mesh.clusters):
        profile = profile_for(cluster)
        refused = [other for other in dialling if other != index]
        if profile is None or profile.control_plane is ControlPlane.ETCD or knows_names(mesh, cluster):
            continue
        if refused and not _told(mesh, index):
            first, *more = (survey.names[other] for other in refused)
            beside = f", and so do {len(more)} more" if more else ""
            at = _MODE if profile.remote_users else ("cilium", "version")
            yield RULE.problem(
                ("clusters", index, *at),
                f"the etcd of {survey.names[index]} knows only the user remote, and {first} dials it as "
                f"remote-{first}{beside}",
                related=(Related(("clusters", refused[0], "name"), f"dials as remote-{first}"),),
                help="set authMode: migration in every cluster that has it, which knows both users",
            )


def _told(mesh: Mesh, index: int) -> bool:
    """Whether MG606 tells that the mode is not the cluster's to choose; that way out is enough."""
    return any(found.path == _MODE[1:] for found in contradictions(mesh, index))
