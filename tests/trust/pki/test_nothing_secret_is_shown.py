"""Keys lie in the store sealed, and are shown by nothing that a pki command prints, even when it fails."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from faults import authority
from guide_files import extracted
from pki_place import OPERATOR, STRANGER, Place, generated, opened_store, stored
from test_pki_import import FILES

from meshgen.redaction import private_key_in
from meshgen.trust import making
from meshgen.trust.issuing import Pair, make_authority
from meshgen.trust.seals import age

IDENTITY = ("--identity", "operator.txt")


def shows_nothing(text: str | bytes) -> None:
    content = text.encode() if isinstance(text, str) else text
    assert not private_key_in(content)
    assert str(OPERATOR).encode() not in content
    assert str(STRANGER).encode() not in content


def spoil(path: str, content: bytes) -> Callable[[Place], None]:
    def change(place: Place) -> None:
        place.file(path).write_bytes(content)

    return change


def key_for_certificate(place: Place) -> None:
    """A key in clear where a certificate is meant, and where a state is."""
    key = place.opened("pki/clusters/cluster1/peer.*.key.age")
    place.file("pki/clusters/cluster1/peer.crt").write_bytes(key)
    place.file("pki/state.json").write_bytes(key)
    Path("meshgen.lock").write_bytes(key)


FAILURES = [
    pytest.param(lambda _: None, ["pki", "issue", "--identity", "pki"], id="a folder for an identity"),
    pytest.param(lambda _: None, ["pki", "init"], id="a second authority"),
    pytest.param(
        lambda _: None, ["pki", "rotate", "cluster1", "--identity", "stranger.txt"], id="a stranger"
    ),
    pytest.param(lambda _: None, ["pki", "rotate", "--ca", "drop", *IDENTITY], id="a step too far"),
    pytest.param(key_for_certificate, ["pki", "issue", *IDENTITY], id="keys in the wrong places"),
    pytest.param(key_for_certificate, ["pki", "status", *IDENTITY], id="keys in the wrong places, shown"),
    pytest.param(key_for_certificate, ["check", *IDENTITY], id="keys in the wrong places, checked"),
    pytest.param(key_for_certificate, ["build", *IDENTITY], id="keys in the wrong places, built"),
    pytest.param(
        spoil("pki/clusters/cluster1/server.*.key.age", b"no age"), ["check", *IDENTITY], id="a broken seal"
    ),
    pytest.param(
        spoil("pki/ca/1.*.key.age", b"age-encryption.org/v1\n-> X25519"),
        ["pki", "rotate", "cluster1", *IDENTITY],
        id="half a seal",
    ),
]


@pytest.mark.parametrize(("change", "command"), FAILURES)
def test_a_command_that_fails_shows_no_key(
    ready: Place, change: Callable[[Place], None], command: list[str]
) -> None:
    change(ready)

    done = ready.run("--debug", *command)

    assert done.status in {1, 3}
    assert "bug" not in done.err
    shows_nothing(done.out + done.err)


def test_a_bug_shows_no_key(ready: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(plain: bytes, recipients: Any) -> str:
        message = f"cannot seal {plain.decode()} for {recipients}"
        raise ZeroDivisionError(message)

    monkeypatch.setattr("meshgen.trust.store.lock", broken)

    done = ready.run("--debug", "pki", "rotate", "cluster1", *IDENTITY)

    assert done.status == 3
    assert "ZeroDivisionError" in done.err
    shows_nothing(done.out + done.err)


def test_an_import_shows_and_leaves_no_key(place: Place) -> None:
    place.write(FILES)
    extracted(Path("config"), "cluster1", "cluster2")

    done = place.ok("--debug", "pki", "import")

    shows_nothing(done.out + done.err)
    for content in stored(place.folder).values():
        shows_nothing(content)


def test_every_byte_of_the_store_can_be_public(ready: Place) -> None:
    for step in ("trust", "issue", "drop"):
        done = ready.ok("--debug", "pki", "rotate", "--ca", step, *IDENTITY)
        shows_nothing(done.out + done.err)
        for content in stored(ready.folder).values():
            shows_nothing(content)


def test_objects_with_keys_do_not_show_them(ready: Place) -> None:
    store = opened_store(ready)
    pair = make_authority("x", algorithm="ecdsa-p256", start=store.now, days=1)
    changes = store.keep("ca/9.crt", pair, "made")
    issued = making.issue(store, making.needed(store.mesh.clusters), making.signer(store))

    for thing in (pair, changes, issued, store.after(issued), store.keyring, store.inventory):
        shows_nothing(repr(thing))
    assert repr(Pair(b"public", b"secret")) == "Pair(…)"
    assert repr(store.keyring) == "Keyring(…)"
    assert str(OPERATOR) not in repr(store)
    assert str(OPERATOR) not in repr(age.read_identities(str(OPERATOR)))


def test_a_key_in_the_store_in_clear_is_found(ready: Place) -> None:
    path = ready.folder / "pki/notes/backup.txt"
    path.parent.mkdir()
    path.write_bytes(b"for emergencies:\n" + authority().key_pem)

    [found] = ready.findings()

    assert (found["code"], found["message"]) == (
        "MG514",
        "pki/notes/backup.txt holds a private key in clear text",
    )
    assert ready.run("build").status == 1
    assert ready.run("build", *IDENTITY).status == 1
    assert not (ready.folder / "out").exists()


def test_the_demonstration_shows_no_key_either(place: Place) -> None:
    place.write(generated())

    shows_nothing(place.ok("--debug", "pki", "init").err)


class TestSearchingTheStoreForKeys:
    """Whatever lies in the store, searching it ends soon, and says where it did not look."""

    def found(self, ready: Place) -> list[tuple[str, str]]:
        return [(finding["code"], finding["message"]) for finding in ready.findings()]

    def test_folders_are_searched_in_order_and_not_deeper_than_sixteen(self, ready: Place) -> None:
        deepest = ready.folder.joinpath("pki", *["x"] * 16)
        (deepest / "x/x").mkdir(parents=True)
        deepest.with_name("y").mkdir()
        for path in (deepest / "key", deepest / "x/x/key", ready.folder / "pki/key"):
            path.write_bytes(authority().key_pem)

        shown = deepest.relative_to(ready.folder)
        assert self.found(ready) == [
            ("MG502", f"{shown} is too deep to be searched for private keys"),
            ("MG514", "pki/key holds a private key in clear text"),
            ("MG514", f"{shown}/key holds a private key in clear text"),
        ]

    def test_folders_without_end_are_no_bug(self, ready: Place, monkeypatch: pytest.MonkeyPatch) -> None:
        with monkeypatch.context() as inside:
            inside.chdir(ready.folder / "pki")
            for _ in range(1500):
                Path("x").mkdir()
                inside.chdir("x")

            inside.chdir(ready.folder)
            found = self.found(ready)

            # Nobody else can remove them again.
            for _ in range(1500):
                Path("pki/x").rename("x")
                if Path("x/x").exists():
                    Path("x/x").rename("pki/x")
                Path("x").rmdir()

        assert [code for code, _ in found] == ["MG502"]

    @pytest.mark.parametrize(("count", "size"), [(70, 1024 * 1024), (17_000, 0)], ids=["large", "many"])
    def test_more_than_enough_is_not_searched_to_the_end(self, ready: Place, count: int, size: int) -> None:
        folder = ready.folder / "pki/a"
        folder.mkdir()
        for number in range(count):
            (folder / str(number)).write_bytes(b" " * size)

        assert self.found(ready) == [("MG502", "pki/ holds too much to be searched for private keys")]

    def test_what_a_link_leads_to_is_not_in_the_store(self, ready: Place) -> None:
        (ready.folder / "elsewhere").write_bytes(authority().key_pem)
        (ready.folder / "pki/link").symlink_to("../elsewhere")

        assert self.found(ready) == []
