"""The SOPS reader by itself: what it refuses, and that it says so without quoting a value."""

from collections.abc import Callable
from typing import Any

import pytest
from workplaces import OPERATOR, STRANGER, public

from meshgen.trust.seals.age import Identity
from meshgen.trust.seals.sops import ClosedError, SopsError, decrypt, encrypt

MINE = Identity(public(OPERATOR), OPERATOR)
STAMP = "2026-11-26T12:00:00Z"
PLAIN = {"kind": "Secret", "data": {"a.key": "hush", "b.key": "whisper", "c": "loud"}, "list": ["x", None]}


def sealed(plain: dict[str, Any] | None = None, **options: Any) -> Any:
    given = {"recipients": [public(OPERATOR)], "stamp": STAMP, "encrypted_regex": r"\.key$"} | options
    return encrypt(plain or PLAIN, **given)


def opened(document: Any) -> Any:
    return decrypt(document, [MINE])


def test_what_was_sealed_opens_and_only_matching_keys_were_sealed() -> None:
    document = sealed()
    assert opened(document) == PLAIN
    assert document["data"]["c"] == "loud"
    assert "hush" not in str(document)


def test_each_recipient_is_written_once_and_opens_it() -> None:
    document = sealed(recipients=[public(OPERATOR), public(STRANGER), public(OPERATOR)])
    assert [entry["recipient"] for entry in document["sops"]["age"]] == [public(OPERATOR), public(STRANGER)]
    assert decrypt(document, [Identity(public(STRANGER), STRANGER)]) == PLAIN


def test_the_same_text_is_sealed_differently_each_time() -> None:
    first, second = sealed(), sealed()
    assert first["data"]["a.key"] != second["data"]["a.key"]


def test_values_below_a_matching_key_are_sealed_whatever_they_are_called() -> None:
    plain = {"x.key": {"deep": ["one", {"two": 2, "yes": True, "nothing": None, "empty": ""}]}}
    document = sealed(plain)
    deep = document["x.key"]["deep"]
    assert deep[0].startswith("ENC[")
    assert [deep[1]["nothing"], deep[1]["empty"]] == [None, ""]
    assert opened(document) == plain


def test_keys_without_a_match_are_sealed_where_the_rule_is_the_other_way_round() -> None:
    """A reader's concern: meshgen writes only `encrypted_regex`."""
    document = sealed({"data": {"a": "hush"}}, encrypted_regex="^data$")
    document["sops"]["unencrypted_suffix"] = "_clear"
    del document["sops"]["encrypted_regex"]
    assert opened(document) == {"data": {"a": "hush"}}
    document["sops"]["unencrypted_suffix"] = "a"
    with pytest.raises(SopsError, match="the MAC does not fit"):
        opened(document)


def test_a_dot_in_a_suffix_is_a_dot() -> None:
    document = sealed({"a.key": "hush", "a-key": "loud"}, encrypted_regex=r"\.key$")
    del document["sops"]["encrypted_regex"]
    document["sops"]["encrypted_suffix"] = ".key"
    assert opened(document) == {"a.key": "hush", "a-key": "loud"}


Change = Callable[[Any], Any]


def swap(document: Any) -> None:
    data = document["data"]
    data["a.key"], data["b.key"] = data["b.key"], data["a.key"]


def bend(text: str) -> str:
    """Another base64 text of the same length."""
    place = text.index("data:") + 5
    return text[:place] + ("A" if text[place] != "A" else "B") + text[place + 1 :]


def change_mac(document: Any) -> None:
    document["sops"]["mac"] = bend(document["sops"]["mac"])


def put(*path: str, value: Any) -> Change:
    def change(document: Any) -> None:
        for step in path[:-1]:
            document = document[step]
        document[path[-1]] = value

    return change


TAMPERED = [
    pytest.param(
        put("sops", "age", value=[{"enc": "\ud800"}]), "a text is not valid Unicode", id="half a character"
    ),
    pytest.param(
        put("sops", "lastmodified", value="\ud800"),
        "a text is not valid Unicode",
        id="half a character in the time",
    ),
    pytest.param(
        put("sops", "encrypted_regex", value="(" * 5000 + ")" * 5000),
        "the encrypted_regex of the stanza needs the sops binary",
        id="a pattern that is too deep",
    ),
    pytest.param(
        put("sops", "encrypted_regex", value="a{99999999999999999999}"),
        "the encrypted_regex of the stanza needs the sops binary",
        id="a pattern with too large a number",
    ),
    pytest.param(swap, "a value does not open: it was changed, or moved to another key", id="values swapped"),
    pytest.param(
        lambda document: document["data"].pop("a.key"),
        "the MAC does not fit: the document was changed without sops",
        id="a value taken away",
    ),
    pytest.param(
        change_mac, "a value does not open: it was changed, or moved to another key", id="MAC changed"
    ),
    pytest.param(
        put("sops", "lastmodified", value="2026-11-26T12:00:01Z"),
        "a value does not open: it was changed, or moved to another key",
        id="time changed",
    ),
    pytest.param(
        put("data", "a.key", value="hush"), "a value is not in the format of sops", id="a value in clear"
    ),
    pytest.param(
        put("sops", "mac", value=7), "a value is not in the format of sops", id="a MAC that is none"
    ),
    pytest.param(
        put("data", "a.key", value="ENC[AES256_GCM,data:!!,iv:AA==,tag:AA==,type:str]"),
        "a value does not open: it was changed, or moved to another key",
        id="no base64",
    ),
    pytest.param(put("sops", value=None), "the document has no sops stanza", id="no stanza"),
    pytest.param(put("sops", value={"age": []}), "the document has no sops stanza", id="half a stanza"),
    pytest.param(
        put("sops", "encrypted_regex", value=""),
        "the stanza must have exactly one rule for what is encrypted",
        id="no rule",
    ),
    pytest.param(
        put("sops", "encrypted_suffix", value=".key"),
        "the stanza must have exactly one rule for what is encrypted",
        id="two rules",
    ),
    pytest.param(put("sops", "age", value="x"), "the sops stanza has no age recipients", id="age is text"),
    pytest.param(put("sops", "age", value=[{}]), "the sops stanza has no age recipients", id="no key in it"),
    pytest.param(
        put("sops", "age", value=[{"enc": 7}]),
        "the sops stanza has no age recipients",
        id="a number for a key",
    ),
]


