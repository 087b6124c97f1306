"""
Makes what the cases about TLS are checked with: `python tests/checks/make_stores.py`.

It is run again only where the store's format changes, since every key is another one then; the
reports of cases and their pages come after it (`make golden docs`). All keys are sealed for the
demonstration identity of examples/.
"""

import json
import os
import shutil
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
sys.path += [str(HERE.parent), str(HERE.parent / "trust" / "pki")]

import pyrage  # noqa: E402
from cryptography.hazmat.primitives.asymmetric import ec, rsa  # noqa: E402
from faults import CLIENT, SERVER, Made, authority, certificate, plant, read  # noqa: E402
from guide_files import extracted  # noqa: E402

from meshgen.cli.run import main  # noqa: E402
from meshgen.trust.seals.age import lock  # noqa: E402

DEMONSTRATION = HERE.parent.parent / "examples" / "demo-identity.age.txt"
NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
DATE = ("--as-of", "2026-11-01", "-q")
IDENTITY = ("--identity", "identity.txt")
REMOTE = "pki/clusters/cluster1/remote.crt"


def run(folder: Path, *command: str) -> None:
    os.chdir(folder)
    assert main([*command]) == 0, command


def new(name: str, mesh: str) -> Path:
    """An empty folder of stores/, with the mesh of a case."""
    folder = HERE / "stores" / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    shutil.copy(HERE / mesh, folder / "mesh.yaml")
    return folder


def make() -> None:
    text = DEMONSTRATION.read_text("utf-8")
    identity = pyrage.x25519.Identity.from_str(text.split()[-1])
    generated = _generated()
    _guide()
    _faults(generated, identity, str(identity.to_public()))
    _bundles()


def _generated() -> Path:
    """One authority, two clusters, everything issued and sealed."""
    folder = new("generated", "MG504/pass/mesh.yaml")
    shutil.copy(DEMONSTRATION, folder / "identity.txt")
    run(folder, "pki", "init", *DATE)
    run(folder, "pki", "issue", *DATE, *IDENTITY)
    (folder / "mesh.yaml").unlink()
    return folder


def _guide() -> None:
    """What the guide's script left of two clusters, imported."""
    folder = new("guide", "MG513/pass/mesh.yaml")
    extracted(folder / "config", "cluster1", "cluster2", now=NOW)
    run(folder, "pki", "import", *DATE)
    shutil.rmtree(folder / "config")
    (folder / "mesh.yaml").unlink()


def _faults(generated: Path, identity: Any, recipient: str) -> None:
    """One certificate for each fault that a certificate can have."""
    [key] = generated.glob("pki/ca/1.*.key.age")
    own = read((generated / "pki/ca/1.crt").read_bytes(), pyrage.decrypt(key.read_bytes(), [identity]))
    year = timedelta(days=365)

    def leaf(by: Made = own, name: str = "remote-cluster1", **options: Any) -> Made:
        return certificate(name, by, **({"usages": [CLIENT], "now": NOW, "lasts": year} | options))

    short = rsa.generate_private_key(65537, 1024)  # noqa: S505 - the fault
    remote = {
        "MG504/fail": leaf(authority(now=NOW)),
        "MG506/fail": leaf(usages=[SERVER]),
        "MG507/fail": leaf(begins=-year, lasts=year + timedelta(days=9)),
        "MG507/fail-not-yet": leaf(begins=timedelta(days=60)),
        "MG508/fail": leaf(lasts=timedelta(days=40)),
        "MG509/fail": leaf(lasts=12 * year),
        "MG510/fail": leaf(key=short),
        "MG510/fail-mixed": leaf(key=ec.generate_private_key(ec.SECP384R1())),
        "MG519/fail": leaf(),
    }
    for case, made in remote.items():
        _plant(HERE / case / REMOTE, made, recipient)
    server = leaf(name="cluster1.mesh.cilium.io", usages=[SERVER, CLIENT])
    _plant(HERE / "MG505/fail/pki/clusters/cluster1/server.crt", server, recipient)
    other = HERE / "MG503/fail/pki/clusters/cluster1"
    shutil.rmtree(other, ignore_errors=True)
    other.mkdir(parents=True)
    [mine] = generated.glob("pki/clusters/cluster1/remote.*.key.age")
    [its] = generated.glob("pki/clusters/cluster2/remote.*.key.age")
    shutil.copy(its, other / mine.name)
    authority_key = HERE / "MG503/fail-authority/pki/ca" / key.name
    shutil.rmtree(authority_key.parent, ignore_errors=True)
    authority_key.parent.mkdir(parents=True)
    authority_key.write_bytes(lock(b"", [recipient]).encode("ascii"))
    for swapped in ("MG517/fail/pki/sealed/cluster1", "MG512/fail/pki/clusters/cluster3"):
        shutil.rmtree(HERE / swapped, ignore_errors=True)
        (HERE / swapped).mkdir(parents=True)
    _swap(generated)
    shutil.copy(
        generated / "pki/clusters/cluster2/peer.crt", HERE / "MG512/fail/pki/clusters/cluster3/peer.crt"
    )
    thrown_away = HERE / "MG514/fail/pki/clusters/cluster1/old.key"
    thrown_away.parent.mkdir(parents=True, exist_ok=True)
    thrown_away.write_bytes(leaf().key_pem)


def _bundles() -> None:
    """Files of authorities that are none, are not valid for long, or have a key beside them."""
    short = authority("mesh CA", lasts=timedelta(days=30), now=NOW)
    small = rsa.generate_private_key(65537, 1024)  # noqa: S505 - the fault of this case
    weak = authority("mesh CA", now=NOW, key=small, lasts=timedelta(days=36500))
    leaf = certificate("cluster1.mesh.cilium.io", None, lasts=timedelta(days=36500), now=NOW)
    for case, content in {
        "MG502/fail-bundle-with-mark": b"\xef\xbb\xbf" + short.pem,
        "MG506/fail-not-an-authority": leaf.pem,
        "MG507/fail-bundle": short.pem,
        "MG510/fail-bundle": weak.pem,
        "MG514/fail-bundle": authority("mesh CA", lasts=timedelta(days=36500), now=NOW).pem + short.key_pem,
    }.items():
        (HERE / case / "authorities.pem").write_bytes(content)


def _swap(generated: Path) -> None:
    """What was sealed for cluster2 stands in the place of cluster1's; in one case the lock says so too."""
    sealed = "pki/sealed/cluster1/cilium-clustermesh.json"
    for case in ("MG517/fail", "MG503/fail-sealed-value"):
        (HERE / case / sealed).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(generated / sealed.replace("cluster1", "cluster2"), HERE / case / sealed)
    lock = json.loads((generated / "meshgen.lock").read_bytes())
    [value] = lock["sealed"]["cluster1"]["cilium-clustermesh"].values()
    value["sealed"] = lock["sealed"]["cluster2"]["cilium-clustermesh"]["common-etcd-client.key"]["sealed"]
    text = json.dumps(lock, indent=2) + "\n"
    (HERE / "MG503/fail-sealed-value/meshgen.lock").write_text(text, "utf-8")


def _plant(path: Path, made: Made, recipient: str) -> None:
    shutil.rmtree(path.parent, ignore_errors=True)
    path.parent.mkdir(parents=True)
    plant(path, made, recipient)


if __name__ == "__main__":
    make()
