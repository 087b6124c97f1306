"""A tree that meshgen built becomes a mesh.yaml from which the same tree is built."""

import json
import os
import shutil
from pathlib import Path

import pytest
from builders import ROOT, cluster, mesh, service, text
from commands import Run
from given import files, read

from meshgen.inspection import inspect
from meshgen.plan.digests import mesh_data, mesh_digest

CASES = sorted(path.parent for path in (ROOT / "tests/golden").glob("*/mesh.yaml"))


@pytest.mark.parametrize(
    "case",
    [
        *(pytest.param(case, id=case.name) for case in CASES),
        pytest.param(ROOT / "examples", id="the example"),
    ],
)
def test_the_same_tree_is_built_again(run: Run, folder: Path, case: Path) -> None:
    shutil.copytree(
        case, "mesh", ignore=shutil.ignore_patterns("out", "expected-*", "review", "production.yaml")
    )
    os.chdir("mesh")
    assert run("build").status == 0
    (folder / "mesh/mesh.yaml").rename(folder / "before.yaml")
    assert run("import", "out").status == 0
    assert run("build", "-o", "again").status == 0
    assert files("again") == files("out")
    assert run("build", "--check").status == 0


def built(run: Run, folder: Path, **keys: object) -> None:
    """A tree in `out`, and no mesh.yaml."""
    (folder / "mesh.yaml").write_bytes(text(mesh(**keys)))
    assert run("build").status == 0
    (folder / "mesh.yaml").unlink()


def test_every_key_comes_back(run: Run, folder: Path) -> None:
    given = (ROOT / "tests/input/every-key.yaml").read_bytes()
    before = inspect(given, "every-key.yaml").mesh
    assert before is not None
    del run, folder
    data = mesh_data(before)
    after = inspect(json.dumps(data).encode(), "mesh.yaml").mesh
    assert after is not None
    assert mesh_digest(after) == mesh_digest(before)
    assert mesh_data(after) == data


def test_a_cluster_may_have_the_default_where_the_mesh_has_not(run: Run, folder: Path) -> None:
    own = cluster(
        1,
        cilium={"namespace": "kube-system", "datapath": {"mode": "tunnel"}},
        policy={"dns": {"namespace": "dns"}},
    )
    native = {"mode": "native", "nativeRoutingCIDR": "10.0.0.0/8"}
    mesh_wide = {"version": "1.8", "namespace": "cilium", "datapath": native}
    mixed = [{"code": "MG214", "reason": "a test"}]
    built(run, folder, cilium=mesh_wide, clusters=[own, cluster(2)], ignore=mixed)
    run("import", "out")
    assert read()["clusters"][0]["cilium"] == {"namespace": "kube-system", "datapath": {"mode": "tunnel"}}
    assert read()["clusters"][0]["policy"]["dns"]["namespace"] == "dns"


def test_no_absolute_path_is_kept(run: Run, folder: Path) -> None:
    del run, folder
    found = inspect(text(mesh(tls={"source": "files", "files": "/srv/config"})), "mesh.yaml").mesh
    assert found is not None
    assert mesh_data(found)["tls"] == {"source": "files"}


def test_the_name_can_be_another_and_the_text_can_be_printed(run: Run, folder: Path) -> None:
    built(run, folder)
    printed = run("import", "out/", "-o", "-", "--name", "other")
    assert printed.out.startswith("version: 1\nname: other\n")
    assert "read     out: a tree of meshgen, made from mesh.yaml" in printed.err
    assert not Path("mesh.yaml").exists()


def test_a_file_of_another_name_is_said(run: Run, folder: Path) -> None:
    built(run, folder)
    assert "the tree was made from mesh.yaml" in run("import", "out", "-o", "other.yaml").err


def test_a_tree_is_merged_into_no_mesh(run: Run, folder: Path) -> None:
    built(run, folder)
    (folder / "mesh.yaml").write_text("mine")
    refused = run("import", "out")
    assert (refused.status, Path("mesh.yaml").read_text()) == (3, "mine")
    assert "mesh.yaml exists already" in refused.err


def test_a_tree_has_the_whole_mesh(run: Run, folder: Path) -> None:
    built(run, folder)
    refused = run("import", "out", "values.yaml")
    assert refused.status == 2
    assert "give it alone" in refused.err


@pytest.mark.parametrize(
    ("index", "told"),
    [
        pytest.param("{}", "it is no index", id="no index"),
        pytest.param('{"schema": "meshgen.index/v1", "files": {}}', "built before", id="an older one"),
        pytest.param('{"schema": "meshgen.index/v1", "files": {}, "mesh": 1}', "built before", id="no mesh"),
        pytest.param(
            '{"schema": "meshgen.index/v1", "files": {}, "mesh": {"data": 1, "file": 1}}',
            "built before",
            id="a number",
        ),
        pytest.param(
            '{"schema": "meshgen.index/v1", "files": {}, "mesh": {"data": {"a": 1}}}',
            "is no mesh",
            id="another",
        ),
        pytest.param(
            '{"schema": "meshgen.index/v1", "files": {}, "mesh": {"data": {"name": "\\ud83d"}}}',
            "is no mesh",
            id="half a character",
        ),
        pytest.param(
            '{"schema": "meshgen.index/v1", "files": {}, "mesh": {"data": {"a": '
            + "[" * 200
            + "]" * 200
            + "}}}",
            "is no mesh",
            id="a deep one",
        ),
    ],
)
def test_an_index_that_does_not_say_it_is_refused(run: Run, folder: Path, index: str, told: str) -> None:
    (folder / "out").mkdir()
    (folder / "out/.meshgen.json").write_text(index)
    refused = run("import", "out")
    assert refused.status == 2
    assert told in refused.err
    assert not Path("mesh.yaml").exists()