@pytest.mark.parametrize(("change", "told"), TAMPERED)
def test_a_document_that_was_tampered_with_is_refused(change: Change, told: str) -> None:
    document = sealed()
    change(document)
    with pytest.raises(SopsError) as refused:
        opened(document)
    assert str(refused.value) == told


CLOSED = [
    *(
        pytest.param(
            put("sops", key, value=value),
            f"the stanza has {key}, which needs the sops binary",
            id=f"{key} used",
        )
        for key, value in {
            "kms": [{"arn": "arn:aws:kms:eu-west-1:1:key/a", "enc": "x"}],
            "gcp_kms": [{"resource_id": "projects/p", "enc": "x"}],
            "azure_kv": [{"vault_url": "https://v", "name": "k", "enc": "x"}],
            "hc_vault": [{"vault_address": "https://v", "enc": "x"}],
            "pgp": [{"fp": "85D77543B3D624B63CEA9E6DBC17301B491B3F21", "enc": "x"}],
            "key_groups": [{"age": []}],
            "shamir_threshold": 2,
            "encrypted_comment_regex": "^sops",
            "something_newer": True,
        }.items()
    ),
    pytest.param(
        put("sops", "encrypted_regex", value="(?P<"),
        "the encrypted_regex of the stanza needs the sops binary",
        id="an expression that Python does not know",
    ),
    pytest.param(put("sops", "age", value=[]), "none of the identities at hand opens it", id="for nobody"),
    pytest.param(
        put("sops", "age", value=[{"recipient": public(OPERATOR), "enc": "no age file"}]),
        "none of the identities at hand opens it",
        id="no age file",
    ),
]


@pytest.mark.parametrize(("change", "told"), CLOSED)
def test_what_this_reader_does_not_know_is_left_to_sops(change: Change, told: str) -> None:
    document = sealed()
    change(document)
    with pytest.raises(ClosedError) as closed:
        opened(document)
    assert str(closed.value) == told


def test_empty_lists_of_other_keys_are_what_older_versions_of_sops_write() -> None:
    document = sealed()
    document["sops"] |= {"kms": [], "gcp_kms": None, "pgp": [], "shamir_threshold": 0}
    assert opened(document) == PLAIN


def test_an_identity_of_somebody_else_opens_nothing() -> None:
    for identities in ([], [Identity(public(STRANGER), STRANGER)]):
        with pytest.raises(ClosedError, match="none of the identities at hand opens it"):
            decrypt(sealed(), identities)


def test_a_changed_clear_part_is_noticed_only_where_the_mac_covers_it() -> None:
    covered, uncovered = sealed(mac_only_encrypted=False), sealed()
    for document in (covered, uncovered):
        document["data"]["c"] = "louder"
    assert opened(uncovered)["data"]["c"] == "louder"
    with pytest.raises(SopsError, match="the MAC does not fit"):
        opened(covered)


@pytest.mark.parametrize("value", [1.5, b"raw", object()], ids=["a float", "bytes", "an object"])
def test_a_type_that_yaml_has_and_this_writer_not_is_refused(value: Any) -> None:
    with pytest.raises(SopsError, match=f"a value of type {type(value).__name__} is not supported"):
        sealed({"a.key": value})
    assert sealed({"a": value, "b.key": "x"})["a"] is value, "in clear it is nobody's business"


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("float", "a value of type float is not supported"),
        ("time", "a value of type time is not supported"),
        ("bytes", "a value of type bytes is not supported"),
        ("comment", "a value of type comment is not supported"),
        ("int", "a value is not of the type int"),
        ("bool", "a value is not of the type bool"),
    ],
)
def test_a_value_of_another_type_is_refused_and_not_quoted(kind: str, told: str) -> None:
    """The type is not authenticated, so it may be changed by whoever can write the file."""
    document = sealed()
    document["data"]["a.key"] = document["data"]["a.key"].replace("type:str", f"type:{kind}")
    with pytest.raises(SopsError) as refused:
        opened(document)
    assert str(refused.value) == told
    assert refused.value.__suppress_context__ or refused.value.__context__ is None


def test_messages_and_records_never_show_a_key() -> None:
    assert str(OPERATOR) not in repr(MINE) + str(MINE)
    assert repr(MINE) == f"Identity(recipient='{public(OPERATOR)}')"
