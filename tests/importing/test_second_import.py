"""A second import keeps what people wrote, and updates what they did not."""

from pathlib import Path
from typing import Any

import pytest
from commands import Run
from given import read, values, write

MESH = Path("mesh.yaml")


def importing(run: Run, *numbers: int, **more: Any) -> str:
    """Import the values of some clusters; gives the report."""
    names = [write(f"{number}.yaml", values(number, **more)) for number in numbers]
    done = run("import", *names, "--cilium-version", "1.19")
    assert done.status == 0, done.err
    return done.out


def edit(before: str, after: str) -> None:
    """Change the mesh.yaml by hand."""
    text = MESH.read_text()
    assert before in text
    MESH.write_text(text.replace(before, after, 1))


def test_comments_and_keys_of_ones_own_stay(run: Run) -> None:
    importing(run, 1, 2, debug={"enabled": True})
    edit("name: mesh # guessed: no file says how the mesh is called", "name: shop  # ours")
    edit("    id: 1\n", "    id: 1  # the first\n    # near the sea\n    region: west\n")
    edit("\nclusters:", "\nignore:\n  - {code: MG217, reason: unknown}\n\nclusters:")
    before = MESH.read_text()
    out = importing(run, 1, 2, debug={"enabled": True})
    assert MESH.read_text() == before
    assert "guessed" not in out

    importing(run, 1, 2, debug={"enabled": False})
    assert MESH.read_text() == before.replace("enabled: true", "enabled: false")


def test_values_that_change_are_updated_where_they_stand(run: Run) -> None:
    importing(run, 1, 2)
    names = [
        write(f"{number}.yaml", values(number, routingMode="native", debug={"a": number}))
        for number in (1, 2)
    ]
    done = run("import", *names, "--cilium-version", "1.20")
    assert done.status == 0
    assert read()["cilium"] == {"version": "1.20", "datapath": {"mode": "native"}}
    assert [one["helmValues"] for one in read()["clusters"]] == [{"debug": {"a": 1}}, {"debug": {"a": 2}}]


def test_another_cluster_is_added(run: Run) -> None:
    importing(run, 1)
    assert [one["name"] for one in read()["clusters"]] == ["cluster1", "cluster2"]
    assert "# TODO id, provider, podCIDRs (named by others; no file of its own was given)" in MESH.read_text()
    out = importing(run, 2, debug={"enabled": True})
    assert "TODO" not in MESH.read_text()
    assert read()["clusters"][1]["helmValues"] == {"debug": {"enabled": True}}
    assert run("check").status == 0
    assert "kept" not in out


def test_what_is_in_no_file_is_kept_and_told(run: Run) -> None:
    importing(run, 1, 2, debug={"enabled": True, "verbose": "flow"})
    edit(
        "\nclusters:\n", "\nclusters:\n  - {name: mine, id: 9, provider: generic, podCIDRs: [10.9.0.0/16]}\n"
    )
    out = importing(run, 1, 2, debug={"enabled": True})
    assert [line for line in out.splitlines() if line.startswith("kept")] == [
        "kept     clusters.mine: in no file, left as it is",
        "kept     clusters.cluster1.helmValues.debug.verbose: in no file, left as it is",
        "kept     clusters.cluster2.helmValues.debug.verbose: in no file, left as it is",
    ]
    assert 'change   cluster1: meshgen adds debug.verbose: "flow"' in out


def test_a_guess_never_replaces_what_is_written(run: Run) -> None:
    importing(run, 1, 2)
    edit("provider: generic # guessed: nothing says which; generic adds nothing", "provider: metallb")
    importing(run, 1, 2)
    assert [one["provider"] for one in read()["clusters"]] == ["metallb", "generic"]


def test_what_is_known_replaces_a_guess_and_its_mark(run: Run) -> None:
    write("a/nodes.json", {"apiVersion": "v1", "kind": "Node", "spec": {"podCIDR": "10.1.4.0/24"}})
    run("import", "cluster1=a", "--cilium-version", "1.19")
    assert "podCIDRs: [10.1.4.0/24] # guessed: " in MESH.read_text()
    importing(run, 1)
    assert "podCIDRs: [10.1.0.0/16]\n" in MESH.read_text()


def test_a_version_is_asked_for_once(run: Run) -> None:
    write("1.yaml", values(1))
    write("2.yaml", values(2))
    run("import", "1.yaml", "2.yaml", "--cilium-version", "1.19.1", "--cilium-version", "cluster2=1.19.2")
    before = MESH.read_text()
    assert run("import", "1.yaml", "2.yaml").status == 0
    assert MESH.read_text() == before

    write("3.yaml", values(1, cluster={"name": "cluster3", "id": 3}))
    assert run("import", "3.yaml").status == 2
    MESH.write_text(before.replace("1.19.1", "newest"))
    assert run("import", "1.yaml").status == 2


