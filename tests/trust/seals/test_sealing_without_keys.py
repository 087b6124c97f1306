"""Whoever has no key rebuilds, verifies and changes a mesh; new seals are made only where they must be."""

import json
import os
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from builders import cluster
from workplaces import OPERATOR, STRANGER, Run, Workplace, changed, generated, public

from meshgen.trust.private_keys import PRIVATE_KEYS
from meshgen.trust.seals.sops import encrypt

LOCK = "meshgen.lock"
MESH = "pki/sealed/cluster1/cilium-clustermesh.json"
OF_CLUSTER_1 = [
    f"pki/sealed/cluster1/{name}.json"
    for name in (
        "cilium-clustermesh",
        "cilium-etcd-client-tls",
        "cilium-etcd-peer-tls",
        "cilium-etcd-secrets",
        "cilium-etcd-server-tls",
    )
]


def ciphertexts(place: Workplace) -> dict[str, list[str]]:
    """The sealed values that stand in the tree, by file."""
    found = {}
    for path, content in place.files("out").items():
        if path.endswith(".secret.sops.yaml"):
            lines = content.decode().splitlines()
            found[path] = [line for line in lines if "ENC[" in line or line.startswith("      ")]
    return found


def stale(run: Run) -> list[str]:
    """What `build --check` says is not as a build would leave it."""
    return sorted(
        line.split()[1] for line in run.out.splitlines() if line.split(" ")[0] in {"changed", "missing"}
    )


def test_a_rebuild_without_an_identity_changes_not_one_byte_and_touches_no_file(sealed: Workplace) -> None:
    before = sealed.files()
    times = {path: (sealed.folder / path).stat().st_mtime_ns for path in before}
    sealed.must("build")
    assert changed(before, sealed.files()) == []
    assert times == {path: (sealed.folder / path).stat().st_mtime_ns for path in before}


def test_a_build_into_an_empty_folder_gives_the_same_bytes(sealed: Workplace, tmp_path: Path) -> None:
    sealed.must("build", "-o", tmp_path / "other")
    other = Workplace(tmp_path / "other")
    assert other.files() == {
        path.removeprefix("out/"): content for path, content in sealed.files("out").items()
    }


def test_the_old_tree_is_never_read_for_content(sealed: Workplace) -> None:
    before = sealed.files("out")
    for path in (sealed.folder / "out").rglob("*.sops.yaml"):
        path.unlink()
    sealed.must("build")
    assert sealed.files("out") == before


def test_a_check_without_an_identity_verifies_the_tree(sealed: Workplace) -> None:
    assert sealed.must("build", "--check").err.endswith("out: up to date\n")
    path = sealed.folder / "out" / "cluster1" / "cilium-clustermesh.secret.sops.yaml"
    path.write_text(path.read_text().replace("data:", "data: #", 1))
    assert sealed.run("build", "--check").status == 1


MANY = 40


@pytest.fixture(scope="session")
def many(tmp_path_factory: pytest.TempPathFactory) -> Workplace:
    clusters = [cluster(number) for number in range(1, MANY + 1)]
    return Workplace(tmp_path_factory.mktemp("many") / "mesh", generated(*clusters)).made()


def test_a_new_cluster_is_sealed_and_no_other_sealed_value_changes(many: Workplace, tmp_path: Path) -> None:
    place = many.copied(tmp_path / "mesh")
    before, locked, values = place.files("pki"), json.loads(place.files(LOCK)[LOCK]), ciphertexts(place)
    place.write(generated(*[cluster(number) for number in range(1, MANY + 2)]))
    place.must("pki", "issue", identity=True)
    place.must("build")
    new = f"cluster{MANY + 1}"
    written = changed(before, place.files("pki"))
    assert {path.split("/")[2] for path in written} == {new}
    assert len([path for path in written if path.startswith("pki/sealed/")]) == len(OF_CLUSTER_1)
    now = json.loads(place.files(LOCK)[LOCK])["sealed"]
    assert now.pop(new)
    assert now == locked["sealed"]
    after = ciphertexts(place)
    assert {path: after[path] for path in values} == values
    assert len(after) == len(values) + len(OF_CLUSTER_1)


def renamed(data: dict[str, Any]) -> None:
    data["name"] = "other"


