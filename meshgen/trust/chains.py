"""Whom a certificate leads to, by the rules of Go's crypto/x509; dates are another matter."""

from collections.abc import Iterable, Iterator, Sequence
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.x509.oid import ExtensionOID

from .certificates import Certificate, extension
from .facts import Usage

_LONGEST_CHAIN = 5
_MOST_CHECKS = 100
"""How many signatures Go verifies before it gives a chain up."""

_UNDERSTOOD = {
    ExtensionOID.KEY_USAGE,
    ExtensionOID.BASIC_CONSTRAINTS,
    ExtensionOID.SUBJECT_ALTERNATIVE_NAME,
    ExtensionOID.NAME_CONSTRAINTS,
    ExtensionOID.CRL_DISTRIBUTION_POINTS,
    ExtensionOID.AUTHORITY_KEY_IDENTIFIER,
    ExtensionOID.EXTENDED_KEY_USAGE,
    ExtensionOID.SUBJECT_KEY_IDENTIFIER,
    ExtensionOID.CERTIFICATE_POLICIES,
    ExtensionOID.AUTHORITY_INFORMATION_ACCESS,
}
_NAMES = (x509.DNSName, x509.IPAddress, x509.RFC822Name, x509.UniformResourceIdentifier)


def root_of(
    chain: Sequence[Certificate], pool: Sequence[Certificate], usages: frozenset[Usage] = frozenset()
) -> str | None:
    """The fingerprint of the authority in `pool` that a leaf leads to, or None; as `path_of`."""
    path = path_of(chain, pool, usages)
    return path[-1].facts.fingerprint if path else None


def path_of(
    chain: Sequence[Certificate], pool: Sequence[Certificate], usages: frozenset[Usage] = frozenset()
) -> tuple[Certificate, ...]:
    """
    The certificates from a leaf to an authority in `pool`, both among them; none where it leads to none.

    `chain` is the leaf and the intermediates sent with it, and `usages` what everyone above the leaf must
    leave room for; of intermediates that will do, those that last longest are taken.
    """
    if not is_understood(chain[0]):
        return ()
    between = (one for one in chain[1:] if one.facts.counts_between)
    lasting = sorted(between, key=lambda one: one.facts.not_after, reverse=True)
    return _Search(lasting, pool, usages).above((chain[0],))


def is_understood(certificate: Certificate) -> bool:
    """Whether Go knows every extension that is critical; it refuses a certificate with any other."""
    return all(_is_known(one) for one in certificate.parsed.extensions if one.critical)


def _is_known(one: x509.Extension[x509.ExtensionType]) -> bool:
    if isinstance(one.value, x509.SubjectAlternativeName):
        return any(isinstance(name, _NAMES) for name in one.value)
    if isinstance(one.value, x509.NameConstraints):
        names = (*(one.value.permitted_subtrees or ()), *(one.value.excluded_subtrees or ()))
        return all(isinstance(name, _NAMES) for name in names)
    return one.oid in _UNDERSTOOD


class _Search:
    def __init__(
        self, others: Sequence[Certificate], pool: Sequence[Certificate], usages: frozenset[Usage]
    ) -> None:
        self.others = others
        self.pool = pool
        self.usages = usages
        self.checks = 0

    def above(self, path: tuple[Certificate, ...]) -> tuple[Certificate, ...]:
        """A path, continued up to an authority; nothing where there is no way."""
        for authority in self._signers(path, self.pool):
            return (*path, authority)
        if len(path) > _LONGEST_CHAIN:
            return ()
        longer = (self.above((*path, one)) for one in self._signers(path, self.others))
        return next(filter(None, longer), ())

    def _signers(
        self, path: tuple[Certificate, ...], candidates: Iterable[Certificate]
    ) -> Iterator[Certificate]:
        for one in candidates:
            if (
                one.subject == path[-1].issuer
                and _fits(one, path, self.usages)
                and self._signed(path[-1], one)
            ):
                yield one

    def _signed(self, lower: Certificate, authority: Certificate) -> bool:
        self.checks += 1
        if self.checks > _MOST_CHECKS:
            return False
        try:
            lower.parsed.verify_directly_issued_by(authority.parsed)
        except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
            return False
        return True


def _fits(authority: Certificate, path: tuple[Certificate, ...], usages: frozenset[Usage]) -> bool:
    """Whether an authority may stand above a path, apart from its signature."""
    return (
        authority.facts.is_authority
        and all(map(authority.facts.allows, usages))
        and all(one.facts.public_key != authority.facts.public_key for one in path[1:])
        and _reaches(authority, len(path) - 1)
        and is_understood(authority)
        and _permits_all(authority, path)
    )


def _reaches(authority: Certificate, between: int) -> bool:
    constraints = extension(authority.parsed, x509.BasicConstraints)
    longest = constraints.path_length if constraints else None
    return longest is None or between <= longest


def _permits_all(authority: Certificate, path: tuple[Certificate, ...]) -> bool:
    constraints = extension(authority.parsed, x509.NameConstraints)
    if constraints is None:
        return True
    names = all(permits(constraints, name) for one in path for name in one.facts.names)
    return names and all(_permits_address(constraints, text) for one in path for text in one.facts.addresses)


def permits(constraints: x509.NameConstraints, name: str) -> bool:
    """Whether name constraints allow a DNS name."""
    permitted, excluded = _of_kind(constraints, x509.DNSName)
    inside = not permitted or any(_within(name, str(one)) for one in permitted)
    return inside and not any(_within(name, str(one)) for one in excluded)


def _permits_address(constraints: x509.NameConstraints, text: str) -> bool:
    permitted, excluded = _of_kind(constraints, x509.IPAddress)
    inside = not permitted or any(_covers(one, text) for one in permitted)
    return inside and not any(_covers(one, text) for one in excluded)


def _of_kind(
    constraints: x509.NameConstraints, kind: type[x509.DNSName | x509.IPAddress]
) -> tuple[list[Any], list[Any]]:
    """The values of one kind of name, permitted and excluded."""
    trees = (constraints.permitted_subtrees or (), constraints.excluded_subtrees or ())
    permitted, excluded = ([name.value for name in tree if isinstance(name, kind)] for tree in trees)
    return permitted, excluded


def _covers(network: IPv4Network | IPv6Network, text: str) -> bool:
    # NOTE: what is no single address, Go does not even parse.
    return ip_network(text)[0] in network


def _within(name: str, domain: str) -> bool:
    """Go's rule: a domain contains itself and what is below; one that begins with a dot, only the latter."""
    below = name.lower().endswith(f".{domain.lower().removeprefix('.')}")
    return not domain or below or name.lower() == domain.lower()
