"""What the guide's extract script leaves in `config/`."""

from pathlib import Path
from typing import Any

from faults import CLIENT, Made, authority, certificate

MOUNT = "/var/lib/cilium/clustermesh/"


def extracted(folder: Path, *names: str, **options: Any) -> dict[str, Made]:
    """The four files of each cluster, as one etcd has them for all; gives the clients."""
    folder.mkdir(parents=True, exist_ok=True)
    made = {}
    for name in names:
        signer = authority("Cilium-etcd CA", now=options.get("now"))
        made[name] = certificate("etcd client", signer, **({"usages": [CLIENT]} | options))
        (folder / name).write_bytes(config(name))
        (folder / f"{name}.etcd-client-ca.crt").write_bytes(signer.pem)
        (folder / f"{name}.etcd-client.crt").write_bytes(made[name].pem)
        (folder / f"{name}.etcd-client.key").write_bytes(made[name].key_pem)
    return made


def config(name: str) -> bytes:
    """The etcd client configuration that the script makes of a cluster's own."""
    return (
        f"endpoints:\n- https://{name}.mesh.cilium.io:2379\n"
        f"trusted-ca-file: '{MOUNT}{name}.etcd-client-ca.crt'\n"
        f"key-file: '{MOUNT}{name}.etcd-client.key'\n"
        f"cert-file: '{MOUNT}{name}.etcd-client.crt'\n"
    ).encode()
