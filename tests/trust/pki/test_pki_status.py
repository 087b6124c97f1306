"""`meshgen pki status`."""

import json
from pathlib import Path

import pytest
from builders import cluster, mesh
from guide_files import extracted
from pki_place import Place, generated, stored


def test_every_certificate_is_shown_with_its_end(place: Place) -> None:
    place.begin(generated(name="rebels"), "--as-of", "2027-01-01")

    done = place.ok("pki", "status", "--as-of", "2027-12-01")

    lines = done.out.splitlines()
    assert lines[0] == "phase stable, authority 1 signs"
    assert lines[1].split() == [
        "mesh", "authority", "expires", "2036-12-29", "(3316", "days)", lines[1].split()[6],
        "rebels", "mesh", "CA", "1",
    ]  # fmt: skip
    assert [line.split()[:4] for line in lines[2:]] == [
        [name, role, "expires", "2028-01-01"]
        for name in ("cluster1", "cluster2")
        for role in ("server", "peer", "local", "remote")
    ]
    assert "(31 days)" in lines[2]
    assert done.err == ""


def test_as_data_it_says_what_is_signed_by_whom_for_which_names(place: Place) -> None:
    place.begin(generated(name="rebels"), "--as-of", "2027-01-01")

    shown = json.loads(place.ok("pki", "status", "--format", "json", "--as-of", "2027-01-02").out)
    opened = json.loads(place.ok("pki", "status", "--format", "json", "--identity", "operator.txt").out)

    assert {key: shown[key] for key in ("schema", "phase", "signing", "trusted")} == {
        "schema": "meshgen.pki-status/v1",
        "phase": "stable",
        "signing": 1,
        "trusted": [1],
    }
    authority, server, *_ = shown["certificates"]
    assert authority["cluster"] is None
    assert authority["keyMatches"] is None
    assert server == {
        "cluster": "cluster1",
        "role": "server",
        "file": "pki/clusters/cluster1/server.crt",
        "subject": "server-cluster1",
        "names": [
            "cluster1.mesh.cilium.io",
            "*.mesh.cilium.io",
            "*.cilium-etcd.kube-system.svc",
            "cilium-etcd-client.kube-system.svc",
            "localhost",
        ],
        "issuer": "rebels mesh CA 1",
        "algorithm": "ecdsa-p256",
        "notBefore": "2027-01-01T11:00:00+00:00",
        "notAfter": "2028-01-01T11:00:00+00:00",
        "daysLeft": 364,
        "fingerprint": server["fingerprint"],
        "keyMatches": None,
    }
    assert all(row["keyMatches"] for row in opened["certificates"][1:])


def test_both_at_once_go_where_they_are_sent(ready: Place) -> None:
    done = ready.ok("pki", "status", "--format", "json=status.json", "--format", "text")

    assert done.out.startswith("phase stable, authority 1 signs\n")
    assert json.loads(Path("status.json").read_text("utf-8"))["phase"] == "stable"


def test_other_formats_are_for_findings(ready: Place) -> None:
    done = ready.run("pki", "status", "--format", "sarif")

    assert done.status == 2
    assert "'sarif' is none of text, json, alone or with =PATH" in done.err


def test_before_there_is_any_it_says_so(place: Place) -> None:
    place.write(generated())

    assert place.ok("pki", "status").out == "there is no certificate yet\n"
    assert json.loads(place.ok("pki", "status", "--format", "json").out)["certificates"] == []


def test_while_the_authority_is_replaced_both_are_shown(ready: Place) -> None:
    ready.ok("pki", "rotate", "--ca", "trust")

    lines = ready.ok("pki", "status").out.splitlines()

    assert lines[0] == "phase trust, authority 1 signs"
    assert [
        line.split()[-1]
        for line in lines
        if "authority  expires" in line.replace("authority e", "authority  e")
    ] == ["1", "2"]


def test_certificates_from_the_guide_have_no_phase(place: Place) -> None:
    place.write(mesh(tls={"source": "files"}))
    extracted(Path("config"), "cluster1", "cluster2")

    done = place.ok("pki", "status")
    shown = json.loads(place.ok("pki", "status", "--format", "json").out)

    assert [line.split()[:2] for line in done.out.splitlines()] == [
        ["cluster1", "authority"],
        ["cluster2", "authority"],
        ["cluster1", "remote"],
        ["cluster2", "remote"],
    ]
    assert "phase" not in shown
    assert [row["keyMatches"] for row in shown["certificates"]] == [None, None, True, True]


def test_a_state_that_cannot_be_believed_is_not_shown(ready: Place) -> None:
    Path("pki/state.json").write_text("{}", "utf-8")

    done = ready.run("pki", "status")

    assert (done.status, done.out) == (3, "")
    assert "pki/state.json is not what meshgen writes (a merge conflict?); restore it from Git" in done.err


def test_nothing_is_written(ready: Place) -> None:
    before = stored(ready.folder)
    ready.write(generated(cluster(1), cluster(2), cluster(3)))

    ready.ok("pki", "status")

    assert stored(ready.folder) == before


@pytest.mark.parametrize("argument", ["cluster1", "x.json"])
def test_it_takes_nothing_but_the_mesh(ready: Place, argument: str) -> None:
    done = ready.run("pki", "status", argument)

    assert done.status == 2
    assert f"{argument!r} is no mesh.yaml" in done.err
