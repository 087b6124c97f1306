"""`meshgen pki import`."""

import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from builders import mesh
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa
from faults import CLIENT, SERVER, Made, authority, certificate, read
from guide_files import extracted
from pki_place import OPERATOR, Place, generated, stored

SOPS = {"backend": "sops", "sops": {"recipients": [str(OPERATOR.to_public())]}}
FILES = mesh(tls={"source": "files"}, secrets=SOPS)


class TestTheGuidesFolder:
    """What the extract script left, with a backend that keeps it in Git."""

    def test_its_files_go_into_the_store_with_their_keys_sealed(self, place: Place) -> None:
        place.write(FILES)
        clients = extracted(Path("config"), "cluster1", "cluster2")

        done = place.ok("pki", "import")

        assert done.err.splitlines()[0] == "2 clusters imported from config/"
        assert "2 Secrets sealed" in done.err
        for name, client in clients.items():
            assert place.opened(f"pki/files/{name}.etcd-client.key.age") == client.key_pem
            for end in ("", ".etcd-client-ca.crt", ".etcd-client.crt"):
                imported = place.file(f"pki/files/{name}{end}")
                assert imported.read_bytes() == Path(f"config/{name}{end}").read_bytes()

    def test_the_secret_is_that_of_the_guide_and_the_folder_is_needed_no_more(self, place: Place) -> None:
        place.write(FILES)
        extracted(Path("config"), "cluster1", "cluster2")
        guide = {path.name: path.read_bytes() for path in Path("config").iterdir()}
        place.ok("pki", "import")
        shutil.rmtree("config")

        place.ok("build")

        assert place.secret("cluster1", "cilium-clustermesh") == guide
        assert place.secret("cluster2", "cilium-clustermesh") == guide
        assert place.codes("--identity", "operator.txt") == []

    def test_without_the_import_check_says_what_to_do(self, place: Place) -> None:
        place.write(FILES)
        extracted(Path("config"), "cluster1", "cluster2")

        found = place.findings()

        assert {finding["code"] for finding in found} == {"MG501"}
        assert {finding["help"] for finding in found} == {"meshgen pki import config/"}

    def test_another_folder_is_named_relative_to_the_mesh(self, place: Place) -> None:
        place.write(FILES)
        extracted(Path("extracted/today"), "cluster1", "cluster2")

        place.ok("pki", "import", "extracted/today")

        assert place.codes() == []

    def test_a_second_import_takes_new_keys_in(self, place: Place) -> None:
        place.write(FILES)
        extracted(Path("config"), "cluster1", "cluster2")
        place.ok("pki", "import")
        renewed = extracted(Path("config"), "cluster1", "cluster2")

        place.ok("pki", "import")

        assert place.opened("pki/files/cluster1.etcd-client.key.age") == renewed["cluster1"].key_pem
        assert place.codes("--identity", "operator.txt") == []

    @pytest.mark.parametrize(
        ("spoil", "said"),
        [
            pytest.param(
                lambda folder: (folder / "cluster2.etcd-client.key").unlink(),
                "config/cluster2.etcd-client.key is missing",
                id="a key is missing",
            ),
            pytest.param(
                lambda folder: (folder / "cluster1").unlink(),
                "config/cluster1 is missing",
                id="a configuration is missing",
            ),
            pytest.param(
                lambda folder: (folder / "cluster1.etcd-client.crt").write_text("nothing", "utf-8"),
                "config/cluster1.etcd-client.crt holds no certificate that can be read",
                id="a certificate is none",
            ),
            pytest.param(
                lambda folder: (folder / "cluster1.etcd-client.key").write_text("nothing", "utf-8"),
                "config/cluster1.etcd-client.key holds no private key that can be read",
                id="a key is none",
            ),
            pytest.param(
                lambda folder: shutil.copy(
                    folder / "cluster1.etcd-client.key", folder / "cluster2.etcd-client.key"
                ),
                "the key config/cluster2.etcd-client.key does not belong to config/cluster2.etcd-client.crt",
                id="a key is another's",
            ),
            pytest.param(
                lambda folder: _append(
                    folder / "cluster1.etcd-client-ca.crt", folder / "cluster1.etcd-client.key"
                ),
                "config/cluster1.etcd-client-ca.crt holds a private key, "
                "which belongs into cluster1.etcd-client.key alone",
                id="a private key lies in a public file",
            ),
        ],
    )
    def test_what_could_not_work_is_not_taken_in(
        self, place: Place, spoil: Callable[[Path], Any], said: str
    ) -> None:
        place.write(FILES)
        extracted(Path("config"), "cluster1", "cluster2")
        spoil(Path("config"))

        done = place.run("pki", "import")

        assert (done.status, done.err) == (3, f"meshgen: {said}\n")
        assert stored(place.folder) == {}

    def test_nobody_to_seal_the_keys_for_is_refused(self, place: Place) -> None:
        place.write(mesh(tls={"source": "files"}))
        extracted(Path("config"), "cluster1", "cluster2")

        done = place.run("pki", "import")

        assert done.status == 3
        assert "nobody could open the store's keys" in done.err
        assert stored(place.folder) == {}

    def test_a_mesh_that_makes_its_own_certificates_has_no_use_for_it(self, place: Place) -> None:
        place.write(generated())
        extracted(Path("config"), "cluster1", "cluster2")

        done = place.run("pki", "import")

        assert done.status == 3
        assert "a folder is imported for tls.source: files; an authority with --ca and --ca-key" in done.err

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            (["config/", "other/"], "'other/': one folder at a time"),
            (["config/", "--ca", "a", "--ca-key", "b"], "'config/': --ca takes no folder"),
            (["--ca", "a"], "give both --ca and --ca-key"),
            (["--ca-key", "b"], "give both --ca and --ca-key"),
        ],
    )
    def test_wrong_arguments_are_refused(self, place: Place, arguments: list[str], said: str) -> None:
        place.write(FILES)

        done = place.run("pki", "import", *arguments)

        assert done.status == 2
        assert said in done.err


