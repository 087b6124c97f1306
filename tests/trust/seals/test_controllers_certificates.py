"""The certificates of sealed-secrets controllers: renewed each month, and needed only for new seals."""

import json
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from builders import cluster
from controller import LONG, certificate
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from datetimes import day
from workplaces import Workplace, changed, extracted, generated


@pytest.fixture
def place(sealed: Workplace) -> Workplace:
    """Two clusters whose Secrets are sealed for their controllers."""
    put(sealed, LONG)
    sealed.write(generated(backend="sealed-secrets"))
    sealed.must("build", identity=True)
    return sealed


def put(place: Workplace, content: bytes, *names: str) -> None:
    folder = place.folder / "pki" / "sealing"
    folder.mkdir(exist_ok=True)
    for name in names or ("cluster1", "cluster2"):
        (folder / f"{name}.pem").write_bytes(content)


RENEWED = [
    pytest.param(certificate(day("2098-01-01")), id="a newer one"),
    pytest.param(certificate(day("2020-01-01")), id="one that has expired"),
]


@pytest.mark.parametrize("content", RENEWED)
def test_another_certificate_reseals_nothing(place: Workplace, content: bytes) -> None:
    before = place.files("out", "pki/sealed", "meshgen.lock")
    put(place, content)
    place.must("check")
    place.must("build")
    place.must("build", identity=True)
    assert changed(before, place.files("out", "pki/sealed", "meshgen.lock")) == []


def test_with_an_expired_certificate_nothing_new_is_sealed(place: Workplace) -> None:
    put(place, certificate(day("2020-01-01")), "cluster1")
    done = place.must("pki", "rotate", "cluster1", "--role", "server", identity=True)
    assert "cluster1/cilium-etcd-server-tls" in done.err
    before = place.files()
    done = place.run("build", identity=True)
    assert done.codes == ["MG519"]
    assert (
        "server.key of the Secret cilium-etcd-server-tls in cluster1 must be sealed, and the controller's "
        "certificate pki/sealing/cluster1.pem expired on 2020-01-01\n"
    ) in done.out
    assert "= help: kubeseal --fetch-cert\n" in done.out
    assert changed(before, place.files()) == []
    put(place, LONG, "cluster1")
    place.must("build", identity=True)


def test_a_certificate_that_is_expired_on_the_day_asked_about_seals_nothing(place: Workplace) -> None:
    leaf = x509.load_pem_x509_certificate(place.files()["pki/clusters/cluster1/remote.crt"])
    ends, later = (leaf.not_valid_before_utc + timedelta(days=days) for days in (100, 200))
    put(place, certificate(ends), "cluster1")
    place.folder.joinpath("pki/sealed/cluster1/cilium-clustermesh.json").unlink()
    done = place.run("build", "--as-of", f"{later:%Y-%m-%d}", identity=True)
    assert done.codes == ["MG519"]
    assert f"expired on {ends:%Y-%m-%d}" in done.out
    place.must("build", identity=True)


def test_a_seal_for_another_controllers_key_than_before_is_told_once(place: Workplace) -> None:
    rotate = ["pki", "rotate", "cluster1", "--role"]
    assert "controller key" not in place.must(*rotate, "server", identity=True).err
    put(place, certificate(day("2098-01-01")), "cluster1")
    assert "controller key" not in place.must(*rotate, "server", identity=True).err, "the same key, renewed"
    other = rsa.generate_private_key(65537, 2048)
    put(place, certificate(day("2098-01-01"), key=other))
    told = "sealed for another controller key than before: cluster1 (compare with kubeseal --fetch-cert)\n"
    assert told in place.must(*rotate, "server", identity=True).err
    assert told not in place.must(*rotate, "peer", identity=True).err
    place.must("build")


UNREADABLE = [
    pytest.param(b"<<<<<<< ours\n", "holds no certificate that can be read", id="a merge conflict"),
    pytest.param(
        certificate(day("2098-01-01"), curve=True),
        "is not a certificate of a sealed-secrets controller: its key is not RSA",
        id="somebody else's certificate",
    ),
]


