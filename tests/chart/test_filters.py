"""Whether a filter of labels lets the label of the cluster through, as agents decide it."""

import pytest

from meshgen.chart.filters import lets_cluster_through


@pytest.mark.parametrize(
    ("given", "older", "newer"),
    [
        (None, True, True),
        ("", True, True),
        ("k8s:app", False, True),
        ("k8s:app k8s:io.cilium.k8s.policy.cluster", True, True),
        ("app io\\.cilium", True, True),
        ("k8s:.*", True, True),
        ("container:.*", False, True),
        ("cilium", False, True),
        ("!app", True, True),
        ("!io.cilium", False, True),
        ("k8s:!io.cilium", False, True),
        ("k8s:!io.cilium k8s:io.cilium.k8s.policy", True, True),
        ("!io.cilium.k8s.policy.cluster", False, False),
        ("(", False, True),
        (7, False, True),
    ],
)
def test_the_longest_that_keeps_is_held_against_the_shortest_that_leaves_out(
    *, given: object, older: bool, newer: bool
) -> None:
    assert lets_cluster_through(given, by_default=False) is older
    assert lets_cluster_through(given, by_default=True) is newer