def _append(path: Path, other: Path) -> None:
    path.write_bytes(path.read_bytes() + other.read_bytes())


def company(made: Made, *more: bytes) -> list[str]:
    """The files of an authority, and how they are given to the command."""
    Path("company.crt").write_bytes(b"".join((made.pem, *more)))
    Path("company.key").write_bytes(made.key_pem)
    return ["pki", "import", "--ca", "company.crt", "--ca-key", "company.key"]


SIGNS = x509.KeyUsage(
    digital_signature=True,
    content_commitment=False,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    key_cert_sign=True,
    crl_sign=True,
    encipher_only=False,
    decipher_only=False,
)
SIGNS_NOTHING = x509.KeyUsage(
    digital_signature=True,
    content_commitment=False,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    key_cert_sign=False,
    crl_sign=False,
    encipher_only=False,
    decipher_only=False,
)


def only(*domains: str) -> x509.NameConstraints:
    """May sign for these domains alone."""
    return x509.NameConstraints([x509.DNSName(domain) for domain in domains], None)


class TestAnAuthority:
    """One that exists already, such as a company's."""

    @pytest.mark.parametrize(
        "key",
        [
            pytest.param(lambda: ec.generate_private_key(ec.SECP384R1()), id="ECDSA P-384"),
            pytest.param(lambda: rsa.generate_private_key(65537, 2048), id="RSA"),
            pytest.param(ed25519.Ed25519PrivateKey.generate, id="Ed25519"),
        ],
    )
    def test_it_signs_from_then_on(self, place: Place, key: Callable[[], Any]) -> None:
        place.write(generated())

        done = place.ok(*company(authority("ACME root", key=key(), extensions=[(SIGNS, True)])))
        place.ok("pki", "issue", "--identity", "operator.txt")

        assert done.err.splitlines()[0] == "authority imported"
        assert done.err.splitlines()[-1].startswith("next: meshgen pki issue mesh.yaml")
        found = place.findings("--identity", "operator.txt")
        assert {(one["code"], one["severity"]) for one in found} == {("MG510", "warning")}
        place.ok("build")

    def test_one_below_a_root_is_trusted_alone_and_what_else_is_in_its_file_is_left_behind(
        self, place: Place
    ) -> None:
        root = authority("ACME root")
        constraints = x509.BasicConstraints(ca=True, path_length=0)
        middle = certificate("ACME mesh", root, extensions=[(constraints, True), (SIGNS, True)])
        place.write(generated())

        place.ok(*company(middle, root.pem, middle.key_pem))
        place.ok("pki", "issue", "--identity", "operator.txt")
        place.ok("build")

        assert place.file("pki/ca/1.crt").read_bytes() == middle.pem
        assert place.secret("cluster1", "cilium-clustermesh")["common-etcd-client-ca.crt"] == middle.pem
        assert place.codes("--identity", "operator.txt") == []

    @pytest.mark.parametrize(
        ("made", "said"),
        [
            pytest.param(
                lambda: authority("ACME", ca=False),
                "the certificate 'ACME' is not an authority's",
                id="no CA",
            ),
            pytest.param(
                lambda: certificate("ACME", None), "the certificate 'ACME' is not an authority's", id="a leaf"
            ),
            pytest.param(
                lambda: authority("ACME", extensions=[(SIGNS_NOTHING, True)]),
                "the certificate 'ACME' is not an authority's",
                id="one that may not sign certificates",
            ),
            pytest.param(
                lambda: authority(begins=timedelta(days=-10), lasts=timedelta(days=5)),
                "it is valid from ",
                id="expired",
            ),
            pytest.param(
                lambda: authority(begins=timedelta(days=5)), "it is valid from ", id="not valid yet"
            ),
            pytest.param(
                lambda: authority(key=rsa.generate_private_key(65537, 1024)),  # noqa: S505 - the fault
                "clients refuse rsa-1024",
                id="a short key",
            ),
            pytest.param(
                lambda: authority(key=ec.generate_private_key(ec.SECP256K1())),
                "clients refuse ecdsa-secp256k1",
                id="a curve that Go does not have",
            ),
            pytest.param(
                lambda: authority(key=ed448.Ed448PrivateKey.generate()),
                "clients refuse ed448",
                id="a kind of key that Go does not have",
            ),
            pytest.param(
                lambda: authority(usages=[SERVER]),
                "it is for servers or clients alone",
                id="for servers alone",
            ),
            pytest.param(
                lambda: authority(usages=[CLIENT]),
                "it is for servers or clients alone",
                id="for clients alone",
            ),
            pytest.param(
                lambda: authority(
                    extensions=[(x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3"), b"\5\0"), True)]
                ),
                "clients do not know a critical extension of it",
                id="with a critical extension that Go does not know",
            ),
            pytest.param(
                lambda: authority(extensions=[(only("acme.example"), True)]),
                "its name constraints do not permit cluster1.mesh.cilium.io",
                id="for other names",
            ),
            pytest.param(
                lambda: authority(extensions=[(only(".mesh.cilium.io"), True)]),
                "its name constraints do not permit *.cilium-etcd.kube-system.svc",
                id="not for the names inside a cluster",
            ),
            pytest.param(
                lambda: authority(
                    extensions=[(x509.NameConstraints(None, [x509.DNSName("localhost")]), True)]
                ),
                "its name constraints do not permit localhost",
                id="not for a single name",
            ),
        ],
    )
    def test_one_that_cannot_sign_for_the_mesh_is_refused(
        self, place: Place, made: Callable[[], Made], said: str
    ) -> None:
        place.write(generated())

        done = place.run(*company(made()))

        assert done.status == 3
        assert done.err.startswith(f"meshgen: company.crt cannot sign for this mesh: {said}")
        assert stored(place.folder) == {}

    def test_name_constraints_that_allow_everything_needed_are_no_hindrance(self, place: Place) -> None:
        other = x509.UniformResourceIdentifier("https://acme.example")
        permitted = only("CILIUM.io", "svc", "svc.cluster.local", "localhost")
        constraints = x509.NameConstraints([*(permitted.permitted_subtrees or []), other], None)
        place.write(generated())

        place.ok(*company(authority(extensions=[(constraints, True)])))

    def test_a_key_of_another_is_refused(self, place: Place) -> None:
        place.write(generated())
        command = company(authority())
        Path("company.key").write_bytes(authority().key_pem)

        done = place.run(*command)

        assert (done.status, done.err) == (
            3, "meshgen: the key company.key does not belong to company.crt\n"
        )  # fmt: skip

    @pytest.mark.parametrize(
        ("name", "said"),
        [
            ("company.crt", "company.crt holds no certificate that can be read"),
            ("company.key", "company.key holds no private key that can be read"),
        ],
    )
    def test_a_file_that_is_something_else_is_refused(self, place: Place, name: str, said: str) -> None:
        place.write(generated())
        command = company(authority())
        Path(name).write_text("something else", "utf-8")

        done = place.run(*command)

        assert (done.status, done.err) == (3, f"meshgen: {said}\n")

    def test_a_file_that_is_not_there_is_named(self, place: Place) -> None:
        place.write(generated())

        done = place.run("pki", "import", "--ca", "none.crt", "--ca-key", "none.key")

        assert (done.status, done.err) == (3, "meshgen: none.crt: No such file or directory\n")

    def test_a_mesh_has_only_one_to_begin_with(self, ready: Place) -> None:
        before = stored(ready.folder)

        done = ready.run(*company(authority()))

        assert done.status == 3
        assert "pki/ has an authority already; to replace it: meshgen pki rotate --ca trust" in done.err
        assert stored(ready.folder) == before

    def test_certificates_that_come_from_elsewhere_need_none(self, place: Place) -> None:
        place.write(FILES)

        done = place.run(*company(authority()))

        assert done.status == 3
        assert "certificates are issued only with tls.source: generate" in done.err

    def test_its_key_lies_in_the_store_sealed(self, place: Place) -> None:
        place.write(generated())
        made = authority()

        place.ok(*company(made))

        key = place.opened("pki/ca/1.*.key.age")
        assert read(made.pem, key).key.private_numbers() == made.key.private_numbers()
