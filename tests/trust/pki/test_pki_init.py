"""`meshgen pki init`."""

import io
import stat
import sys
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from builders import cluster, mesh, text
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from pki_place import OPERATOR, Place, generated, stored


def test_the_authority_is_made_once_and_its_key_is_sealed(place: Place) -> None:
    place.write(generated())

    first = place.run("pki", "init")
    kept = stored(place.folder)
    second = place.run("pki", "init")

    assert (first.status, first.out) == (0, "")
    assert first.err == "authority 1 made\nnext: meshgen pki issue mesh.yaml --identity FILE\n"
    assert second.status == 3
    assert second.err == (
        "meshgen: pki/ has an authority already; to replace it: meshgen pki rotate --ca trust\n"
    )
    assert stored(place.folder) == kept
    assert [path for path in kept if path.endswith(".key.age")] == [
        str(place.file("pki/ca/1.*.key.age").relative_to(place.folder))
    ]
    assert place.opened("pki/ca/1.*.key.age").startswith(b"-----BEGIN PRIVATE KEY-----")


def test_only_the_owner_reads_sealed_keys(place: Place) -> None:
    place.begin()

    modes = {
        path.suffix: stat.S_IMODE(path.stat().st_mode)
        for path in (place.folder / "pki").rglob("*")
        if path.is_file()
    }

    assert modes == {".age": 0o600, ".crt": 0o644, ".json": 0o644}


@pytest.mark.parametrize(
    ("algorithm", "kind"),
    [
        ("ecdsa-p256", ec.EllipticCurvePublicKey),
        ("rsa-2048", rsa.RSAPublicKey),
        ("ed25519", ed25519.Ed25519PublicKey),
    ],
)
def test_an_authority_has_the_algorithm_and_validity_of_the_mesh(
    place: Place, algorithm: str, kind: type
) -> None:
    tls = {"source": "generate", "algorithm": algorithm, "validity": {"ca": "100d"}}
    place.write(generated(name="rebels", tls=tls))
    place.ok("pki", "init", "--as-of", "2027-03-01")

    made = x509.load_pem_x509_certificate(place.file("pki/ca/1.crt").read_bytes())

    assert isinstance(made.public_key(), kind)
    assert made.subject.rfc4514_string() == "CN=rebels mesh CA 1"
    assert made.not_valid_before_utc == datetime(2027, 3, 1, 11, tzinfo=UTC)
    assert (made.not_valid_after_utc - made.not_valid_before_utc).days == 100
    usage = made.extensions.get_extension_for_class(x509.KeyUsage).value
    assert usage.key_cert_sign
    assert not usage.key_encipherment
    made.verify_directly_issued_by(made)


@pytest.mark.parametrize(
    ("data", "status", "said"),
    [
        pytest.param(
            generated(cluster(1), cluster(2, id=1)), 1, "error[MG202]", id="a mesh with other findings"
        ),
        pytest.param(mesh(), 3, "mesh.yaml has no tls section with source generate", id="no tls section"),
        pytest.param(
            generated(tls={"source": "in-cluster"}), 1, "error[MG602]", id="keys that are made elsewhere"
        ),
        pytest.param(
            mesh(tls={"source": "files"}),
            3,
            "certificates are issued only with tls.source: generate",
            id="certificates that come from elsewhere",
        ),
        pytest.param(
            generated(secrets={"backend": "external-secrets"}),
            3,
            "nobody could open the store's keys: add tls.storeRecipients or secrets.sops.recipients",
            id="nobody to seal the key for",
        ),
    ],
)
def test_a_mesh_that_cannot_have_an_authority_gets_none(
    place: Place, data: dict[str, Any], status: int, said: str
) -> None:
    place.write(data)

    done = place.run("pki", "init")

    assert done.status == status
    assert said in done.out + done.err
    assert stored(place.folder) == {}


