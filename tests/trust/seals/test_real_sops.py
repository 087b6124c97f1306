"""The real sops and this writer and reader understand each other, both ways."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from builders import cluster
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from programs import kubectl, sops, try_sops
from workplaces import OPERATOR, STRANGER, Workplace, decoded, extracted, generated, public, public_bytes

from meshgen.trust.seals.age import Identity
from meshgen.trust.seals.sops import SopsError, decrypt, encrypt
from meshgen.yaml_out import dump

MINE = Identity(public(OPERATOR), OPERATOR)
OTHER = Identity(public(STRANGER), STRANGER)
RULE = r"^sealed|\.key$"
MESH = "cluster1/cilium-clustermesh.secret.sops.yaml"
KEY = "common-etcd-client.key"

TRICKY = [
    "",
    " ",
    "yes",
    "0o17",
    "2024-01-01",
    ".5",
    "=",
    "<<",
    "~",
    "null",
    "1_000",
    "\x85\u2028",
    "\ufeff",
    "é😀",
]
STRINGS = st.sampled_from(TRICKY) | st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
VALUES = (
    STRINGS | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.lists(STRINGS, max_size=3) | st.none()
)
KEYS = st.sampled_from(["sealed", "a.key", "clear", *TRICKY]) | STRINGS
DOCUMENTS = st.dictionaries(
    KEYS.filter(lambda key: key != "sops"),
    st.dictionaries(KEYS, VALUES, max_size=12) | VALUES,
    min_size=1,
    max_size=8,
)
# A dozen documents with dozens of values: sops takes 14 ms for each call, whatever is in it. What fails is
# not made smaller, which would take minutes.
FEW = settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)


def opened(document: Any, *identities: Identity) -> Any:
    return decrypt(document, identities or [MINE])


def by_sops(path: Path, identity: Any = OPERATOR) -> Any:
    return json.loads(sops("decrypt", "--output-type", "json", path, SOPS_AGE_KEY=str(identity)))


def written(folder: Path, document: Any) -> Path:
    path = folder / "document.yaml"
    path.write_text(dump(document), "utf-8")
    return path


class _Loader(yaml.CSafeLoader):
    """Reads what sops writes: a plain = or << that is just text, also where YAML 1.1 means more by it."""


for _tag in ("value", "merge"):
    _Loader.add_constructor(f"tag:yaml.org,2002:{_tag}", yaml.CSafeLoader.construct_yaml_str)


def read(path: Path) -> Any:
    return yaml.load(path.read_bytes(), _Loader)  # noqa: S506 - a safe one, with two names more


@FEW
@given(plain=DOCUMENTS, mac_only_encrypted=st.booleans())
def test_sops_opens_what_is_sealed_here(tmp_path: Path, plain: Any, mac_only_encrypted: bool) -> None:  # noqa: FBT001
    document = encrypt(
        plain,
        recipients=[public(OPERATOR), public(STRANGER)],
        stamp="2026-11-26T12:00:00Z",
        encrypted_regex=RULE,
        mac_only_encrypted=mac_only_encrypted,
    )
    path = written(tmp_path, document)
    assert by_sops(path) == by_sops(path, STRANGER) == opened(document) == plain


@FEW
@given(plain=DOCUMENTS, mac_only_encrypted=st.booleans())
def test_what_sops_seals_opens_here(tmp_path: Path, plain: Any, mac_only_encrypted: bool) -> None:  # noqa: FBT001
    path = written(tmp_path, plain)
    rule = {"age": public(OPERATOR), "encrypted_regex": RULE, "mac_only_encrypted": mac_only_encrypted}
    config = tmp_path / ".sops.yaml"
    config.write_text(dump({"creation_rules": [rule]}))
    sealed = json.loads(sops("--config", config, "encrypt", "--output-type", "json", path))
    assert opened(sealed) == plain


@FEW
@given(value=STRINGS | st.booleans(), key=st.sampled_from(["a.key", "b.key", "c"]))
def test_what_sops_sets_in_a_document_from_here_opens_here(tmp_path: Path, value: Any, key: str) -> None:
    plain = {"data": {"a.key": "hush", "b.key": "whisper", "c": "loud"}, "list": ["x"]}
    document = encrypt(
        plain, recipients=[public(OPERATOR)], stamp="2026-11-26T12:00:00Z", encrypted_regex=RULE
    )
    path = written(tmp_path, document)
    sops("set", path, f'["data"]["{key}"]', json.dumps(value), SOPS_AGE_KEY=str(OPERATOR))
    after = read(path)
    assert opened(after) == {**plain, "data": plain["data"] | {key: value}}
    untouched = {"a.key", "b.key"} - {key}
    assert all(after["data"][other] == document["data"][other] for other in untouched)


def test_a_number_that_sops_sets_is_a_float_to_it_and_refused_here(tmp_path: Path) -> None:
    document = encrypt(
        {"a.key": "x"}, recipients=[public(OPERATOR)], stamp="2026-11-26T12:00:00Z", encrypted_regex=RULE
    )
    path = written(tmp_path, document)
    sops("set", path, '["a.key"]', "7", SOPS_AGE_KEY=str(OPERATOR))
    with pytest.raises(SopsError, match="a value of type float is not supported"):
        opened(read(path))


@pytest.fixture
def tree(sealed: Workplace) -> Path:
    """The output tree of two clusters with sealed Secrets."""
    return sealed.folder / "out"


def test_sops_opens_every_secret_of_a_tree_and_finds_its_key(tree: Path) -> None:
    paths = sorted(tree.rglob("*.sops.yaml"))[1:]
    assert len(paths) == 10
    for path in paths:
        secret = by_sops(path)
        data = decoded(secret)
        (key,) = [name for name in data if name.endswith(".key")]
        assert public_bytes(data[key])
        assert yaml.safe_load(path.read_text())["metadata"] == secret["metadata"]


def test_sops_rewrites_a_secret_of_the_tree_with_only_the_value_and_the_mac_changed(tree: Path) -> None:
    before = read(tree / MESH)
    sops("set", tree / MESH, f'["data"]["{KEY}"]', '"aGVsbG8="', SOPS_AGE_KEY=str(OPERATOR))
    after = read(tree / MESH)
    assert opened(after)["data"][KEY] == "aGVsbG8="
    for document in (before, after):
        del document["data"][KEY], document["sops"]["mac"], document["sops"]["lastmodified"]
    assert before == after


def test_sops_replaces_the_data_key_of_a_secret_of_the_tree(tree: Path) -> None:
    before = read(tree / MESH)
    sops("rotate", "-i", tree / MESH, SOPS_AGE_KEY=str(OPERATOR))
    after = read(tree / MESH)
    assert after["data"][KEY] != before["data"][KEY]
    assert opened(after) == opened(before)


def test_updatekeys_follows_the_rules_that_come_with_the_tree(sealed: Workplace) -> None:
    """A recipient is added in mesh.yaml; sops does the same to the Secrets as a build with an identity."""
    former = (sealed.folder / "out" / MESH).read_bytes()
    recipients = [public(OPERATOR), public(STRANGER)]
    sealed.write(generated(secrets={"backend": "sops", "sops": {"recipients": recipients}}))
    sealed.must("build", identity=True)
    tree = sealed.folder / "out"
    assert opened(read(tree / MESH), OTHER) == opened(read(tree / MESH))
    (tree / MESH).write_bytes(former)
    with pytest.raises(SopsError):
        opened(read(tree / MESH), OTHER)
    sops("--config", tree / ".sops.yaml", "updatekeys", "-y", tree / MESH, SOPS_AGE_KEY=str(OPERATOR))
    assert opened(read(tree / MESH), OTHER) == opened(read(tree / MESH))


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """The rules of a mesh whose clusters have identities of their own."""
    data = generated()
    data["clusters"][1]["recipients"] = [public(STRANGER)]
    made = Workplace(tmp_path / "mesh", data).made()
    return made.folder / "out"


@pytest.mark.parametrize(
    ("path", "recipients"),
    [
        pytest.param("cluster1/new.secret.sops.yaml", [OPERATOR], id="a cluster without its own"),
        pytest.param("cluster2/new.secret.sops.yaml", [OPERATOR, STRANGER], id="a cluster with its own"),
    ],
)
def test_sops_seals_a_new_file_as_the_rules_of_the_tree_say(
    rules: Path, path: str, recipients: list[Any]
) -> None:
    plain = {"metadata": {"annotations": {"x.key": "clear"}}, "data": {KEY: "hush", "ca.crt": "clear"}}
    text = sops(
        "--config", rules / ".sops.yaml", "encrypt", "--filename-override", rules / path, given=dump(plain)
    )
    sealed = yaml.safe_load(text)
    assert sealed["metadata"] == plain["metadata"]
    assert sealed["data"]["ca.crt"] == "clear"
    assert sealed["sops"]["mac_only_encrypted"] is True
    assert {entry["recipient"] for entry in sealed["sops"]["age"]} == {public(one) for one in recipients}
    assert opened(sealed) == plain


@pytest.mark.parametrize(
    "path", ["cluster3/new.sops.yaml", "cluster1/deeper/new.sops.yaml", "cluster1/new.yaml"]
)
def test_sops_finds_no_rule_for_what_is_not_a_secret_of_a_cluster(rules: Path, path: str) -> None:
    done = try_sops(
        "--config", rules / ".sops.yaml", "encrypt", "--filename-override", rules / path, given="a: b\n"
    )
    assert done.returncode != 0
    assert "no matching creation rules found" in done.stderr


def tampered(document: Any) -> Iterator[tuple[str, Any]]:
    """A sealed document with one thing changed, in the ways of somebody who has no key."""
    for what in ("moved to another key", "changed MAC", "other time", "value cut"):
        copy = json.loads(json.dumps(document))
        if what == "moved to another key":
            copy["data"]["server.key"] = copy["data"].pop(KEY)
        elif what == "changed MAC":
            copy["sops"]["mac"] = copy["data"][KEY]
        elif what == "other time":
            copy["sops"]["lastmodified"] = "2027-01-01T00:00:00Z"
        else:
            copy["data"][KEY] = copy["data"][KEY].replace(",tag:", "A,tag:")
        yield what, copy


def test_sops_and_this_reader_refuse_the_same_tampered_documents(tree: Path) -> None:
    for what, document in tampered(read(tree / MESH)):
        path = written(tree, document)
        assert try_sops("decrypt", path, SOPS_AGE_KEY=str(OPERATOR)).returncode != 0, what
        with pytest.raises(SopsError):
            opened(document)


def test_a_changed_clear_part_is_accepted_since_git_guards_it(tree: Path) -> None:
    document = read(tree / MESH)
    document["metadata"]["namespace"] = "elsewhere"
    document["data"]["cluster9"] = "bmV3"
    assert by_sops(written(tree, document)) == opened(document)


def test_an_identity_of_somebody_else_opens_nothing(tree: Path) -> None:
    assert try_sops("decrypt", tree / MESH, SOPS_AGE_KEY=str(STRANGER)).returncode != 0
    with pytest.raises(SopsError):
        opened(read(tree / MESH), OTHER)


@pytest.mark.usefixtures("sealed")
def test_a_sealed_secret_survives_kustomize_with_its_mac(tmp_path: Path) -> None:
    (tmp_path / "kustomization.yaml").write_text(
        dump({"resources": ["mesh/out/cluster1"], "labels": [{"pairs": {"team": "network"}}]})
    )
    built = yaml.load_all(kubectl("kustomize", tmp_path), yaml.CSafeLoader)
    secrets = [document for document in built if document["kind"] == "Secret"]
    assert len(secrets) == 5
    for number, secret in enumerate(secrets):
        assert secret["metadata"]["labels"]["team"] == "network"
        path = tmp_path / f"{number}.yaml"
        path.write_text(dump(secret))
        assert by_sops(path) == opened(secret)


NAMES = ["cluster10", "cluster2", "cluster1", "no", "y", "1e3", "a-b", "a1"]


def test_a_secret_with_many_private_values_survives_kustomize_with_its_mac(tmp_path: Path) -> None:
    """The guide's layout: the MAC depends on the order of the sealed values, and kustomize sorts them."""
    clusters = [cluster(number, name=name) for number, name in enumerate(NAMES, start=1)]
    place = Workplace(tmp_path / "mesh", generated(*clusters, tls={"source": "files"}))
    extracted(place.folder / "config", *NAMES)
    place.must("pki", "import", "config/")
    place.must("build")
    folder = place.folder / "out" / "no"
    built = yaml.load_all(kubectl("kustomize", folder), yaml.CSafeLoader)
    (secret,) = [document for document in built if document["kind"] == "Secret"]
    path = tmp_path / "kustomized.yaml"
    path.write_text(dump(secret))
    data = decoded(by_sops(path))
    assert list(secret["data"]) == list(read(folder / "cilium-clustermesh.secret.sops.yaml")["data"])
    for name in NAMES:
        given = (place.folder / "config" / f"{name}.etcd-client.key").read_bytes()
        assert data[f"{name}.etcd-client.key"] == given


IN_CIRCLES = ["c10", "c1a", "c2", "c1-a", "c02", "c1b"]
"""c10 comes before c1a, c1a before c2, and c2 before c10: kustomize puts them in any order."""


def test_names_that_have_no_order_are_sealed_in_the_one_in_which_they_are_written(tmp_path: Path) -> None:
    clusters = [cluster(number, name=name) for number, name in enumerate(IN_CIRCLES, start=1)]
    place = Workplace(tmp_path / "mesh", generated(*clusters, tls={"source": "files"}))
    extracted(place.folder / "config", *IN_CIRCLES)
    place.must("pki", "import", "config/")
    place.must("build")
    for name in IN_CIRCLES:
        path = place.folder / "out" / name / "cilium-clustermesh.secret.sops.yaml"
        data = decoded(by_sops(path))
        assert len(data) == 4 * len(IN_CIRCLES)
        assert public_bytes(data["c1a.etcd-client.key"])
    assert place.run("check", identity=True).codes == []
