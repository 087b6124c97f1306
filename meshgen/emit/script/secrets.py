"""The step of apply.sh that brings the Secrets with TLS material, in the way of each backend."""

from typing import NamedTuple

from ...chart.values import BUNDLE
from ...kube.labels import CONTENT
from ...plan.digests import content_digest
from ...plan.types import ClusterPlan, MeshPlan
from .. import paths

_EXPECT = """
# @. The Secret is not meshgen's: mesh.yaml has no tls section.
k -n {namespace} get secret {secret} >/dev/null ||
  refuse "the Secret {secret} must exist first, so that agents find it when they start"
"""

_NO_PEERS = """
# @. No Secret is needed: there is no other cluster.
"""

_GIVEN = """
# @. The Secret; server-side, so that no copy of it stays behind in an annotation.
if [ -n "$secret" ]; then
  apply -f "$secret"
else
  k -n {namespace} get secret {secret} >/dev/null ||
    refuse "the Secret {secret} must exist first: pass --secret PATH"
fi
"""

_SOPS = """
# @. The Secrets, opened by sops on their way; server-side, so that no copy stays behind in an annotation.
command -v sops >/dev/null || refuse "sops is needed to open the Secrets"
for secret in {files}; do
  opened=$(sops --decrypt "$here/$secret") || refuse "sops cannot open $secret: is your age identity set?"
  printf '%s\\n' "$opened" | apply -f -
done
"""

_CONTROLLED = """
# @. The Secrets are made in the cluster, by {controller}.
{adopted}for object in {files}; do
  apply -f "$here/$object"
done
for wanted in {digests}; do
  secret=${{wanted%%=*}}
  tries=0
  until [ "$(k -n {namespace} get secret "$secret" -o 'jsonpath={{.metadata.annotations.{content}}}' 2>/dev/null)" = "${{wanted#*=}}" ]; do
    tries=$((tries + 1))
    [ "$tries" -lt 60 ] || refuse "{controller} has not brought the Secret $secret up to date after five minutes"
    sleep 5
  done
done
"""

# Source: bitnami-labs/sealed-secrets, pkg/controller/controller.go.
_ADOPTED = """\
# A Secret that somebody else made stays as it is, unless it says that the controller may take it over.
for secret in {names}; do
  ! k -n {namespace} get secret "$secret" >/dev/null 2>&1 ||
    k -n {namespace} annotate secret "$secret" --overwrite sealedsecrets.bitnami.com/managed=true
done
"""

_AUTHORITY_BEFORE = """
# etcd and the agents read whom they trust only when they start.
authority() {{ k -n {namespace} get secret {server} -o 'jsonpath={{.data.{key}}}' 2>/dev/null || :; }}
trusted=$(authority)
"""

_AUTHORITY_AFTER = """
if [ -n "$trusted" ] && [ "$trusted" != "$(authority)" ]; then
  say "etcd is to trust other authorities: restart its pods one at a time, as VERIFY.md says"
fi
"""

_WHOLE = """
# @. What Cilium reads when it starts and meshgen makes whole: {what}.
{applied}"""
_APPLY = 'apply -f "$here/{file}"\n'

_CERTIFICATES = """
# @. The certificates, made in the cluster by cert-manager.
apply -f "$here/{folder}"
k -n {namespace} wait certificate {names} --for condition=Ready --timeout 5m ||
  refuse "cert-manager has not made the certificates after five minutes"
"""

_CONTROLLERS = {
    "sealed-secrets": "the sealed-secrets controller",
    "external-secrets": "the External Secrets Operator",
}
_OPTION = {
    "secret_usage": " [--secret PATH]",
    "secret_option": "secret=\n",
    "secret_case": "    --secret) secret=$2 ;;\n",
    "secret_check": '[ -z "$secret" ] || [ -e "$secret" ] || absent "$secret"\n',
}
"""What apply.sh says of its option --secret: a file, or a folder of files."""


class SecretStep(NamedTuple):
    """The text of the step, and what it adds to the script's options."""

    text: str
    option: dict[str, str]


def secret_step(mesh: MeshPlan, cluster: ClusterPlan) -> SecretStep:
    """The step for one cluster; in the apiserver era with what else Cilium reads when it starts."""
    option = _OPTION if mesh.backend == "plaintext" else dict.fromkeys(_OPTION, "")
    return SecretStep(_before(mesh, cluster) + _keys(mesh, cluster) + _peers(cluster), option)


def _before(mesh: MeshPlan, cluster: ClusterPlan) -> str:
    """Whom the cluster trusts, and the certificates that are made in it."""
    text = ""
    if mesh.has_bundle:
        text += _whole("whom it trusts", [paths.bundle(BUNDLE)])
    if cluster.certificates:
        text += _CERTIFICATES.format(
            folder=paths.CERTIFICATES,
            namespace=cluster.namespace,
            names=" ".join(certificate.name for certificate in cluster.certificates),
        )
    return text


def _whole(what: str, files: list[str]) -> str:
    return _WHOLE.format(what=what, applied="".join(_APPLY.format(file=file) for file in files))


def _peers(cluster: ClusterPlan) -> str:
    """Whom the cluster dials, and who may dial it, where meshgen makes that."""
    if not cluster.patched or not cluster.profile.peer_secrets:
        return ""
    files = [paths.peers(secret.name) for secret in cluster.profile.peer_secrets]
    files += [paths.REMOTE_USERS] if cluster.profile.leaves_users else []
    return _whole("whom it dials, and who may dial it", files)


def _keys(mesh: MeshPlan, cluster: ClusterPlan) -> str:
    values = {"namespace": cluster.namespace, "secret": cluster.profile.secret_name}
    if not cluster.has_secret:
        if cluster.profile.peer_secrets:
            return ""  # the chart makes them, or cert-manager
        return (_EXPECT if len(mesh.clusters) > 1 else _NO_PEERS).format(**values)
    if mesh.backend == "plaintext":
        return _around(cluster, _GIVEN.format(**values))
    files = (paths.tls_secret(mesh.backend, secret.name) for secret in cluster.tls)
    values["files"] = " ".join(file for file in files if file)
    text = _SOPS.format(**values) if mesh.backend == "sops" else _controlled(mesh, cluster, values)
    return _around(cluster, text)


def _controlled(mesh: MeshPlan, cluster: ClusterPlan, values: dict[str, str]) -> str:
    """Apply what a controller makes Secrets of, and wait until it has."""
    values["names"] = " ".join(secret.name for secret in cluster.tls)
    return _CONTROLLED.format(
        **values,
        digests=" ".join(f"{secret.name}={content_digest(secret)}" for secret in cluster.tls),
        content=CONTENT.replace(".", "\\."),
        controller=_CONTROLLERS[mesh.backend],
        adopted=_ADOPTED.format(**values) if mesh.backend == "sealed-secrets" else "",
    )


def _around(cluster: ClusterPlan, text: str) -> str:
    """Where meshgen makes etcd's own Secrets too, whoever applies them is told when etcd must restart."""
    if not cluster.has_etcd_secrets:
        return text
    server = cluster.profile.server_secret
    key = server.authority.replace(".", "\\.")
    before = _AUTHORITY_BEFORE.format(namespace=cluster.namespace, server=server.name, key=key)
    return before + text + _AUTHORITY_AFTER
