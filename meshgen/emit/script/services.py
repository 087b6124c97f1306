"""The last step of apply.sh: global services and policies."""

from collections.abc import Iterator

from ...plan.types import ClusterPlan, GlobalService
from .. import paths

# NOTE: never the kustomization: it lists what only sops or a GitOps tool opens, and kubectl refuses an empty one.
_SERVICES = """
# @. Global services.
"""

_POLICIES = """
# @. Policies.
"""

_APPLY = 'apply -f "$here/{folder}"\n'

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


def services_step(cluster: ClusterPlan) -> str:
    """The step for one cluster; empty where there is neither."""
    return "".join(_parts(cluster))


def _parts(cluster: ClusterPlan) -> Iterator[str]:
    if cluster.global_namespaces:
        yield _KNOWN
    yield from (_GLOBAL.format(name=name, file=paths.namespace(name)) for name in cluster.global_namespaces)
    if cluster.services:
        yield _SERVICES
    if any(service.owned for service in cluster.services):
        yield _APPLY.format(folder=paths.GLOBAL_SERVICES)
    yield from (_patch(cluster, service) for service in cluster.services if not service.owned)
    if cluster.has_policies:
        yield _POLICIES + _APPLY.format(folder=paths.POLICIES)


def _patch(cluster: ClusterPlan, service: GlobalService) -> str:
    # NOTE: a merge adds and changes; what limited the backends before has to be taken away.
    template = _ANNOTATE + _SHARE if service.shared else _ANNOTATE
    return template.format(
        namespace=service.namespace,
        name=service.name,
        file=paths.global_service(service.namespace, service.name, owned=False),
        shared_annotation=cluster.profile.shared_annotation,
    )
