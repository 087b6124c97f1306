"""SealedSecrets and ExternalSecrets: valid by their definitions, and what controllers make of them."""

import re
from base64 import b64decode
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from builders import cluster
from controller import LONG, unsealed
from definitions import definition
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from programs import kubectl
from workplaces import Workplace, changed, extracted, generated, public_bytes

from meshgen.kube.go_template import literal

SECRETS = {
    "cilium-clustermesh": "common-etcd-client",
    "cilium-etcd-client-tls": "etcd-client",
    "cilium-etcd-peer-tls": "peer",
    "cilium-etcd-secrets": "etcd-client",
    "cilium-etcd-server-tls": "server",
}
"""The Secrets of a cluster, and what the files in each begin with."""


def kept(place: Workplace, backend: str) -> Workplace:
    """The same certificates, with another backend."""
    place.write(generated(backend=backend))
    sealing = place.folder / "pki" / "sealing"
    sealing.mkdir()
    for name in ("cluster1", "cluster2"):
        (sealing / f"{name}.pem").write_bytes(LONG)
    place.must("build", identity=backend != "external-secrets")
    return place


@pytest.fixture
def with_controller(sealed: Workplace) -> Workplace:
    return kept(sealed, "sealed-secrets")


@pytest.fixture
def with_store(sealed: Workplace) -> Workplace:
    return kept(sealed, "external-secrets")


def objects(place: Workplace, ending: str) -> list[Any]:
    paths = sorted((place.folder / "out").glob(f"*/*.{ending}"))
    assert len(paths) == 10
    return [yaml.safe_load(path.read_text("utf-8")) for path in paths]


def test_sealed_secrets_are_valid_by_their_definition(with_controller: Workplace) -> None:
    validator = definition("sealed-secrets-sealedsecret", "v1alpha1")
    for manifest in objects(with_controller, "sealedsecret.yaml"):
        validator.validate(manifest)
        with pytest.raises(jsonschema.ValidationError):
            validator.validate({**manifest, "spec": {**manifest["spec"], "sealed": {}}})


def test_external_secrets_are_valid_by_their_definition(with_store: Workplace) -> None:
    validator = definition("external-secrets-externalsecret", "v1")
    for manifest in objects(with_store, "externalsecret.yaml"):
        validator.validate(manifest)
        with pytest.raises(jsonschema.ValidationError):
            validator.validate({**manifest, "spec": {**manifest["spec"], "refresh": "1h"}})


def secret_of(manifest: Any) -> dict[str, bytes]:
    """The Secret that the sealed-secrets controller makes."""
    spec = manifest["spec"]
    label = f"{manifest['metadata']['namespace']}/{manifest['metadata']['name']}"
    made = {key: unsealed(value, label) for key, value in spec["encryptedData"].items()}
    return made | rendered(spec["template"]["data"])


def rendered(texts: dict[str, str]) -> dict[str, bytes]:
    """Go templates as a real Go renders them, by way of kubectl."""
    mark = "\n-- next --\n"
    template = mark.join(["", *texts.values()])
    shown = kubectl(
        "create", "configmap", "a", "--dry-run=client", "-o", "go-template", "--template", template
    )
    return dict(zip(texts, (text.encode() for text in shown.split(mark)[1:]), strict=True))


def test_the_controller_makes_the_same_secrets_as_sops(sealed: Workplace, tmp_path: Path) -> None:
    by_sops = sealed.copied(tmp_path / "sops")
    kept(sealed, "sealed-secrets")
    for name, prefix in SECRETS.items():
        made = secret_of(sealed.object(f"cluster1/{name}.sealedsecret.yaml"))
        other = by_sops.object(f"cluster1/{name}.secret.sops.yaml")["data"]
        assert made.keys() == other.keys()
        key = made.pop(f"{prefix}.key")
        assert made == {data_key: b64decode(other[data_key]) for data_key in made}
        assert public_bytes(key)


def test_a_sealed_secret_has_one_sealed_value_and_the_strict_scope(with_controller: Workplace) -> None:
    for manifest in objects(with_controller, "sealedsecret.yaml"):
        name, template = manifest["metadata"]["name"], manifest["spec"]["template"]
        assert list(manifest["spec"]["encryptedData"]) == [f"{SECRETS[name]}.key"]
        assert template["type"] == "Opaque"
        annotations = manifest["metadata"]["annotations"] | template["metadata"]["annotations"]
        assert not [key for key in annotations if "sealedsecrets.bitnami.com" in key]
        assert annotations["kustomize.toolkit.fluxcd.io/prune"] == "disabled"


