"""Which data keys of Secrets hold a private value, and how SOPS is told."""

from .recipients import Keys

PRIVATE_KEYS = r"^(common-etcd-client|server|peer|etcd-client|.*\.etcd-client)\.key$"
"""Anchored, so that no annotation is meant."""


def creation_rule(keys: Keys) -> dict[str, str | bool]:
    """What SOPS seals in the Secrets of a cluster, and for whom."""
    readers = {kind: ",".join(names) for kind, names in keys.items()}
    return {"encrypted_regex": PRIVATE_KEYS, "mac_only_encrypted": True, **readers}
