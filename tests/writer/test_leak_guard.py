"""No private key ever lands in the output tree, and no report shows one."""

import base64
import secrets
import shutil
import subprocess
import textwrap
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from builders import cluster, mesh, service
from workspace import Workspace

from meshgen.redaction import private_key_in
from meshgen.yaml_out import dump

# NOTE: keys are made when they are needed; one in this file would be taken for a leak.
AGE = "AGE-SECRET-KEY-" + "1QYQSZQGPQYQSZQGPQYQSZQGPQYQSZQGPQYQSZQGPQYQSZQGPQYQSRDX9YL"
ALGORITHMS = {
    "RSA of 2,048 bits": ("RSA", "rsa_keygen_bits:2048"),
    "RSA of 3,072 bits": ("RSA", "rsa_keygen_bits:3072"),
    "EC P-256": ("EC", "ec_paramgen_curve:P-256"),
    "EC P-384": ("EC", "ec_paramgen_curve:P-384"),
    "EC P-521": ("EC", "ec_paramgen_curve:P-521"),
    "Ed25519": ("ED25519", ""),
    "X25519": ("X25519", ""),
}
TRADITIONAL = [name for name in ALGORITHMS if name.startswith(("RSA", "EC"))]

needs_openssl = pytest.mark.skipif(not shutil.which("openssl"), reason="keys are made with openssl")


def openssl(*arguments: str, given: bytes = b"") -> bytes:
    return subprocess.run(["openssl", *arguments], input=given, capture_output=True, check=True).stdout


@cache
def key(algorithm: str, form: str = "pkcs8") -> bytes:
    """A new private key in PEM."""
    name, option = ALGORITHMS[algorithm]
    made = openssl("genpkey", "-algorithm", name, *(("-pkeyopt", option) if option else ()))
    if form == "traditional":
        return openssl("pkey", "-traditional", given=made)
    if form == "encrypted":
        return openssl("pkcs8", "-topk8", "-v2", "aes-256-cbc", "-passout", "pass:x", given=made)
    return made


def der(pem: bytes) -> bytes:
    """What is inside of PEM."""
    return base64.b64decode(b"".join(pem.splitlines()[1:-1]))


def wrapped(width: int) -> Callable[[bytes], str]:
    return lambda data: textwrap.fill(base64.b64encode(data).decode(), width)


ENCODINGS: dict[str, Callable[[bytes], str]] = {
    "base64": lambda data: base64.b64encode(data).decode(),
    "base64, one byte in": lambda data: base64.b64encode(b"x" + data).decode(),
    "base64, two bytes in": lambda data: base64.b64encode(b"xy" + data).decode(),
    "base64 for URLs": lambda data: base64.urlsafe_b64encode(data).decode().rstrip("="),
    "base64 in lines of 64": wrapped(64),
    "base64 in lines of 76": wrapped(76),
    "base64 in lines with spaces behind": lambda data: wrapped(64)(data).replace("\n", " \n"),
    "base64 in lines of Windows": lambda data: wrapped(64)(data).replace("\n", "\r\n"),
    "base64 in JSON": lambda data: f'{{"data": {{"tls.key": "{base64.b64encode(data).decode()}"}}}}',
    "base64 after a certificate": lambda data: base64.b64encode(certificate() + data).decode(),
}


@cache
def certificate() -> bytes:
    """A certificate in PEM, whose length leaves the key after it where it may be cut by a line's end."""
    made = openssl("req", "-x509", "-newkey", "ed25519", "-nodes", "-keyout", "/dev/null", "-subj", "/CN=x")
    return made + b"\n" * (40 - len(made) % 48)


def annotated(value: str) -> dict[str, Any]:
    """A mesh with a value in an annotation."""
    return mesh(cluster(1), cluster(2, service={"annotations": {"example.com/note": value}}))


@needs_openssl
@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_key_is_found_as_base64_in_yaml_as_meshgen_writes_it(algorithm: str, encoding: str) -> None:
    forms = ["pkcs8", *(["traditional"] if algorithm in TRADITIONAL else [])]
    for form in forms:
        pem = key(algorithm, form)
        for data in (pem, der(pem)):
            written = dump({"metadata": {"annotations": {"example.com/note": ENCODINGS[encoding](data)}}})
            assert private_key_in(written.encode())


