"""SOPS documents for the keys of services (KMS, Key Vault, Vault, OpenPGP), made by the program `sops`."""

import json
import subprocess
from collections.abc import Mapping
from tempfile import NamedTemporaryFile
from typing import Any

from .sops import STANZA, is_sealed

_SECONDS = 60
"""How long sops may take; services of keys answer in a few."""

# NOTE: empty, since sops would take keys from variables of its environment before those of the rule.
_FLAGS = ("--age=", "--kms=", "--gcp-kms=", "--azure-kv=", "--hc-vault-transit=", "--pgp=")


def encrypt(document: Mapping[str, Any], rule: Mapping[str, Any]) -> dict[str, Any]:
    """
    A document sealed by `sops` as a creation rule says.

    The document goes to its standard input; on disk there is, for a moment, only the rule.

    Raises:
        OSError: when there is no sops, it fails (then with its own words), does not end, or gives
            anything but the same keys, each of them sealed.

    """
    with NamedTemporaryFile("w", encoding="utf-8", suffix=".json") as config:
        json.dump({"creation_rules": [rule]}, config)
        config.flush()
        command = ["sops", "--config", config.name, "encrypt", *_FLAGS, "--filename-override", "secret.json"]
        try:
            done = subprocess.run(  # noqa: S603 - found on PATH, as people install it
                [*command, "/dev/stdin"],
                input=json.dumps(document),
                capture_output=True,
                check=False,
                encoding="utf-8",
                errors="replace",
                timeout=_SECONDS,
            )
        except FileNotFoundError:
            message = "sops is not on PATH; it is needed to seal for secrets.sops.keys"
            raise OSError(message) from None
        except subprocess.TimeoutExpired:
            message = f"sops did not end within {_SECONDS} seconds"
            raise OSError(message) from None
    if done.returncode:
        message = f"sops cannot seal for secrets.sops.keys: {' '.join(done.stderr.split())}"
        raise OSError(message)
    sealed = _sealed(done.stdout, document)
    if sealed is None:
        # NOTE: nothing of the answer is shown, since it may hold the keys in clear.
        message = "sops gave no document with the same keys in which every value is sealed"
        raise OSError(message)
    return sealed


def _sealed(answer: str, document: Mapping[str, Any]) -> dict[str, Any] | None:
    """An answer as a document, or None where it is not the one given, with each value sealed."""
    try:
        sealed = json.loads(answer)
    except (ValueError, RecursionError):
        return None
    if not isinstance(sealed, dict) or sealed.keys() != {"data", STANZA}:
        return None
    data, stanza = sealed["data"], sealed[STANZA]
    if not isinstance(data, dict) or not isinstance(stanza, dict) or list(data) != list(document["data"]):
        return None
    return sealed if all(map(is_sealed, data.values())) else None
