"""Private keys never get into mesh.yaml, whatever they stand in."""

from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest
from commands import Run
from given import values, write

PEM = (
    "-----BEGIN PRIVATE KEY-----\n"
    "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n"
    "-----END PRIVATE KEY-----\n"
)
BODY = "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v"


def refuses_key(run: Run, *arguments: str) -> str:
    """Import, and see to it that no key is anywhere; gives the report."""
    done = run("import", *arguments, "--cilium-version", "1.19")
    mesh = Path("mesh.yaml")
    assert BODY not in done.out + done.err + (mesh.read_text() if mesh.exists() else "")
    assert "PRIVATE" not in done.out + done.err
    return done.out + done.err


@pytest.mark.parametrize("key", [PEM, b64encode(PEM.encode()).decode()])
def test_an_annotation_of_a_service(run: Run, key: str) -> None:
    service = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "clustermesh-apiserver", "annotations": {"a/b": key, "c": "d"}},
        "spec": {"type": "LoadBalancer", "ports": [{"port": 2379}]},
    }
    secret = {"apiVersion": "v1", "kind": "Secret", "data": {"tls.key": key}}
    write("one.json", {"apiVersion": "v1", "kind": "List", "items": [service, secret]})
    out = refuses_key(run, "east=one.json")
    assert "unknown  metadata.annotations.a/b of Service clustermesh-apiserver is a private key" in out
    assert "1 of kind Secret, not read" in out
    assert "c: d" in Path("mesh.yaml").read_text()


@pytest.mark.parametrize(
    ("more", "place"),
    [
        pytest.param({"extraEnv": PEM.splitlines()}, "extraEnv", id="lines"),
        pytest.param({"extraEnv": ["--flag", PEM]}, "extraEnv", id="one of a list"),
        pytest.param({"a": [{"b": [["x", *PEM.splitlines()], 1]}]}, "a.0.b", id="lines in a list in a list"),
        pytest.param({"a": [{"b": 1}, {"c": PEM}]}, "a.1.c", id="in a mapping in a list"),
        pytest.param({"a": {PEM: PEM}}, "a.?", id="a key of a mapping"),
    ],
)
def test_values(run: Run, more: dict[str, Any], place: str) -> None:
    out = refuses_key(run, write("one.yaml", values(1, **more)))
    assert f"unknown  {place} of cluster1 is a private key" in out


def test_names(run: Run) -> None:
    one = write("one.yaml", values(1, cluster={"name": PEM, "id": 1}))
    assert "has no cluster.name" in refuses_key(run, one)
    assert "holds a private key" in refuses_key(run, write("one.yaml", values(1)), "--name", PEM)
    assert not Path("mesh.yaml").exists()


def test_what_is_a_key_only_together(run: Run) -> None:
    half = b64encode(bytes(30) + bytes.fromhex("0201000282") + bytes(30)).decode()
    halves = {"a": half[:43], "b": half[43:] + "A" * 40}
    assert "it is not written" in refuses_key(run, write("one.yaml", values(1, extra=halves)))
    assert not Path("mesh.yaml").exists()
