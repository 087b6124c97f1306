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

KINDS = ("authorities", "certificates", "tls.caBundle", "tls.source")


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
    assert drop["note"].startswith("a cluster that does not have the change before this one yet")


def test_a_step_that_is_taken_back_leaves_no_cluster_out(modern: Place) -> None:
    rotated(modern, "trust")
    base = kept(modern, "trust")
    rotated(modern, "abort")
    [back] = changes(modern, base).values()
    assert back["note"] == "nothing was signed by the one that goes, so no cluster is left out"


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
    assert renewed["note"].startswith("read by these agents when they start")
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


A, B = authority("first"), authority("second")
FIRST, SECOND, THIRD = A.pem, B.pem, authority("third").pem
RENEWED, RENAMED = authority("first", key=A.key).pem, authority("renamed", key=A.key).pem


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
        pytest.param(FIRST, RENAMED, "clusters reconnect", "authorities of mesh", id="another name"),
        pytest.param(FIRST, RENEWED, "agents restart", "", id="renewed"),
        pytest.param(FIRST + SECOND, SECOND + FIRST, "agents restart", "", id="another order"),
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


def test_one_authority_that_takes_the_place_of_another_is_told_as_both(place: Place) -> None:
    bundled(place, FIRST + SECOND)
    base = kept(place, "before")
    bundled(place, FIRST + THIRD)
    [told] = changes(place, base).values()
    trusted, gone = told["note"].split("; ")
    assert trusted.startswith("trusted beside the one that signs")
    assert gone.startswith("a cluster that does not have the change before this one yet")


def test_a_renewed_authority_is_told_as_such(place: Place) -> None:
    bundled(place, FIRST)
    base = kept(place, "before")
    bundled(place, RENEWED)
    [told] = changes(place, base).values()
    assert told["note"].startswith("of the same name and key as before")


def from_file(place: Place, content: bytes) -> None:
    bundled(place, content, "authorities.pem")


def test_another_source_with_other_authorities_cuts_clusters_off(modern: Place) -> None:
    base = kept(modern, "generated")
    from_file(modern, FIRST)
    [told] = changes(modern, base, gate="tls.source of mesh").values()
    assert (told["restarts"], told["apiserverRestarts"]) == (BOTH, BOTH)
    back = kept(modern, "in-cluster")
    modern.write(generated(cilium={"version": "1.19.6"}))
    changes(modern, back, gate="tls.source of mesh")


def test_another_source_of_the_same_authority_cuts_nobody_off(modern: Place) -> None:
    base = kept(modern, "generated")
    from_file(modern, (modern.folder / "pki" / "ca" / "1.crt").read_bytes())
    [told] = changes(modern, base).values()
    assert (told["what"], told["restarts"], told["apiserverRestarts"]) == ("tls.source", [], [])


def test_from_files_to_a_store_every_cluster_is_cut_off(guide: Place) -> None:
    base = kept(guide, "before")
    guide.begin()
    changes(guide, base, gate="tls.source of mesh")


def test_of_a_source_that_is_not_in_git_it_is_not_known(guide: Place) -> None:
    base = kept(guide, "before")
    shutil.rmtree(Path(base).parent / "config")
    guide.begin()
    [told] = changes(guide, base).values()
    assert told["what"] == "tls.source"
