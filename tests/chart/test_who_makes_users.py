"""One of the two makes the users of the others, the chart or meshgen, and all who dial are among them."""

import pytest
import yaml
from builders import cluster
from charted import MINORS, charted, inspected
from rules import users

from meshgen.compiler import compile_mesh

VERSIONS = MINORS[1:]
CASES = [(version, delivery) for version in VERSIONS for delivery in ("helm", "manifests")]
FILE = "cluster1/clustermesh-remote-users.configmap.yaml"


def built(version: str, delivery: str) -> dict[str, str]:
    """The tree of three clusters; who has which certificates is no matter here."""
    mesh = charted(version, *(cluster(number) for number in (1, 2, 3)), cilium={"delivery": delivery})
    compiled = compile_mesh(inspected(mesh), source="mesh.yaml", root="out")
    return {path: content.decode("utf-8") for path, content in compiled.tree.files.items()}


def made(version: str, delivery: str) -> tuple[set[str] | None, set[str] | None]:
    """Users of cluster1 that the chart makes, and that meshgen does."""
    files = built(version, delivery)
    by_chart = users(yaml.safe_load(files["cluster1/values.yaml"]), int(version.partition(".")[2]))
    if FILE not in files:
        return by_chart, None
    listed = yaml.safe_load(yaml.safe_load(files[FILE])["data"]["users.yaml"])["users"]
    return by_chart, {user["name"] for user in listed}


@pytest.mark.parametrize(("version", "delivery"), CASES)
def test_the_config_map_has_one_owner(version: str, delivery: str) -> None:
    assert made(version, delivery).count(None) == 1


@pytest.mark.parametrize(("version", "delivery"), CASES)
def test_everybody_who_dials_is_known(version: str, delivery: str) -> None:
    known = next(one for one in made(version, delivery) if one is not None)
    # NOTE: agents of 1.16 read their own cluster's copy as the user that the others dial as (cilium#33137).
    own = {"remote-cluster1"} if version == "1.16" else set()
    assert known == {"remote-cluster2", "remote-cluster3"} | own
