"""Keys without quotes, as kubectl takes them, whose reader is Helm's and the API server's."""

import json
from pathlib import Path

import pytest
from kubectl_types import Kubectl

from meshgen.kube.bare_keys import misread

SAME = ["west", "c0123", "123", "0", "2024-01-01", "1-2", "nO", "0b2", "0xg", "2e912", "e3", "true", "false"]
ANOTHER = {
    "no": "false", "NO": "false", "n": "false", "off": "false", "y": "true", "On": "true", "True": "true",
    "00": "0", "0123": "83", "0x1f": "31", "0b11": "3", "0o17": "15",
}  # fmt: skip
NUMBERS = ["1e3", "5e-1", "089", "12345678901234567890123"]
REFUSED = {"null": "nothing", "9223372036854775808": "a number"}


@pytest.mark.parametrize("key", SAME)
def test_a_name_that_stays_itself(key: str) -> None:
    assert misread(key) is None


@pytest.mark.parametrize(
    ("key", "told"), [*ANOTHER.items(), *((key, "a number") for key in NUMBERS), *REFUSED.items()]
)
def test_a_name_that_is_read_as_something_else(key: str, told: str) -> None:
    assert misread(key) == told


def test_kubectl_reads_them_so(kubectl: Kubectl, tmp_path: Path) -> None:
    keys = [*SAME, *ANOTHER, *NUMBERS]
    head = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n"
    file = tmp_path / "objects.yaml"
    file.write_text("---\n".join(f"{head}  {key}: text\n" for key in keys), "utf-8")
    stream, decoder = kubectl("label", "--local", "-f", file, "a=b", "-o", "json").strip(), json.JSONDecoder()
    read = {}
    for key in keys:
        found, end = decoder.raw_decode(stream)
        [read[key]] = found["data"]
        stream = stream[end:].strip()

    assert {key: read[key] for key in SAME} == {key: key for key in SAME}
    assert {key: read[key] for key in ANOTHER} == ANOTHER
    assert all(read[key] != key for key in NUMBERS)