def test_an_external_secret_fetches_the_key_and_nothing_else(with_store: Workplace) -> None:
    manifest = with_store.object("cluster2/cilium-etcd-server-tls.externalsecret.yaml")
    spec = manifest["spec"]
    assert spec["secretStoreRef"] == {"kind": "ClusterSecretStore", "name": "vault"}
    assert spec["data"] == [
        {
            "secretKey": "server.key",
            "remoteRef": {"key": "mesh/cluster2", "property": "cilium-etcd-server-tls.server.key"},
        }
    ]
    target = spec["target"]
    assert (target["name"], target["creationPolicy"], target["deletionPolicy"]) == (
        "cilium-etcd-server-tls",
        "Owner",
        "Retain",
    )
    assert target["template"]["mergePolicy"] == "Merge", "the default drops the fetched key"
    assert rendered(target["template"]["data"]).keys() == {"server.crt", "server-ca.crt"}


def test_an_external_secret_holds_no_key_material_and_the_lock_is_gone(with_store: Workplace) -> None:
    assert not (with_store.folder / "meshgen.lock").exists()
    content = b"".join(with_store.files("out").values())
    assert b"PRIVATE KEY" not in content
    assert b"ENC[" not in content


def test_the_public_part_is_marked_so_that_a_renewed_secret_is_told_from_an_old_one(
    with_controller: Workplace,
) -> None:
    def marks() -> dict[str, str]:
        return {
            f"{manifest['metadata']['name']} {index}": manifest["spec"]["template"]["metadata"][
                "annotations"
            ]["meshgen.io/content"]
            for index, manifest in enumerate(objects(with_controller, "sealedsecret.yaml"))
        }

    before = marks()
    assert len(set(before.values())) == 10 - 2, "two Secrets of a cluster hold the same certificate"
    with_controller.must("pki", "rotate", "cluster1", "--role", "server", identity=True)
    with_controller.must("build")
    after = marks()
    assert [key for key in after if after[key] != before[key]] == ["cilium-etcd-server-tls 4"]


def test_backends_differ_in_nothing_but_the_secrets_and_what_speaks_of_them(
    sealed: Workplace, tmp_path: Path
) -> None:
    about = ("secret.sops.yaml", "sealedsecret.yaml", "externalsecret.yaml", ".sops.yaml", ".meshgen.json")
    spoken = ("kustomization.yaml", "apply.sh", "VERIFY.md")
    for backend in ("sealed-secrets", "external-secrets"):
        other = kept(sealed.copied(tmp_path / backend), backend)
        paths = changed(sealed.files("out"), other.files("out"))
        differing = [path for path in paths if not path.endswith(about)]
        assert all(path.endswith(spoken) and "patches" not in path for path in differing), differing


@settings(max_examples=12, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(st.lists(st.text('{}a-% "`\\$.\n|', max_size=12), min_size=1, max_size=40))
def test_any_text_stands_for_itself_in_a_template(texts: list[str]) -> None:
    named = {str(number): text for number, text in enumerate(texts)}
    templates = {name: literal(text.encode()) for name, text in named.items()}
    assert rendered(templates) == {name: text.encode() for name, text in named.items()}


def test_bytes_that_are_no_text_are_decoded_by_the_controller(tmp_path: Path) -> None:
    """The guide's certificates may have remarks in any encoding before them."""
    data = generated(cluster(1), cluster(2), backend="sealed-secrets", tls={"source": "files"})
    place = Workplace(tmp_path / "mesh", data)
    extracted(place.folder / "config", "cluster1", "cluster2")
    path = place.folder / "config" / "cluster1.etcd-client-ca.crt"
    path.write_bytes(b"K\xf6ln\n" + path.read_bytes())
    (place.folder / "pki" / "sealing").mkdir(parents=True)
    for name in ("cluster1", "cluster2"):
        (place.folder / "pki" / "sealing" / f"{name}.pem").write_bytes(LONG)
    place.must("pki", "import", "config/")
    place.must("build")
    template = place.object("cluster2/cilium-clustermesh.sealedsecret.yaml")["spec"]["template"]["data"]
    written = re.fullmatch(
        r'\{\{ "([A-Za-z0-9+/=]+)" \| b64dec \}\}', template["cluster1.etcd-client-ca.crt"]
    )
    assert written is not None
    assert b64decode(written[1]) == path.read_bytes()
