"""Changes of who can open the keys of a mesh."""

from typing import Any

import pytest
from builders import cluster, mesh
from meshes import reviewed

from meshgen.review.changes import Impact, MeshChange

ONE = "age149pwn4dezv9lg9mgq5km95mqlermw33ad6xt46553t7wwat94yyq7pq7z7"
TWO = "age1a655rc6px6ta0r2wv8ypz4cctnytctrxenpttxw0a0yh6slnx9vs86k5sg"


def sealed(*clusters: dict[str, Any], backend: str = "sops", tls: Any = None, **more: Any) -> dict[str, Any]:
    return mesh(*clusters, tls=tls or {"source": "generate"}, secrets={"backend": backend, **more})


def changes(base: dict[str, Any], head: dict[str, Any]) -> list[MeshChange]:
    return list(reviewed(base, head).changes)


def test_an_operator_comes() -> None:
    base = sealed(sops={"recipients": [ONE]})
    secrets, store = changes(base, sealed(sops={"recipients": [TWO, ONE]}))

    assert (secrets.subject, secrets.what, secrets.impact) == (
        "2 clusters",
        "recipients of Secrets",
        Impact.NONE,
    )
    assert (secrets.before, secrets.after) == (ONE, f"{ONE}, {TWO}")
    assert secrets.note == f"in cluster1, cluster2; new is {TWO}, who can open the private keys from now on"
    assert secrets.together == ("cluster1", "cluster2")
    assert (store.subject, store.what) == ("mesh", "recipients of the store")
    assert (store.before, store.after) == (ONE, f"{ONE}, {TWO}")
    assert store.note == f"new is {TWO}, who can open keys that are made from now on"


def test_an_operator_of_the_store_alone() -> None:
    base = sealed(sops={"recipients": [ONE]})
    head = sealed(sops={"recipients": [ONE]}, tls={"source": "generate", "storeRecipients": [TWO]})
    [store] = changes(base, head)

    assert (store.what, store.before, store.after) == ("recipients of the store", ONE, TWO)


def test_a_clusters_own_recipient() -> None:
    base = sealed(cluster(1), cluster(2), sops={"recipients": [ONE]})
    head = sealed(cluster(1), cluster(2, recipients=[TWO]), sops={"recipients": [ONE]})
    [change] = changes(base, head)

    assert (change.subject, change.what, change.after) == (
        "cluster2",
        "recipients of Secrets",
        f"{ONE}, {TWO}",
    )
    assert change.note == f"new is {TWO}, who can open the private keys from now on"
    assert (change.together, change.at) == ((), ("clusters", 1, "recipients"))


def test_an_operator_goes() -> None:
    base, head = (sealed(sops={"recipients": names}) for names in ([ONE, TWO], [ONE]))
    secrets, store = changes(base, head)

    told = f"left out is {TWO}, who still opens what Git has from before, until the certificates are renewed"
    assert (secrets.note, store.note) == (f"in cluster1, cluster2; {told}", told)
    assert secrets.at == ("secrets", "sops")


def test_a_key_of_a_service() -> None:
    key = "arn:aws:kms:us-east-1:111122223333:key/6a91c1b1-6f2e-4a33-9d3c-1f0f6a4b1d11"
    head = sealed(sops={"recipients": [ONE], "keys": {"kms": [key]}})
    [change] = changes(sealed(sops={"recipients": [ONE]}), head)

    assert change.after == f"{ONE}, kms:{key}"


def test_a_cluster_that_is_added_changes_no_recipients() -> None:
    base = sealed(cluster(1), cluster(2), sops={"recipients": [ONE]})
    head = sealed(cluster(1), cluster(2), cluster(3, recipients=[TWO]), sops={"recipients": [ONE]})

    assert [change.what for change in changes(base, head)] == ["cluster"]


def test_another_backend() -> None:
    outside = {"store": {"name": "vault"}}
    base = sealed(backend="external-secrets", externalSecrets=outside)
    [change] = changes(base, sealed(backend="sealed-secrets"))

    assert (change.what, change.before, change.after) == (
        "secrets.backend",
        "external-secrets",
        "sealed-secrets",
    )


def test_a_backend_that_seals_for_recipients() -> None:
    tls = {"source": "generate", "storeRecipients": [ONE]}
    base, head = sealed(backend="plaintext", tls=tls), sealed(sops={"recipients": [TWO]}, tls=tls)
    told = {change.what: (change.before, change.after) for change in changes(base, head)}

    assert told == {"secrets.backend": ("plaintext", "sops"), "recipients of Secrets": ("", TWO)}
    [back] = [each for each in reviewed(head, base).changes if each.what == "secrets.backend"]
    assert "in clear" in back.note
    back = {change.what: (change.before, change.after) for change in changes(head, base)}
    assert back["recipients of Secrets"] == (TWO, "")


@pytest.mark.parametrize(
    ("source", "backend", "told"),
    [
        pytest.param("files", "sops", ["recipients of Secrets", "recipients of the store"], id="imported"),
        pytest.param("files", "plaintext", [], id="files that stay where they are"),
        pytest.param("generate", "plaintext", ["recipients of the store"], id="a store alone"),
        pytest.param("in-cluster", "sops", [], id="keys that are made in clusters"),
    ],
)
def test_recipients_of_what_there_is(source: str, backend: str, told: list[str]) -> None:
    base, head = (
        sealed(backend=backend, tls={"source": source}, sops={"recipients": names})
        for names in ([ONE], [ONE, TWO])
    )

    assert [change.what for change in changes(base, head)] == told


@pytest.mark.parametrize("before", [None, {"store": {"name": "vault"}}])
def test_another_store_outside(before: dict[str, Any] | None) -> None:
    outside = {"store": {"kind": "SecretStore", "name": "vault"}, "path": "mesh/{cluster}"}
    base = sealed(backend="external-secrets", **({"externalSecrets": before} if before else {}))
    [change] = changes(base, sealed(backend="external-secrets", externalSecrets=outside))

    assert (change.what, change.after) == ("secrets.externalSecrets", "SecretStore vault, mesh/{cluster}")
    assert change.before == ("ClusterSecretStore vault, mesh/{cluster}" if before else "")


def test_without_keys_nobody_opens_any() -> None:
    base = mesh(secrets={"backend": "sops", "sops": {"recipients": [ONE]}})

    assert changes(base, mesh(secrets={"backend": "sealed-secrets"})) == []


def test_the_same_store_outside() -> None:
    mesh_ = sealed(backend="external-secrets", externalSecrets={"store": {"name": "vault"}})

    assert changes(mesh_, mesh_) == []
