"""Who can open what."""

from collections.abc import Mapping
from typing import Any

from ..model import Cluster, Mesh

Keys = Mapping[str, tuple[str, ...]]
"""Who can open a Secret, by kind as SOPS calls it in creation rules; a kind without anybody is left out."""

_IN_STANZA = {
    "age": "age",
    "kms": "kms",
    "gcp_kms": "gcp_kms",
    "azure_keyvault": "azure_kv",
    "hc_vault_transit_uri": "hc_vault",
    "pgp": "pgp",
}
"""What a stanza of SOPS calls the kinds of its creation rules; the rest is in seals.sops."""


def recipients_of(mesh: Mesh, cluster: Cluster) -> tuple[str, ...]:
    """The age recipients of a cluster's Secrets, sorted: operators and the cluster itself."""
    return tuple(sorted({*mesh.secrets.sops.recipients, *cluster.recipients}))


def sops_keys(mesh: Mesh, cluster: Cluster) -> Keys:
    """Who can open the Secrets of a cluster."""
    keys = mesh.secrets.sops.keys
    found = {
        "age": recipients_of(mesh, cluster),
        "kms": keys.kms,
        "gcp_kms": keys.gcp_kms,
        "azure_keyvault": keys.azure_key_vault,
        "hc_vault_transit_uri": keys.hc_vault,
        "pgp": keys.pgp,
    }
    return {kind: tuple(sorted(set(names))) for kind, names in found.items() if names}


def flat(keys: Keys) -> tuple[str, ...]:
    """The same as one list; age recipients stand for themselves."""
    return tuple(
        name if kind == "age" else f"{kind}:{name}" for kind, names in keys.items() for name in names
    )


def are_those_of(keys: Keys, stanza: Mapping[str, Any]) -> bool:
    """Whether a stanza of SOPS is for the age recipients of `keys`, and for the same other kinds."""
    kinds = {kind for kind, name in _IN_STANZA.items() if stanza.get(name)}
    return kinds == keys.keys() and set(age_recipients(stanza)) == set(keys.get("age", ()))


def age_recipients(stanza: Mapping[str, Any]) -> list[str]:
    """For whom a stanza says that it is sealed; it may have been written by anybody."""
    entries = stanza.get("age")
    found = entries if isinstance(entries, list) else []
    return [str(entry.get("recipient")) for entry in found if isinstance(entry, dict)]


def store_recipients(mesh: Mesh) -> tuple[str, ...]:
    """Who can open the keys of the store, sorted."""
    return tuple(sorted(set(mesh.tls.store_recipients or mesh.secrets.sops.recipients)))