@needs_openssl
@pytest.mark.parametrize("form", ["pkcs8", "traditional", "encrypted"])
@pytest.mark.parametrize("algorithm", TRADITIONAL)
def test_a_key_in_pem_stops_the_build_and_no_report_shows_it(
    work: Workspace, algorithm: str, form: str
) -> None:
    pem = key(algorithm, form).decode()
    work.write(annotated(pem))
    run = work.build()

    assert run.status == 1
    assert "error[MG704]: cluster2/cilium-etcd-external.service.yaml would contain a private key" in run.out
    assert not work.out.exists()
    for line in pem.splitlines()[1:-1]:
        assert line not in run.out + run.err


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(AGE, id="an age identity"),
        pytest.param("AGE-SECRET-KEY-" + "PQ-1" + "Q" * 60, id="a post-quantum age identity"),
        pytest.param("-----BEGIN OPENSSH PRIVATE KEY-----\nb3\n", id="a key of OpenSSH"),
        pytest.param("-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nlQ\n", id="a key of OpenPGP"),
        pytest.param("-----BEGIN ANY PRIVATE KEY-----", id="a key of any kind"),
        pytest.param(
            base64.b64encode(b"openssh-key-v1\0\0\0\0\4none" + secrets.token_bytes(60)).decode(),
            id="a key of OpenSSH without its first line",
        ),
        pytest.param(
            base64.b64encode(f"# created: today\n{AGE}\n".encode()).decode(), id="an age file as base64"
        ),
    ],
)
@pytest.mark.parametrize(
    "place",
    [
        pytest.param(annotated, id="in the mesh Service"),
        pytest.param(
            lambda text: mesh(services=[service(annotations={"example.com/note": text})]),
            id="in a global service",
        ),
        pytest.param(
            lambda text: mesh(
                services=[service(annotations={"example.com/note": text}, manage="annotation")]
            ),
            id="in a patch",
        ),
        pytest.param(lambda text: mesh(cluster(1), cluster(2, region=text)), id="in a region"),
        pytest.param(lambda text: mesh(cluster(1, context=text), cluster(2)), id="in a context"),
    ],
)
def test_a_key_stops_the_build_wherever_it_comes_from(
    work: Workspace, text: str, place: Callable[[str], dict[str, Any]]
) -> None:
    work.write(place(text))
    run = work.build()

    assert not work.out.exists() or not any(map(private_key_in, _all(work.out)))
    for kind in ("text", "concise", "json", "sarif", "github", "junit"):
        shown = work.build("--format", kind)
        for line in filter(None, text.splitlines()):
            assert line not in shown.out + shown.err
    assert run.status == (0 if work.out.exists() else 1)


def _all(folder: Path) -> list[bytes]:
    return [path.read_bytes() for path in folder.rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param(lambda: mesh(cluster(1, labels={"note": AGE}), cluster(2)), id="as a label"),
        pytest.param(lambda: mesh(cluster(1, labels={AGE: "x"}), cluster(2)), id="as the key of a label"),
        pytest.param(lambda: mesh(cluster(1, **{AGE: "x"}), cluster(2)), id="as an unknown key"),
        pytest.param(lambda: mesh(cluster(1, name=AGE), cluster(2)), id="as a name"),
        pytest.param(lambda: mesh(cluster(1, podCIDRs=[AGE]), cluster(2)), id="as a CIDR"),
        pytest.param(lambda: mesh(name=AGE), id="as the name of the mesh"),
        pytest.param(lambda: mesh(services=[service(AGE)]), id="as the name of a service"),
        pytest.param(lambda: mesh(services=[service(clusters=[AGE])]), id="as a reference"),
        pytest.param(lambda: mesh(cilium={"version": AGE}), id="as a version"),
        pytest.param(lambda: mesh(tls={"source": "files", "files": AGE}), id="as a folder"),
    ],
)
def test_no_report_shows_a_key_that_is_wrong_where_it_stands(
    work: Workspace, wrong: Callable[[], dict[str, Any]]
) -> None:
    work.write(wrong())
    for kind in ("text", "concise", "json", "sarif", "github", "junit"):
        run = work.build("--format", kind)
        assert run.status == 1
        assert AGE[:20] not in run.out + run.err


@needs_openssl
@pytest.mark.parametrize("algorithm", [name for name in ALGORITHMS if name != "X25519"])
def test_certificates_and_public_keys_are_let_through(work: Workspace, algorithm: str) -> None:
    private = key(algorithm)
    public = openssl("pkey", "-pubout", given=private)
    (work.folder / "key").write_bytes(private)
    signed = openssl("req", "-x509", "-key", "key", "-subj", "/CN=etcd", "-set_serial", "0")
    request = openssl("req", "-new", "-key", "key", "-subj", "/CN=etcd")
    texts = [pem.decode() for pem in (public, signed, request)]
    texts += [
        encode(data)
        for encode in ENCODINGS.values()
        for pem in (public, signed, request)
        for data in (pem, der(pem))
    ]
    for text in texts:
        assert not private_key_in(dump({"note": text}).encode())

    work.write(annotated("\n".join(texts[:3])))
    assert work.build().status == 0
    assert "BEGIN CERTIFICATE" in (work.out / "cluster2/cilium-etcd-external.service.yaml").read_text()


@pytest.mark.parametrize(
    "text",
    [
        "never commit a PRIVATE KEY",
        "age1qyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqs3290gq",
        "-----BEGIN CERTIFICATE-----",
        "sha256:" + "0123456789abcdef" * 4,
        base64.b64encode(bytes(range(256))).decode(),
        "a-very-long-name-of-a-thing-that-has-no-secret-in-it-" * 3,
    ],
)
def test_harmless_text_is_let_through(work: Workspace, text: str) -> None:
    work.write(annotated(text))

    assert work.build().status == 0
