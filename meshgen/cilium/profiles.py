"""
Profiles: what a mesh is made of in a range of Cilium versions.

A profile is a row of data; emitters read it and never ask for a version.
"""

from enum import StrEnum
from typing import NamedTuple

from .version import Version


class Role(StrEnum):
    """What a key of a cluster is for."""

    SERVER = "server"
    PEER = "peer"
    LOCAL = "local"
    REMOTE = "remote"


class TlsSecret(NamedTuple):
    """A Secret with one private key: its name, and under which data keys the three files stand."""

    name: str
    role: Role
    key: str
    certificate: str
    authority: str


class Profile(NamedTuple):
    """The mesh objects of the versions `first` to `last` (minor lines, inclusive)."""

    name: str
    first: Version
    last: Version
    service_name: str
    service_port: int
    service_selector: tuple[tuple[str, str], ...]
    secret_name: str
    tls_secrets: tuple[TlsSecret, ...]
    agent_secrets: tuple[str, ...]
    operator_secrets: tuple[str, ...]
    global_annotation: str
    shared_annotation: str
    identity_mode: str
    unknown_algorithms: tuple[str, ...]
    agent_selector: str
    operator_selector: str

    @property
    def server_secret(self) -> TlsSecret:
        """The Secret with the server's certificate."""
        return next(secret for secret in self.tls_secrets if secret.role is Role.SERVER)

    def covers(self, version: Version) -> bool:
        """Whether a version belongs to this profile."""
        return self.first[:2] <= version[:2] <= self.last[:2]


# Source: cilium-etcd-operator v2.0.7, certs/certs.go and main.go (the charts of 1.6 to 1.8 name this
# image): since v2.0.6 it reuses these four when all of them exist before it starts.
_ETCD_SECRETS = (
    TlsSecret(
        name="cilium-etcd-server-tls",
        role=Role.SERVER,
        key="server.key",
        certificate="server.crt",
        authority="server-ca.crt",
    ),
    TlsSecret(
        name="cilium-etcd-peer-tls",
        role=Role.PEER,
        key="peer.key",
        certificate="peer.crt",
        authority="peer-ca.crt",
    ),
    *(
        TlsSecret(
            name=name,
            role=Role.LOCAL,
            key="etcd-client.key",
            certificate="etcd-client.crt",
            authority="etcd-client-ca.crt",
        )
        for name in ("cilium-etcd-client-tls", "cilium-etcd-secrets")
    ),
)

# Source: cilium v1.6.9, install/kubernetes/cilium and examples/kubernetes/clustermesh.
ETCD = Profile(
    name="etcd",
    first=Version(1, 6),
    last=Version(1, 8),
    service_name="cilium-etcd-external",
    service_port=2379,
    service_selector=(
        ("app", "etcd"),
        ("etcd_cluster", "cilium-etcd"),
        ("io.cilium/app", "etcd-operator"),
    ),
    secret_name="cilium-clustermesh",  # noqa: S106 - the name of a Secret, not a secret
    tls_secrets=(
        *_ETCD_SECRETS,
        TlsSecret(
            name="cilium-clustermesh",
            role=Role.REMOTE,
            key="common-etcd-client.key",
            certificate="common-etcd-client.crt",
            authority="common-etcd-client-ca.crt",
        ),
    ),
    agent_secrets=("cilium-etcd-secrets", "cilium-clustermesh"),
    operator_secrets=("cilium-etcd-secrets",),
    global_annotation="io.cilium/global-service",
    shared_annotation="io.cilium/shared-service",
    identity_mode="kvstore",
    # Source: the Go release notes for 1.13 (crypto/x509); cilium v1.6, cilium-operator.Dockerfile, has 1.12;
    # etcd, CHANGELOG-3.3.md and CHANGELOG-3.4.md, 1.10 to 1.12.
    unknown_algorithms=("ed25519",),
    agent_selector="k8s-app=cilium",
    operator_selector="name=cilium-operator",
)

PROFILES = (ETCD,)


def profile_of(version: Version) -> Profile | None:
    """The profile of a version, or None where there is none yet."""
    return next((profile for profile in PROFILES if profile.covers(version)), None)


def supported_versions() -> str:
    """The version ranges that have a profile, for a message."""
    return ", ".join(f"{profile.first.minor_text} to {profile.last.minor_text}" for profile in PROFILES)
