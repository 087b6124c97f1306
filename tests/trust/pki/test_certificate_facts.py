"""What a certificate says, judged by Go's rules."""

import base64
import warnings
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address, ip_network
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa, x448, x25519
from faults import CLIENT, SERVER, Made, authority, certificate
from hypothesis import given
from hypothesis import strategies as st

from meshgen.trust.certificates import (
    UnreadablePemError,
    public_key_digest,
    read_certificates,
    read_private_key,
)
from meshgen.trust.chains import path_of, root_of
from meshgen.trust.facts import CertificateFacts, Usage

SIGNER = authority("signer")
UNKNOWN = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\5\0")


def names_within(
    *, permitted: list[x509.GeneralName] | None = None, excluded: list[x509.GeneralName] | None = None
) -> x509.NameConstraints:
    return x509.NameConstraints(permitted, excluded)


def facts(made: Made) -> CertificateFacts:
    return read_certificates(made.pem)[0].facts


@pytest.mark.parametrize(
    ("names", "host", "covered"),
    [
        pytest.param(["cluster1.mesh.cilium.io"], "cluster1.mesh.cilium.io", True, id="the name itself"),
        pytest.param(["CLUSTER1.mesh.CILIUM.io"], "cluster1.mesh.cilium.io", True, id="in capitals"),
        pytest.param(["*.mesh.cilium.io"], "cluster1.mesh.cilium.io", True, id="a wildcard for one label"),
        pytest.param(["x.y", "*.mesh.cilium.io"], "cluster1.mesh.cilium.io", True, id="any name will do"),
        pytest.param(["*.cilium.io"], "cluster1.mesh.cilium.io", False, id="no wildcard for two labels"),
        pytest.param(["*.mesh.cilium.io"], "mesh.cilium.io", False, id="no wildcard for no label"),
        pytest.param(["cluster1.*.cilium.io"], "cluster1.mesh.cilium.io", False, id="no wildcard further on"),
        pytest.param(
            ["c*.mesh.cilium.io"], "cluster1.mesh.cilium.io", False, id="no wildcard inside a label"
        ),
        pytest.param(["*"], "localhost", True, id="a wildcard alone, for a name of one label"),
        pytest.param(["cluster1.mesh.cilium.io."], "cluster1.mesh.cilium.io", False, id="no dot at the end"),
        pytest.param(["cluster1"], "cluster1.mesh.cilium.io", False, id="no beginning alone"),
        pytest.param(["mesh.cilium.io"], "cluster1.mesh.cilium.io", False, id="no end alone"),
        pytest.param([], "cluster1.mesh.cilium.io", False, id="no name at all"),
        pytest.param(["127.0.0.1"], "127.0.0.1", False, id="an address is no name"),
        pytest.param([".mesh.cilium.io"], ".mesh.cilium.io", False, id="no empty label"),
    ],
)
def test_only_alternative_names_count_and_a_wildcard_is_one_label(
    names: list[str], host: str, *, covered: bool
) -> None:
    assert facts(certificate(host, SIGNER, names=names)).covers(host) is covered


def test_an_address_is_covered_by_addresses() -> None:
    general = [
        x509.IPAddress(ip_address("10.0.0.1")),
        x509.IPAddress(ip_address("fd00::1")),
        x509.IPAddress(ip_network("10.1.0.0/16")),
    ]
    made = facts(certificate("x", SIGNER, extensions=[(x509.SubjectAlternativeName(general), False)]))

    assert made.covers("10.0.0.1")
    assert made.covers("fd00:0::1")
    assert not made.covers("10.0.0.2")