def test_every_character_comes_back(run: Run, folder: Path) -> None:
    odd = "team \U0001f680 \\u0041 \x7f\u2028\ufeff"
    built(run, folder, clusterDefaults={"service": {"annotations": {"a": odd}}})
    assert run("import", "out").status == 0
    assert read()["clusters"][0]["service"]["annotations"] == {"a": odd}
    assert run("build", "--check").status == 0


def test_an_index_with_a_key_is_refused(run: Run, folder: Path) -> None:
    built(run, folder)
    index = folder / "out/.meshgen.json"
    index.write_text(
        index.read_text().replace('"id": 1', '"region": "-----BEGIN PRIVATE KEY-----", "id": 1', 1)
    )
    refused = run("import", "out")
    assert (refused.status, "holds a private key" in refused.err) == (2, True)
    assert not Path("mesh.yaml").exists()


def test_what_was_edited_by_hand_is_said_and_not_taken(run: Run, folder: Path) -> None:
    built(run, folder)
    (folder / "out/cluster1/values.yaml").write_text("edited")
    (folder / "out/cluster2/values.yaml").unlink()
    out = run("import", "out").out
    assert "out/cluster1/values.yaml is not as it was built" in out
    assert "out/cluster2/values.yaml is not as it was built" in out


def test_files_of_policies_come_back_beside_it(run: Run, folder: Path) -> None:
    case = ROOT / "tests/golden/policies"
    shutil.copytree(case, "mesh", ignore=shutil.ignore_patterns("out"))
    assert run("build", "mesh/mesh.yaml").status == 0
    Path("mesh/mesh.yaml").unlink()
    shutil.rmtree("mesh/team")
    Path("mesh/policies/legacy.yaml").write_text("mine")
    done = run("import", "out", "-o", "mesh/mesh.yaml")
    assert done.status == 0
    assert "unknown  policies/legacy.yaml is there already, and not as in the tree; it is left so" in done.out
    assert Path("mesh/team/nodes.yml").read_bytes() == (case / "team/nodes.yml").read_bytes()
    assert Path("mesh/policies/legacy.yaml").read_text() == "mine"

    Path("mesh/mesh.yaml").unlink()
    Path("mesh/policies/legacy.yaml").write_bytes((case / "policies/legacy.yaml").read_bytes())
    assert "is there already" not in run("import", "out", "-o", "mesh/mesh.yaml").out

    Path("linked").mkdir()
    Path("outside").mkdir()
    Path("linked/policies").symlink_to(folder / "outside")
    failed = run("import", "out", "-o", "linked/mesh.yaml")
    assert (failed.status, "through a symbolic link: nothing is written" in failed.err) == (3, True)
    assert [path.name for path in folder.glob("linked/*")] == ["policies"]
    assert not list(folder.glob("outside/*"))

    for path in folder.glob("out/*/policies/nodes.yml"):
        path.write_text("edited")
    out = run("import", "out", "-o", "elsewhere/mesh.yaml")
    assert read("elsewhere/mesh.yaml").get("ignore") is None
    assert "missing  team/nodes.yml: a file of policy.raw that is not in the tree" in out.out


def test_an_error_that_was_accepted_is_accepted_again(run: Run, folder: Path) -> None:
    same = [cluster(1), cluster(2, serviceIPs=["172.16.1.10"]), cluster(3, serviceIPs=["172.16.1.10"])]
    ignored = [{"code": "MG208", "reason": "one address"}]
    built(run, folder, clusters=same, services=[service()], ignore=ignored)
    out = run("import", "out").out
    reason = "accepted when the tree was built; a tree does not keep why"
    assert read()["ignore"] == [
        {"code": "MG208", "at": f"clusters.cluster{number}", "reason": reason} for number in (2, 3)
    ]
    assert f"guessed  ignore of MG208: {reason}" in out
    assert run("build").status == 0


def test_places_of_what_was_accepted_are_names(run: Run, folder: Path) -> None:
    one, other = ["10.1.0.0/16", "10.2.0.0/16"], ["10.1.0.0/17", "10.2.0.0/17"]
    built(
        run,
        folder,
        cilium={"version": "1.8.13", "maxConnectedClusters": 511},
        clusters=[cluster(1, podCIDRs=one), cluster(2, podCIDRs=other)],
        ignore=[{"code": "MG203", "reason": "a test"}, {"code": "MG602", "reason": "a test"}],
    )
    run("import", "out")
    assert [(one["code"], one["at"]) for one in read()["ignore"]] == [
        ("MG602", "cilium.maxConnectedClusters"),
        ("MG203", "clusters.cluster2"),
    ]
    assert run("build").status == 0
