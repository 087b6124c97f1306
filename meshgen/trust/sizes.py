"""How large a Secret gets."""

from typing import NamedTuple

from .objects import Contents

DATA_LIMIT = 1_048_576
"""Bytes of decoded values: Kubernetes, MaxSecretSize in pkg/apis/core/types.go."""

ANNOTATION_LIMIT = 262_144
"""Bytes of all annotations: Kubernetes, TotalAnnotationSizeLimitB."""

_KEY_BYTES = {"ecdsa-p256": 241, "ed25519": 119, "rsa-2048": 1704}
_LONGEST_KEY = 3272
_METADATA = 600
_CA_MARK = "ca.crt"


class Sizes(NamedTuple):
    """Bytes of data now, and with a second authority beside each; bytes of the object as JSON."""

    steady: int
    rotating: int
    applied: int


def sizes(secret: Contents) -> Sizes:
    """The sizes of a Secret; private keys are counted by their algorithm, since they may be sealed."""
    private = {
        key: _KEY_BYTES.get(held.facts.algorithm, _LONGEST_KEY) for key, held in secret.private.items()
    }
    lengths = {**{key: len(value) for key, value in secret.clear.items()}, **private}
    authorities = sum(length for key, length in lengths.items() if key.endswith(_CA_MARK))
    steady = sum(lengths.values())
    encoded = sum(len(key) + -(-length // 3) * 4 + 6 for key, length in lengths.items())
    return Sizes(steady, steady + authorities, encoded + _METADATA)
