"""`meshgen pki rotate`, and what becomes of a store when the mesh changes."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from builders import cluster
from cryptography import x509
from pki_place import Place, generated, stored

IDENTITY = ("--identity", "operator.txt")


def changed(before: dict[str, bytes], after: dict[str, bytes]) -> set[str]:
    """The certificates and seals that differ."""
    return {path for path in before if before[path] != after.get(path) and path.endswith((".crt", ".json"))}


def test_a_cluster_is_renewed_with_fresh_keys_and_no_other(ready: Place) -> None:
    before = stored(ready.folder)

    done = ready.ok("pki", "rotate", "cluster1", *IDENTITY)

    after = stored(ready.folder)
    assert done.err.splitlines() == [
        "cluster1: server, peer, local, remote certificates issued",
        "5 Secrets sealed",
        "next: meshgen build mesh.yaml",
    ]
    assert {path.split("/")[2] for path in changed(before, after)} == {"cluster1"}
    assert len(after) == len(before)
    kept = {path for path in before if path.endswith(".key.age")} & after.keys()
    assert not any("/cluster1/" in path for path in kept)
    assert ready.codes(*IDENTITY) == []


def test_one_certificate_alone_is_renewed(ready: Place) -> None:
    before = stored(ready.folder)

    done = ready.ok("pki", "rotate", "cluster1", "cluster2", "--role", "remote", *IDENTITY)

    assert changed(before, stored(ready.folder)) == {
        *(f"pki/clusters/{name}/remote.crt" for name in ("cluster1", "cluster2")),
        *(f"pki/sealed/{name}/cilium-clustermesh.json" for name in ("cluster1", "cluster2")),
    }
    assert "2 Secrets sealed" in done.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "say which clusters, or --ca"),
        (["cluster9"], "no cluster is called 'cluster9'; did you mean 'cluster2'?"),
        (["cluster1", "--role", "boss"], "'boss' is not one of 'server', 'peer', 'local', 'remote'"),
        (
            ["cluster1", "cluster2", "--role", "remote", "--role", "admin"],
            "nothing is renewed: cluster1, cluster2 has no admin certificate; there are server, peer, ",
        ),
        (["--ca", "swap"], "'swap' is not one of 'trust', 'issue', 'drop', 'abort'"),
        (["cluster1", "--ca", "trust"], "--ca is for the whole mesh; it takes no cluster and no --role"),
        (
            ["--role", "peer", "--ca", "trust"],
            "--ca is for the whole mesh; it takes no cluster and no --role",
        ),
    ],
)
def test_wrong_arguments_are_refused(ready: Place, arguments: list[str], said: str) -> None:
    before = stored(ready.folder)

    done = ready.run("pki", "rotate", *arguments, *IDENTITY)

    assert done.status == 2
    assert said in done.err
    assert stored(ready.folder) == before


@pytest.mark.parametrize("arguments", [["cluster1"], ["--ca", "issue"]])
def test_without_an_identity_nothing_is_changed(ready: Place, arguments: list[str]) -> None:
    ready.ok("pki", "rotate", "--ca", "trust")
    before = stored(ready.folder)

    done = ready.run("pki", "rotate", *arguments)

    assert done.status == 3
    assert "cannot be opened: give an identity with --identity, or SOPS_AGE_KEY_FILE" in done.err
    assert stored(ready.folder) == before


def test_before_there_is_an_authority_nothing_is_renewed(place: Place) -> None:
    place.write(generated())

    done = place.run("pki", "rotate", "cluster1", *IDENTITY)

    assert (done.status, done.err) == (3, "meshgen: pki/ca/1.crt is missing: meshgen pki init\n")


class TestTheAuthority:
    """The three steps, as they are told and written."""

    def test_each_step_says_what_it_proved_and_did(self, ready: Place) -> None:
        trust = ready.ok("pki", "rotate", "--ca", "trust").err.splitlines()
        issue = ready.ok("pki", "rotate", "--ca", "issue", *IDENTITY).err.splitlines()
        drop = ready.ok("pki", "rotate", "--ca", "drop").err.splitlines()

        assert trust == [
            "32 connections verified, with clusters before and after this step",
            "authority 2 made",
            "phase trust",
            "next: meshgen build mesh.yaml",
        ]
        assert issue[0] == "64 connections verified, with clusters before and after this step"
        assert issue[-3:] == ["phase issue", "10 Secrets sealed", "next: meshgen build mesh.yaml"]
        assert drop[-2:] == ["phase stable", "next: meshgen build mesh.yaml"]

    def test_a_bundle_reseals_nothing(self, ready: Place) -> None:
        lock = Path("meshgen.lock").read_bytes()

        ready.ok("pki", "rotate", "--ca", "trust")
        assert Path("meshgen.lock").read_bytes() == lock
        ready.ok("build")
        ready.ok("pki", "rotate", "--ca", "issue", *IDENTITY)
        issued = Path("meshgen.lock").read_bytes()
        ready.ok("pki", "rotate", "--ca", "drop")

        assert issued != lock
        assert Path("meshgen.lock").read_bytes() == issued

    def test_both_authorities_stand_in_the_bundle_while_both_are_trusted(self, ready: Place) -> None:
        bundles = []
        for step in ("trust", "issue", "drop"):
            ready.ok("pki", "rotate", "--ca", step, *IDENTITY)
            ready.ok("build", "-q")
            secret = ready.secret("cluster1", "cilium-clustermesh")
            certificates = x509.load_pem_x509_certificates(secret["common-etcd-client-ca.crt"])
            bundles.append([one.subject.rfc4514_string()[-1] for one in certificates])

        assert bundles == [["1", "2"], ["1", "2"], ["2"]]

    def test_no_key_of_the_old_one_is_left(self, ready: Place) -> None:
        Path("pki/ca/README").write_text("of nobody", "utf-8")
        for step in ("trust", "issue", "drop"):
            ready.ok("pki", "rotate", "--ca", step, *IDENTITY)

        names = {path.name for path in Path("pki/ca").iterdir()}
        assert names == {"README", "2.crt", ready.file("pki/ca/2.*.key.age").name}

    def test_a_cluster_that_joins_in_between_gets_what_the_phase_says(self, ready: Place) -> None:
        ready.ok("pki", "rotate", "--ca", "trust")
        ready.write(generated(cluster(1), cluster(2), cluster(3)))
        ready.ok("pki", "issue", *IDENTITY)
        before = x509.load_pem_x509_certificate(Path("pki/clusters/cluster3/server.crt").read_bytes())
        ready.ok("pki", "rotate", "--ca", "issue", *IDENTITY)
        after = x509.load_pem_x509_certificate(Path("pki/clusters/cluster3/server.crt").read_bytes())

        assert before.issuer.rfc4514_string().endswith("1")
        assert after.issuer.rfc4514_string().endswith("2")
        assert ready.codes(*IDENTITY) == []

    def test_what_it_would_break_is_said_and_not_done(self, ready: Place) -> None:
        for step in ("trust", "issue"):
            ready.ok("pki", "rotate", "--ca", step, *IDENTITY)
        state = Path("pki/state.json").read_bytes()
        # A certificate of the old authority comes back, as by a merge.
        Path("pki/state.json").write_bytes(state.replace(b'"signing": 2', b'"signing": 1'))
        ready.ok("pki", "rotate", "cluster2", "--role", "peer", *IDENTITY)
        Path("pki/state.json").write_bytes(state)

        done = ready.run("pki", "rotate", "--ca", "drop", *IDENTITY)

        assert done.status == 3
        assert done.err == (
            "meshgen: 1 connection would break: a cluster after this step does not trust peer-cluster2\n"
        )

    def test_one_that_has_expired_can_still_be_replaced(self, place: Place) -> None:
        place.begin(generated(tls={"source": "generate", "validity": {"ca": "10d"}}), "--as-of", "2027-01-01")
        later = ("--as-of", "2027-02-01", *IDENTITY)
        assert set(place.codes("--as-of", "2027-02-01")) == {"MG507"}

        for step in ("trust", "issue", "drop"):
            place.ok("pki", "rotate", "--ca", step, *later)

        assert "MG507" not in place.codes("--as-of", "2027-02-01")

    def test_one_whose_key_is_lost_can_still_be_replaced(self, ready: Place) -> None:
        ready.file("pki/ca/1.*.key.age").unlink()

        for step in ("trust", "issue", "drop"):
            ready.ok("pki", "rotate", "--ca", step, *IDENTITY)

        assert ready.codes(*IDENTITY) == []

    @pytest.mark.parametrize(
        ("content", "said"),
        [(b"broken", "holds no certificate that can be read"), (None, "is missing")],
        ids=["broken", "missing"],
    )
    def test_all_that_are_trusted_must_be_there(self, ready: Place, content: bytes | None, said: str) -> None:
        ready.ok("pki", "rotate", "--ca", "trust")
        Path("pki/ca/1.crt").unlink()
        if content is not None:
            Path("pki/ca/1.crt").write_bytes(content)
        before = stored(ready.folder)

        done = ready.run("pki", "rotate", "--ca", "issue", *IDENTITY)

        assert (done.status, done.err) == (3, f"meshgen: pki/ca/1.crt {said}; restore it from Git\n")
        assert stored(ready.folder) == before
        found = {one["code"]: one["help"] for one in ready.findings()}
        assert found["MG502" if content else "MG501"] == "restore it from Git"

    def test_there_must_be_one_to_replace(self, place: Place) -> None:
        place.write(generated())

        done = place.run("pki", "rotate", "--ca", "trust")

        assert (done.status, done.err) == (3, "meshgen: pki/ has no authority yet: meshgen pki init\n")
        assert stored(place.folder) == {}

    def test_a_cluster_that_is_not_issued_for_yet_hinders_nothing(self, place: Place) -> None:
        place.write(generated())
        place.ok("pki", "init")

        assert place.ok("pki", "rotate", "--ca", "trust").err.startswith("0 connections verified")

    def test_another_algorithm_comes_with_another_authority(self, ready: Place) -> None:
        ready.write(generated(tls={"source": "generate", "algorithm": "rsa-2048"}))
        assert set(ready.codes()) == {"MG510"}

        for step in ("trust", "issue", "drop"):
            ready.ok("pki", "rotate", "--ca", step, *IDENTITY)

        assert ready.codes(*IDENTITY) == []


class TestTheMeshChanges:
    """What `check` says, and what makes it right."""

    def test_another_domain_needs_new_server_certificates(self, ready: Place) -> None:
        ready.write(generated(domain="mesh.example"))

        found = ready.findings()
        assert [(one["code"], one["help"]) for one in found] == [
            ("MG505", "meshgen pki rotate cluster1"),
            ("MG505", "meshgen pki rotate cluster2"),
        ]
        assert "does not cover cluster1.mesh.example; it has cluster1.mesh.cilium.io" in found[0]["message"]
        assert ready.run("build").status == 1

        ready.ok("pki", "rotate", "cluster1", "cluster2", "--role", "server", *IDENTITY)
        assert ready.codes() == []
        ready.ok("build")

    def test_another_namespace_needs_the_names_inside_the_cluster(self, ready: Place) -> None:
        ready.write(generated(cluster(1), cluster(2, cilium={"namespace": "cilium"})))

        messages = [one["message"] for one in ready.findings() if one["code"] == "MG505"]

        assert len(messages) == 2
        assert "*.cilium-etcd.cilium.svc, cilium-etcd-client.cilium.svc" in messages[1]
        ready.ok("pki", "rotate", "cluster2", *IDENTITY)
        assert ready.codes() == []

    def test_a_cluster_that_left_is_named_until_its_files_are_deleted(self, ready: Place) -> None:
        ready.write(generated(cluster(1), cluster(2), cluster(3)))
        ready.ok("pki", "issue", *IDENTITY)
        ready.write(generated())

        found = ready.findings()

        assert [(one["code"], one["severity"]) for one in found] == [("MG512", "warning")] * 2
        assert [one["message"] for one in found] == [
            "pki/clusters/cluster3 is of no cluster of the mesh",
            "pki/sealed/cluster3 is of no cluster of the mesh",
        ]
        assert b"cluster3" in Path("meshgen.lock").read_bytes()
        ready.ok("build")
        assert b"cluster3" not in Path("meshgen.lock").read_bytes()

    def test_an_authority_is_to_be_replaced_in_good_time(self, place: Place) -> None:
        tls = {"source": "generate", "validity": {"ca": "400d", "leaf": "400d"}}
        place.begin(generated(tls=tls), "--as-of", "2027-01-01")  # until 2028-02-05

        assert place.findings("--as-of", "2027-11-06") == []
        [found] = place.findings("--as-of", "2027-11-07")
        assert (found["code"], found["help"]) == ("MG508", "meshgen pki rotate --ca trust")
        assert found["message"] == "pki/ca/1.crt expires on 2028-02-05, in 90 days"

    def test_expiry_is_seen_by_the_date_of_the_check(self, place: Place) -> None:
        place.begin(generated(), "--as-of", "2027-01-01")
        ends = datetime(2028, 1, 1, tzinfo=UTC)

        def codes(days: int) -> set[str]:
            return set(place.codes("--as-of", str((ends + timedelta(days=days)).date())))

        assert codes(-31) == set()
        assert codes(-30) == {"MG508"}
        assert codes(0) == {"MG508"}
        assert codes(1) == {"MG507"}
        assert set(place.codes("--as-of", "2026-12-31")) == {"MG507"}
        assert place.run("build").status == 0
        assert place.run("build", "--as-of", "2028-02-01").status == 1


def test_only_keys_that_meshgen_named_go(ready: Place) -> None:
    former = min(ready.folder.glob("pki/clusters/cluster1/*.key.age"))
    role = former.name.partition(".")[0]
    notes = [former.with_name(f"{role}.{name}.key.age") for name in ("backup", "0" * 15, "0" * 17)]
    for note in notes:
        note.write_bytes(b"of somebody else")

    ready.ok("pki", "rotate", "cluster1", "--identity", "operator.txt")

    assert not former.exists()
    assert all(note.exists() for note in notes)
