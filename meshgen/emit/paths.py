"""Where each file of a cluster stands; other files name them only through here."""

KUSTOMIZATION = "kustomization.yaml"
MESH_SERVICE = "cilium-etcd-external.service.yaml"
VALUES = "values.yaml"
APPLY = "apply.sh"
VERIFY = "VERIFY.md"
ROLLOUT = "ROLLOUT.md"
COMPONENT = "patches/kustomization.yaml"
CONFIG_PATCH = "patches/cilium-config.configmap.yaml"
AGENT_PATCH = "patches/cilium.daemonset.yaml"
OPERATOR_PATCH = "patches/cilium-operator.deployment.yaml"
SECRET = "cilium-clustermesh.secret.yaml"  # noqa: S105 - a file's name


def global_service(namespace: str, name: str, *, owned: bool) -> str:
    """The Service itself, or the patch for a Service that an application owns."""
    folder = "global-services" if owned else "patches/global-services"
    return f"{folder}/{namespace}.{name}.service.yaml"
