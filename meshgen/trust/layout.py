"""Where each file of the store `pki/` stands, and its state."""

import json
from collections.abc import Callable
from enum import StrEnum
from typing import Any, NamedTuple

from ..cilium.profile import Role

ReadFile = Callable[[str], bytes | None]
"""A path relative to mesh.yaml to its bytes; None where there is no such file."""

STATE = "state.json"
SEALED = "sealed"
FILES = "files"
_SCHEMA = "meshgen.pki/v1"


class Phase(StrEnum):
    """Where the replacement of the mesh's authority stands; `stable` when there is none going on."""

    STABLE = "stable"
    TRUST = "trust"
    ISSUE = "issue"


_TRUSTED = {Phase.STABLE: 1, Phase.TRUST: 2, Phase.ISSUE: 2}
"""How many authorities are trusted."""


class CorruptStateError(Exception):
    """The state file cannot be believed."""


class State(NamedTuple):
    """The authorities by number: which one signs, and which are trusted, the signing one first."""

    phase: Phase = Phase.STABLE
    signing: int = 1
    trusted: tuple[int, ...] = (1,)

    def dump(self) -> bytes:
        """The file's bytes."""
        document = {
            "schema": _SCHEMA,
            "phase": str(self.phase),
            "signing": self.signing,
            "trusted": list(self.trusted),
        }
        return (json.dumps(document, indent=2) + "\n").encode("ascii")


def read_state(content: bytes) -> State:
    """
    The state from its file.

    Raises:
        CorruptStateError: when it is not one that meshgen writes.

    """
    try:
        document: Any = json.loads(content)
        state = State(
            phase=Phase(document["phase"]),
            signing=document["signing"],
            trusted=tuple(document["trusted"]),
        )
        whole = all(type(number) is int and number > 0 for number in (state.signing, *state.trusted))
        fitting = len(set(state.trusted)) == len(state.trusted) == _TRUSTED[state.phase]
        if document["schema"] != _SCHEMA or not whole or not fitting or state.signing not in state.trusted:
            raise CorruptStateError(_SCHEMA)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise CorruptStateError(str(error)) from None
    return state


def authority(number: int) -> str:
    """The certificate of an authority."""
    return f"ca/{number}.crt"


def certificate(cluster: str, role: Role) -> str:
    """A cluster's certificate."""
    return f"clusters/{cluster}/{role}.crt"


def key_of(certificate_path: str, public_key: str) -> str:
    """
    The sealed key that belongs to a certificate: an age file for the store's recipients.

    NOTE: the public key is part of its name, so a new key never takes the place of an old one before
    the new certificate does.
    """
    return f"{certificate_path.removesuffix('.crt')}.{public_key[:16]}.key.age"


def sealed(cluster: str, name: str) -> str:
    """What the backend made of the private values of one Secret."""
    return f"{SEALED}/{cluster}/{name}.json"


def imported(name: str) -> str:
    """A file of the guide's `config/`; a key with `.age` behind its name."""
    return f"{FILES}/{name}"
