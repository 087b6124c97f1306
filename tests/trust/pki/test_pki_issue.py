"""`meshgen pki issue`."""

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from builders import cluster
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID
from pki_place import OPERATOR, STRANGER, Place, generated, stored

THIRD = cluster(3, name="third")
BOTH = {ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH}
CLIENT = {ExtendedKeyUsageOID.CLIENT_AUTH}


@pytest.mark.parametrize(
    ("role", "common_name", "names", "usages"),
    [
        (
            "server",
            "server-cluster1",
            [
                "cluster1.mesh.example",
                "*.mesh.example",
                "*.cilium-etcd.cilium.svc",
                "cilium-etcd-client.cilium.svc",
                "localhost",
            ],
            BOTH,
        ),
        (
            "peer",
            "peer-cluster1",
            ["*.cilium-etcd.cilium.svc", "*.cilium-etcd.cilium.svc.cluster.local"],
            BOTH,
        ),
        ("local", "local-cluster1", [], CLIENT),
        ("remote", "remote-cluster1", [], CLIENT),
    ],
)
def test_each_certificate_is_for_its_use(
    place: Place, role: str, common_name: str, names: list[str], usages: set[x509.ObjectIdentifier]
) -> None:
    place.begin(generated(domain="mesh.example", cilium={"version": "1.7", "namespace": "cilium"}))

    made = x509.load_pem_x509_certificate(place.file(f"pki/clusters/cluster1/{role}.crt").read_bytes())
    signer = x509.load_pem_x509_certificate(place.file("pki/ca/1.crt").read_bytes())

    made.verify_directly_issued_by(signer)
    assert made.subject.rfc4514_string() == f"CN={common_name}"
    assert set(made.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value) == usages
    assert not made.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    alternative = [
        name
        for extension in made.extensions
        if isinstance(extension.value, x509.SubjectAlternativeName)
        for name in extension.value.get_values_for_type(x509.DNSName)
    ]
    assert alternative == names


@pytest.mark.parametrize("algorithm", ["rsa-2048", "ed25519"])
def test_every_algorithm_goes_the_whole_way(place: Place, algorithm: str) -> None:
    place.begin(generated(tls={"source": "generate", "algorithm": algorithm}))

    found = place.findings("--identity", "operator.txt")
    assert place.ok("build").status == 0

    # Ed25519 is younger than the Go of Cilium 1.6.
    assert [finding["code"] for finding in found] == (["MG510"] if algorithm == "ed25519" else [])
    assert b"PRIVATE KEY" in place.secret("cluster1", "cilium-clustermesh")["common-etcd-client.key"]


def test_a_certificate_lasts_as_long_as_the_mesh_says_and_never_longer_than_its_authority(
    place: Place,
) -> None:
    tls = {"source": "generate", "validity": {"ca": "400d", "leaf": "365d"}}
    place.begin(generated(tls=tls), "--as-of", "2027-01-01")
    place.ok("pki", "rotate", "cluster2", "--identity", "operator.txt", "--as-of", "2027-06-01")

    def validity(path: str) -> tuple[datetime, datetime]:
        made = x509.load_pem_x509_certificate(place.file(path).read_bytes())
        return made.not_valid_before_utc, made.not_valid_after_utc

    begins = datetime(2027, 1, 1, 11, tzinfo=UTC)
    assert validity("pki/clusters/cluster1/server.crt") == (begins, begins + timedelta(days=365))
    assert validity("pki/clusters/cluster2/server.crt") == (
        datetime(2027, 6, 1, 11, tzinfo=UTC),
        begins + timedelta(days=400),
    )
    assert "MG509" not in place.codes("--as-of", "2027-06-02")


def test_a_certificate_begins_with_its_authority_at_the_earliest(place: Place) -> None:
    place.write(generated())
    place.ok("pki", "init", "--as-of", "2027-01-10")
    place.ok("pki", "issue", "--identity", "operator.txt", "--as-of", "2027-01-01")

    made = x509.load_pem_x509_certificate(place.file("pki/clusters/cluster1/server.crt").read_bytes())

    assert made.not_valid_before_utc == datetime(2027, 1, 10, 11, tzinfo=UTC)


def test_what_is_there_is_left_alone(ready: Place) -> None:
    before = stored(ready.folder)

    done = ready.ok("pki", "issue")

    assert done.err == "nothing is missing\nnext: meshgen build mesh.yaml\n"
    assert stored(ready.folder) == before


