"""The proof of a rotation's step, held to every mix of clusters before and after it."""

from itertools import pairwise, product

import pytest
from pki_place import Place, generated, opened_store

from meshgen.trust.certificates import read_certificates
from meshgen.trust.chains import root_of
from meshgen.trust.changes import Changes
from meshgen.trust.rotating import Proof, Step, prove, rotate_authority
from meshgen.trust.store import RefusedError, Store

STEPS = [Step.TRUST, Step.ISSUE, Step.DROP]


@pytest.fixture
def phases(ready: Place) -> list[Store]:
    """The store in each phase: with one authority, with two, with all issued by the new, with the new."""
    found = [opened_store(ready)]
    for step in STEPS:
        changes, proof = rotate_authority(found[-1], step)
        assert not proof.broken
        found.append(found[-1].after(changes))
    return found


def between(one: Store, other: Store) -> Proof:
    """The proof of a change from one phase into another, whichever that is."""
    paths = {
        f"pki/{folder}{name}"
        for store in (one, other)
        for folder in ("", "ca/", "clusters/cluster1/", "clusters/cluster2/")
        for name in store.folder.names(f"pki/{folder}".rstrip("/"))
        if not name.endswith("/")
    }
    return prove(one, Changes(files={path: other.folder.read(path) for path in paths}))


def test_phases_that_are_neighbours_connect_in_every_mix_forth_and_back(phases: list[Store]) -> None:
    for one, other in pairwise(phases):
        assert between(one, other).broken == ()
        assert between(other, one).broken == ()


@pytest.mark.parametrize(("start", "end"), [(0, 2), (0, 3), (1, 3), (2, 0), (3, 0), (3, 1)])
def test_a_phase_that_is_skipped_breaks_connections(phases: list[Store], start: int, end: int) -> None:
    assert between(phases[start], phases[end]).broken != ()


def test_the_proof_agrees_with_every_single_connection(phases: list[Store]) -> None:
    # A cluster is a pool and certificates, each of the phase before or after; all meet all.
    def leaves(store: Store) -> dict[str, bytes]:
        return {held.path: held.pem for held in store.inventory.held}

    for one, other in product(phases, phases):
        edges = [
            root_of(read_certificates(pem), read_certificates(pool.inventory.bundle)) is not None
            for pool in (one, other)
            for certificates in (one, other)
            for pem in leaves(certificates).values()
        ]
        assert all(edges) == (between(one, other).broken == ())


def test_edges_are_counted_for_each_cluster_and_each_side(phases: list[Store]) -> None:
    # Eight certificates of two clusters, before and after, meet two clusters' pools.
    assert between(phases[0], phases[1]).edges == 8 * 2 * 2
    assert between(phases[1], phases[2]).edges == 16 * 2 * 2


@pytest.mark.parametrize(
    ("done", "step", "turn"),
    [
        (0, Step.ISSUE, "phase stable, where the next step is trust, not issue"),
        (0, Step.DROP, "trust, not drop"),
        (0, Step.ABORT, "trust, not abort"),
        (1, Step.TRUST, "phase trust, where the next step is issue or abort, not trust"),
        (1, Step.DROP, "issue or abort, not drop"),
        (2, Step.TRUST, "phase issue, where the next step is drop, not trust"),
        (2, Step.ISSUE, "drop, not issue"),
        (2, Step.ABORT, "drop, not abort"),
    ],
)
def test_only_the_next_step_is_taken(phases: list[Store], done: int, step: Step, turn: str) -> None:
    with pytest.raises(RefusedError, match=turn):
        rotate_authority(phases[done], step)


def test_after_the_last_step_the_next_authority_gets_the_next_number(phases: list[Store]) -> None:
    changes, _ = rotate_authority(phases[3], Step.TRUST)

    assert phases[3].after(changes).inventory.state.trusted == (2, 3)


def test_abort_goes_back_to_the_bytes_of_before(phases: list[Store]) -> None:
    changes, proof = rotate_authority(phases[1], Step.ABORT)
    aborted = phases[1].after(changes)

    assert proof.broken == ()
    assert aborted.inventory.bundle == phases[0].inventory.bundle
    assert aborted.folder.names("pki/ca") == phases[0].folder.names("pki/ca")
    assert aborted.folder.read("pki/state.json") == phases[0].folder.read("pki/state.json")


def test_a_step_that_would_break_a_connection_is_refused(phases: list[Store]) -> None:
    # One certificate of the old authority slipped in after everything else was issued by the new one.
    held = phases[0].inventory.held[0]
    files = {held.path: held.pem, held.key_path: phases[0].folder.read(held.key_path)}
    late = phases[2].after(Changes(files=files))

    with pytest.raises(RefusedError, match="1 connection would break: a cluster after this step"):
        rotate_authority(late, Step.DROP)


def test_a_cluster_without_certificates_does_not_hinder(place: Place) -> None:
    place.write(generated())
    place.ok("pki", "init")

    changes, proof = rotate_authority(opened_store(place), Step.TRUST)

    assert proof.edges == 0
    assert opened_store(place).after(changes).inventory.state.trusted == (1, 2)
