"""Values become a mesh.yaml from which the same values are built."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from commands import Run
from given import files, read, values, write

MESHES = sorted((Path(__file__).parent / "meshes").iterdir())


def files_of(case: Path, folder: Path) -> tuple[list[str], str]:
    """A mesh's values files in the test's folder, and their version."""
    shutil.copytree(case, folder, dirs_exist_ok=True)
    return sorted(path.name for path in case.iterdir()), case.name.partition("-")[0]


def fill_in(folder: Path) -> None:
    """What values do not say, as a person writes it where the mark is."""
    path = folder / "mesh.yaml"
    lines = []
    for line in path.read_text().splitlines():
        lines.append(line)
        if line.endswith("# TODO podCIDRs"):
            lines.append(f"    podCIDRs: [10.{len(lines)}.0.0/16]")
    path.write_text("\n".join(lines) + "\n")


@pytest.mark.parametrize("case", [pytest.param(folder, id=folder.name) for folder in MESHES])
def test_values_become_the_same_values(run: Run, folder: Path, case: Path) -> None:
    names, version = files_of(case, folder)
    imported = run("import", *names, "--cilium-version", version)
    assert imported.status == 0
    assert "change" not in imported.out

    fill_in(folder)
    assert run("build").status == 0
    for name in names:
        assert read(f"out/{name.removesuffix('.yaml')}/values.yaml") == read(name)

    Path("tree").mkdir()
    assert run("import", "out", "-o", "tree/mesh.yaml").status == 0
    assert run("build", "tree/mesh.yaml", "-o", "again").status == 0
    assert files("again") == files("out")

    before = Path("mesh.yaml").read_text()
    again = run("import", *names, "--cilium-version", version)
    assert again.status == 0
    assert "missing" not in again.out
    assert "guessed" not in again.out
    assert Path("mesh.yaml").read_text() == before.replace(" # TODO podCIDRs", "")


def test_what_all_share_is_written_once(run: Run) -> None:
    hubble = {"enabled": True, "relay": {"enabled": True}}
    write("a.yaml", values(1, hubble=hubble, debug={"enabled": True}))
    write("b.yaml", values(2, hubble=hubble, debug={"enabled": False}))
    run("import", "a.yaml", "b.yaml", "--cilium-version", "1.19")

    mesh = read()
    assert mesh["clusterDefaults"] == {"helmValues": {"hubble": hubble}}
    assert [one["helmValues"] for one in mesh["clusters"]] == [
        {"debug": {"enabled": True}},
        {"debug": {"enabled": False}},
    ]


def changes(run: Run, *arguments: str) -> list[dict[str, Any]]:
    """The intended changes that an import tells."""
    imported = run("import", *arguments, "--format", "json")
    assert imported.status == 0, imported.err
    told: list[dict[str, Any]] = json.loads(imported.out)["changes"]
    return told


def is_true(told: list[dict[str, Any]], given: Any, cluster: str) -> None:
    """Whether the changes are all there are between values and what is built of them."""
    built = read(f"out/{cluster}/values.yaml")
    for one in told:
        if one["cluster"] != cluster:
            continue
        *above, last = one["path"]
        here = given
        for step in above:
            here = here.setdefault(step, {})
        if one["kind"] == "drops":
            del here[last]
        else:
            here[last] = one["to"]
    prune(given)
    prune(built)
    assert given == built


def prune(data: dict[str, Any]) -> None:
    for key in list(data):
        if isinstance(data[key], dict):
            prune(data[key])
            if not data[key]:
                del data[key]


def test_every_intended_change_is_told(run: Run) -> None:
    first, second = values(1), values(2)
    config = first["clustermesh"]["config"]
    config["clusters"] = {
        "cluster1": {"ips": ["172.16.1.10"], "port": 2379},
        "cluster2": {"ips": ["172.16.2.10"], "tls": {"cert": "public"}},
    }
    first["clustermesh"]["apiserver"]["tls"] = {"auto": {"enabled": True, "method": "helm"}}
    del second["clustermesh"]["config"]
    second["clustermesh"]["apiserver"]["service"] = {"type": "LoadBalancer", "annotations": {}}
    write("a.yaml", first)
    write("b.yaml", second)
    told = changes(run, "a.yaml", "b.yaml", "--cilium-version", "1.19")

    kinds = [(one["cluster"], one["kind"], ".".join(one["path"])) for one in told]
    peers = "clustermesh.config.clusters"
    assert kinds == [
        ("cluster1", "drops", f"{peers}.cluster1.ips"),
        ("cluster1", "drops", f"{peers}.cluster1.port"),
        ("cluster1", "adds", f"{peers}.cluster2.enabled"),
        ("cluster1", "adds", f"{peers}.cluster2.port"),
        ("cluster1", "drops", f"{peers}.cluster2.tls.cert"),
        ("cluster1", "adds", "clustermesh.apiserver.tls.authMode"),
        ("cluster1", "changes", "clustermesh.apiserver.tls.auto.method"),
        ("cluster2", "adds", f"{peers}.cluster1.enabled"),
        ("cluster2", "adds", f"{peers}.cluster1.ips"),
        ("cluster2", "adds", f"{peers}.cluster1.port"),
        ("cluster2", "adds", "clustermesh.apiserver.service.loadBalancerIP"),
        ("cluster2", "adds", "clustermesh.config.enabled"),
    ]
    assert run("build").status == 0
    is_true(told, first, "cluster1")
    is_true(told, second, "cluster2")


REASON = (
    "Helm deletes the certificates that it made, and peers refuse new ones: before the upgrade, annotate "
    "the Secrets clustermesh-apiserver-*-cert and cilium-ca with helm.sh/resource-policy=keep"
)


@pytest.mark.parametrize(
    ("tls", "switched", "told"),
    [
        pytest.param(
            {"auto": {"enabled": True}}, True, f'adds {{method}}: "cronJob" - {REASON}', id="default"
        ),
        pytest.param({}, True, f'adds {{method}}: "cronJob" - {REASON}', id="nothing"),
        pytest.param({}, False, 'adds {method}: "cronJob"', id="no mesh yet"),
        pytest.param({"auto": {"enabled": True, "method": "certmanager"}}, True, "", id="of others"),
        pytest.param({"auto": {"enabled": False}}, True, 'adds {method}: "cronJob"', id="one's own"),
    ],
)
def test_another_maker_of_certificates_is_a_danger(
    run: Run, tls: dict[str, Any], *, switched: bool, told: str
) -> None:
    given = values(1)
    given["clustermesh"]["apiserver"]["tls"] = tls
    given["clustermesh"]["useAPIServer"] = switched
    write("mesh.yaml", {"version": 1, "name": "x", "cilium": {"version": "1.19"}})
    out = run("import", write("a.yaml", given), "--cilium-version", "1.19").out
    method = "clustermesh.apiserver.tls.auto.method"
    lines = [line for line in out.splitlines() if method in line]
    assert lines == ([f"change   cluster1: meshgen {told.format(method=method)}"] if told else [])


def test_a_peer_that_is_switched_off_is_none(run: Run) -> None:
    given = values(1)
    peers = given["clustermesh"]["config"]["clusters"]
    peers["cluster2"]["enabled"] = False
    run("import", write("a.yaml", given), "--cilium-version", "1.19")
    assert [one["name"] for one in read()["clusters"]] == ["cluster1"]


def test_an_id_that_is_not_known_is_no_change(run: Run) -> None:
    write("a.yaml", values(1, cluster={"name": "cluster1"}))
    out = run("import", "a.yaml", "--cilium-version", "1.19").out
    assert "missing  clusters.cluster1: id" in out
    assert "cluster.id" not in out


def test_passwords_are_covered(run: Run) -> None:
    given = values(1)
    given["clustermesh"]["config"]["domain"] = "https://me:secret@mesh"
    given["clustermesh"]["config"]["clusters"]["cluster2"] = {"address": "https://me:secret@west"}
    one = write("a.yaml", given)
    for more in ([], ["--format", "json"]):
        done = run("import", one, "--cilium-version", "1.19", *more)
        assert done.status == 0
        assert "is not taken" in done.out
        assert "@west" in done.out
        assert "secret" not in done.out + done.err + Path("mesh.yaml").read_text()


def test_the_text_says_why_something_changes(run: Run) -> None:
    first, second = values(1), values(2)
    del first["clustermesh"]["config"]["clusters"]["cluster2"]["port"]
    second["clustermesh"]["config"]["clusters"]["cluster2"] = {"ips": ["172.16.2.10"]}
    second["clustermesh"]["config"]["clusters"]["cluster1"]["ips"] = ["172.16.1.11", "172.16.1.10"]
    second["clustermesh"]["apiserver"]["tls"]["auto"]["method"] = "helm"
    write("a.yaml", first)
    write("b.yaml", second)
    out = run("import", "a.yaml", "b.yaml", "--cilium-version", "1.19").out

    peers = "clustermesh.config.clusters"
    method = "clustermesh.apiserver.tls.auto.method"
    told = [
        f"cluster1: meshgen adds {peers}.cluster2.port: 2379",
        f'cluster2: meshgen drops {peers}.cluster2.ips (["172.16.2.10"])',
        f'cluster2: meshgen orders {peers}.cluster1.ips: ["172.16.1.10", "172.16.1.11"]',
        f'cluster2: meshgen changes {method}: "helm" becomes "cronJob"',
    ]
    lines = [line.removeprefix("change   ").partition(" - ") for line in out.splitlines()]
    reasons = {line: why for line, _, why in lines if line in told}
    assert reasons == {
        told[0]: "the chart has no default for it, and the URL would end in a colon",
        told[1]: "a cluster does not dial itself",
        told[2]: "",
        told[3]: REASON,
    }


def test_a_list_of_clusters_becomes_a_map_where_the_chart_has_one(run: Run) -> None:
    for number in (1, 2):
        given = values(number)
        clusters = given["clustermesh"]["config"]["clusters"]
        given["clustermesh"]["config"]["clusters"] = [
            {"name": name, "ips": entry["ips"], "port": 2379} for name, entry in clusters.items()
        ]
        write(f"{number}.yaml", given)
    told = changes(run, "1.yaml", "2.yaml", "--cilium-version", "1.19")
    path = ["clustermesh", "config", "clusters"]
    assert told[0] == {
        "cluster": "cluster1",
        "kind": "changes",
        "path": path,
        "from": "a list",
        "to": "a map",
    }
    assert [(one["kind"], one["path"][3:]) for one in told[1:]] == [
        ("adds", ["cluster2", "enabled"]),
        ("changes", []),
        ("adds", ["cluster1", "enabled"]),
    ]
    assert changes(run, "1.yaml", "2.yaml", "--cilium-version", "1.18", "-o", "older.yaml") == []


def test_clusters_in_another_order_are_told_as_that(run: Run) -> None:
    names = ["b", "c", "a"]
    for number, name in enumerate(names, 1):
        others = [
            {"name": other, "ips": [f"172.16.{names.index(other) + 1}.10"], "port": 2379}
            for other in names
            if other != name
        ]
        given = values(1, cluster={"name": name, "id": number})
        given["ipam"]["operator"]["clusterPoolIPv4PodCIDRList"] = [f"10.{number}.0.0/16"]
        given["clustermesh"]["config"]["clusters"] = others
        given["clustermesh"]["apiserver"]["service"]["loadBalancerIP"] = f"172.16.{number}.10"
        write(f"{name}.yaml", given)
    told = changes(run, "a.yaml", "b.yaml", "c.yaml", "--cilium-version", "1.18")
    assert [(one["cluster"], one["from"], one["to"]) for one in told] == [
        ("b", ["c", "a"], ["a", "c"]),
        ("c", ["b", "a"], ["a", "b"]),
    ]
