"""How large Secrets are: what MG516 reckons with is what Kubernetes would count."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from builders import cluster
from hypothesis import given
from hypothesis import strategies as st
from workplaces import Workplace, decoded, extracted, generated

from meshgen.cli.input import Beside
from meshgen.inspection import inspect
from meshgen.trust.objects import Contents, contents
from meshgen.trust.sizes import ANNOTATION_LIMIT, DATA_LIMIT, Sizes, sizes

PARTS = ("", ".etcd-client-ca.crt", ".etcd-client.crt", ".etcd-client.key")


def reckoned(place: Workplace) -> dict[tuple[str, str], Sizes]:
    """What is reckoned for each Secret, by cluster and name."""
    inspection = inspect(place.files("mesh.yaml")["mesh.yaml"], "mesh.yaml", folder=Beside(str(place.folder)))
    mesh, inventory = inspection.mesh, inspection.inventory
    assert mesh is not None
    assert inventory is not None
    return {
        (one.name, secret.name): sizes(secret)
        for one, secrets in zip(mesh.clusters, contents(mesh, inventory), strict=True)
        for secret in secrets
    }


def real(place: Workplace) -> dict[tuple[str, str], Any]:
    """The Secrets as they are applied."""
    found = {}
    for path in sorted((place.folder / "secrets").rglob("*.secret.yaml")):
        secret = place.object(f"../{path.relative_to(place.folder)}")
        found[path.parent.name, secret["metadata"]["name"]] = secret
    return found


@pytest.mark.parametrize("algorithm", ["ecdsa-p256", "ed25519", "rsa-2048"])
@pytest.mark.parametrize("source", ["generate", "files"])
def test_what_is_reckoned_is_what_the_secret_has(tmp_path: Path, source: str, algorithm: str) -> None:
    tls = generated()["tls"] | {"source": source, "algorithm": algorithm}
    place = Workplace(tmp_path / "mesh", generated(backend="plaintext", tls=tls))
    if source == "files":
        extracted(place.folder / "config", "cluster1", "cluster2", algorithm=algorithm)
    else:
        place.must("pki", "init")
        place.must("pki", "issue", identity=True)
    place.must("build", identity=True)
    secrets = real(place)
    assert secrets.keys() == reckoned(place).keys()
    for name, size in reckoned(place).items():
        data = decoded(secrets[name])
        keys = [key for key in data if key.endswith(".key")]
        # The length of an RSA key is not the same for all: one group of base64 more or less.
        slack = 4 * len(keys) if algorithm == "rsa-2048" else 0
        assert abs(size.steady - sum(map(len, data.values()))) <= slack
        authorities = sum(len(value) for key, value in data.items() if key.endswith("ca.crt"))
        assert size.rotating == size.steady + authorities
        applied = len(json.dumps(secrets[name], separators=(",", ":")))
        assert 0 <= size.applied + 2 * slack - applied <= 300 + 4 * slack


NAMED = st.dictionaries(st.text("abc.-", min_size=1, max_size=9), st.binary(max_size=200), max_size=8)


@given(NAMED)
def test_clear_values_count_as_kubernetes_counts_them(clear: dict[str, bytes]) -> None:
    """Decoded for the data; the object as JSON, with its keys and its base64, for the annotation."""
    size = sizes(Contents(name="a", clear=clear, private={}))
    more = sizes(Contents(name="a", clear=clear | {"Z": b"four"}, private={}))
    assert size.steady == sum(map(len, clear.values()))
    assert more.steady - size.steady == 4
    assert more.applied - size.applied == len('"Z":"Zm91cg==",')


def test_a_second_authority_is_reckoned_with_before_it_is_there(sealed: Workplace) -> None:
    before = reckoned(sealed)
    sealed.must("pki", "rotate", "--ca", "trust", identity=True)
    after = reckoned(sealed)
    for name, size in before.items():
        # An ECDSA signature has two bytes more or less, and so a PEM one group of base64.
        assert abs(after[name].steady - size.rotating) <= 8


@pytest.fixture(scope="session")
def one(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], bytes]:
    """The files of one cluster, by algorithm and kind; every other cluster's are as long."""
    folder = tmp_path_factory.mktemp("one")
    for algorithm in ("rsa-2048", "ecdsa-p256"):
        extracted(folder / algorithm, "c", algorithm=algorithm)
    return {
        (algorithm, part): (folder / algorithm / f"c{part}").read_bytes()
        for algorithm in ("rsa-2048", "ecdsa-p256")
        for part in PARTS
    }


def guide(folder: Path, one: dict[tuple[str, str], bytes], algorithm: str, count: int) -> Workplace:
    """A mesh of the guide's layout, in which every cluster has the same files under its own name."""
    clusters = [cluster(number, name=f"c{number}", **_spread(number)) for number in range(1, count + 1)]
    place = Workplace(folder / "mesh", generated(*clusters, backend="plaintext", tls={"source": "files"}))
    (place.folder / "config").mkdir()
    for number in range(1, count + 1):
        for part in PARTS:
            content = one[algorithm, part]
            if part == "":
                content = content.replace(b"c.mesh", f"c{number}.mesh".encode())
                content = re.sub(rb"/c\.etcd", f"/c{number}.etcd".encode(), content)
            (place.folder / "config" / f"c{number}{part}").write_bytes(content)
    return place


def _spread(number: int) -> dict[str, Any]:
    return {
        "podCIDRs": [f"10.{number}.0.0/16"],
        "nodeCIDRs": [f"172.16.{number}.0/24"],
        "serviceIPs": [f"172.17.{number}.10"],
    }


LAYOUTS = [
    pytest.param("ecdsa-p256", 60, [], id="a small mesh fits everywhere"),
    pytest.param("ecdsa-p256", 120, ["warning"], id="more than kubectl apply takes on the client's side"),
    pytest.param("rsa-2048", 200, ["warning"], id="RSA keys, too large while authorities are replaced"),
    pytest.param("rsa-2048", 255, ["error"], id="RSA keys of 255 clusters, too large at once"),
]


@pytest.mark.slow
@pytest.mark.parametrize(("algorithm", "count", "severities"), LAYOUTS)
def test_the_guides_layout_grows_with_each_cluster(
    tmp_path: Path, one: dict[tuple[str, str], bytes], algorithm: str, count: int, severities: list[str]
) -> None:
    place = guide(tmp_path, one, algorithm, count)
    files = (place.folder / "config").iterdir()
    total = sum(path.stat().st_size for path in files)
    assert (total > DATA_LIMIT) is (severities == ["error"])
    done = place.run("check", "--format", "concise")
    lines = [line for line in done.out.splitlines() if "MG516" in line]
    assert len(lines) == count * len(severities)
    assert all(f" {severity}[MG516]" in line for line in lines for severity in severities)
    if severities == ["error"]:
        said = re.search(r"would have ([0-9,]+) bytes of data", lines[0])
        assert said is not None
        assert abs(int(said[1].replace(",", "")) - total) <= 4 * count


def test_a_mesh_of_255_clusters_fits_where_meshgen_makes_the_certificates() -> None:
    """A shared authority and one key for each consumer: 246 bytes for each other cluster."""
    clear = {f"cluster{number}": b"x" * 260 for number in range(255)} | {
        "common-etcd-client-ca.crt": b"x" * 542
    }
    size = sizes(Contents(name="cilium-clustermesh", clear=clear, private={}))
    assert size.rotating < DATA_LIMIT / 10
    assert size.applied < ANNOTATION_LIMIT
