"""A cluster's folder goes only with leave."""

import pytest
from builders import cluster, mesh, service
from workspace import Workspace, files, state

FOUR = mesh(*(cluster(number) for number in range(1, 5)), services=[service()])
GOES = "is not in the mesh any more; everything of it would be removed"
TWO = mesh(cluster(1), cluster(4), services=[service()])


@pytest.fixture
def leaving(work: Workspace) -> Workspace:
    """A workspace where cluster2 and cluster3 are to go."""
    work.built(FOUR)
    work.write(TWO)
    return work


def leave(*clusters: str) -> list[str]:
    return [word for cluster in clusters for word in ("--allow-removal", cluster)]


@pytest.mark.parametrize(
    ("allowed", "refused"),
    [
        pytest.param([], ["cluster2", "cluster3"], id="none"),
        pytest.param(["cluster2"], ["cluster3"], id="one of two"),
        pytest.param(["cluster1", "cluster4"], ["cluster2", "cluster3"], id="only clusters that stay"),
        pytest.param(["Cluster2", "cluster2 ", "*", ""], ["cluster2", "cluster3"], id="wrong names"),
    ],
)
@pytest.mark.parametrize("force", [[], ["--force"]], ids=["", "with force"])
def test_every_cluster_that_would_go_without_leave_is_named(
    leaving: Workspace, allowed: list[str], refused: list[str], force: list[str]
) -> None:
    before = state(leaving.folder)
    run = leaving.build(*leave(*allowed), *force)

    assert run.status == 1
    assert [line for line in run.lines if line.startswith(("error", "  -->", "  = help"))] == [
        line
        for name in refused
        for line in (
            f"error[MG703]: the cluster {name} {GOES}",
            f"  --> out/{name}",
            f"  = help: if it really leaves: --allow-removal {name}",
        )
    ]
    assert state(leaving.folder) == before


@pytest.mark.parametrize(
    "allowed",
    [
        pytest.param(["cluster2", "cluster3"], id="exactly"),
        pytest.param(["cluster3", "cluster2", "cluster2"], id="twice"),
        pytest.param(["cluster2", "cluster3", "cluster1", "never-there"], id="with superfluous ones"),
    ],
)
def test_with_leave_for_each_the_clusters_go(leaving: Workspace, allowed: list[str]) -> None:
    run = leaving.build(*leave(*allowed))

    assert run.status == 0
    assert {path.name for path in leaving.out.iterdir() if path.is_dir()} == {"cluster1", "cluster4"}
    assert leaving.build("-o", "fresh").status == 0
    assert files(leaving.out) == files(leaving.folder / "fresh")


def test_leave_that_is_not_needed_is_accepted(work: Workspace) -> None:
    work.built(FOUR)

    assert work.build(*leave("cluster1", "never-there")).status == 0
    assert (work.out / "cluster1").is_dir()


def test_renaming_a_cluster_is_a_removal(work: Workspace) -> None:
    work.built(mesh(cluster(1), cluster(2)))
    work.write(mesh(cluster(1), cluster(2, name="renamed")))

    assert "error[MG703]: the cluster cluster2 " in work.build().out
    assert work.build(*leave("cluster2")).status == 0


def test_files_of_somebody_else_stay_when_their_cluster_goes(leaving: Workspace) -> None:
    mine = leaving.out / "cluster2/patches/mine.yaml"
    mine.write_text("mine")

    assert leaving.build(*leave("cluster2", "cluster3")).status == 0
    assert files(leaving.out / "cluster2") == {"patches/mine.yaml": b"mine"}
    assert not (leaving.out / "cluster3").exists()


def test_a_cluster_whose_folder_was_deleted_by_hand_still_needs_leave(leaving: Workspace) -> None:
    for path in sorted((leaving.out / "cluster2").rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    (leaving.out / "cluster2").rmdir()

    assert "the cluster cluster2 " in leaving.build(*leave("cluster3")).out
    assert leaving.build(*leave("cluster2", "cluster3")).status == 0
    assert leaving.build("--check").status == 0


def test_losing_a_service_needs_no_leave(work: Workspace) -> None:
    work.built(FOUR)
    work.write(mesh(*(cluster(number) for number in range(1, 5))))

    assert work.build().status == 0


@pytest.mark.parametrize("tool", ["argocd", "flux"])
def test_what_a_gitops_tool_begins_with_is_no_cluster_and_goes_without_leave(
    work: Workspace, tool: str
) -> None:
    repository = {"repoURL": "https://git.example.com/fleet.git", "revision": "main", "path": "out"}
    work.built(FOUR | {"gitops": {"tool": tool, **repository}})
    assert (work.out / "_gitops" / tool).is_dir()
    work.write(FOUR)

    assert work.build().status == 0
    assert not (work.out / "_gitops").exists()
