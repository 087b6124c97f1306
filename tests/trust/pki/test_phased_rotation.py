"""The authority is replaced in phases under a client that reconnects all the time."""

import ssl
import threading
import time
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from socket import create_connection
from typing import Any

import pytest
import yaml
from etcd_stage import Member, free_port, kept, serving
from pki_place import Place

HOST = "cluster2.mesh.cilium.io"
PATIENCE = 30
ENOUGH = 8
"""Connections that a client makes before the next thing happens."""


@dataclass
class Client:
    """An agent of cluster1 as to TLS: it reads authorities when it starts, and always reconnects."""

    port: int
    folder: Path
    connected: int = 0
    refused: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._context = self._started()
        self._busy = threading.Lock()
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def restart(self) -> None:
        """Read everything again."""
        self._context = self._started()

    def tries(self) -> int:
        """How often it has been answered or refused."""
        return self.connected + len(self.refused)

    @contextmanager
    def between_connections(self) -> Iterator[None]:
        """While it has no connection; etcd reads a certificate and its key one after the other."""
        with self._busy:
            yield

    def stop(self) -> None:
        self._done.set()
        self._thread.join(20)

    def _started(self) -> ssl.SSLContext:
        context = ssl.create_default_context(cafile=self.folder / "common-etcd-client-ca.crt")
        context.load_cert_chain(
            self.folder / "common-etcd-client.crt", self.folder / "common-etcd-client.key"
        )
        # With TLS 1.3 a client only learns later that its certificate was refused.
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        return context

    def _work(self) -> None:
        while not self._done.wait(0.002):
            with self._busy:
                self._connect()

    def _connect(self) -> None:
        try:
            with (
                create_connection(("127.0.0.1", self.port), timeout=5) as plain,
                self._context.wrap_socket(plain, server_hostname=HOST),
            ):
                self.connected += 1
        except ssl.SSLEOFError:
            pass  # etcd was ended in the middle of a handshake
        except ssl.SSLError as error:
            self.refused.append(str(error))
        except OSError:
            pass  # etcd does not listen just now


@dataclass
class Roll:
    """cluster2's etcd and cluster1's client, each with what was applied to it last."""

    place: Place
    folder: Path

    def __post_init__(self) -> None:
        self.place.ok("build", "-q")
        self._versions = 0
        self.apply_server()
        self.apply_client()
        port = free_port()
        self._command = serving(self.folder / "server", "127.0.0.1", port)
        self.member = Member(self.folder / "log", *self._command)
        self.member.wait()
        self.client = Client(port, self.folder / "client")
        self.settle()

    def pki(self, *arguments: str) -> None:
        """A step of the rotation, and the build that goes with it."""
        self.place.ok("pki", *arguments, "--identity", "operator.txt", "-q")
        self.place.ok("build", "-q")

    def apply_server(self) -> None:
        """The Secret of cluster2's etcd reaches its pod, all files at once, as kubelet does it."""
        self._apply("server", self.place.secret("cluster2", "cilium-etcd-server-tls"))

    def apply_client(self) -> None:
        """The Secret of cluster1 reaches its agents."""
        self._apply("client", self.place.secret("cluster1", "cilium-clustermesh"))

    def _apply(self, name: str, data: dict[str, bytes]) -> None:
        self._versions += 1
        kept(self.folder / f"{name}.{self._versions}", data)
        link = self.folder / "link"
        link.symlink_to(f"{name}.{self._versions}")
        link.replace(self.folder / name)

    def restart_server(self) -> None:
        self.member.stop()
        self.member = Member(self.folder / f"log.{self._versions}", *self._command)
        self.member.wait()

    def restart_client(self) -> None:
        self.client.restart()

    def settle(self) -> None:
        """Until the client has tried a few times."""
        before, end = self.client.tries(), time.monotonic() + PATIENCE
        while self.client.tries() < before + ENOUGH:
            assert time.monotonic() < end, self.member.log
            time.sleep(0.002)


@pytest.fixture
def roll(ready: Place, tmp_path: Path) -> Iterator[Roll]:
    """Both, connected."""
    folder = tmp_path / "roll"
    folder.mkdir()
    made = Roll(ready, folder)
    yield made
    made.client.stop()
    made.member.stop()


SERVER_FIRST = ("server", "client")
CLIENT_FIRST = ("client", "server")


def roll_out(roll: Roll, order: tuple[str, str], *, restart_etcd: bool) -> None:
    """What ROLLOUT.md says after each step: apply, restart agents, and etcd where authorities changed."""
    for side in order:
        if side == "server":
            with roll.client.between_connections():
                roll.apply_server()
            roll.settle()
            if restart_etcd:
                roll.restart_server()
        else:
            roll.apply_client()
            roll.settle()
            roll.restart_client()
        roll.settle()


@pytest.mark.slow
@pytest.mark.parametrize("order", [SERVER_FIRST, CLIENT_FIRST], ids=["servers first", "clients first"])
def test_no_connection_is_refused_while_the_authority_is_replaced_in_phases(
    roll: Roll, order: tuple[str, str]
) -> None:
    before = served(roll)

    for step, restart_etcd in (("trust", True), ("issue", False), ("drop", True)):
        roll.pki("rotate", "--ca", step)
        roll_out(roll, order, restart_etcd=restart_etcd)

    assert roll.client.refused == []
    assert served(roll) != before
    assert not list((roll.place.folder / "pki/ca").glob("1.*"))


@pytest.mark.slow
def test_an_authority_that_is_swapped_at_once_cuts_every_client_off(roll: Roll) -> None:
    for step in ("trust", "issue", "drop"):
        roll.pki("rotate", "--ca", step)
    with roll.client.between_connections():
        roll.apply_server()
        roll.restart_server()
        good = roll.client.connected
    roll.settle()

    assert roll.client.connected == good
    assert any("certificate verify failed" in refused for refused in roll.client.refused)

    roll.apply_client()
    roll.restart_client()
    roll.settle()

    assert roll.client.connected > good


@pytest.mark.slow
def test_certificates_of_an_authority_that_etcd_was_not_restarted_for_are_refused(roll: Roll) -> None:
    roll.pki("rotate", "--ca", "trust")
    with roll.client.between_connections():
        roll.apply_server()  # and no restart
    roll.apply_client()
    roll.restart_client()
    roll.settle()
    assert roll.client.refused == []

    roll.pki("rotate", "--ca", "issue")
    roll.apply_client()
    with roll.client.between_connections():
        roll.restart_client()
        good = roll.client.connected
    roll.settle()

    assert roll.client.connected == good
    assert all("alert" in refused for refused in roll.client.refused)


def served(roll: Roll) -> bytes:
    """The server's certificate as it stands in the tree."""
    path = roll.place.folder / "out/cluster2/cilium-etcd-server-tls.secret.sops.yaml"
    data: dict[str, Any] = yaml.safe_load(path.read_bytes())["data"]
    return b64decode(data["server.crt"])
