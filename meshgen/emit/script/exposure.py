"""The step of apply.sh about the Service: whether it got the addresses that the other clusters dial."""

from ...plan.types import ClusterPlan
from .. import paths

_LOAD_BALANCER = """
# @. The Service, and whether it got the addresses that the other clusters dial.
{bring}tries=0
while :; do
  got=$(k -n {namespace} get service {service} -o 'jsonpath={{.status.loadBalancer.ingress[*].ip}}')
  host=$(k -n {namespace} get service {service} -o 'jsonpath={{.status.loadBalancer.ingress[*].hostname}}')
  [ -z "$got$host" ] || break
  tries=$((tries + 1))
  [ "$tries" -lt 60 ] || refuse "the load balancer of {service} has no address after five minutes"
  sleep 5
done
"""

_ADDRESSES = """\
dialled="{addresses}"
for address in $got; do
  case " $dialled " in
    *" $address "*) ;;
    *) refuse "the load balancer has $address; mesh.yaml says $dialled" ;;
  esac
done
[ -n "$got" ] || say "the load balancer is $host: see that it resolves to $dialled, and keeps to it"
"""

_HOSTNAME = """\
say "the load balancer is $host$got: see that {host} leads to it"
"""

_NODE_PORT = """
# @. The Service; the other clusters dial {addresses} on port {port}.
{bring}"""

_APPLY = 'apply -f "$here/{file}"\n'
_PATCH = 'k -n {namespace} patch service {service} --type strategic --patch-file "$here/{file}"\n'


def exposure_step(cluster: ClusterPlan) -> str:
    """The step for one cluster."""
    exposure, service = cluster.exposure, cluster.profile.service_name
    values = {
        "namespace": cluster.namespace,
        "service": service,
        "bring": _bring(cluster),
        "addresses": " ".join(exposure.addresses) or cluster.endpoint.host,
        "host": cluster.endpoint.host,
        "port": exposure.port,
    }
    if exposure.type != "LoadBalancer":
        return _NODE_PORT.format(**values)
    checked = _ADDRESSES if exposure.addresses else _HOSTNAME
    return (_LOAD_BALANCER + checked).format(**values)


def _bring(cluster: ClusterPlan) -> str:
    """How the Service gets there; the chart has made it already."""
    service = cluster.profile.service_name
    if not cluster.has_apiserver:
        return _APPLY.format(file=paths.mesh_service(service))
    if not cluster.patched:
        return ""
    return _PATCH.format(namespace=cluster.namespace, service=service, file=paths.APISERVER_SERVICE_PATCH)