def test_one_more_cluster_changes_nothing_of_the_others(ready: Place) -> None:
    before = stored(ready.folder)
    ready.write(generated(cluster(1), cluster(2), THIRD))
    assert set(ready.codes()) == {"MG501"}

    done = ready.ok("pki", "issue", "--identity", "operator.txt")

    after = stored(ready.folder)
    changed = {path for path in after if after[path] != before.get(path)}
    assert done.err.splitlines()[0] == "third: server, peer, local, remote certificates issued"
    assert "5 Secrets sealed" in done.err
    assert before.keys() <= after.keys()
    assert {path for path in changed if "third" not in path} == {"meshgen.lock"}
    assert ready.codes("--identity", "operator.txt") == []


def test_named_clusters_alone_are_issued_for(place: Place) -> None:
    place.write(generated(cluster(1), cluster(2), THIRD))
    place.ok("pki", "init")

    place.ok("pki", "issue", "third", "cluster1", "third", "--identity", "operator.txt")

    assert {path.name for path in (place.folder / "pki/clusters").iterdir()} == {"cluster1", "third"}


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("cluster22", "no cluster is called 'cluster22'; did you mean 'cluster2'?"),
        ("xyzzy", "no cluster is called 'xyzzy'\n"),
    ],
)
def test_an_unknown_cluster_is_a_wrong_argument(ready: Place, name: str, said: str) -> None:
    done = ready.run("pki", "issue", name)

    assert done.status == 2
    assert said in done.err


def test_a_lost_key_is_made_anew_with_its_certificate(ready: Place) -> None:
    old = ready.file("pki/clusters/cluster1/peer.crt").read_bytes()
    ready.file("pki/clusters/cluster1/peer.*.key.age").unlink()
    assert ready.codes() == ["MG501"]

    done = ready.ok("pki", "issue", "--identity", "operator.txt")

    assert done.err.splitlines()[0] == "cluster1: peer certificate issued"
    assert ready.file("pki/clusters/cluster1/peer.crt").read_bytes() != old
    assert ready.codes("--identity", "operator.txt") == []


def test_a_broken_certificate_is_made_anew_and_its_key_removed(ready: Place) -> None:
    ready.file("pki/clusters/cluster1/peer.crt").write_text("<<<<<<< HEAD\n", "utf-8")
    assert ready.codes() == ["MG502"]

    ready.ok("pki", "issue", "--identity", "operator.txt")

    assert ready.file("pki/clusters/cluster1/peer.*.key.age")
    assert ready.codes("--identity", "operator.txt") == []


class TestTheAuthorityMustBeAtHand:
    def test_before_init_there_is_none(self, place: Place) -> None:
        place.write(generated())

        done = place.run("pki", "issue", "--identity", "operator.txt")

        assert (done.status, done.err) == (3, "meshgen: pki/ca/1.crt is missing: meshgen pki init\n")

    def test_without_an_identity_its_key_stays_closed(self, place: Place) -> None:
        place.write(generated())
        place.ok("pki", "init")
        before = stored(place.folder)

        done = place.run("pki", "issue")

        key = place.file("pki/ca/1.*.key.age").relative_to(place.folder)
        assert done.status == 3
        assert done.err == (
            f"meshgen: {key} cannot be opened: give an identity with --identity, or SOPS_AGE_KEY_FILE\n"
        )
        assert stored(place.folder) == before

    def test_a_strangers_identity_does_not_open_it(self, place: Place) -> None:
        place.write(generated())
        place.ok("pki", "init")

        done = place.run("pki", "issue", "--identity", "stranger.txt")

        assert done.status == 3
        assert "is opened by none of the identities given" in done.err

    @pytest.mark.parametrize("way", ["SOPS_AGE_KEY", "SOPS_AGE_KEY_FILE", "both options"])
    def test_an_identity_comes_from_where_sops_finds_it(
        self, place: Place, monkeypatch: pytest.MonkeyPatch, way: str
    ) -> None:
        place.write(generated())
        place.ok("pki", "init")
        options = ["--identity", "stranger.txt", "--identity", "operator.txt"] * (way == "both options")
        if not options:
            value = "operator.txt" if way == "SOPS_AGE_KEY_FILE" else f"{STRANGER}\n{OPERATOR}"
            monkeypatch.setenv(way, value)

        place.ok("pki", "issue", *options)

        assert place.codes("--identity", "operator.txt") == []

    def test_a_lost_key_is_said_to_be_lost(self, place: Place) -> None:
        place.write(generated())
        place.ok("pki", "init")
        place.file("pki/ca/1.*.key.age").unlink()

        done = place.run("pki", "issue", "--identity", "operator.txt")

        assert done.status == 3
        assert "key.age is missing; restore it, or replace the authority: meshgen pki rotate --ca" in done.err

    def test_an_expired_authority_signs_no_more(self, place: Place) -> None:
        place.write(generated(tls={"source": "generate", "validity": {"ca": "10d"}}))
        place.ok("pki", "init", "--as-of", "2027-01-01")

        done = place.run("pki", "issue", "--identity", "operator.txt", "--as-of", "2027-01-12")

        assert done.status == 3
        assert "pki/ca/1.crt expired on 2027-01-11; replace it: meshgen pki rotate --ca" in done.err

    def test_a_broken_certificate_of_it_is_to_be_restored(self, ready: Place) -> None:
        ready.file("pki/ca/1.crt").write_text("no certificate", "utf-8")
        ready.file("pki/clusters/cluster1/peer.crt").unlink()

        done = ready.run("pki", "issue", "--identity", "operator.txt")

        assert done.status == 3
        assert "pki/ca/1.crt holds no certificate that can be read; restore it from Git" in done.err