@pytest.mark.parametrize(
    ("usages", "allowed"),
    [
        (None, {Usage.SERVER, Usage.CLIENT}),
        ([SERVER], {Usage.SERVER}),
        ([CLIENT], {Usage.CLIENT}),
        ([SERVER, CLIENT], {Usage.SERVER, Usage.CLIENT}),
        ([x509.oid.ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE], {Usage.SERVER, Usage.CLIENT}),
        ([x509.oid.ExtendedKeyUsageOID.CODE_SIGNING], set()),
    ],
    ids=["none named", "servers", "clients", "both", "any", "something else"],
)
def test_a_usage_that_is_named_excludes_the_others(
    usages: list[x509.ObjectIdentifier] | None, allowed: set[Usage]
) -> None:
    made = facts(certificate("x", SIGNER, usages=usages))

    assert {usage for usage in Usage if made.allows(usage)} == allowed


@pytest.mark.parametrize(
    ("key", "algorithm", "accepted"),
    [
        (ec.generate_private_key(ec.SECP224R1()), "ecdsa-p224", False),
        (ec.generate_private_key(ec.SECP256R1()), "ecdsa-p256", True),
        (ec.generate_private_key(ec.SECP384R1()), "ecdsa-p384", True),
        (ec.generate_private_key(ec.SECP521R1()), "ecdsa-p521", True),
        (ec.generate_private_key(ec.BrainpoolP256R1()), "ecdsa-brainpoolP256r1", False),
        (ed25519.Ed25519PrivateKey.generate(), "ed25519", True),
        (ed448.Ed448PrivateKey.generate(), "ed448", False),
        (x25519.X25519PrivateKey.generate(), "x25519", False),
        (x448.X448PrivateKey.generate(), "x448", False),
        (dsa.generate_private_key(2048), "dsa", False),
        (rsa.generate_private_key(65537, 2048), "rsa-2048", True),
        (rsa.generate_private_key(65537, 2056), "rsa-2056", True),
        (rsa.generate_private_key(65537, 1536), "rsa-1536", False),  # noqa: S505 - what is to be refused
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_keys_that_go_knows_are_accepted(key: Any, algorithm: str, *, accepted: bool) -> None:
    made = facts(certificate("x", SIGNER, key=key))

    assert made.algorithm == algorithm
    assert made.weaknesses == (() if accepted else (algorithm,))


def test_a_curve_that_no_connection_can_use_still_serves_an_authority() -> None:
    assert facts(authority(key=ec.generate_private_key(ec.SECP224R1()))).weaknesses == ()


@pytest.mark.parametrize(
    ("digest", "weak"),
    [
        (hashes.SHA224(), ("sha224",)),
        (hashes.SHA256(), ()),
        (hashes.SHA384(), ()),
        (hashes.SHA512(), ()),
        (hashes.SHA3_256(), ("sha3-256",)),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_signatures_that_go_knows_are_accepted(digest: hashes.HashAlgorithm, weak: tuple[str, ...]) -> None:
    leaf = certificate("x", SIGNER, digest=digest)
    trusted = authority(digest=digest)

    assert facts(leaf).weaknesses == weak
    # Nobody looks at the signature of what is trusted as it stands.
    assert facts(trusted).weaknesses == ()


@pytest.mark.parametrize(("algorithm", "weak"), [(b"\x04", "md5"), (b"\x05", "sha1")])
def test_signatures_that_nobody_makes_any_more_are_still_read(algorithm: bytes, weak: str) -> None:
    signer = authority(key=rsa.generate_private_key(65537, 2048))
    pkcs1 = bytes.fromhex("2a864886f70d0101")
    der = certificate("x", signer).certificate.public_bytes(serialization.Encoding.DER)
    old = x509.load_der_x509_certificate(der.replace(pkcs1 + b"\x0b", pkcs1 + algorithm))

    assert facts(Made(old, None)).weaknesses == (weak,)


def test_an_ed25519_signature_has_no_digest_to_be_weak() -> None:
    signer = authority(key=ed25519.Ed25519PrivateKey.generate())

    assert facts(certificate("x", signer)).weaknesses == ()


def test_facts_are_those_of_the_certificate() -> None:
    made = certificate("common", SIGNER, names=["a.b"], now=datetime(2027, 1, 2, tzinfo=UTC))

    found = facts(made)

    assert found.common_name == "common"
    assert found.names == ("a.b",)
    assert found.fingerprint == made.certificate.fingerprint(hashes.SHA256()).hex()
    assert found.public_key == public_key_digest(made.key.public_key())
    assert (found.not_before, found.not_after) == (
        datetime(2027, 1, 1, tzinfo=UTC),
        datetime(2028, 1, 1, tzinfo=UTC),
    )
    assert not found.is_authority
    assert found.signed_by("somebody").issuer == "somebody"


class TestChains:
    """Whom a certificate leads to."""

    def root(self, chain: list[Made], *pool: Made) -> str | None:
        pem = b"".join(made.pem for made in chain)
        return root_of(read_certificates(pem), [one for made in pool for one in read_certificates(made.pem)])

    def middle(self, by: Made, **options: Any) -> Made:
        constraints = x509.BasicConstraints(
            ca=options.pop("ca", True), path_length=options.pop("length", None)
        )
        return certificate("middle", by, extensions=[(constraints, True)], **options)

    def test_it_leads_to_the_one_that_signed_it_and_not_to_one_of_the_same_name(self) -> None:
        namesake = authority("signer")
        leaf = certificate("x", SIGNER)

        assert self.root([leaf], namesake, SIGNER) == facts(SIGNER).fingerprint
        assert self.root([leaf], namesake) is None
        assert self.root([leaf]) is None

    def test_an_authority_renewed_with_its_key_signs_for_the_old_certificates(self) -> None:
        renewed = authority("signer", key=SIGNER.key)

        assert self.root([certificate("x", SIGNER)], renewed) == facts(renewed).fingerprint

    def test_intermediates_count_when_they_are_sent_with_it_in_any_order(self) -> None:
        upper = self.middle(SIGNER)
        lower = certificate(
            "lower", upper, extensions=[(x509.BasicConstraints(ca=True, path_length=None), True)]
        )
        leaf = certificate("x", lower)

        assert self.root([leaf, lower, upper], SIGNER) == facts(SIGNER).fingerprint
        assert self.root([leaf, upper, lower], SIGNER) == facts(SIGNER).fingerprint
        assert self.root([leaf, upper], SIGNER) is None
        assert self.root([leaf], upper, lower) == facts(lower).fingerprint

    @pytest.mark.parametrize("length", [0, 1])
    def test_an_authority_signs_only_for_as_long_a_chain_as_it_may(self, length: int) -> None:
        root = authority(path_length=length)
        upper = self.middle(root)
        lower = certificate(
            "lower", upper, extensions=[(x509.BasicConstraints(ca=True, path_length=0), True)]
        )

        assert self.root([certificate("x", root)], root) is not None
        assert (self.root([certificate("x", upper), upper], root) is not None) == (length >= 1)
        assert self.root([certificate("x", lower), lower, upper], root) is None

    def test_who_is_no_authority_signs_nothing(self) -> None:
        impostor = self.middle(SIGNER, ca=False)
        without = certificate("without", SIGNER)

        assert self.root([certificate("x", impostor), impostor], SIGNER) is None
        assert self.root([certificate("x", without), without], SIGNER) is None
        assert self.root([certificate("x", without)], without) is None

    def test_a_chain_that_turns_in_circles_or_is_endless_has_an_end(self) -> None:
        first = self.middle(SIGNER)
        second = certificate(
            "middle", first, extensions=[(x509.BasicConstraints(ca=True, path_length=None), True)]
        )
        circle = certificate(
            "middle",
            second,
            key=first.key,
            extensions=[(x509.BasicConstraints(ca=True, path_length=None), True)],
        )
        other = authority("other")

        assert self.root([certificate("x", first), circle, second, first], other) is None
        assert self.root([certificate("x", first), circle, second, first], SIGNER) is not None

    @pytest.mark.parametrize(("between", "leads"), [(5, True), (6, False)])
    def test_a_chain_has_five_intermediates_at_most(self, between: int, *, leads: bool) -> None:
        chain = [SIGNER]
        for _ in range(between):
            chain.append(self.middle(chain[-1]))
        leaf = certificate("x", chain[-1])

        assert (self.root([leaf, *chain[1:]], SIGNER) is not None) is leads

    def test_authorities_of_one_name_that_sign_each_other_are_given_up_soon(self) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        others = [authority("many") for _ in range(30)]
        chain = [certificate("x", authority("many", key=key)), *others]
        crossed = [self.middle(by, key=other.key) for by in others[:5] for other in others[5:11]]

        assert self.root(chain, SIGNER) is None
        assert self.root([certificate("x", crossed[0]), *crossed], SIGNER) is None
        # The hundred and first signature is not looked at.
        pool = [one for made in others for one in read_certificates(made.pem)] * 4
        signer = authority("many")
        last = read_certificates(signer.pem)
        leaf = read_certificates(certificate("x", signer).pem)
        assert root_of(leaf, [*pool[:99], *last]) == last[0].facts.fingerprint
        assert root_of(leaf, [*pool[:100], *last]) is None

    @pytest.mark.parametrize(
        ("usages", "wanted", "leads"),
        [
            (None, {Usage.SERVER, Usage.CLIENT}, True),
            ([SERVER], {Usage.SERVER}, True),
            ([SERVER], {Usage.CLIENT}, False),
            ([SERVER], {Usage.SERVER, Usage.CLIENT}, False),
        ],
        ids=["none named", "the one named", "another", "one of two"],
    )
    def test_everyone_above_must_leave_room_for_the_usage(
        self, usages: list[x509.ObjectIdentifier] | None, wanted: set[Usage], *, leads: bool
    ) -> None:
        narrow = authority("narrow", usages=usages)
        middle = self.middle(SIGNER, usages=usages)

        for chain, top in (
            ([certificate("x", narrow)], narrow),
            ([certificate("x", middle), middle], SIGNER),
        ):
            read = read_certificates(b"".join(made.pem for made in chain))
            found = root_of(read, read_certificates(top.pem), frozenset(wanted))
            assert (found is not None) is leads

    @pytest.mark.parametrize(
        ("extension", "critical", "leads"),
        [
            (UNKNOWN, True, False),
            (UNKNOWN, False, True),
            (x509.InhibitAnyPolicy(0), True, False),
            (x509.SubjectAlternativeName([x509.DNSName("a.b")]), True, True),
            (x509.SubjectAlternativeName([x509.RegisteredID(x509.ObjectIdentifier("1.2.3"))]), True, False),
            (names_within(permitted=[x509.DNSName("b")]), True, True),
            (names_within(permitted=[x509.DirectoryName(x509.Name([]))]), True, False),
            (names_within(excluded=[x509.RegisteredID(x509.ObjectIdentifier("1.2.3"))]), True, False),
        ],
        ids=[
            "unknown",
            "unknown and not critical",
            "known to new versions alone",
            "names",
            "names of a strange kind",
            "constraints",
            "constraints of a strange kind",
            "exclusions of a strange kind",
        ],
    )
    def test_a_critical_extension_that_go_does_not_know_is_refused_wherever_it_is(
        self, extension: x509.ExtensionType, *, critical: bool, leads: bool
    ) -> None:
        odd = [(extension, critical)]
        root = authority("odd", extensions=odd)
        leaf = certificate("x", SIGNER, extensions=odd)

        assert (self.root([leaf], SIGNER) is not None) is leads
        assert (self.root([certificate("x", root)], root) is not None) is leads

    @pytest.mark.parametrize(
        ("constraints", "leads"),
        [
            (names_within(permitted=[x509.DNSName("mesh.io")]), True),
            (names_within(permitted=[x509.DNSName("")]), True),
            (names_within(permitted=[x509.DNSName("other.io")]), False),
            (names_within(permitted=[x509.DNSName("io"), x509.DNSName("a")]), True),
            (names_within(excluded=[x509.DNSName("mesh.io")]), False),
            (names_within(excluded=[x509.DNSName("")]), False),
            (names_within(excluded=[x509.DNSName("other.io")]), True),
            (names_within(permitted=[x509.IPAddress(ip_network("10.0.0.0/8"))]), True),
            (names_within(permitted=[x509.IPAddress(ip_network("11.0.0.0/8"))]), False),
            (names_within(permitted=[x509.IPAddress(ip_network("::/0"))]), False),
            (names_within(excluded=[x509.IPAddress(ip_network("10.0.0.1/32"))]), False),
            (names_within(excluded=[x509.IPAddress(ip_network("11.0.0.0/8"))]), True),
            (names_within(permitted=[x509.RFC822Name("other.io")]), True),
        ],
        ids=repr,
    )
    def test_name_constraints_hold_for_names_and_addresses_below(
        self, constraints: x509.NameConstraints, *, leads: bool
    ) -> None:
        root = authority("narrow", extensions=[(constraints, True)])
        upper = self.middle(root)
        general = [x509.DNSName("a.mesh.io"), x509.IPAddress(ip_address("10.0.0.1"))]
        names = [(x509.SubjectAlternativeName(general), False)]

        assert (self.root([certificate("x", root, extensions=names)], root) is not None) is leads
        assert (self.root([certificate("x", upper, extensions=names), upper], root) is not None) is leads
        assert self.root([certificate("x", root)], root) is not None

    def test_of_intermediates_with_one_key_the_one_that_lasts_longest_is_taken(self) -> None:
        old = self.middle(SIGNER, begins=timedelta(days=-9), lasts=timedelta(days=1))
        new = self.middle(SIGNER, key=old.key)
        leaf = certificate("x", new)

        for chain in ([leaf, old, new], [leaf, new, old]):
            read = read_certificates(b"".join(made.pem for made in chain))
            path = path_of(read, read_certificates(SIGNER.pem))
            assert [one.parsed for one in path] == [one.certificate for one in (leaf, new, SIGNER)]

    @pytest.mark.parametrize(
        ("options", "counts"),
        [
            pytest.param({}, True, id="a usual one"),
            pytest.param({"key": ec.generate_private_key(ec.SECP224R1())}, True, id="of P-224"),
            pytest.param({"key": rsa.generate_private_key(65537, 1024)}, True, id="of a short RSA key"),  # noqa: S505
            pytest.param({"key": ec.generate_private_key(ec.SECP256K1())}, False, id="of another curve"),
            pytest.param({"key": ed448.Ed448PrivateKey.generate()}, False, id="of Ed448"),
            pytest.param({"digest": hashes.SHA224()}, False, id="with a signature that Go does not know"),
        ],
    )
    def test_an_intermediate_counts_where_go_verifies_it(
        self, options: dict[str, Any], *, counts: bool
    ) -> None:
        between = self.middle(SIGNER, **options)

        assert (self.root([certificate("x", between), between], SIGNER) is not None) is counts

    def test_an_algorithm_that_cannot_be_verified_signs_nothing(self) -> None:
        odd = authority(key=ec.generate_private_key(ec.SECP256R1()), digest=hashes.SHA3_256())

        assert self.root([certificate("x", odd, digest=hashes.SHA3_256())], SIGNER) is None


class TestUnreadableFiles:
    """A file that should hold PEM and does not."""

    @pytest.mark.parametrize(
        "pem",
        [b"", b"nonsense", b"\xff\xfe", SIGNER.key_pem, SIGNER.pem[:-40], SIGNER.pem.replace(b"A", b"!")],
        ids=["empty", "nonsense", "binary", "a key", "cut off", "garbled"],
    )
    def test_certificates(self, pem: bytes) -> None:
        with pytest.raises(UnreadablePemError, match="holds no certificate that can be read"):
            read_certificates(pem)

    def test_a_certificate_with_bits_for_a_name(self) -> None:
        made = authority("bits" * 4)
        der = made.certificate.public_bytes(serialization.Encoding.DER)
        bits = der.replace(b"\x0c\x10" + b"bits" * 4, b"\x03\x10\0" + b"bits" * 3 + b"bit")
        assert bits != der

        with pytest.raises(UnreadablePemError, match="holds no certificate that can be read"):
            read_certificates(_pem(bits))

    @pytest.mark.parametrize(
        "change",
        [
            lambda pem: pem.replace(b" CERT", b" X509 CERT"),
            lambda pem: b"\xef\xbb\xbf" + pem,
            lambda pem: b"  " + pem.replace(b"\n", b"\n  "),
            lambda pem: pem.replace(b"-----\n", b"-----\nComment: x\n\n", 1),
            lambda pem: pem.replace(b"-----END", b" -----END"),
            lambda pem: b"x" + pem,
        ],
        ids=[
            "another label",
            "a byte order mark",
            "indented",
            "headers",
            "an indented end",
            "not at the begin",
        ],
    )
    def test_what_go_passes_over(self, change: Callable[[bytes], bytes]) -> None:
        for pem in (change(SIGNER.pem), SIGNER.pem + change(SIGNER.pem)):
            with pytest.raises(UnreadablePemError):
                read_certificates(pem)

    def test_texts_between_certificates_and_windows_ends_of_lines_are_no_matter(self) -> None:
        pem = b"# first\n" + SIGNER.pem + b"\n\nsecond:\n" + SIGNER.pem.rstrip()

        for content in (pem, pem.replace(b"\n", b"\r\n")):
            assert len(read_certificates(content)) == 2

    def test_more_certificates_than_anybody_needs(self) -> None:
        assert len(read_certificates(SIGNER.pem * 32)) == 32
        with pytest.raises(UnreadablePemError, match="more than 32"):
            read_certificates(SIGNER.pem * 33)

    def test_a_certificate_with_an_extension_twice(self) -> None:
        # A second alternative name takes the place of the usages, which are as long.
        der = certificate("x", SIGNER, names=["abcdefgh"], usages=[SERVER]).certificate.public_bytes(
            serialization.Encoding.DER
        )
        twice = der.replace(bytes.fromhex("0603551d25"), bytes.fromhex("0603551d11"))
        assert twice != der

        with pytest.raises(UnreadablePemError):
            read_certificates(_pem(twice))

    def test_a_certificate_of_a_version_that_does_not_exist(self) -> None:
        der = SIGNER.certificate.public_bytes(serialization.Encoding.DER)
        strange = der.replace(bytes.fromhex("a003020102"), bytes.fromhex("a003020107"))

        with pytest.raises(UnreadablePemError):
            read_certificates(_pem(strange))

    @pytest.mark.parametrize(
        "pem", [b"", b"nonsense", SIGNER.pem], ids=["empty", "nonsense", "a certificate"]
    )
    def test_keys(self, pem: bytes) -> None:
        with pytest.raises(UnreadablePemError, match="holds no private key that can be read"):
            read_private_key(pem)

    def test_a_key_with_a_password(self) -> None:
        pem = SIGNER.key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(b"password"),
        )

        with pytest.raises(UnreadablePemError, match="holds no private key that can be read"):
            read_private_key(pem)

    @given(st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), min_size=1, max_size=4))
    def test_whatever_happened_to_a_certificate_it_is_read_or_refused_in_silence(
        self, changes: list[tuple[int, int]]
    ) -> None:
        der = bytearray(_LEAF)
        for position, value in changes:
            der[position % len(der)] = value

        with warnings.catch_warnings():
            warnings.simplefilter("error")
            try:
                [read] = read_certificates(_pem(bytes(der)))
            except UnreadablePemError:
                return
            assert read.facts.covers("a.b") in {True, False}
            assert root_of([read], read_certificates(SIGNER.pem)) in {None, facts(SIGNER).fingerprint}


_LEAF = certificate("x", SIGNER, names=["a.b", "*.b"], usages=[SERVER, CLIENT]).certificate.public_bytes(
    serialization.Encoding.DER
)


def _pem(der: bytes) -> bytes:
    body = base64.encodebytes(der)
    return b"-----BEGIN CERTIFICATE-----\n" + body + b"-----END CERTIFICATE-----\n"
