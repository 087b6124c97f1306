"""Private keys by the path of their file: just made, in clear, or opened with an identity."""

from collections.abc import Mapping, Sequence

from .certificates import UnreadablePemError, public_key_digest, read_private_key
from .layout import ReadFile
from .seals.age import Identity, unlock


class Keyring:
    """
    Gives private keys as PEM.

    `made` are keys that exist only in memory so far; a path that ends with `.age` is opened with the
    identities; any other is read as it is.
    """

    def __init__(
        self,
        read: ReadFile,
        identities: Sequence[Identity] = (),
        made: Mapping[str, bytes] | None = None,
    ) -> None:
        self._read = read
        self._identities = identities
        self._made = made or {}

    def __repr__(self) -> str:
        return "Keyring(…)"

    @property
    def opens(self) -> bool:
        """Whether there is an identity to open sealed keys with."""
        return bool(self._identities)

    def open(self, path: str) -> bytes | None:
        """The key of a path, or None where it is not there or cannot be opened."""
        if path in self._made:
            return self._made[path]
        content = self._read(path)
        if content is None or not path.endswith(".age"):
            return content
        return unlock(content, self._identities) if self._identities else None

    def matches(self, path: str, public_key: str) -> bool | None:
        """Whether the key of a path belongs to a public key (its digest); None where it does not open."""
        pem = self.open(path)
        if pem is None:
            return None
        try:
            return public_key_digest(read_private_key(pem, proven=False).public_key()) == public_key
        except UnreadablePemError:
            return False
