"""Files of keys that open and hold no key, or that of another certificate."""

import shutil
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, rsa
from faults import authority, plant
from pki_place import OPERATOR, Place, generated, stored

from meshgen.trust.seals.age import lock

IDENTITY = ("--identity", "operator.txt")
AUTHORITY = "pki/ca/1.*.key.age"
SERVER = "pki/clusters/cluster1/server.*.key.age"


def emptied(place: Place, pattern: str) -> str:
    """Seal nothing in the place of a key, as a failed pipe of two ages does; its path."""
    path = place.file(pattern)
    path.write_text(lock(b"", [str(OPERATOR.to_public())]), "ascii")
    return str(path.relative_to(place.folder))


def test_each_is_found_the_authoritys_too(ready: Place) -> None:
    paths = [emptied(ready, pattern) for pattern in (AUTHORITY, SERVER)]

    found = ready.findings(*IDENTITY)

    assert {(one["code"], one["message"].split()[2], one["help"]) for one in found} == {
        ("MG503", paths[0], "restore it from Git, or meshgen pki rotate --ca trust"),
        ("MG503", paths[1], "restore it from Git, or meshgen pki rotate cluster1"),
    }


def test_one_that_is_no_sealed_file_is_found_without_any_identity(ready: Place) -> None:
    ready.file(AUTHORITY).write_bytes(b"")

    assert ready.codes() == ["MG502"]


def test_an_authority_whose_key_is_kept_elsewhere_is_sound(ready: Place) -> None:
    ready.file(AUTHORITY).unlink()

    assert ready.codes(*IDENTITY) == []


@pytest.mark.parametrize("pattern", [AUTHORITY, SERVER])
def test_something_is_missing_where_one_is_empty(ready: Place, pattern: str) -> None:
    path = emptied(ready, pattern)

    done = ready.run("pki", "issue", *IDENTITY)

    assert done.status == 3
    assert f"{path} does not belong to pki/" in done.err
    assert done.err.endswith("; restore it from Git\n")


def test_nothing_is_signed_with_an_authority_whose_key_is_none(ready: Place) -> None:
    path = emptied(ready, AUTHORITY)
    before = stored(ready.folder)

    done = ready.run("pki", "rotate", "cluster1", *IDENTITY)

    assert done.status == 3
    assert done.err == (
        f"meshgen: {path} holds no private key that can be read; "
        "restore it from Git, or replace the authority: meshgen pki rotate --ca trust\n"
    )
    assert stored(ready.folder) == before


def test_nothing_is_signed_with_the_key_of_another(ready: Place) -> None:
    path = ready.file(AUTHORITY)
    shutil.copy(ready.file(SERVER), path)

    done = ready.run("pki", "rotate", "cluster1", *IDENTITY)

    assert (done.status, done.err) == (
        3,
        f"meshgen: {path.relative_to(ready.folder)} does not belong to pki/ca/1.crt; restore it from Git\n",
    )


@pytest.mark.parametrize(
    ("key", "told"),
    [
        (ed448.Ed448PrivateKey.generate(), "ed448"),
        (dsa.generate_private_key(2048), "dsa"),
        (rsa.generate_private_key(65537, 1024), "rsa-1024"),  # noqa: S505 - what is to be refused
        (ec.generate_private_key(ec.SECP256K1()), "ecdsa-secp256k1"),
    ],
    ids=["Ed448", "DSA", "a short RSA key", "a curve that Go does not have"],
)
def test_nothing_is_signed_with_a_key_that_clients_refuse(ready: Place, key: Any, told: str) -> None:
    plant(ready.file("pki/ca/1.crt"), authority(key=key), str(OPERATOR.to_public()))
    before = stored(ready.folder)

    done = ready.run("pki", "rotate", "cluster1", *IDENTITY)

    said = (
        f"pki/ca/1.crt has a key of {told}, which clients refuse; replace it: meshgen pki rotate --ca trust"
    )
    assert (done.status, done.err) == (3, f"meshgen: {said}\n")
    assert stored(ready.folder) == before
    weak = f"pki/ca/1.crt uses {told}, which clients refuse"
    assert [one["message"] for one in ready.findings(*IDENTITY) if one["code"] == "MG510"] == [weak]


def test_an_authority_whose_key_is_none_can_be_replaced(ready: Place) -> None:
    emptied(ready, AUTHORITY)

    for step in ("trust", "issue", "drop"):
        ready.ok("pki", "rotate", "--ca", step, *IDENTITY)

    assert ready.codes(*IDENTITY) == []


@pytest.mark.parametrize("backend", ["sops", "plaintext"])
def test_none_is_sealed_or_shown(ready: Place, backend: str) -> None:
    path = emptied(ready, SERVER)
    ready.file("pki/sealed/cluster1/cilium-etcd-server-tls.json").unlink()
    recipients = [str(OPERATOR.to_public())]
    tls = {"source": "generate", "storeRecipients": recipients}
    ready.write(generated(tls=tls, secrets={"backend": backend, "sops": {"recipients": recipients}}))

    done = ready.ok("pki", "rotate", "cluster2", *IDENTITY)

    sealing = "still to be sealed: cluster1/cilium-etcd-server-tls (restore the key from Git)"
    assert (sealing in done.err) == (backend == "sops")
    assert not (ready.folder / "pki/sealed/cluster1/cilium-etcd-server-tls.json").exists()
    assert path in ready.run("build", *IDENTITY).out
