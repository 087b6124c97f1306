"""Where each file of a cluster and of the mesh stands; other files name them only through here."""

KUSTOMIZATION = "kustomization.yaml"
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
APISERVER_PATCH = "patches/clustermesh-apiserver.deployment.yaml"
APISERVER_SERVICE_PATCH = "patches/clustermesh-apiserver.service.yaml"
REMOTE_USERS = "clustermesh-remote-users.configmap.yaml"
CERTIFICATES = "certificates"
SOPS_RULES = ".sops.yaml"
HELM_REPOSITORY = "cilium.helmrepository.yaml"
HELM_RELEASE = "cilium.helmrelease.yaml"
GITOPS = "_gitops"
GITOPS_GUIDE = f"{GITOPS}/README.md"
APPLICATION_SETS = f"{GITOPS}/argocd/applicationset.yaml"
ARGOCD_BASE = f"{GITOPS}/argocd/{KUSTOMIZATION}"


def flux(cluster: str) -> str:
    """What a cluster's Flux begins with."""
    return f"{GITOPS}/flux/{cluster}.yaml"


def mesh_service(name: str) -> str:
    """The Service that exposes a cluster's etcd."""
    return f"{name}.service.yaml"


def peers(secret: str) -> str:
    """A Secret that says how other clusters are dialled, without any key."""
    return f"{secret}.secret.yaml"


def bundle(config_map: str) -> str:
    """The authorities that a cluster trusts."""
    return f"{config_map}.configmap.yaml"


def certificate(name: str) -> str:
    """What asks cert-manager for a certificate."""
    return f"{CERTIFICATES}/{name}.certificate.yaml"


def namespace(name: str) -> str:
    """The patch of a namespace."""
    return f"patches/namespaces/{name}.namespace.yaml"


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
