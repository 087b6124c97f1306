"""A recipient with a wrong character is found in mesh.yaml, and not when something is to be sealed."""

import pyrage
import pytest
from hypothesis import given
from hypothesis import strategies as st
from workplaces import OPERATOR, Workplace, generated, public

from meshgen.model.bech32 import is_recipient
from meshgen.trust.sealed import new_sealed
from meshgen.trust.seals.age import Identity, lock, unlock

CHARACTERS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
GOOD = public(OPERATOR)


def taken_by_age(text: str) -> bool:
    """What age itself says of a recipient."""
    try:
        pyrage.x25519.Recipient.from_str(text)
    except pyrage.RecipientError:
        return False
    return True


@given(st.builds(pyrage.x25519.Identity.generate))
def test_every_recipient_of_age_is_one(identity: pyrage.x25519.Identity) -> None:
    assert is_recipient(public(identity))


@given(place=st.integers(4, 61), character=st.sampled_from(CHARACTERS))
def test_a_recipient_with_a_wrong_character_is_none(place: int, character: str) -> None:
    text = GOOD[:place] + character + GOOD[place + 1 :]
    assert is_recipient(text) is taken_by_age(text) is (text == GOOD)


@given(st.lists(st.sampled_from(CHARACTERS), min_size=52, max_size=52))
def test_the_checksum_is_the_one_of_age_whatever_the_key(letters: list[str]) -> None:
    """A key's 256 bits leave four bits over; age in Go, and so sops, wants them zero."""
    data = "".join(letters)
    text = f"age1{data}{checksum(data)}"
    assert taken_by_age(text)
    assert is_recipient(text) is (CHARACTERS.index(data[-1]) % 16 == 0)


def checksum(data: str) -> str:
    """By the definition: a remainder in a polynomial ring, written here with numbers of base 32."""
    rest = 1
    for value in [3, 3, 3, 0, 1, 7, 5, *map(CHARACTERS.index, data), *[0] * 6]:
        top, rest = rest >> 25, (rest & 0x1FFFFFF) << 5 ^ value
        for bit, generator in enumerate([0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3]):
            rest ^= generator * (top >> bit & 1)
    return "".join(CHARACTERS[(rest ^ 1) >> 5 * (5 - place) & 31] for place in range(6))


WRONG = GOOD[:-1] + ("q" if GOOD[-1] != "q" else "p")
PLACES = [
    pytest.param({"secrets": {"backend": "sops", "sops": {"recipients": [WRONG]}}}, id="an operator's"),
    pytest.param({"tls": {"source": "generate", "storeRecipients": [WRONG]}}, id="the store's"),
]


@pytest.mark.parametrize("change", PLACES)
def test_a_wrong_recipient_is_a_finding_of_every_command(
    sealed: Workplace, change: dict[str, object]
) -> None:
    sealed.write(generated(**change))
    for command in (["check"], ["build"], ["pki", "issue"], ["pki", "rotate", "cluster1"]):
        done = sealed.run(*command, identity=True)
        assert (done.status, done.codes) == (1, ["MG104"])
        assert f"'{WRONG}' is not an age recipient: its checksum does not fit" in done.out


def test_a_cluster_with_a_wrong_recipient_is_named(sealed: Workplace) -> None:
    data = generated()
    data["clusters"][1]["recipients"] = [WRONG]
    sealed.write(data)
    assert sealed.run("check", "--format", "concise").codes == []
    assert "MG104" in sealed.run("check", "--format", "concise").out


def test_what_is_locked_for_several_opens_for_each_and_for_nobody_else() -> None:
    one, other, stranger = (pyrage.x25519.Identity.generate() for _ in range(3))
    sealed = lock(b"hush", [public(one), public(other)]).encode()
    assert [unlock(sealed, [Identity("", who)]) for who in (one, other, stranger)] == [b"hush", b"hush", None]
    assert unlock(sealed, []) is None
    assert unlock(b"no age file", [Identity("", one)]) is None


def test_a_sealed_object_shows_its_digest_alone() -> None:
    sealed = new_sealed("sops", {"a.key": "ENC[x]"}, {})
    assert repr(sealed) == f"SealedObject('{sealed.digest}')"


def test_a_cluster_whose_name_is_no_file_name_is_no_path_into_the_store(sealed: Workplace) -> None:
    data = generated()
    data["clusters"][1]["name"] = "../../cluster2"
    sealed.write(data)
    assert sealed.run("check").codes == ["MG210"]
