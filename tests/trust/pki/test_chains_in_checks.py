"""What `meshgen check` says of whole chains."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from builders import mesh
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from faults import CLIENT, SERVER, Made, authority, certificate
from guide_files import extracted
from pki_place import Place

UNKNOWN = (x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\5\0"), True)
ELSEWHERE = (x509.NameConstraints([x509.DNSName("elsewhere.io")], None), True)


def middle(by: Made, **options: Any) -> Made:
    return certificate(
        "middle", by, extensions=[(x509.BasicConstraints(ca=True, path_length=None), True)], **options
    )


@pytest.fixture
def guide(place: Place) -> Callable[..., list[str]]:
    """Puts a chain for cluster1 into the guide's folder; what is found then, cluster1's path left out."""
    place.write(mesh(tls={"source": "files"}))
    extracted(place.folder / "config", "cluster1", "cluster2")

    def found(signer: bytes, leaf: Made, *more: Made) -> list[str]:
        files = place.folder / "config"
        (files / "cluster1.etcd-client-ca.crt").write_bytes(signer)
        (files / "cluster1.etcd-client.crt").write_bytes(b"".join(made.pem for made in (leaf, *more)))
        (files / "cluster1.etcd-client.key").write_bytes(leaf.key_pem)
        findings = place.findings()
        return [f"{one['code']} {one['message']}" for one in findings if one["severity"] == "error"]

    return found


UNTRUSTED = ["MG504 config/cluster1.etcd-client.crt was not signed by a trusted authority"]


@pytest.mark.parametrize(
    ("signer", "options", "found"),
    [
        pytest.param({"usages": [CLIENT]}, {}, [], id="an authority for clients"),
        pytest.param({"usages": [SERVER]}, {}, UNTRUSTED, id="an authority for servers"),
        pytest.param({"extensions": [UNKNOWN]}, {}, UNTRUSTED, id="an authority with a strange extension"),
        pytest.param({}, {"extensions": [UNKNOWN]}, UNTRUSTED, id="a strange extension"),
        pytest.param(
            {"extensions": [ELSEWHERE]}, {"names": ["a.b"]}, UNTRUSTED, id="an authority for other names"
        ),
        pytest.param({"extensions": [ELSEWHERE]}, {}, [], id="an authority for other names, and no name"),
        pytest.param(
            {},
            {"key": ec.generate_private_key(ec.SECP224R1())},
            ["MG510 config/cluster1.etcd-client.crt uses ecdsa-p224, which clients refuse"],
            id="a curve that no handshake can use",
        ),
    ],
)
def test_what_go_refuses_is_told(
    guide: Callable[..., list[str]], signer: dict[str, Any], options: dict[str, Any], found: list[str]
) -> None:
    root = authority(**signer)

    assert guide(root.pem, certificate("client", root, **({"usages": [CLIENT]} | options))) == found


@pytest.mark.parametrize(
    ("dates", "told"),
    [
        ({"begins": timedelta(days=-9), "lasts": timedelta(days=3)}, "expired on "),
        ({"begins": timedelta(days=3)}, "is valid only from "),
    ],
    ids=["expired", "not valid yet"],
)
def test_intermediates_are_judged_by_their_dates(
    guide: Callable[..., list[str]], dates: dict[str, timedelta], told: str
) -> None:
    root = authority()
    between = middle(root, **dates)
    leaf = certificate("client", between, usages=[CLIENT])

    [found] = guide(root.pem, leaf, between)
    assert found.startswith(f"MG507 an intermediate certificate in config/cluster1.etcd-client.crt {told}")

    # One that the chain does not need may be as old as it likes.
    assert guide(root.pem, certificate("client", root, usages=[CLIENT]), between) == []


@pytest.mark.parametrize("name", ["cluster1.etcd-client-ca.crt", "cluster1.etcd-client.crt"])
def test_pem_that_go_passes_over_is_unreadable(
    place: Place, guide: Callable[..., list[str]], name: str
) -> None:
    root = authority()
    assert guide(root.pem, certificate("client", root, usages=[CLIENT])) == []
    path = place.folder / "config" / name

    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())

    assert [(one["code"], one["message"]) for one in place.findings() if one["code"] == "MG502"] == [
        ("MG502", f"config/{name} holds a certificate that Go passes over, since its PEM is not plain")
    ]
