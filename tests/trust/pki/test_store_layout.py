"""The store's state, and a folder as it will be."""

import json
from contextlib import suppress
from pathlib import Path

import pytest
from guide_files import MOUNT, config
from hypothesis import given
from hypothesis import strategies as st
from pki_place import Place

from meshgen.cli.input import Beside
from meshgen.trust.changes import Changes, Overlay
from meshgen.trust.etcd_config import EtcdConfig, write_config
from meshgen.trust.etcd_reading import UnreadableConfigError, read_config
from meshgen.trust.layout import CorruptStateError, Phase, State, read_state

GOOD = {"schema": "meshgen.pki/v1", "phase": "trust", "signing": 1, "trusted": [1, 2]}


@pytest.mark.parametrize("phase", list(Phase))
def test_a_state_is_read_as_it_was_written(phase: Phase) -> None:
    state = State(phase=phase, signing=2, trusted=(2,) if phase is Phase.STABLE else (2, 7))

    assert read_state(state.dump()) == state


@pytest.mark.parametrize(
    "change",
    [
        {"schema": "meshgen.pki/v2"},
        {"phase": "haste"},
        {"phase": 1},
        {"signing": 3},
        {"signing": "1"},
        {"signing": True, "trusted": [True]},
        {"trusted": []},
        {"trusted": 1},
        {"trusted": [1, "2"]},
        {"trusted": [1, 0]},
        {"trusted": [1, -2]},
        {"trusted": [1, None]},
        {"trusted": [1, 1]},
        {"trusted": [1]},
        {"trusted": [1, 2, 3]},
        {"phase": "stable"},
    ],
    ids=str,
)
def test_a_state_that_meshgen_would_not_write_is_not_believed(change: dict[str, object]) -> None:
    with pytest.raises(CorruptStateError):
        read_state(json.dumps(GOOD | change).encode())


@pytest.mark.parametrize("key", list(GOOD))
def test_a_state_must_be_whole(key: str) -> None:
    with pytest.raises(CorruptStateError):
        read_state(json.dumps({name: value for name, value in GOOD.items() if name != key}).encode())


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"1", b"\xff", b"<<<<<<< HEAD", b"[" * 100_000, b"{" * 100], ids=repr
)
def test_a_state_that_is_something_else_is_not_believed(content: bytes) -> None:
    with pytest.raises(CorruptStateError):
        read_state(content)


def test_a_folder_with_changes_is_as_it_would_be_on_the_disk(place: Place) -> None:
    Path("pki/ca").mkdir(parents=True)
    Path("pki/ca/1.crt").write_bytes(b"one")
    Path("pki/state.json").write_bytes(b"{}")
    changes = Changes(
        files={"pki/ca/2.crt": b"two", "pki/ca/1.crt": None, "pki/clusters/a/b.crt": b"b", "pki/none": None}
    )

    overlay = Overlay(Beside(str(place.folder)), changes)

    assert overlay.names("pki/ca") == ["2.crt"]
    assert overlay.names("pki") == ["ca/", "clusters/", "state.json"]
    assert overlay.names("elsewhere") == []
    assert overlay.read("pki/ca/1.crt") is None
    assert overlay.read("pki/ca/2.crt") == b"two"
    assert overlay.read("pki/state.json") == b"{}"


def test_changes_keep_their_order() -> None:
    changes = Changes(files={"key": b"k", "certificate": b"c"}, notes=("one",))

    both = changes.then(Changes(files={"lock": b"l"}, made={"key": b"secret"}, notes=("two",)))

    assert list(both.files) == ["key", "certificate", "lock"]
    assert both.notes == ("one", "two")
    assert "secret" not in repr(both)


class TestEtcdConfigurations:
    """What agents read of another cluster."""

    def test_what_meshgen_writes_names_no_ca_file(self) -> None:
        written = write_config("b.mesh", 30379, authority="ca.crt", key="k.key", certificate="c.crt")

        assert read_config(written) == EtcdConfig(
            endpoints=("https://b.mesh:30379",),
            files={
                "trusted-ca-file": f"{MOUNT}ca.crt",
                "key-file": f"{MOUNT}k.key",
                "cert-file": f"{MOUNT}c.crt",
            },
            legacy=False,
        )
        assert b"\nca-file" not in written

    def test_it_is_that_of_the_guides_script(self) -> None:
        ends = {"authority": "etcd-client-ca.crt", "key": "etcd-client.key", "certificate": "etcd-client.crt"}
        named = {key: f"cluster1.{end}" for key, end in ends.items()}

        assert write_config("cluster1.mesh.cilium.io", 2379, **named) == config("cluster1")

    @pytest.mark.parametrize(
        ("text", "legacy"),
        [
            (b"ca-file: /a", True),
            (b"ca-file: /a\ntrusted-ca-file: /b", False),
            (b"trusted-ca-file: /b", False),
            (b"ca-file: ''", False),
            (b"", False),
        ],
    )
    def test_a_ca_file_alone_is_what_later_versions_ignore(self, text: bytes, *, legacy: bool) -> None:
        assert read_config(b"endpoints: [https://a:1]\n" + text).legacy is legacy

    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b"nonsense",
            b"- endpoints:",
            b"endpoints:",
            b"endpoints: []",
            b"endpoints: https://a:1",
            b"endpoints: [[a]]",
            b"endpoints: [a]\ncert-file: [b]",
            b"endpoints: [a]\nca-file: {b: c}",
            b"endpoints: [\xff]",
            b"endpoints: [a",
            b"[" * 100_000,
            b"\0",
        ],
        ids=lambda content: repr(content[:40]),
    )
    def test_what_is_none_is_refused(self, content: bytes) -> None:
        with pytest.raises(UnreadableConfigError):
            read_config(content)

    @pytest.mark.parametrize(
        ("value", "name"),
        [
            (b"!!bool foo", "foo"),
            (b"!!timestamp foo", "foo"),
            (b"!!python/name:os.system foo", "foo"),
            (b"1" + b":59" * 300_000, "1" + ":59" * 300_000),
            (b"0x10", "0x10"),
            (b'!!int ""', None),
            (b"~", None),
            (b"null", None),
        ],
        ids=["boolean", "date", "object", "sexagesimal", "number", "empty", "tilde", "null"],
    )
    def test_every_scalar_is_text_whatever_it_claims_to_be(self, value: bytes, name: str | None) -> None:
        read = read_config(b"endpoints: [a]\ncert-file: " + value + b"\nother: " + value)

        assert read.files.get("cert-file") == name

    def test_aliases_that_multiply_are_not_followed(self) -> None:
        levels = [b"a: &a [x, x, x, x, x, x, x, x, x]"]
        for number in range(9):
            one, before = 98 + number, b",".join([b"*%c" % (97 + number)] * 9)
            levels.append(b"%c: &%c [%s]" % (one, one, before))

        with pytest.raises(UnreadableConfigError):
            read_config(b"\n".join([*levels, b"endpoints: *j"]))

    @given(st.binary(max_size=80))
    def test_anything_is_read_or_refused(self, content: bytes) -> None:
        for text in (content, b"endpoints: [a]\n" + content):
            with suppress(UnreadableConfigError):
                assert read_config(text).endpoints
