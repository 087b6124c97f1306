"""No private key is in clear text: not in a file, not in what is printed, whatever goes wrong."""

import json
import os
import re
from base64 import b64decode, b64encode
from binascii import Error
from collections.abc import Callable, Iterator
from pathlib import Path

import pyrage
import pytest
from controller import LONG
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from workplaces import OPERATOR, STRANGER, Run, Workplace, extracted, generated, public

from meshgen.cli import check as check_command
from meshgen.cli.input import Beside
from meshgen.compiler import compile_mesh
from meshgen.inspection import inspect
from meshgen.plan.resolve import plan
from meshgen.plan.tls import TlsMaterial
from meshgen.trust.issuing import Pair
from meshgen.trust.keyring import Keyring
from meshgen.trust.sealing import Seals, prepare
from meshgen.trust.seals.age import Identity

TOKEN = re.compile(rb"[A-Za-z0-9+/_-]{40,}={0,2}")


def private_numbers(place: Workplace) -> list[bytes]:
    """The secret number of every key in the store, which is in each form of a key."""
    numbers = []
    for path in (place.folder / "pki").rglob("*.age"):
        pem = pyrage.decrypt(path.read_bytes(), [OPERATOR])
        key = serialization.load_pem_private_key(pem, None)
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        numbers.append(key.private_numbers().private_value.to_bytes(32, "big"))
    return numbers