def moved(data: dict[str, Any]) -> None:
    data["clusters"][1]["service"] = {"type": "NodePort", "port": 32379}


def readdressed(data: dict[str, Any]) -> None:
    data["clusters"][1]["serviceIPs"] = ["172.16.99.10"]


HARMLESS = [
    pytest.param(renamed, id="the mesh's name"),
    pytest.param(moved, id="an endpoint's port"),
    pytest.param(readdressed, id="an endpoint's address"),
]


@pytest.mark.parametrize("change", HARMLESS)
def test_a_change_of_what_is_public_seals_nothing(
    sealed: Workplace, change: Callable[[dict[str, Any]], None]
) -> None:
    before, values = sealed.files("pki", LOCK), ciphertexts(sealed)
    data = generated()
    change(data)
    sealed.write(data)
    assert stale(sealed.run("build", "--check")) != []
    sealed.must("build")
    assert sealed.files("pki", LOCK) == before
    assert ciphertexts(sealed) == values


def test_another_authority_in_the_bundle_seals_nothing(sealed: Workplace) -> None:
    before, values = sealed.files("pki/sealed", "pki/clusters", LOCK), ciphertexts(sealed)
    bundle = sealed.object("cluster1/cilium-clustermesh.secret.sops.yaml")["data"][
        "common-etcd-client-ca.crt"
    ]
    sealed.must("pki", "rotate", "--ca", "trust", identity=True)
    sealed.must("build")
    assert sealed.files("pki/sealed", "pki/clusters", LOCK) == before
    assert ciphertexts(sealed) == values
    now = sealed.object("cluster1/cilium-clustermesh.secret.sops.yaml")["data"]["common-etcd-client-ca.crt"]
    assert len(now) > len(bundle), "the bundle did change"


@pytest.fixture
def widened(sealed: Workplace) -> Workplace:
    """Cluster 1 has got an identity of its own, and its Secrets must be sealed for it."""
    data = generated()
    data["clusters"][0]["recipients"] = [public(STRANGER)]
    sealed.write(data)
    return sealed


def test_without_an_identity_a_needed_seal_is_named_with_the_command_and_nothing_is_written(
    widened: Workplace,
) -> None:
    before = widened.files()
    done = widened.run("build")
    assert (done.status, done.codes) == (1, ["MG519"] * len(OF_CLUSTER_1))
    told = (
        "error[MG519]: common-etcd-client.key of the Secret cilium-clustermesh in cluster1 must be sealed, "
        "and pki/clusters/cluster1/remote."
    )
    assert told in done.out
    assert ".key.age is closed\n" in done.out
    assert "  = help: where an identity is at hand: meshgen build --identity FILE\n" in done.out
    assert widened.run("build", "--check").codes == done.codes
    assert widened.run("build", "--identity", widened.stranger).codes == done.codes
    assert changed(before, widened.files()) == []


def test_with_an_identity_exactly_the_secrets_concerned_are_sealed(widened: Workplace) -> None:
    before = widened.files()
    widened.must("build", identity=True)
    rules = ["out/.meshgen.json", "out/.sops.yaml"]
    secrets = [f"out/cluster1/{path.split('/')[3][:-5]}.secret.sops.yaml" for path in OF_CLUSTER_1]
    assert changed(before, widened.files()) == sorted([LOCK, *rules, *OF_CLUSTER_1, *secrets])
    widened.must("build", "--check")


def test_a_recipient_who_leaves_has_nothing_sealed_for_him_any_more(widened: Workplace) -> None:
    widened.must("build", identity=True)
    widened.write(generated())
    assert widened.run("build").codes == ["MG519"] * len(OF_CLUSTER_1)
    widened.must("build", identity=True)
    assert public(STRANGER).encode() not in b"".join(widened.files("out", "pki").values())


def test_a_check_with_an_identity_seals_nothing_since_it_writes_nothing(widened: Workplace) -> None:
    assert widened.run("build", "--check", identity=True).codes == ["MG519"] * len(OF_CLUSTER_1)
    told = widened.run("build", "--check", identity=True).out
    assert "is closed" in told
    assert "is opened by none" not in told, "a check opens nothing"
    assert "meshgen build --identity FILE" in told


