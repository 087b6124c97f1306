"""The etcd client configuration of one remote cluster, as Cilium's agents read it."""

from typing import NamedTuple

FOLDER = "/var/lib/cilium/clustermesh/"
"""Where the mesh Secret is mounted: cilium v1.6.9, the DaemonSet's volume clustermesh-secrets."""

FILES = ("trusted-ca-file", "cert-file", "key-file")
"""The keys that name a file."""


class EtcdConfig(NamedTuple):
    """
    What a configuration says.

    `files` are the files it names, by its keys; `legacy` tells of a `ca-file` without `trusted-ca-file`.
    """

    endpoints: tuple[str, ...]
    files: dict[str, str]
    legacy: bool


def write_config(host: str, port: int, *, authority: str, key: str, certificate: str) -> bytes:
    """The configuration with which a cluster dials another; the last three are names of files."""
    return (
        f"endpoints:\n- https://{host}:{port}\n"
        f"trusted-ca-file: '{FOLDER}{authority}'\n"
        f"key-file: '{FOLDER}{key}'\n"
        f"cert-file: '{FOLDER}{certificate}'\n"
    ).encode("ascii")