class TestWhatTheStoreSaysOfItselfMustBeBelieved:
    """A command that guessed the state could overwrite an authority, or sign with an old one."""

    @pytest.mark.parametrize("command", [["issue"], ["rotate", "cluster1"], ["rotate", "--ca", "trust"]])
    @pytest.mark.parametrize(
        ("path", "content", "said"),
        [
            (
                "pki/state.json",
                "<<<<<<<",
                "pki/state.json is not what meshgen writes (a merge conflict?); restore it from Git",
            ),
            ("pki/state.json", None, "pki/state.json is missing; restore it from Git"),
            (
                "meshgen.lock",
                "<<<<<<<",
                "meshgen.lock is not what meshgen writes (a merge conflict?); restore it from Git",
            ),
        ],
    )
    def test_a_conflict_is_not_written_over(
        self, ready: Place, command: list[str], path: str, content: str | None, said: str
    ) -> None:
        ready.file("pki/clusters/cluster1/peer.crt").unlink()
        if content is None:
            Path(path).unlink()
        else:
            Path(path).write_text(content, "utf-8")
        before = stored(ready.folder)

        done = ready.run("pki", *command, "--identity", "operator.txt")

        assert (done.status, done.err) == (3, f"meshgen: {said}\n")
        assert stored(ready.folder) == before

    @pytest.mark.parametrize("path", ["pki/state.json", "pki/ca/1.crt"])
    def test_nothing_is_called_whole_that_is_not(self, ready: Place, path: str) -> None:
        ready.file(path).unlink()

        done = ready.run("pki", "issue", "--identity", "operator.txt")

        assert (done.status, done.err) == (3, f"meshgen: {path} is missing; restore it from Git\n")

    def test_a_lost_store_is_not_begun_anew_while_the_lock_knows_it(self, ready: Place) -> None:
        shutil.rmtree(ready.file("pki"))

        done = ready.run("pki", "init")

        assert done.status == 3
        assert "meshgen.lock knows values that were sealed" in done.err
        assert [one["help"] for one in ready.findings()] == ["restore it from Git"]


class TestSealing:
    def test_what_an_interrupted_run_left_unsealed_is_made_up_for(self, ready: Place) -> None:
        before = stored(ready.folder)
        Path("meshgen.lock").unlink()
        Path("pki/sealed/cluster1/cilium-clustermesh.json").unlink()

        without = ready.ok("pki", "issue")
        done = ready.ok("pki", "issue", "--identity", "operator.txt")

        assert "still to be sealed: cluster1/cilium-etcd-server-tls, " in without.err
        assert "(where an identity is at hand: meshgen build --identity FILE)" in without.err
        assert "Secrets sealed" in done.err
        assert stored(ready.folder).keys() == before.keys()
        assert ready.codes() == []

    def test_a_controller_whose_certificate_is_not_there_yet_hinders_nothing(self, place: Place) -> None:
        tls = {"source": "generate", "storeRecipients": [str(OPERATOR.to_public())]}
        place.begin(generated(tls=tls, secrets={"backend": "sealed-secrets"}))

        assert set(place.codes()) == {"MG515"}
        assert not (place.folder / "pki/sealed").exists()
        assert "still to be sealed: cluster1/cilium-etcd-server-tls, " in place.ok("pki", "issue").err

    def test_nobody_to_seal_for_hinders_nothing(self, place: Place) -> None:
        tls = {"source": "generate", "storeRecipients": [str(OPERATOR.to_public())]}
        place.begin(generated(tls=tls, secrets={"backend": "sops"}))

        assert set(place.codes()) == {"MG515"}

    @pytest.mark.parametrize("backend", ["external-secrets", "plaintext"])
    def test_backends_without_seals_leave_no_lock(self, place: Place, backend: str) -> None:
        tls = {"source": "generate", "storeRecipients": [str(OPERATOR.to_public())]}
        place.begin(generated(tls=tls, secrets={"backend": backend}))

        assert "still to be sealed" not in place.ok("pki", "issue").err
        assert not Path("meshgen.lock").exists()
