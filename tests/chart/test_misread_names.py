"""Names that the chart prints without quotes are told where a chart is given them."""

import pytest
from builders import cluster
from charted import charted, told

NO = cluster(2, name="no")


@pytest.mark.parametrize("version", ["1.14", "1.18", "1.20"])
def test_every_chart_prints_them_so(version: str) -> None:
    assert len(told(charted(version, cluster(1), NO), "MG611")) == 1


@pytest.mark.parametrize(
    ("version", "cilium"),
    [
        pytest.param("1.19", {"delivery": "manifests"}, id="meshgen writes the Secrets"),
        pytest.param("1.13", {}, id="a chart that is given no clusters"),
        pytest.param("1.9", {}, id="a version without a profile"),
    ],
)
def test_who_is_given_no_names_prints_none(version: str, cilium: dict[str, str]) -> None:
    assert told(charted(version, cluster(1), NO, cilium=cilium), "MG611") == []


def test_the_own_name_is_in_no_such_place() -> None:
    manifests = cluster(1, cilium={"delivery": "manifests"})
    assert told(charted("1.19", manifests, NO), "MG611") == []
