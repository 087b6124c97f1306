"""The commands of VERIFY.md make a consumer's certificate a user of etcd, who can be cut off."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from etcd_stage import PATH, Member, free_port, kept, program, serving
from pki_place import Place


class Etcd:
    """The etcd of cluster2 on this machine, under a name that its certificate has for itself."""

    def __init__(self, place: Place, folder: Path) -> None:
        self.folder = folder
        self._port = free_port()
        server = kept(folder / "server", place.secret("cluster2", "cilium-etcd-server-tls"))
        self._command = serving(server, "127.0.0.1", self._port, **{"advertise-client-urls": self.url})
        self.member = Member(folder / "log", *self._command)
        own = kept(folder / "own", place.secret("cluster2", "cilium-etcd-client-tls"))
        self.own = self._environment(own, "etcd-client")
        remote = kept(folder / "remote", place.secret("cluster1", "cilium-clustermesh"))
        self.cluster1 = self._environment(remote, "common-etcd-client")

    @property
    def url(self) -> str:
        return f"https://localhost:{self._port}"

    def _environment(self, folder: Path, name: str) -> dict[str, str]:
        return {
            **PATH,
            "ETCDCTL_API": "3",
            "ETCDCTL_ENDPOINTS": self.url,
            "ETCDCTL_CACERT": str(folder / f"{name}-ca.crt"),
            "ETCDCTL_CERT": str(folder / f"{name}.crt"),
            "ETCDCTL_KEY": str(folder / f"{name}.key"),
        }

    def turn_on(self, place: Place) -> None:
        """What VERIFY.md of cluster2 says for its etcd."""
        guide = (place.folder / "out/cluster2/VERIFY.md").read_text("utf-8")
        [block] = [one for one in re.findall(r"```sh\n(.*?)```", guide, re.DOTALL) if "auth enable" in one]
        done = self.shell(block, self.own)
        assert done.returncode == 0, done.stderr

    def restart(self) -> None:
        """End etcd and start it again."""
        self.member.stop()
        self.member = Member(self.folder / "log-2", *self._command)
        self.member.wait()

    def until(self, watch: Member, state: str) -> None:
        """Put a value until a watch has seen it."""
        while state not in watch.log:
            assert self.shell(f"etcdctl put cilium/state {state}", self.own).returncode == 0
            assert watch.process.poll() is None, watch.log

    def shell(self, script: str, client: dict[str, str]) -> subprocess.CompletedProcess[str]:
        """Commands in a pod of etcd, with a client's certificate."""
        return subprocess.run(
            ["sh", "-ec", script], env=client, capture_output=True, check=False, text=True, timeout=60
        )


@pytest.fixture
def etcd(ready: Place, tmp_path: Path) -> Iterator[Etcd]:
    """The etcd of cluster2 with a key, before anybody is asked who he is."""
    program("etcdctl")
    ready.ok("build")
    made = Etcd(ready, tmp_path / "etcd")
    try:
        made.member.wait()
        assert (
            made.shell("etcdctl put cilium/state empire; etcdctl put other secret", made.own).returncode == 0
        )
        yield made
    finally:
        made.member.stop()


def test_a_remote_cluster_reads_and_does_not_write(ready: Place, etcd: Etcd) -> None:
    etcd.turn_on(ready)

    assert etcd.shell("etcdctl get --print-value-only cilium/state", etcd.cluster1).stdout == "empire\n"
    for forbidden in ("put cilium/state rebels", "del cilium/state", "get other", "user list"):
        assert "permission denied" in etcd.shell(f"etcdctl {forbidden}", etcd.cluster1).stderr
    assert etcd.shell("etcdctl put cilium/state rebels", etcd.own).stdout == "OK\n"


def test_an_agent_can_take_the_lock_by_which_it_knows_that_etcd_has_a_quorum(
    ready: Place, etcd: Etcd
) -> None:
    etcd.turn_on(ready)

    taken = etcd.shell("etcdctl lock cilium/.initlock/5f3a echo taken", etcd.cluster1)
    refused = etcd.shell("etcdctl lock cilium/elsewhere echo taken", etcd.cluster1)

    assert taken.stdout == "taken\n", taken.stderr
    assert "permission denied" in refused.stderr


def test_a_cluster_whose_user_is_deleted_is_refused_from_then_on(ready: Place, etcd: Etcd) -> None:
    etcd.turn_on(ready)
    assert etcd.shell("etcdctl get cilium/state", etcd.cluster1).returncode == 0

    guide = (ready.folder / "out/cluster2/VERIFY.md").read_text("utf-8")
    [command] = re.findall(r"`(etcdctl user delete remote-NAME)`", guide)
    deleted = etcd.shell(command.replace("NAME", "cluster1"), etcd.own)
    after = etcd.shell("etcdctl get cilium/state", etcd.cluster1)

    assert deleted.returncode == 0
    assert after.stdout == ""
    assert "permission denied" in after.stderr


def test_what_a_deleted_user_was_watching_ends_with_a_restart(ready: Place, etcd: Etcd) -> None:
    etcd.turn_on(ready)
    watch = Member(etcd.folder / "watch", program("etcdctl"), "watch", "--prefix", "cilium/", **etcd.cluster1)
    try:
        for state in ("first", "second"):
            etcd.until(watch, state)
            etcd.shell("etcdctl user delete remote-cluster1", etcd.own)
        etcd.restart()
        assert etcd.shell("etcdctl put cilium/state third", etcd.own).stdout == "OK\n"
        watch.process.wait(20)
    finally:
        watch.stop()

    assert "second" in watch.log
    assert "third" not in watch.log