def test_keys_of_the_store_are_for_its_own_recipients_whatever_the_backend(place: Place) -> None:
    tls = {"source": "generate", "storeRecipients": [str(OPERATOR.to_public())]}
    place.write(generated(tls=tls, secrets={"backend": "sealed-secrets"}))
    place.ok("pki", "init")

    assert place.opened("pki/ca/1.*.key.age")


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        pytest.param(["other.yaml"], 3, "cannot read 'other.yaml'", id="a mesh that is not there"),
        pytest.param(["cluster1"], 2, "'cluster1' is no mesh.yaml", id="something else"),
        pytest.param(["a.yaml", "b.yml"], 2, "'b.yml': there is one mesh, 'a.yaml'", id="two meshes"),
        pytest.param(["--as-of", "soon"], 2, "'soon' is not a date", id="no date"),
        pytest.param(["--as-of", "0001-01-01"], 2, "1951 to 9000", id="a date before certificates"),
        pytest.param(["--as-of", "9999-12-31"], 2, "1951 to 9000", id="a date after certificates"),
        pytest.param(["--identity", "none.txt"], 3, "none.txt: No such file", id="no identity"),
    ],
)
def test_wrong_arguments_are_refused(place: Place, arguments: list[str], status: int, said: str) -> None:
    place.write(generated())

    done = place.run("pki", "init", *arguments)

    assert done.status == status
    assert said in done.err
    assert stored(place.folder) == {}


def test_the_store_lies_beside_the_mesh_wherever_that_is(place: Place) -> None:
    (place.folder / "meshes").mkdir()
    (place.folder / "meshes/production.yml").write_bytes(
        text(generated(tls={"source": "generate", "store": "trust"}))
    )

    done = place.ok("pki", "init", "meshes/production.yml")

    assert (place.folder / "meshes/trust/state.json").exists()
    assert done.err.splitlines()[-1] == "next: meshgen pki issue meshes/production.yml --identity FILE"


def test_a_mesh_from_standard_input_has_its_store_here(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(text(generated()))))

    place.ok("pki", "init", "-")

    assert Path("pki/state.json").exists()


def test_quiet_says_nothing(place: Place) -> None:
    place.write(generated())

    assert place.ok("pki", "init", "--quiet").err == ""


def test_what_an_interrupted_run_left_is_begun_again(place: Place) -> None:
    place.write(generated())
    place.ok("pki", "init")
    place.file("pki/ca/1.crt").unlink()
    former = place.file("pki/ca/1.*.key.age")
    draft = place.folder / "pki/ca/1.crt.0badcafe.new"
    draft.write_bytes(b"half a certificate")

    place.ok("pki", "init")

    assert not draft.exists()
    assert not former.exists()
    assert place.file("pki/ca/1.*.key.age")
    place.ok("pki", "issue", "--identity", "operator.txt")
    assert place.codes() == []


def test_a_state_that_is_somebody_else_s_is_not_written_over(place: Place) -> None:
    place.write(generated(tls={"source": "generate", "store": "infra"}))
    state = place.folder / "infra/state.json"
    state.parent.mkdir()
    state.write_text('{"serial": 7}')

    done = place.run("pki", "init")

    assert (done.status, done.err) == (
        3,
        "meshgen: infra/state.json is not meshgen's; move it away, or choose another folder with tls.store\n",
    )
    assert [path.name for path in state.parent.iterdir()] == ["state.json"]
    assert state.read_text() == '{"serial": 7}'


@pytest.mark.parametrize(
    "store",
    ["/srv/pki", "..", "../pki", "pki/..", "pki/../../x", "pki/\n", "pki\u2028", "a\x7f", "a\tb", ""],
)
def test_the_store_is_a_folder_below_the_mesh_s(place: Place, store: str) -> None:
    place.write(generated(tls={"source": "generate", "store": store}))

    assert place.codes() == ["MG104"]
    assert place.run("pki", "init").status == 1
    assert not list(place.folder.rglob("*.crt"))


@pytest.mark.parametrize(
    "store", [".", "./pki", "pki//x/", "..pki", ".pki/...", "of the mesh", ".a", "a..b/.c"]
)
def test_the_store_may_be_any_folder_below(place: Place, store: str) -> None:
    place.write(generated(tls={"source": "generate", "store": store}))
    place.ok("pki", "init")

    assert (place.folder / store / "ca/1.crt").is_file()


@pytest.mark.parametrize("folder", ["a\nb", "a\x85", "\x00"])
def test_the_folder_of_controllers_certificates_is_legible(place: Place, folder: str) -> None:
    secrets = {"backend": "sealed-secrets", "sealedSecrets": {"certificates": folder}}
    place.write(generated(secrets=secrets))

    assert place.codes() == ["MG104"]
