"""Addresses in policies, as Go's `net/netip` reads them."""

import ipaddress
import re
from typing import Any

Block = ipaddress.IPv4Network | ipaddress.IPv6Network

# NOTE: the standard library takes masks such as 255.0.0.0 and numbers such as 08 for a length as well.
_LENGTH = re.compile(r"0|[1-9][0-9]{0,2}")


def cidr_block(text: Any) -> Block | None:
    """A CIDR with its length, whatever its host bits; None where it is none."""
    if not isinstance(text, str):
        return None
    address, slash, length = text.partition("/")
    return _network(text) if slash and "%" not in address and _LENGTH.fullmatch(length) else None


def block_or_address(text: Any) -> Block | None:
    """A CIDR, or an address as the CIDR of it alone; None where it is neither."""
    if isinstance(text, str) and "/" not in text:
        return _network(text)
    return cidr_block(text)


def _network(text: str) -> Block | None:
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None