def test_a_file_edited_by_hand_stops_a_build_before_the_store_is_touched(widened: Workplace) -> None:
    path = widened.folder / "out" / "cluster1" / "apply.sh"
    path.write_text("# edited\n")
    before = widened.files()
    assert widened.run("build", identity=True).codes == ["MG702"]
    assert changed(before, widened.files()) == []


def sealed_file(place: Workplace, path: str, change: Callable[[Any], None]) -> None:
    """A file of JSON, changed by hand."""
    document = json.loads((place.folder / path).read_text())
    change(document)
    (place.folder / path).write_text(json.dumps(document, indent=2) + "\n")


def relock(place: Workplace, path: str) -> None:
    """The lock made to fit a file of the store, as somebody who can write both would do."""
    _, _, name, secret = path.split("/")
    digest = sha256((place.folder / path).read_bytes()).hexdigest()

    def change(lock: Any) -> None:
        for seal in lock["sealed"][name][secret.removesuffix(".json")].values():
            seal["sealed"] = f"sha256:{digest}"

    sealed_file(place, LOCK, change)


def swap(place: Workplace) -> None:
    """The sealed values of two clusters, each in the other's place."""
    one, other = (place.folder / f"pki/sealed/cluster{number}/cilium-clustermesh.json" for number in (1, 2))
    first, second = one.read_bytes(), other.read_bytes()
    one.write_bytes(second)
    other.write_bytes(first)


def bend(place: Workplace) -> None:
    def change(sealed: Any) -> None:
        (key,) = sealed["values"]
        value = sealed["values"][key]
        sealed["values"][key] = value.replace("data:", "data:A" if value[24] != "A" else "data:B")

    sealed_file(place, MESH, change)


def bend_lock(place: Workplace) -> None:
    def change(lock: Any) -> None:
        for seal in lock["sealed"]["cluster1"]["cilium-clustermesh"].values():
            seal["sealed"] = f"sha256:{'0' * 64}"

    sealed_file(place, LOCK, change)


TAMPERED = [
    pytest.param(swap, 2, id="swapped between clusters"),
    pytest.param(bend, 1, id="a changed ciphertext"),
    pytest.param(bend_lock, 1, id="a changed lock"),
]


@pytest.mark.parametrize(("tamper", "count"), TAMPERED)
def test_a_sealed_value_that_the_lock_does_not_know_is_found_without_an_identity(
    sealed: Workplace, tamper: Callable[[Workplace], None], count: int
) -> None:
    tamper(sealed)
    before = sealed.files()
    for command in (["check"], ["build"], ["build", "--check"]):
        assert sealed.run(*command).codes == ["MG517"] * count
    assert sealed.run("build", identity=True).status == 1
    assert changed(before, sealed.files()) == []


def test_a_swap_of_values_and_lock_is_found_with_an_identity(sealed: Workplace) -> None:
    swap(sealed)
    for number in (1, 2):
        relock(sealed, f"pki/sealed/cluster{number}/cilium-clustermesh.json")
    assert sealed.run("check").codes == [], "the lock cannot tell"
    assert sealed.run("check", "--identity", sealed.stranger).codes == [], "nor whoever cannot open it"
    done = sealed.run("check", identity=True)
    assert done.codes == ["MG503", "MG503"]
    told = (
        "what is sealed as common-etcd-client.key of cilium-clustermesh in cluster1 is not the key of "
        "pki/clusters/cluster1/remote.crt"
    )
    assert told in done.out
    assert sealed.run("build", identity=True).codes == ["MG503", "MG503"]


def forged(content: Any, *recipients: str, pattern: str = PRIVATE_KEYS) -> Callable[[Any], None]:
    """A file of the store with something else inside, well sealed."""

    def change(sealed: Any) -> None:
        (key,) = sealed["values"]
        document = encrypt(
            {"data": {key: content}},
            recipients=recipients,
            stamp="2026-11-26T12:00:00Z",
            encrypted_regex=pattern,
        )
        sealed["values"], sealed["envelope"] = document["data"], document["sops"]

    return change


def closed(sealed: Any) -> None:
    """For a stranger, although it says that it is for the operator."""
    forged("eA==", public(STRANGER))(sealed)
    sealed["envelope"]["age"][0]["recipient"] = public(OPERATOR)


