"""Which data keys of Secrets hold a private value, and how SOPS is told."""

from collections.abc import Iterable

from .recipients import Keys

PRIVATE_KEYS = r"^(common-etcd-client|server|peer|etcd-client|.*\.etcd-client)\.key$"
"""Those of the etcd era; anchored, so that no annotation is meant."""

TLS_KEY = "tls.key"
"""Of Secrets of the type kubernetes.io/tls, as clustermesh-apiserver has them."""

_TLS_PATTERN = r"^tls\.key$"
PATTERNS = (PRIVATE_KEYS, _TLS_PATTERN)
"""Every pattern that stands in a seal."""


def pattern_of(data_keys: Iterable[str]) -> str:
    """The regular expression for the private values of a Secret, by their data keys."""
    return _TLS_PATTERN if TLS_KEY in data_keys else PRIVATE_KEYS


def creation_rule(keys: Keys, pattern: str) -> dict[str, str | bool]:
    """What SOPS seals in the Secrets of a cluster, and for whom."""
    readers = {kind: ",".join(names) for kind, names in keys.items()}
    return {"encrypted_regex": pattern, "mac_only_encrypted": True, **readers}