@pytest.mark.parametrize(("content", "told"), UNREADABLE)
def test_a_certificate_that_cannot_be_used_is_a_finding(place: Workplace, content: bytes, told: str) -> None:
    put(place, content, "cluster2")
    for command in (["check"], ["build"], ["build", "--check"]):
        done = place.run(*command, identity=True)
        assert done.codes == ["MG502"]
        assert f"error[MG502]: pki/sealing/cluster2.pem {told}\n" in done.out


def test_a_missing_certificate_is_a_finding_and_pki_says_what_is_still_to_be_sealed(tmp_path: Path) -> None:
    place = Workplace(tmp_path / "mesh", generated(backend="sealed-secrets"))
    place.must("pki", "init")
    put(place, b"no certificate", "cluster2")
    done = place.must("pki", "issue", identity=True)
    assert "still to be sealed: cluster1/cilium-etcd-server-tls, " in done.err
    assert "cluster2/cilium-clustermesh (kubeseal --fetch-cert)\n" in done.err
    assert not (place.folder / "meshgen.lock").exists()
    assert place.run("check").codes == ["MG502", "MG515"]
    put(place, LONG)
    assert place.run("build").codes == ["MG519"] * 10
    place.must("build", identity=True)


def test_the_certificates_may_lie_elsewhere(tmp_path: Path) -> None:
    secrets = {"backend": "sealed-secrets", "sealedSecrets": {"certificates": "controllers"}}
    data = generated(cluster(1), cluster(2), secrets=secrets)
    place = Workplace(tmp_path / "mesh", data)
    (place.folder / "controllers").mkdir()
    for name in ("cluster1", "cluster2"):
        (place.folder / "controllers" / f"{name}.pem").write_bytes(LONG)
    assert not place.made().run("check").codes


def test_every_key_of_the_guides_files_is_sealed_by_itself(tmp_path: Path) -> None:
    place = Workplace(tmp_path / "mesh", generated(backend="sealed-secrets", tls={"source": "files"}))
    extracted(place.folder / "config", "cluster1", "cluster2")
    (place.folder / "pki").mkdir()
    put(place, LONG)
    place.must("pki", "import", "config/")
    place.must("build")
    spec = place.object("cluster1/cilium-clustermesh.sealedsecret.yaml")["spec"]
    assert list(spec["encryptedData"]) == ["cluster1.etcd-client.key", "cluster2.etcd-client.key"]
    assert "cluster2.etcd-client.crt" in spec["template"]["data"]


def told_keys(place: Workplace, after: Workplace) -> list[tuple[str, str, str]]:
    """The keys of controllers that a review says are others: of whom, before and after."""
    done = place.run("diff", after.folder / "mesh.yaml", "--format", "json")
    return [
        (each["subject"], each["before"], each["after"])
        for each in json.loads(done.out)["meshChanges"]
        if each["what"] == "key of the sealed-secrets controller"
    ]


def copied(place: Workplace) -> Workplace:
    folder = place.folder.with_name(f"{place.folder.name}-after")
    return Workplace(Path(shutil.copytree(place.folder, folder)))


def test_a_review_tells_of_another_key(place: Workplace) -> None:
    after = copied(place)
    put(after, certificate(day("2098-01-01")), "cluster1")
    put(after, certificate(day("2098-01-01"), key=rsa.generate_private_key(65537, 2048)), "cluster2")
    [(subject, old, new)] = told_keys(place, after)
    assert (subject, len(old), len(new)) == ("cluster2", 16, 16)
    assert old != new
    put(after, b"nothing", "cluster2")
    [(_, same, new)] = told_keys(place, after)
    assert (same, new) == (old, "a certificate that holds no certificate that can be read")


def test_a_review_tells_of_no_key_that_is_new(place: Workplace) -> None:
    after = copied(place)
    (place.folder / "pki" / "sealing" / "cluster2.pem").unlink()
    assert told_keys(place, after) == []
