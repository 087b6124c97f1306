"""Where each file of a cluster stands; other files name them only through here."""

KUSTOMIZATION = "kustomization.yaml"
MESH_SERVICE = "cilium-etcd-external.service.yaml"
VALUES = "values.yaml"
APPLY = "apply.sh"
VERIFY = "VERIFY.md"
ROLLOUT = "ROLLOUT.md"
GLOBAL_SERVICES = "global-services"
POLICIES = "policies"
COMPONENT = "patches/kustomization.yaml"
CONFIG_PATCH = "patches/cilium-config.configmap.yaml"
AGENT_PATCH = "patches/cilium.daemonset.yaml"
OPERATOR_PATCH = "patches/cilium-operator.deployment.yaml"
SOPS_RULES = ".sops.yaml"


def global_service(namespace: str, name: str, *, owned: bool) -> str:
    """The Service itself, or the patch for a Service that an application owns."""
    folder = GLOBAL_SERVICES if owned else f"patches/{GLOBAL_SERVICES}"
    return f"{folder}/{namespace}.{name}.service.yaml"


_ENDINGS = {
    "sops": "secret.sops.yaml",
    "sealed-secrets": "sealedsecret.yaml",
    "external-secrets": "externalsecret.yaml",
}


def tls_secret(backend: str, name: str) -> str | None:
    """A Secret with TLS material in the output tree, or None where the backend keeps it elsewhere."""
    return f"{name}.{_ENDINGS[backend]}" if backend in _ENDINGS else None


def clear_secret(name: str) -> str:
    """A Secret in clear, below `secrets/` and never in the output tree."""
    return f"{name}.secret.yaml"


def policy(namespace: str, name: str) -> str:
    """A policy of a namespace, or of the whole cluster where that is empty."""
    if namespace:
        return f"{POLICIES}/{namespace}.{name}.ciliumnetworkpolicy.yaml"
    return f"{POLICIES}/{name}.ciliumclusterwidenetworkpolicy.yaml"


def raw_policy(file: str) -> str:
    """A file of policies that is copied as it is."""
    return f"{POLICIES}/{file.rpartition('/')[2]}"