def endless(sealed: Any) -> None:
    """With a pattern that is never done with."""
    sealed["envelope"]["encrypted_regex"] = "(.*.*.*.*.*.*.*.*)*x$"


def broken(sealed: Any) -> None:
    sealed["envelope"]["mac"] = sealed["envelope"]["mac"].replace("tag:", "tag:AAAA")


FORGED = [
    pytest.param(forged("eA==", public(OPERATOR)), id="no key in it"),
    pytest.param(forged("no base64", public(OPERATOR)), id="no base64 in it"),
    pytest.param(forged(7, public(OPERATOR)), id="a number in it"),
    pytest.param(closed, id="it says that it is for whom it is not"),
    pytest.param(endless, id="a pattern that is never done with"),
    pytest.param(forged("eA==", public(OPERATOR), pattern="key$"), id="a pattern that is not meshgen's"),
    pytest.param(broken, id="its MAC is broken"),
]


@pytest.mark.parametrize("forge", FORGED)
def test_a_forged_value_with_a_lock_that_fits_is_found_with_an_identity(
    sealed: Workplace, forge: Callable[[Any], None]
) -> None:
    sealed_file(sealed, MESH, forge)
    relock(sealed, MESH)
    assert sealed.run("check").codes == []
    assert sealed.run("check", identity=True).codes == ["MG503"]


def extra_value(sealed: Any) -> None:
    sealed["values"]["cluster2"] = "ENC[AES256_GCM,data:,iv:,tag:,type:str]"


def other_backend(sealed: Any) -> None:
    sealed["backend"] = "sealed-secrets"


def nobody(sealed: Any) -> None:
    sealed["envelope"]["age"] = "nobody"


def somebody_else_too(sealed: Any) -> None:
    sealed["envelope"]["age"].append({"recipient": public(STRANGER), "enc": ""})


def pgp_too(sealed: Any) -> None:
    sealed["envelope"]["pgp"] = [{"fp": "0" * 40, "enc": ""}]


REFUSED = [
    pytest.param(forged("eA==", public(STRANGER)), id="it is for somebody else"),
    pytest.param(somebody_else_too, id="it is for somebody else too"),
    pytest.param(pgp_too, id="it is for an OpenPGP key too"),
    pytest.param(nobody, id="it is for nobody that can be read"),
    pytest.param(extra_value, id="it would replace a clear value"),
    pytest.param(other_backend, id="it is another backend's"),
]


@pytest.mark.parametrize("forge", REFUSED)
def test_a_value_that_is_not_sealed_as_mesh_yaml_says_is_built_into_nothing(
    sealed: Workplace, forge: Callable[[Any], None]
) -> None:
    """Even with a lock that fits: a build without an identity stops, one with it seals anew."""
    good = sealed.files("out")
    sealed_file(sealed, MESH, forge)
    relock(sealed, MESH)
    assert sealed.run("build").codes == ["MG519"]
    assert sealed.files("out") == good


def test_with_an_identity_such_a_value_is_sealed_anew(sealed: Workplace) -> None:
    sealed_file(sealed, MESH, extra_value)
    relock(sealed, MESH)
    (sealed.folder / MESH).unlink()
    sealed.must("build", identity=True)
    sealed.must("check", identity=True)
    sealed.must("build", "--check")


CONFLICT = b'<<<<<<< ours\n{"schema": "x"}\n=======\n{}\n>>>>>>> theirs\n'
UNREADABLE = [
    pytest.param(CONFLICT, id="a merge conflict"),
    pytest.param(b"", id="nothing"),
    pytest.param(b"\xff\xfe", id="no text"),
    pytest.param(b"[]", id="a list"),
    pytest.param(b"7", id="a number"),
    pytest.param(b"null", id="null"),
    pytest.param(b"[" * 100_000, id="brackets without end"),
    pytest.param(b'{"schema": "meshgen.lock/v2", "sealed": {}}', id="another version of the lock"),
    pytest.param(b'{"schema": "meshgen.lock/v1", "sealed": []}', id="a list in the lock"),
    pytest.param(b'{"schema": "meshgen.lock/v1", "sealed": {"a": {"b": {"c": {}}}}}', id="an empty seal"),
    pytest.param(
        b'{"schema": "meshgen.lock/v1", "sealed": {"a": {"b": {"c": {"fingerprint": 1, "sealed": 2, '
        b'"certificate": 3}}}}}',
        id="numbers in a seal",
    ),
    pytest.param(
        b'{"schema": "meshgen.sealed/v1", "backend": "sops", "values": {"a": 1}, "envelope": {}}',
        id="a number",
    ),
    pytest.param(
        b'{"schema": "meshgen.sealed/v1", "backend": [], "values": {}, "envelope": {}}',
        id="a list of backends",
    ),
    pytest.param(
        b'{"schema": "meshgen.sealed/v1", "backend": "sops", "values": {}, "envelope": {"a": [{"b": 1.5}]}}',
        id="what YAML is not written from",
    ),
    pytest.param(
        b'{"schema": "meshgen.sealed/v0", "backend": "sops", "values": {}, "envelope": {}}', id="old"
    ),
]


