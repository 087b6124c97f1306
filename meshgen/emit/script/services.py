"""The last step of apply.sh: global services and policies."""

from collections.abc import Iterator

from ...plan.types import ClusterPlan, GlobalService, MeshPlan
from .. import paths

_ALL = """
# @. Global services and policies.
apply -k "$here"
"""

# NOTE: the kustomization lists sealed Secrets too, and kubectl refuses what only sops can open.
_OWNED = """
# @. {what}.
apply -f "$here/{folder}"
"""

_ANNOTATE = """\
k -n {namespace} patch service {name} --type merge --patch-file "$here/{file}"
"""

_SHARE = """\
k -n {namespace} annotate service {name} {shared_annotation}-
"""

_KNOWN = """
# @. Namespaces that the other clusters are to know.
"""

_GLOBAL = """\
k patch namespace {name} --type merge --patch-file "$here/{file}"
"""


def services_step(mesh: MeshPlan, cluster: ClusterPlan) -> str:
    """The step for one cluster."""
    return "".join(_parts(mesh, cluster))


def _parts(mesh: MeshPlan, cluster: ClusterPlan) -> Iterator[str]:
    if cluster.global_namespaces:
        yield _KNOWN
    yield from (_GLOBAL.format(name=name, file=paths.namespace(name)) for name in cluster.global_namespaces)
    if mesh.backend != "sops":
        yield _ALL
    elif any(service.owned for service in cluster.services):
        yield _OWNED.format(what="Global services", folder=paths.GLOBAL_SERVICES)
    if mesh.backend == "sops" and cluster.has_policies:
        yield _OWNED.format(what="Policies", folder=paths.POLICIES)
    yield from (_patch(cluster, service) for service in cluster.services if not service.owned)


def _patch(cluster: ClusterPlan, service: GlobalService) -> str:
    # NOTE: a merge adds and changes; what limited the backends before has to be taken away.
    template = _ANNOTATE + _SHARE if service.shared else _ANNOTATE
    return template.format(
        namespace=service.namespace,
        name=service.name,
        file=paths.global_service(service.namespace, service.name, owned=False),
        shared_annotation=cluster.profile.shared_annotation,
    )
