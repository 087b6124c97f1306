"""The checksum inside an age recipient: https://github.com/bitcoin/bips/blob/master/bip-0173.mediawiki."""

from functools import lru_cache

_CHARACTERS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_GENERATORS = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_PREFIX = (3, 3, 3, 0, 1, 7, 5)
"""The letters `age`: the upper bits of each, 0, the lower bits of each."""
_CHECKSUM_CHARACTERS = 6
_PADDING = 0b1111
"""A key of 32 bytes leaves four bits of its last character unused."""


@lru_cache(maxsize=1024)
def is_recipient(text: str) -> bool:
    """Whether `age1` and 58 characters of the alphabet, as they are, make a recipient."""
    values = [_CHARACTERS.index(character) for character in text.removeprefix("age1")]
    if values[-_CHECKSUM_CHARACTERS - 1] & _PADDING:
        return False
    checksum = 1
    for value in (*_PREFIX, *values):
        top = checksum >> 25
        checksum = (checksum & 0x1FFFFFF) << 5 ^ value
        for bit, generator in enumerate(_GENERATORS):
            if top >> bit & 1:
                checksum ^= generator
    return checksum == 1