def test_the_name_can_be_given_later(run: Run) -> None:
    importing(run, 1, 2)
    run("import", "1.yaml", "2.yaml", "--cilium-version", "1.19", "--name", "shop")
    assert "name: shop\n" in MESH.read_text()


def test_a_mark_leaves_a_comment_of_ones_own_alone(run: Run) -> None:
    importing(run, 1, 2)
    edit("  - name: cluster1\n", "  - name: cluster1  # the first\n")
    edit("    podCIDRs: [10.1.0.0/16]\n", "")
    write("1.yaml", values(1, ipam=None, debug={"enabled": True}))
    out = run("import", "1.yaml", "2.yaml", "--cilium-version", "1.19").out
    assert "missing  clusters.cluster1: podCIDRs" in out
    assert "  - name: cluster1  # the first\n" in MESH.read_text()


def test_lists_keep_the_layout_that_they_have(run: Run) -> None:
    importing(run, 1, 2)
    flat = "\n".join(
        line.removeprefix("  ") if line[:1] == " " else line for line in MESH.read_text().split("\n")
    )
    MESH.write_text(
        flat.split("cilium:")[0] + "cilium: {version: '1.19'}\n" + flat[flat.index("\nclusters:") :]
    )
    before = MESH.read_text()
    importing(run, 1, 2)
    assert MESH.read_text() == before


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("other: file\n", id="another file"),
        pytest.param("- a\n", id="a list"),
        pytest.param("version: 2\n", id="another version"),
        pytest.param("version: 1\ncilium: none\n", id="a section that is none"),
        pytest.param("version: 1\nclusters: {}\n", id="clusters that are no list"),
        pytest.param("version: 1\nclusters: [a]\n", id="a cluster that is none"),
        pytest.param("version: 1\nclusters: [{id: 1}]\n", id="a cluster without a name"),
        pytest.param("version: 1\nname: 'a b'\n", id="a mesh with faults"),
        pytest.param(
            "version: 1\nname: a\ncilium: {version: '1.18'}\n"
            "clusters: [{name: cluster2, service: &b {port: 1}}, {name: c, service: *b}]\n",
            id="an alias of what changes",
        ),
    ],
)
def test_what_cannot_be_merged_into_is_left_alone(run: Run, text: str) -> None:
    MESH.write_text(text)
    given = values(2)
    given["clustermesh"]["apiserver"]["service"] = {"type": "NodePort", "nodePort": 32379}
    refused = run("import", write("2.yaml", given), "--cilium-version", "1.19")
    assert refused.status == 2
    assert "mesh.yaml" in refused.err
    assert MESH.read_text() == text


@pytest.mark.parametrize("reason", ["2027-99-99", "-0b1", "1__0"])
def test_what_cannot_be_written_back_is_left_alone(run: Run, reason: str) -> None:
    text = f"version: 1\nname: a\nignore: [{{code: MG217, reason: {reason}}}]\n"
    MESH.write_text(text)
    refused = run("import", write("2.yaml", values(2)), "--cilium-version", "1.19")
    assert (refused.status, MESH.read_text()) == (2, text)
    assert "cannot be merged into: " in refused.err


def test_anchors_stay_where_nothing_else_stands_below_them(run: Run) -> None:
    MESH.write_text(
        "version: 1\nname: a\ncilium: {version: '1.19'}\nclusterDefaults: {labels: &l {a: b}}\n"
        "services: [{name: &l x, ports: [80], selector: {name: *l}}]\n"
    )
    assert run("import", write("2.yaml", values(2)), "--cilium-version", "1.19").status == 0
    assert "name: &l x" in MESH.read_text()


def test_a_mesh_that_is_no_yaml_is_left_alone(run: Run) -> None:
    MESH.write_text("a: [")
    refused = run("import", write("2.yaml", values(2)), "--cilium-version", "1.19")
    assert refused.status == 1
    assert "error[MG001]" in refused.out
    assert MESH.read_text() == "a: ["


def test_what_is_not_taken_leaves_what_was_there(run: Run) -> None:
    importing(run, 1, 2)
    out = importing(run, 1, ipam={"operator": {"clusterPoolIPv4PodCIDRList": ["10.1.0.0/99"]}})
    assert "unknown  clusters.cluster1.podCIDRs is not taken" in out
    assert read()["clusters"][0]["podCIDRs"] == ["10.1.0.0/16"]
