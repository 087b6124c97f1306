"""Folders with a mesh.yaml, a store and an output tree, made by the real commands."""

import io
import shutil
from base64 import b64decode
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import pyrage
import yaml
from builders import cluster, mesh
from cryptography.hazmat.primitives import serialization

from meshgen.cli.run import main
from meshgen.trust.etcd_config import write_config
from meshgen.trust.facts import Usage
from meshgen.trust.issuing import Issuer, Subject, make_authority
from meshgen.trust.objects import CA, CERTIFICATE, CONFIG, KEY
from meshgen.yaml_out import dump

OPERATOR = pyrage.x25519.Identity.generate()
STRANGER = pyrage.x25519.Identity.generate()


def public(identity: Any) -> str:
    """The recipient of an identity."""
    return str(identity.to_public())


def generated(*clusters: dict[str, Any], backend: str = "sops", **overrides: Any) -> dict[str, Any]:
    """A mesh whose certificates meshgen makes; two clusters where none is given."""
    made = {
        "tls": {"source": "generate", "storeRecipients": [public(OPERATOR)]},
        "secrets": {"backend": backend, "sops": {"recipients": [public(OPERATOR)]}},
    }
    if backend == "external-secrets":
        made["secrets"]["externalSecrets"] = {"store": {"name": "vault"}}
    return mesh(*(clusters or (cluster(1), cluster(2))), **(made | overrides))


def extracted(folder: Path, *names: str, algorithm: str = "ecdsa-p256") -> None:
    """What the guide's extract script leaves for clusters, each with an authority of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    start = datetime(2026, 11, 1, tzinfo=UTC)
    for name in names:
        authority = make_authority(f"{name} etcd CA", algorithm=algorithm, start=start, days=3650)
        subject = Subject(common_name="etcd client", usages=frozenset({Usage.CLIENT}))
        client = Issuer(authority).issue(subject, algorithm=algorithm, start=start, days=3650)
        config = write_config(
            f"{name}.mesh.cilium.io",
            2379,
            authority=name + CA,
            key=name + KEY,
            certificate=name + CERTIFICATE,
        )
        parts = {CONFIG: config, CA: authority.certificate, CERTIFICATE: client.certificate, KEY: client.key}
        for suffix, content in parts.items():
            (folder / f"{name}{suffix}").write_bytes(content)


class Run(NamedTuple):
    """How a command ended, and what it printed."""

    status: int
    out: str
    err: str

    @property
    def codes(self) -> list[str]:
        """The codes of the findings it printed, sorted."""
        return sorted(
            line[line.index("[") + 1 :][:5] for line in self.out.splitlines() if line[:6] == "error["
        )


@dataclass
class Workplace:
    """A folder that commands are run on, by path, so that nothing depends on where they run."""

    folder: Path
    data: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        keys = self.folder.parent / f"{self.folder.name}-keys"
        keys.mkdir(exist_ok=True)
        self.identity = keys / "operator.txt"
        self.identity.write_text(f"# an operator\n{OPERATOR}\n")
        self.stranger = keys / "stranger.txt"
        self.stranger.write_text(f"{STRANGER}\n")
        if self.data:
            self.write(self.data)

    def write(self, data: dict[str, Any]) -> None:
        """Another mesh.yaml."""
        self.data = data
        (self.folder / "mesh.yaml").write_text(dump(data), "utf-8")

    def run(self, *command: str | Path, identity: bool = False) -> Run:
        """A command on this mesh: `build`, `check` or `pki …`, with its other arguments behind."""
        name = [str(command[0])] if command[0] != "pki" else ["pki", str(command[1])]
        others = [str(argument) for argument in command[len(name) :]]
        arguments = [*name, str(self.folder / "mesh.yaml"), *others]
        if name == ["build"] and "-o" not in others:
            arguments += ["-o", str(self.folder / "out")]
        if identity:
            arguments += ["--identity", str(self.identity)]
        with redirect_stdout(_Bytes()) as out, redirect_stderr(io.StringIO()) as err:
            status = main(arguments)
        return Run(status, out.text, err.getvalue())

    def must(self, *command: str | Path, identity: bool = False) -> Run:
        """A command that must succeed."""
        done = self.run(*command, identity=identity)
        assert done.status == 0, done
        return done

    def made(self) -> "Workplace":
        """With an authority, certificates, sealed values and the tree."""
        self.must("pki", "init", "-q")
        self.must("pki", "issue", "-q", identity=True)
        self.must("build", "-q")
        return self

    def copied(self, folder: Path) -> "Workplace":
        """The same in another folder."""
        shutil.copytree(self.folder, folder)
        return Workplace(folder, self.data)

    def files(self, *below: str) -> dict[str, bytes]:
        """Every file, or those below some names, by its path."""
        roots = [self.folder / name for name in below] or [self.folder]
        found = (path for root in roots for path in ([root] if root.is_file() else root.rglob("*")))
        return {
            str(path.relative_to(self.folder)): path.read_bytes() for path in sorted(found) if path.is_file()
        }

    def object(self, path: str) -> Any:
        """A file of the tree as data."""
        return yaml.load((self.folder / "out" / path).read_bytes(), yaml.CSafeLoader)


class _Bytes(io.TextIOWrapper):
    """Standard output, with the buffer that reports are written to."""

    def __init__(self) -> None:
        super().__init__(io.BytesIO(), "utf-8", write_through=True)

    @property
    def text(self) -> str:
        self.flush()
        buffer = self.buffer
        assert isinstance(buffer, io.BytesIO)
        return buffer.getvalue().decode()


def changed(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> list[str]:
    """The paths whose content differs, appeared or disappeared."""
    return sorted(path for path in before.keys() | after.keys() if before.get(path) != after.get(path))


def public_bytes(pem: bytes) -> bytes:
    """The public key that belongs to a private one."""
    key = serialization.load_pem_private_key(pem, None)
    return key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def decoded(secret: Any) -> dict[str, bytes]:
    """The data of a Secret."""
    return {key: b64decode(value) for key, value in secret["data"].items()}