@pytest.mark.parametrize("content", UNREADABLE)
@pytest.mark.parametrize("path", [LOCK, MESH])
def test_a_lock_or_sealed_file_that_cannot_be_believed_is_a_finding(
    sealed: Workplace, path: str, content: bytes
) -> None:
    (sealed.folder / path).write_bytes(content)
    before = sealed.files()
    for command in (["check"], ["build"], ["build", "--check"]):
        done = sealed.run(*command, identity=True)
        assert (done.status, done.codes) == (1, ["MG502"])
        assert f"{path} is not what meshgen writes" in done.out
    assert changed(before, sealed.files()) == []


def test_a_lock_may_be_larger_than_a_secret_and_not_without_end(sealed: Workplace) -> None:
    """In the guide's layout every cluster has a seal for every cluster."""
    path = sealed.folder / LOCK
    path.write_bytes(path.read_bytes() + b" " * 2_000_000)
    sealed.must("check")
    os.truncate(path, 129 * 1024 * 1024)
    done = sealed.run("check")
    assert (done.status, done.err) == (3, f"meshgen: {path} is larger than any lock (128 MiB)\n")


def test_a_lost_lock_or_value_is_made_anew_where_an_identity_is_at_hand(sealed: Workplace) -> None:
    for path in (LOCK, MESH):
        (sealed.folder / path).unlink()
        assert sealed.run("build").codes == ["MG501" if path == LOCK else "MG519"]
        sealed.must("build", identity=True)
        sealed.must("build", "--check")


@pytest.mark.parametrize("backend", ["external-secrets", "plaintext"])
def test_the_lock_disappears_when_nothing_is_sealed_any_more(sealed: Workplace, backend: str) -> None:
    sealed.write(generated(backend=backend))
    assert "meshgen.lock" in stale(sealed.run("build", "--check"))
    sealed.must("build", identity=True)
    assert not (sealed.folder / LOCK).exists()
    sealed.must("build", "--check")


def test_a_lock_with_seals_of_nobody_is_not_up_to_date(sealed: Workplace) -> None:
    """As a merge can leave it; the tree is the same with it and without."""

    def change(lock: Any) -> None:
        lock["sealed"]["cluster9"] = lock["sealed"]["cluster1"]

    good = sealed.files(LOCK)
    sealed_file(sealed, LOCK, change)
    assert stale(sealed.run("build", "--check")) == ["meshgen.lock"]
    sealed.must("build")
    assert sealed.files(LOCK) == good


def test_a_cluster_that_leaves_takes_its_seals_out_of_the_lock(many: Workplace, tmp_path: Path) -> None:
    place = many.copied(tmp_path / "mesh")
    before = place.files("pki")
    place.write(generated(*[cluster(number) for number in range(1, MANY)]))
    place.must("build", "--allow-removal", f"cluster{MANY}")
    assert place.files("pki") == before, "what lies in the store is told of by MG512"
    assert f"cluster{MANY}" not in json.loads(place.files(LOCK)[LOCK])["sealed"]
    place.must("build", "--check")


def test_a_review_of_what_must_be_sealed_first_compares_no_files(widened: Workplace) -> None:
    done = widened.run("diff", str(widened.folder / "mesh.yaml"))

    assert done.status == 0
    assert "mesh.yaml has Secrets that must be sealed first\n" in done.out
