"""
Profiles: what a mesh is made of in a range of Cilium versions.

A profile is a row of data; emitters read it and never ask for a version.
"""

from typing import NamedTuple

from .version import Version


class Profile(NamedTuple):
    """The mesh objects of the versions `first` to `last` (minor lines, inclusive)."""

    name: str
    first: Version
    last: Version
    service_name: str
    service_port: int
    service_selector: tuple[tuple[str, str], ...]
    secret_name: str
    global_annotation: str
    shared_annotation: str
    identity_mode: str
    agent_selector: str
    operator_selector: str

    def covers(self, version: Version) -> bool:
        """Whether a version belongs to this profile."""
        return self.first[:2] <= version[:2] <= self.last[:2]


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
    global_annotation="io.cilium/global-service",
    shared_annotation="io.cilium/shared-service",
    identity_mode="kvstore",
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
