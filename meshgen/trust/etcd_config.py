"""The etcd client configuration of one remote cluster, as Cilium's agents read it."""

from collections.abc import Sequence
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


def write_config(  # noqa: PLR0913 - the parts of the file
    host: str,
    port: int,
    *,
    authority: str,
    key: str,
    certificate: str,
    note: str = "",
    addresses: Sequence[str] = (),
) -> bytes:
    """
    The configuration with which a cluster dials another.

    `authority`, `key` and `certificate` are names of files; `note` is a comment for people; `addresses`
    are those of `host` for a Cilium that finds them in this file (1.20 and later).
    """
    lines = [
        *([f"# {note}"] if note else []),
        "endpoints:",
        f"- https://{host}:{port}",
        f"trusted-ca-file: '{FOLDER}{authority}'",
        f"key-file: '{FOLDER}{key}'",
        f"cert-file: '{FOLDER}{certificate}'",
    ]
    if addresses:
        # NOTE: quoted, since an IPv6 address may end in a colon.
        quoted = [f"  - '{address}'" for address in addresses]
        lines += ["cilium-host-aliases:", f"- hostname: {host}", "  ips:", *quoted]
    return "".join(f"{line}\n" for line in lines).encode("ascii")