def forms(content: bytes, depth: int = 3) -> Iterator[bytes]:
    """A content as it is, without its line breaks, and with everything in base64 decoded, again and again."""
    yield content
    joined = content.replace(b"\\n", b"").translate(None, b" \r\n")
    for text in {content, joined} if depth else ():
        for token in TOKEN.findall(text):
            for start in range(4):
                part = token.translate(bytes.maketrans(b"-_", b"+/"))[start:].rstrip(b"=")
                try:
                    yield from forms(b64decode(part[: len(part) // 4 * 4]), depth - 1)
                except Error:
                    continue


def reveals(content: bytes, numbers: list[bytes]) -> bool:
    """Whether a content holds a key, or a good part of one."""
    secrets = [part for number in numbers for part in (number[:12], number[-12:])]
    secrets += [str(OPERATOR)[16:40].encode(), str(STRANGER)[16:40].encode()]
    return any(secret in form for form in forms(content) for secret in secrets)


def test_the_search_itself_finds_a_key_in_every_form(sealed: Workplace) -> None:
    numbers = private_numbers(sealed)
    key = ec.derive_private_key(int.from_bytes(numbers[0]), ec.SECP256R1())
    plain = serialization.NoEncryption()
    for encoding in (serialization.Encoding.PEM, serialization.Encoding.DER):
        for kind in (serialization.PrivateFormat.PKCS8, serialization.PrivateFormat.TraditionalOpenSSL):
            raw = key.private_bytes(encoding, kind, plain)
            assert reveals(raw, numbers)
            assert reveals(b'{"data": "' + b64encode(raw) + b'"}', numbers)
            assert reveals(b64encode(b64encode(raw)), numbers)
            assert reveals(json.dumps(raw.decode("latin-1")).encode(), numbers) or raw[:1] == b"0"
    assert not reveals(sealed.files()["pki/ca/1.crt"], numbers)


def silent(place: Workplace, numbers: list[bytes], run: Run | None = None) -> None:
    """Neither the files nor what was printed hold a key."""
    for path, content in place.files().items():
        assert not reveals(content, numbers), path
    if run is not None:
        assert not reveals(run.out.encode(), numbers), run.out
        assert not reveals(run.err.encode(), numbers), run.err


@pytest.mark.parametrize("backend", ["sops", "sealed-secrets", "external-secrets"])
def test_no_file_of_the_store_the_lock_or_the_tree_holds_a_key(sealed: Workplace, backend: str) -> None:
    sealing = sealed.folder / "pki" / "sealing"
    sealing.mkdir()
    for name in ("cluster1", "cluster2"):
        (sealing / f"{name}.pem").write_bytes(LONG)
    sealed.write(generated(backend=backend))
    numbers = private_numbers(sealed)
    assert len(numbers) == 9
    silent(sealed, numbers, sealed.must("build", "--debug", identity=backend != "external-secrets"))


def test_keys_that_are_imported_lie_nowhere_in_clear(tmp_path: Path) -> None:
    place = Workplace(tmp_path / "mesh", generated(tls={"source": "files"}))
    extracted(place.folder / "config", "cluster1", "cluster2")
    place.must("pki", "import", "config/")
    place.must("build")
    for path in (place.folder / "config").iterdir():
        path.unlink()
    silent(place, private_numbers(place))


def closed(place: Workplace) -> None:
    data = generated()
    data["clusters"][0]["recipients"] = [public(STRANGER)]
    place.write(data)


def tampered(place: Workplace) -> None:
    path = place.folder / "pki/sealed/cluster1/cilium-clustermesh.json"
    path.write_text(path.read_text().replace("data:", "data:A"))


def corrupt(place: Workplace) -> None:
    (place.folder / "meshgen.lock").write_text("<<<<<<<\n")
    (place.folder / "pki/sealed/cluster1/cilium-clustermesh.json").write_text("{")


def corrupt_key(place: Workplace) -> None:
    closed(place)
    for path in (place.folder / "pki/clusters/cluster1").glob("*.key.age"):
        path.write_text(path.read_text()[:-60])


def not_a_key(place: Workplace) -> None:
    closed(place)
    for path in (place.folder / "pki/clusters/cluster1").glob("*.key.age"):
        path.write_bytes(
            pyrage.encrypt(b"-----BEGIN PRIVATE KEY-----\n", [OPERATOR.to_public()], armored=True)
        )


def unwritable(place: Workplace) -> None:
    closed(place)
    (place.folder / "meshgen.lock").unlink()
    (place.folder / "meshgen.lock").mkdir()


def without_sops(place: Workplace) -> None:
    place.write(
        generated(
            secrets={
                "backend": "sops",
                "sops": {"recipients": [public(OPERATOR)], "keys": {"pgp": ["0" * 40]}},
            }
        )
    )


FAILURES = [
    pytest.param(closed, [], id="without an identity"),
    pytest.param(closed, ["--identity", "stranger"], id="with a wrong identity"),
    pytest.param(tampered, ["--identity", "operator"], id="with a tampered value"),
    pytest.param(corrupt, ["--identity", "operator"], id="with a corrupt lock and value"),
    pytest.param(corrupt_key, ["--identity", "operator"], id="with a sealed key that is cut off"),
    pytest.param(not_a_key, ["--identity", "operator"], id="with a sealed key that is none"),
    pytest.param(unwritable, ["--identity", "operator"], id="with a lock that cannot be written"),
    pytest.param(without_sops, ["--identity", "operator"], id="without the program that seals"),
]


@pytest.mark.parametrize(
    "command", [["build"], ["build", "--check"], ["check"], ["pki", "rotate", "cluster1"]]
)
@pytest.mark.parametrize(("spoil", "options"), FAILURES)
def test_nothing_that_fails_shows_a_key(
    sealed: Workplace,
    monkeypatch: pytest.MonkeyPatch,
    spoil: Callable[[Workplace], None],
    options: list[str],
    command: list[str],
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    numbers = private_numbers(sealed)
    spoil(sealed)
    given = [
        str(sealed.folder.parent / "mesh-keys" / f"{one}.txt") if one[0] != "-" else one for one in options
    ]
    for format_ in ("text", "json", "sarif"):
        done = sealed.run(*command, "--debug", "--format", format_, *given)
        assert done.status in ({1, 3} if command[0] == "build" else {0, 1, 3})
        silent(sealed, numbers, done)


def test_a_bug_whose_words_hold_a_key_is_shown_without_them(
    sealed: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Over several lines, of which each by itself looks like nothing."""
    pem = next(
        pyrage.decrypt(path.read_bytes(), [OPERATOR]) for path in (sealed.folder / "pki").rglob("*.age")
    ).decode()

    def broken(*_: object, **__: object) -> None:
        raise ValueError(pem)

    monkeypatch.setattr(check_command, "inspect", broken)
    done = sealed.run("check", "--debug")
    assert done.status == 3
    assert done.err.startswith('Traceback (most recent call last):\n  File "')
    assert "in broken" in done.err
    assert not any(line in done.err for line in pem.splitlines())


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(["check", "--identity", str(STRANGER)], id="for the name of a file"),
        pytest.param(["check", "--as-of", str(STRANGER)], id="for a date"),
        pytest.param(["pki", "issue", str(STRANGER)], id="for a cluster"),
        pytest.param(["build", "-o", str(STRANGER), "--format", "x"], id="for a folder"),
        pytest.param(["build", f"--{STRANGER}"], id="for an option"),
    ],
)
def test_an_identity_given_for_something_else_is_not_repeated(
    sealed: Workplace, monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    monkeypatch.chdir(sealed.folder)
    done = sealed.run(*command, "--debug")
    assert done.status in {2, 3}
    assert str(STRANGER)[16:40] not in done.out + done.err


def test_an_identity_written_in_mesh_yaml_is_not_repeated(sealed: Workplace) -> None:
    sealed.write(generated(secrets={"backend": "sops", "sops": {"recipients": [str(STRANGER)]}}))
    for format_ in ("text", "concise", "json", "sarif", "github", "junit"):
        done = sealed.run("check", "--format", format_)
        assert done.status == 1
        assert str(STRANGER)[16:40] not in done.out + done.err


PLACES = ["pki/ca/old.txt", "pki/clusters/cluster1/backup/key", "pki/sealed/cluster1/cilium-clustermesh.json"]


@pytest.mark.parametrize("path", PLACES)
@pytest.mark.parametrize("form", ["PEM", "base64", "DER in base64", "age identity"])
def test_a_key_planted_in_the_store_is_found_and_nothing_is_built(
    sealed: Workplace, path: str, form: str
) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    pem, der = (
        key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        for encoding in (serialization.Encoding.PEM, serialization.Encoding.DER)
    )
    planted = {
        "PEM": pem,
        "base64": b64encode(pem),
        "DER in base64": b64encode(der),
        "age identity": str(STRANGER).encode(),
    }[form]
    full = sealed.folder / path
    full.parent.mkdir(parents=True, exist_ok=True)
    full.write_bytes(planted)
    for command in (["check"], ["build"], ["build", "--check"]):
        done = sealed.run(*command, identity=True)
        assert done.status == 1
        assert "MG514" in done.codes
        assert f"{path} holds a private key in clear text" in done.out
        assert not reveals(done.out.encode(), [key.private_numbers().private_value.to_bytes(32, "big")])


def test_a_key_planted_in_mesh_yaml_never_reaches_the_tree(sealed: Workplace) -> None:
    before = sealed.files("out")
    data = generated()
    data["clusters"][0]["service"] = {"annotations": {"a/b": str(STRANGER)}}
    sealed.write(data)
    done = sealed.run("build")
    assert done.codes == ["MG704"]
    assert str(STRANGER)[16:40] not in done.out + done.err
    assert sealed.files("out") == before


def test_a_key_in_what_the_store_would_hold_is_refused_too(
    sealed: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A program that seals the values, and writes what it was given beside them."""
    program = sealed.folder.parent / "bin" / "sops"
    program.parent.mkdir()
    value = "ENC[AES256_GCM,data:AA==,iv:AA==,tag:AA==,type:str]"
    given = r'{"data": {"\([^"]*\)": "\([^"]*\)"}}'
    answer = rf'{{"data": {{"\1": "{value}"}}, "sops": {{"pgp": ["\2"]}}}}'
    program.write_text(f"#!/bin/sh\nsed 's/^{given}$/{answer}/' /dev/stdin\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.defpath}")
    sealed.write(generated(secrets={"backend": "sops", "sops": {"keys": {"pgp": ["0" * 40]}}}))
    before, numbers = sealed.files(), private_numbers(sealed)
    done = sealed.run("build", identity=True)
    assert set(done.codes) == {"MG704"}
    assert "./pki/sealed/cluster1/cilium-clustermesh.json" in done.out
    assert sealed.files() == before
    silent(sealed, numbers, done)
    done = sealed.run("pki", "rotate", "cluster1", identity=True)
    assert done.status == 3
    assert "would hold a private key in clear text; nothing is written" in done.err
    assert sealed.files() == before
    silent(sealed, numbers, done)


def test_records_that_hold_keys_do_not_show_them() -> None:
    key = b"-----BEGIN PRIVATE KEY-----"
    records = [
        Pair(b"certificate", key),
        Seals(plain={("a", "b", "c"): key}),
        Keyring({"a": key}.get, made={"b": key}),
    ]
    assert not [record for record in records if "PRIVATE" in f"{record!r}{record}"]


def test_no_record_on_the_way_from_the_store_to_a_secret_in_clear_shows_a_key(sealed: Workplace) -> None:
    sealed.write(generated(backend="plaintext"))
    inspection = inspect(sealed.files()["mesh.yaml"], "mesh.yaml", folder=Beside(str(sealed.folder)))
    compiled = compile_mesh(
        inspection, source="mesh.yaml", root="out", identities=lambda: [Identity(public(OPERATOR), OPERATOR)]
    )
    numbers = private_numbers(sealed)
    assert inspection.mesh is not None
    assert inspection.inventory is not None
    seals = prepare(
        inspection.mesh, inspection.inventory, Keyring(inspection.folder.read, [Identity("", OPERATOR)])
    )
    material = TlsMaterial(inventory=inspection.inventory, plain=seals.plain)
    assert any(reveals(content, numbers) for content in compiled.secrets.files.values())
    for record in (inspection, compiled, seals, material, plan(inspection.mesh, "mesh.yaml", material)):
        assert not reveals(repr(record).encode(), numbers), type(record)
