"""Types of ICMP messages: numbers, and the names that Cilium takes for them."""

from typing import Any

_LARGEST = 255

_V4 = {
    "EchoReply": 0,
    "DestinationUnreachable": 3,
    "Redirect": 5,
    "Echo": 8,
    "EchoRequest": 8,
    "RouterAdvertisement": 9,
    "RouterSelection": 10,
    "TimeExceeded": 11,
    "ParameterProblem": 12,
    "Timestamp": 13,
    "TimestampReply": 14,
    "Photuris": 40,
    "ExtendedEchoRequest": 42,
}
_V6 = {
    "DestinationUnreachable": 1,
    "PacketTooBig": 2,
    "TimeExceeded": 3,
    "ParameterProblem": 4,
    "EchoRequest": 128,
    "EchoReply": 129,
    "MulticastListenerQuery": 130,
    "MulticastListenerReport": 131,
    "MulticastListenerDone": 132,
    "RouterSolicitation": 133,
    "RouterAdvertisement": 134,
    "NeighborSolicitation": 135,
    "NeighborAdvertisement": 136,
    "RedirectMessage": 137,
    "RouterRenumbering": 138,
    "ICMPNodeInformationQuery": 139,
    "ICMPNodeInformationResponse": 140,
    "InverseNeighborDiscoverySolicitation": 141,
    "InverseNeighborDiscoveryAdvertisement": 142,
    "HomeAgentAddressDiscoveryRequest": 144,
    "HomeAgentAddressDiscoveryReply": 145,
    "MobilePrefixSolicitation": 146,
    "MobilePrefixAdvertisement": 147,
    "DuplicateAddressRequestCodeSuffix": 157,
    "DuplicateAddressConfirmationCodeSuffix": 158,
    "ExtendedEchoRequest": 160,
}
# NOTE: without ExtendedEchoReply, of which the CRDs (1.16 to 1.20) have a name with a blank in it.


def icmp_type(written: Any, *, v6: bool, names: bool) -> int:
    """
    The number of a type of message, as `icmps[].fields[].type` has it; with `names` it may be one.

    Raises:
        ValueError: when it is none of that family.

    """
    if isinstance(written, int) and not isinstance(written, bool) and 0 <= written <= _LARGEST:
        return written
    if names and isinstance(written, str):
        known = _V6 if v6 else _V4
        if written in known:
            return known[written]
        if written.isascii() and written.isdecimal() and str(int(written)) == written:
            return icmp_type(int(written), v6=v6, names=False)
    raise ValueError(written)
