"""What `meshgen diff` says of authorities and certificates."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from builders import mesh
from faults import authority
from guide_files import extracted
from pki_place import Place, copied, generated

KINDS = ("authorities", "certificates", "tls.caBundle")


def kept(place: Place, name: str) -> str:
    """The folder as it is now, under another name outside of it."""
    folder = place.folder.parent / f"{place.folder.name}-{name}"
    copied(place.folder, folder)
    return str(folder / "mesh.yaml")


def changes(place: Place, base: str, *, gate: str = "") -> dict[tuple[str, str], dict[str, Any]]:
    """The changes of trust since then, by what is another and of whom; the gate `cut` fails for `gate`."""
    done = place.run("diff", base, "mesh.yaml", "--fail-on", "cut", "--format", "json")
    document = json.loads(done.out)
    assert [each["reason"].partition(":")[0] for each in document["gates"]["failed"]] == (
        [gate] if gate else []
    )
    found = document["meshChanges"]
    return {(each["what"], each["subject"]): each for each in found if each["what"] in KINDS}


def rotated(place: Place, step: str) -> None:
    place.ok("pki", "rotate", "--ca", step, "--identity", "operator.txt")


BOTH = ["cluster1", "cluster2"]


@pytest.fixture
def modern(place: Place) -> Place:
    """Two clusters whose Cilium is given certificates by the chart's values."""
    place.begin(generated(cilium={"version": "1.19.6"}))
    return place


def test_each_step_of_a_replacement_leaves_no_cluster_out(modern: Place) -> None:
    base = kept(modern, "stable")
    rotated(modern, "trust")
    told = changes(modern, base)
    assert list(told) == [("authorities", "mesh")]
    trust = told["authorities", "mesh"]
    assert trust["before"].startswith("test mesh CA 1 (")
    assert ", signs), test mesh CA 2 (" in trust["after"]
    assert (trust["impact"], trust["restarts"], trust["apiserverRestarts"]) == ("agents restart", BOTH, BOTH)

    base = kept(modern, "trust")
    rotated(modern, "issue")
    told = changes(modern, base)
    issue = told["authorities", "mesh"]
    assert (issue["impact"], issue["restarts"], issue["apiserverRestarts"]) == ("none", [], [])
    assert issue["note"] == "the other one signs from now on, and all clusters trust both"
    assert told["certificates", "2 clusters"]["note"].startswith("in cluster1, cluster2; ")

    base = kept(modern, "issue")
    rotated(modern, "drop")
    [drop] = changes(modern, base).values()
    assert (drop["impact"], drop["after"][:14]) == ("agents restart", "test mesh CA 2")


@pytest.mark.parametrize("steps", [("trust", "issue"), ("issue", "drop"), ("trust", "issue", "drop")])
def test_two_steps_in_one_change_cut_clusters_off(modern: Place, steps: tuple[str, ...]) -> None:
    if steps[0] != "trust":
        rotated(modern, "trust")
    base = kept(modern, "before")
    for step in steps:
        rotated(modern, step)
    jump = changes(modern, base, gate="authorities of mesh")["authorities", "mesh"]
    assert (jump["impact"], "each in a change of its own" in jump["note"]) == ("clusters reconnect", True)


def test_renewed_certificates_are_told_of_their_cluster(ready: Place) -> None:
    base = kept(ready, "before")
    ready.ok("pki", "rotate", "mesh.yaml", "cluster2", "--role", "remote", "--identity", "operator.txt")
    [renewed] = changes(ready, base).values()
    assert (renewed["what"], renewed["subject"]) == ("certificates", "cluster2")
    assert renewed["before"].startswith("remote until 20")
    assert renewed["after"].startswith("new, remote until 20")
    # Cilium 1.6: agents read the Secret at their start.
    assert (renewed["impact"], renewed["restarts"]) == ("agents restart", ["cluster2"])


def test_certificates_that_are_not_there_any_more_are_told(ready: Place) -> None:
    base = kept(ready, "before")
    for path in (ready.folder / "pki" / "clusters" / "cluster2").glob("remote.*"):
        path.unlink()
    told = changes(ready, base)
    assert told["certificates", "cluster2"]["after"] == ""


def test_nothing_is_said_of_a_store_that_is_new(place: Place) -> None:
    place.write(generated())
    base = kept(place, "before")
    place.begin()
    assert changes(place, base) == {}


GUIDE = mesh(tls={"source": "files"})


@pytest.fixture
def guide(place: Place) -> Place:
    extracted(place.folder / "config", *BOTH)
    place.write(GUIDE)
    return place


def test_the_authority_of_a_clusters_own_etcd(guide: Place) -> None:
    base = kept(guide, "before")
    extracted(guide.folder / "config", "cluster2")
    told = changes(guide, base, gate="authorities of cluster2")
    assert told.keys() == {("authorities", "cluster2"), ("certificates", "cluster2")}
    assert told["authorities", "cluster2"]["restarts"] == ["cluster1"]


def test_nothing_is_said_of_files_that_are_not_in_git(guide: Place) -> None:
    base = kept(guide, "before")
    shutil.rmtree(Path(base).parent / "config")
    assert changes(guide, base) == {}


FIRST, SECOND = authority("first").pem, authority("second").pem


def bundled(place: Place, content: bytes | None, name: str = "ca.pem") -> None:
    tls = {"source": "in-cluster"}
    if content is not None:
        (place.folder / name).write_bytes(content)
        tls["caBundle"] = name
    place.write(mesh(cilium={"version": "1.19.6"}, tls=tls))


@pytest.mark.parametrize(
    ("before", "after", "impact", "gate"),
    [
        pytest.param(FIRST, FIRST + SECOND, "agents restart", "", id="one more"),
        pytest.param(FIRST + SECOND, SECOND, "agents restart", "", id="one less"),
        pytest.param(FIRST, SECOND, "clusters reconnect", "authorities of mesh", id="another one"),
    ],
)
def test_the_content_of_a_file_of_authorities(
    place: Place, before: bytes, after: bytes, impact: str, gate: str
) -> None:
    bundled(place, before)
    base = kept(place, "before")
    bundled(place, after)
    [told] = changes(place, base, gate=gate).values()
    assert (told["what"], told["impact"], told["restarts"]) == ("authorities", impact, BOTH)


def test_a_first_file_of_authorities(place: Place) -> None:
    bundled(place, None)
    base = kept(place, "before")
    bundled(place, FIRST)
    [told] = changes(place, base).values()
    assert (told["what"], told["impact"], told["restarts"]) == ("tls.caBundle", "clusters reconnect", BOTH)


def test_the_same_authorities_in_another_file_change_nothing(place: Place) -> None:
    bundled(place, FIRST)
    base = kept(place, "before")
    bundled(place, FIRST, "other.pem")
    assert changes(place, base) == {}
