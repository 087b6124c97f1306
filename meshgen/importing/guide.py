"""
The folder `config/` that the guide's extract script leaves, as facts of its clusters.

Source: cilium/clustermesh-tools, extract-etcd-secrets.sh: `<cluster>` is etcd's client configuration, and
`<cluster>.mesh.cilium.io.ips` has the addresses.
"""

from collections.abc import Mapping
from urllib.parse import urlsplit

from ..trust.etcd_reading import UnreadableConfigError, read_config
from .chart_values import is_address
from .found import Dialled, Found

_IPS = ".ips"


def is_guide(files: Mapping[str, bytes]) -> bool:
    """Whether a folder's files are what the script leaves."""
    return any(name.endswith(_IPS) or _is_config(name, content) for name, content in files.items())


def _is_config(name: str, content: bytes) -> bool:
    return "." not in name and b"endpoints:" in content


def read_guide(files: Mapping[str, bytes], shown: str) -> list[Found]:
    """What each configuration says: how its cluster is dialled, and the mesh's domain."""
    found: list[Found] = []
    for name, content in sorted(files.items()):
        if not _is_config(name, content):
            continue
        one = Found(name=name, file=f"{shown}/{name}", whole=False)
        found.append(one)
        try:
            endpoints = read_config(content).endpoints
        except UnreadableConfigError as error:
            one.unknown.append(f"{one.file}: {error}")
            continue
        host, port = _dialled(endpoints[0])
        if host.startswith(f"{name}."):
            one.domain = host.removeprefix(f"{name}.")
        listed = files.get(f"{host}{_IPS}", b"").decode("utf-8", "replace").split()
        ips = (*(ip for ip in listed if is_address(ip)), *([host] if is_address(host) else []))
        one.dialled_as = Dialled(ips=tuple(dict.fromkeys(ips)), port=port)
    return found


def _dialled(endpoint: str) -> tuple[str, int | None]:
    """The host and the port of a URL; nothing where it is none."""
    try:
        url = urlsplit(endpoint)
        port = url.port
    except ValueError:
        return "", None
    return url.hostname or "", port
