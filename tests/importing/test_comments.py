"""What people wrote beside the data stays, also where the data change."""

from pathlib import Path
from typing import Any

import pytest
from commands import Run
from given import read, values, write

from meshgen.importing.marks import is_ours

MESH = Path("mesh.yaml")
HEAD = "version: 1\nname: shop\ncilium: {version: '1.19'}\nclusters:\n"


def importing(run: Run, before: str, **more: Any) -> str:
    """Import a cluster into a mesh.yaml that has it; gives the text that it becomes."""
    MESH.write_text(before)
    done = run("import", write("1.yaml", values(1, **more)), "--cilium-version", "1.19")
    assert done.status == 0, done.err
    return MESH.read_text()


def pools(*blocks: str) -> dict[str, Any]:
    """Values of the PodCIDRs."""
    return {"operator": {"clusterPoolIPv4PodCIDRList": list(blocks)}}


def test_marks_of_people_stay(run: Run) -> None:
    east = (
        "  - name: cluster1 # TODO ask Bob\n    id: 1 # TODO id of 2027\n"
        "    provider: generic # guessed: by Bob\n"
        "    podCIDRs: [10.9.0.0/16] # TODO renumber\n"
    )
    after = importing(run, HEAD + east)
    for comment in (
        "# TODO ask Bob",
        "# TODO id of 2027",
        "# guessed: by Bob",
        "[10.1.0.0/16] # TODO renumber\n",
    ):
        assert comment in after
    assert importing(run, after) == after


def test_marks_of_imports_go_with_what_they_say(run: Run) -> None:
    east = "  - name: cluster1 # TODO id, podCIDRs\n    provider: generic\n"
    after = importing(run, HEAD + east)
    assert "- name: cluster1\n" in after
    run("import", write("2.yaml", values(1, ipam=None)), "--cilium-version", "1.19", "-o", "new.yaml")
    marks = [line.partition(" # ")[2] for line in Path("new.yaml").read_text().splitlines() if " # " in line]
    assert len(marks) >= 4
    assert all(is_ours(f"# {mark}") for mark in marks)


LISTED = """\
  - name: cluster1
    provider: generic
    podCIDRs:
      - 10.7.0.0/16 # seven
      - 10.8.0.0/16 # eight
      # above nine
      - 10.9.0.0/16 # nine
    # before id
    id: 1
"""


@pytest.mark.parametrize(
    ("blocks", "told"),
    [
        pytest.param(["10.8.0.0/16", "10.9.0.0/16"], ["10.8.0.0/16 # eight"], id="less"),
        pytest.param(["10.7.0.0/16", "10.2.0.0/16", "10.9.0.0/16"], ["10.2.0.0/16 # eight"], id="another"),
        pytest.param(["10.9.0.0/16", "10.3.0.0/16"], ["10.9.0.0/16 # nine"], id="one moves up"),
        pytest.param([f"10.{n}.0.0/16" for n in range(7, 11)], ["10.9.0.0/16 # nine"], id="more"),
    ],
)
def test_items_of_a_list_keep_their_comments(run: Run, blocks: list[str], told: list[str]) -> None:
    after = importing(run, HEAD + LISTED, ipam=pools(*blocks))
    assert read()["clusters"][0]["podCIDRs"] == blocks
    for comment in ("# seven", "# eight", "# above nine", "# nine", "# before id"):
        assert comment in after
    for line in told:
        assert line in after


@pytest.mark.parametrize(
    "above", ["", " # the pods", "\n      # the first", " # the pods\n      # the first"]
)
def test_comments_above_and_between_items_stay(run: Run, above: str) -> None:
    east = f"  - name: cluster1\n    provider: generic\n    podCIDRs:{above}\n      - 10.7.0.0/16\n"
    east += "\n      # the second\n      - 10.8.0.0/16\n\n      # the third\n      - 10.9.0.0/16\n"
    after = importing(run, HEAD + east)
    assert read()["clusters"][0]["podCIDRs"] == ["10.1.0.0/16"]
    for comment in (*above.replace("\n", "").split("  "), "# the second", "# the third"):
        assert comment.strip() in after


def test_a_comment_inside_of_an_item_is_not_lost(run: Run) -> None:
    east = "  - name: cluster1\n    podCIDRs:\n      - 10.1.0.0/16 # mine\n"
    MESH.write_text(HEAD + east + "      -\n        # deep\n        10.2.0.0/16\n")
    refused = run("import", write("1.yaml", values(1)), "--cilium-version", "1.19")
    assert "the comment '# deep' would be lost" in refused.err


def test_a_comment_that_would_be_lost_is_named(run: Run) -> None:
    before = (
        HEAD + "  - name: cluster1\n    provider: generic\n    helmValues:\n      a:\n        b: 1 # mine\n"
    )
    MESH.write_text(before)
    refused = run("import", write("1.yaml", values(1, a=2)), "--cilium-version", "1.19")
    assert (refused.status, MESH.read_text()) == (2, before)
    assert "the comment '# mine' would be lost; move it" in refused.err


def test_a_line_in_brackets_has_its_mark_behind_them(run: Run) -> None:
    provider = "provider: generic"
    east = f"  - {{name: cluster1, {provider}}} # mine\n  - {{name: cluster2, {provider}}}\n  - name: x\n"
    after = importing(run, HEAD + east + "    id: 9\n    provider: generic\n    podCIDRs: [10.7.0.0/16]\n")
    assert "} # mine\n" in after
    assert "- {name: cluster2, provider: generic" in after
    assert "} # TODO id, podCIDRs (named by others; no file of its own was given)\n" in after
    run("import", write("2.yaml", values(2)), "1.yaml", "--cilium-version", "1.19")
    assert "TODO" not in MESH.read_text()


def test_a_mesh_that_is_all_in_brackets_has_no_marks(run: Run) -> None:
    before = "{version: 1, name: shop, cilium: {version: '1.19'}, clusters: [{name: cluster1}]} # mine\n"
    after = importing(run, before)
    assert "TODO" not in after
    assert after.endswith("# mine\n")


def test_what_follows_the_end_of_the_document_stays(run: Run) -> None:
    after = importing(run, HEAD + "  - {name: cluster1, provider: generic}\n... # the end\n# and more\n")
    assert after.endswith("\n... # the end\n# and more\n")
    assert read()["clusters"][0]["id"] == 1


def test_what_stands_above_the_next_entry_stays_there(run: Run) -> None:
    east = "  # east\n  - name: cluster1\n    provider: generic\n    labels:\n      a: b\n      # of east\n"
    west = "\n\n  # west\n  - name: cluster2\n    id: 2 # two\n    # of west\n\n# services\nservices: []\n"
    after = importing(run, HEAD + east + west)
    assert "a: b\n      # of east\n" in after
    assert "    serviceIPs: [172.16.1.10]\n\n\n  # west\n  - name: cluster2 #" in after
    assert after.endswith("\n\n# services\nservices: []\n")
    assert "    id: 2 # two\n    # of west\n    " in after

    west = "\n# end\nservices: []\n"
    after = importing(run, HEAD + "  - name: cluster1\n    id: 1 # one\n" + west)
    assert after.index("name: cluster2") < after.index("# end")
    assert after.endswith("\n\n# end\nservices: []\n")
    assert "id: 1 # one\n    provider" in after
