"""`meshgen init`: what it writes passes `meshgen check`, and what would not is a usage error."""

import json
import resource
from pathlib import Path
from typing import get_args

import pytest
import yaml
from commands import Run

from meshgen.inspection import inspect
from meshgen.model.cluster import Provider

# LB-IPAM is of Cilium 1.13 and later.
PROVIDERS = [provider for provider in get_args(Provider) if provider != "lb-ipam"]


@pytest.mark.parametrize("clusters", [1, 2, 9, 10, 99, 100, 200])
@pytest.mark.parametrize("provider", PROVIDERS)
def test_what_it_writes_has_no_error(run: Run, provider: str, clusters: int) -> None:
    ran = run("init", "-", "--provider", provider, "--clusters", str(clusters))
    inspection = inspect(ran.out.encode(), "mesh.yaml")

    assert ran.status == 0
    assert inspection.mesh is not None
    assert [cluster.provider for cluster in inspection.mesh.clusters] == [provider] * clusters
    assert {found.severity for found in inspection.diagnostics} <= {"warning", "info"}


def test_two_clusters_of_no_special_provider_have_no_finding_at_all(run: Run) -> None:
    assert run("init").err == "mesh.yaml: written; next: meshgen check mesh.yaml\n"
    assert run("check").out == "mesh.yaml: no findings\n"


def test_what_it_writes_can_be_built(run: Run, folder: Path) -> None:
    run("init", "--clusters", "3", "--provider", "gcp")

    assert run("build").status == 0
    assert {path.name for path in (folder / "out").iterdir()} > {"cluster1", "cluster2", "cluster3"}


def test_comments_stand_in_one_column(run: Run) -> None:
    lines = run("init", "-", "--clusters", "200").out.partition("clusters:")[0].splitlines()

    assert len({line.index(" # ") for line in lines if " # " in line}) == 1


def test_what_is_commented_out_is_accepted_when_it_is_not(run: Run) -> None:
    head, _, tail = run("init", "-").out.partition("# Services whose")
    examples = "\n".join(
        line.removeprefix("# ")
        for line in tail.splitlines()
        if line.startswith("# ") and not line.endswith(":")
    )
    keys = "services:\n" + "\n".join(line for line in examples.splitlines() if line.startswith(" "))
    services, _, ignores = keys.partition("  - {code")

    inspection = inspect((head + services + "ignore:\n  - {code" + ignores).encode(), "mesh.yaml")

    assert inspection.mesh is not None
    assert inspection.mesh.services[0].name == "rebel-base"
    assert [found.code for found in inspection.diagnostics] == ["MG901"]


@pytest.mark.parametrize("name", ["production", "no", "y", "on", "1e3", "017", "0x1f", "1.20", "A_b-c.d"])
def test_every_name_that_is_accepted_is_kept(run: Run, name: str) -> None:
    ran = run("init", "-", "--name", name)
    inspection = inspect(ran.out.encode(), "mesh.yaml")

    assert inspection.mesh is not None
    assert inspection.mesh.name == name
    assert yaml.safe_load(ran.out)["name"] == name


@pytest.mark.parametrize("version", ["1.6", "1.6.9", "1.7.16", "1.8.13"])
def test_every_version_that_is_supported_is_kept(run: Run, version: str) -> None:
    inspection = inspect(run("init", "-", "--cilium", version).out.encode(), "mesh.yaml")

    assert inspection.mesh is not None
    assert inspection.mesh.cilium.version == version


@pytest.mark.parametrize(
    ("options", "told"),
    [
        pytest.param(["--provider", "asw"], "'aws'", id="a provider that there is not"),
        pytest.param(["--provider", "gke"], "; did you mean 'gcp'?", id="what a provider calls its clusters"),
        pytest.param(["--provider", "cloud"], "'lb-ipam', 'generic'\n", id="what is near no provider"),
        pytest.param(["--name", "a\udcff"], "'--name': 'a\\udcff' is not UTF-8", id="a name that is no text"),
        pytest.param(["--cilium", "\udcff"], "'--cilium': ", id="a version that is no text"),
        pytest.param(
            ["--provider", "lb-ipam", "--cilium", "1.8"],
            "'--provider': provider: lb-ipam needs Cilium 1.13",
            id="not yet",
        ),
        pytest.param(["--cilium", "1.21.2"], "'--cilium': Cilium 1.21.2 is not supported", id="too new"),
        pytest.param(["--cilium", "1.5"], "supported: 1.6 to 1.8, 1.10 to 1.20", id="too old"),
        pytest.param(["--cilium", "latest"], "'--cilium': 'latest' is not a Cilium version", id="no version"),
        pytest.param(["--name", "a b"], "'--name': 'a b' is not a label value", id="a name with a space"),
        pytest.param(["--name", "a: {b"], "'--name'", id="a name that means something in YAML"),
        pytest.param(["--name", 'a"\n\tb'], "'--name'", id="a name with quotes and line feeds"),
        pytest.param(["--name", "x" * 64], "'--name'", id="a name that is too long"),
        pytest.param(["--name", ""], "'--name'", id="no name"),
    ],
)
@pytest.mark.parametrize("target", ["mesh.yaml", "-"])
def test_what_check_would_not_accept_is_a_usage_error(
    run: Run, folder: Path, target: str, options: list[str], told: str
) -> None:
    ran = run("init", target, *options)

    assert ran.status == 2
    assert told in ran.err
    assert "Usage: meshgen init" in ran.err
    assert ran.out == ""
    assert list(folder.iterdir()) == []


def test_an_existing_file_is_left_as_it_is(run: Run, sound: Path) -> None:
    before = sound.read_bytes()

    assert run("init") == (3, "", "meshgen: mesh.yaml exists already; it is left as it is\n")
    assert sound.read_bytes() == before


def test_nothing_is_written_through_a_symbolic_link(run: Run, folder: Path) -> None:
    (folder / "mesh.yaml").symlink_to("elsewhere.yaml")

    ran = run("init")

    assert (ran.status, ran.err) == (3, "meshgen: mesh.yaml exists already; it is left as it is\n")
    assert not (folder / "elsewhere.yaml").exists()


def test_a_folder_in_its_place_is_left_as_it_is(run: Run, folder: Path) -> None:
    (folder / "mesh.yaml").mkdir()

    assert run("init").status == 3
    assert (folder / "mesh.yaml").is_dir()


def test_a_missing_folder_is_not_made(run: Run, folder: Path) -> None:
    assert run("init", "a/mesh.yaml") == (3, "", "meshgen: a/mesh.yaml: No such file or directory\n")
    assert list(folder.iterdir()) == []


def test_half_a_file_does_not_stay_when_the_disk_is_full(run: Run, folder: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, hard))
    try:
        ran = run("init")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    assert ran == (3, "", "meshgen: File too large\n")
    assert list(folder.iterdir()) == []


def test_the_command_that_it_names_can_be_typed(run: Run) -> None:
    assert run("init", "my mesh.yaml").err == "my mesh.yaml: written; next: meshgen check 'my mesh.yaml'\n"


@pytest.mark.usefixtures("folder")
def test_quiet_says_nothing(run: Run) -> None:
    assert run("init", "--quiet") == (0, "", "")


def test_its_first_line_leads_editors_to_the_schema(run: Run, folder: Path) -> None:
    run("init", "-q")
    first, second = (folder / "mesh.yaml").read_text().splitlines()[:2]

    assert first == "# yaml-language-server: $schema=mesh.schema.json"
    assert "meshgen schema > mesh.schema.json" in second
    assert "clusters" in json.loads(run("schema").out)["properties"]
