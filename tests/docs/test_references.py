"""Tables of the reference say what the program does."""

import re
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest
import yaml
from builders import cluster, mesh, service, text
from documentation import DEMO_IDENTITY, ROOT

from meshgen.catalogue import RULES
from meshgen.cilium.profile import Profile
from meshgen.cilium.profiles import ETCD, LOCAL_POLICIES
from meshgen.cli.input import read_mesh
from meshgen.cli.options import FORMATS
from meshgen.devtools import REPORTS
from meshgen.emit import EMITTERS, SECRET_EMITTERS
from meshgen.emit.document import Document
from meshgen.engine.semantics import Semantics, semantics
from meshgen.inspection import inspect
from meshgen.ownership import INDEX
from meshgen.plan.policies import PolicyMaterial
from meshgen.plan.resolve import plan
from meshgen.plan.tls import TlsMaterial
from meshgen.plan.types import MeshPlan
from meshgen.policy.raw import RawFile
from meshgen.review.gates import GATES
from meshgen.review.schema import schema as review_schema
from meshgen.trust.inventory import Inventory
from meshgen.trust.keyring import Keyring
from meshgen.trust.naming import common_name as common_name_of
from meshgen.trust.naming import names, roles
from meshgen.trust.objects import contents
from meshgen.trust.sealing import prepare
from meshgen.trust.seals.age import read_identities

BACKENDS: list[dict[str, Any]] = [
    {"backend": "sops"},
    {"backend": "sealed-secrets"},
    {"backend": "external-secrets", "externalSecrets": {"store": {"name": "vault"}}},
    {"backend": "plaintext"},
]


def rows(page: str) -> list[list[str]]:
    """The cells of all tables of a page."""
    lines = (ROOT / page).read_text("utf-8").splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| ")]


def planned(secrets: dict[str, Any]) -> MeshPlan:
    """A mesh that uses everything, with the certificates of the example."""
    example = read_mesh(str(ROOT / "examples/mesh.yaml"))
    shown = inspect(example.content, "mesh.yaml", folder=example.beside)
    assert shown.mesh is not None
    assert shown.inventory is not None
    keyring = Keyring(example.beside.read, read_identities(DEMO_IDENTITY.read_text()))
    sealed = prepare(shown.mesh, shown.inventory, keyring).objects
    services = [service("shop"), service("cart", manage="annotation")]
    policies = {
        "posture": [{"namespaces": ["default"], "close": ["ingress"]}],
        "rules": [{"name": "shop", "deny": {"from": "any@*", "to": "entity:world"}}],
        "raw": [{"file": "policies/shop.yaml"}],
    }
    written = mesh(
        cluster(1),
        cluster(2),
        services=services,
        policy=policies,
        tls={"source": "generate"},
        secrets=secrets,
        cilium={"version": "1.6.9"},
    )
    inspected = inspect(text(written), "mesh.yaml")
    assert inspected.mesh is not None
    newer = inspect(text(written | {"cilium": {"version": "1.16"}}), "mesh.yaml")
    enforced = PolicyMaterial.of(newer.policies)._replace(raw=(RawFile("policies/shop.yaml", b"a: b"),))
    plain = {
        (name, secret.name, key): b"a key"
        for name, secrets_of_it in zip(
            ("cluster1", "cluster2"), contents(inspected.mesh, shown.inventory), strict=True
        )
        for secret in secrets_of_it
        for key in secret.private
    }
    material = TlsMaterial(inventory=shown.inventory, sealed=sealed, plain=plain)
    return plan(inspected.mesh, "mesh.yaml", material, enforced)


def planned_by_cert_manager() -> MeshPlan:
    """Two clusters whose keys are made in them, and in which no namespace is global by itself."""
    values = {"clustermesh": {"defaultGlobalNamespace": False}}
    written = mesh(
        cluster(1, helmValues=values),
        cluster(2, helmValues=values),
        services=[service("shop")],
        tls={"source": "in-cluster", "caBundle": "authorities.pem"},
        cilium={"version": "1.20.0", "delivery": "manifests"},
    )
    parsed = inspect(text(written), "mesh.yaml").mesh
    assert parsed is not None
    return plan(parsed, "mesh.yaml", TlsMaterial(inventory=Inventory(bundle=b"authorities")))


def pattern(path: str, document: Document) -> str:
    """A path with what differs from cluster to cluster and from object to object left open."""
    path = re.sub(r"^cluster\d/", "<cluster>/", path)
    path = re.sub(r"default\.(shop|cart|posture-default-ingress)\.", "<namespace>.<name>.", path)
    path = path.replace("policies/shop-egress.", "policies/<name>.").replace(
        "policies/shop.yaml", "policies/<file>"
    )
    content = document.content
    path = path.replace("namespaces/default.", "namespaces/<namespace>.")
    kind = content.get("kind") if isinstance(content, dict) else None
    has_key = kind in {"SealedSecret", "ExternalSecret", "Certificate"} or (
        kind == "Secret" and not isinstance(content, str) and document.source == "/tls"
    )
    return re.sub(r"/[a-z-]+\.", "/<secret>.", path) if has_key else path


def all_emitted() -> Iterator[tuple[str, str]]:
    """Every file with every backend, by its pattern, with its emitter."""
    for compiled in (*map(planned, BACKENDS), planned_by_cert_manager()):
        for emitter in (*EMITTERS, *SECRET_EMITTERS):
            module = f"{emitter.__module__.replace('.', '/')}.py"
            for document in emitter(compiled):
                for path in document.paths:
                    yield pattern(path, document), module


@pytest.fixture(scope="module")
def emitted() -> set[tuple[str, str]]:
    """The same, each once."""
    return set(all_emitted())


def test_the_page_of_the_output_tree_lists_every_file_with_its_emitter(emitted: set[tuple[str, str]]) -> None:
    listed = {
        (row[0].strip("`"), row[1].strip("`"))
        for row in rows("docs/reference/output.md")
        if len(row) == 4 and (not row[1] or row[1].startswith("`meshgen/emit/"))
    }

    assert listed == emitted | {(INDEX, "")}


def test_the_page_of_the_output_tree_lists_every_secret_with_its_private_value() -> None:
    listed = {tuple(cell.strip("`") for cell in row[:2]) for row in rows("docs/reference/output.md")}

    assert {(secret.name, secret.key) for secret in ETCD.tls_secrets} <= listed


@pytest.mark.parametrize("profile", [ETCD, LOCAL_POLICIES], ids=lambda profile: profile.name)
def test_the_guide_to_external_secrets_lists_every_property_with_the_key_it_is(profile: Profile) -> None:
    files = {
        name.strip("`"): row[1].strip("`")
        for row in rows("docs/guides/secrets.md")
        if len(row) == 2
        for name in row[0].split(", ")
    }

    assert {
        f"{secret.name}.{secret.key}": f"{secret.role}.*.key.age" for secret in profile.tls_secrets
    }.items() <= files.items()


@pytest.mark.parametrize("version", ["1.6.9", "1.19.6"])
def test_the_guide_to_certificates_lists_every_role_with_its_names(version: str) -> None:
    inspected = inspect(text(mesh(cluster(1), cilium={"version": version})), "mesh.yaml")
    assert inspected.mesh is not None
    [one] = inspected.mesh.clusters
    listed = [row for row in rows("docs/guides/certificates.md") if len(row) == 4]

    for role in roles(one):
        namespace, domain = one.cilium.namespace, inspected.mesh.domain
        given = {"<cluster>": one.name, "<namespace>": namespace, "<domain>": domain}
        told: list[tuple[str, tuple[str, ...]]] = []
        for row in listed:
            if row[0].strip("`") == role:
                shown = ", ".join((row[1], row[3])).replace("`", "")
                for written, meant in given.items():
                    shown = shown.replace(written, meant)
                common_name, *covered = shown.split(", ")
                told.append((common_name, tuple(name for name in covered if name)))
        assert (common_name_of(one, role), names(inspected.mesh, one, role)) in told


def test_the_page_of_formats_has_a_section_for_each() -> None:
    page = (ROOT / "docs/reference/formats.md").read_text("utf-8")

    assert tuple(re.findall(r"^## (.+)$", page, re.MULTILINE)) == (
        *FORMATS,
        "reach",
        "trace",
        "test",
        "review",
    )


def test_the_page_of_keys_says_where_a_provider_is_required() -> None:
    defaults = [row[2] for row in rows("docs/reference/mesh-yaml.md") if row[0] == "`provider`"]

    assert defaults == ["required, here or in `clusterDefaults`", ""]


def test_the_page_of_architecture_has_every_band_of_codes() -> None:
    bands = {row[0] for row in rows("docs/explanation/architecture.md") if row[0].endswith("xx")}

    assert {f"{rule.code[:3]}xx" for rule in RULES} <= bands


def test_the_guide_to_ci_lists_the_inputs_of_the_action_with_their_defaults() -> None:
    action = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
    listed = {
        row[0].strip("`"): row[1].strip("`") for row in rows("docs/guides/use-in-ci.md") if row[0] != "input"
    }

    assert listed == {name: given["default"] for name, given in action["inputs"].items()}


def test_the_guide_to_reviews_lists_every_gate() -> None:
    page = (ROOT / "docs/guides/review-a-change.md").read_text("utf-8")
    table = page.partition("| gate | fails for |\n")[2].partition("\n\n")[0]

    assert tuple(re.findall(r"^\| `([a-z-]+)` \|", table, re.MULTILINE)) == GATES


def _first(version: str) -> str:
    """The first release of a minor line; a whole version as it is."""
    return version if version.count(".") > 1 else f"{version}.0"


def test_the_page_of_semantics_has_every_fact_with_the_versions_in_which_it_turns() -> None:
    listed = {
        row[0].strip("`"): (row[2].split(", ") if row[2] else [], row[3].split(", ") if row[3] else [])
        for row in rows("docs/explanation/policy-semantics.md")
        if len(row) == 5 and row[0].startswith("`")
    }

    assert set(listed) == set(Semantics._fields) - {"version"}
    for field, (since, until) in listed.items():
        for text_of_it, expected in (*((one, True) for one in since), *((one, False) for one in until)):
            minor, patch = (int(part) for part in f"{text_of_it}.0".split(".")[1:3])
            before = f"1.{minor}.{patch - 1}" if patch else f"1.{minor - 1}.99"
            assert getattr(semantics(_first(text_of_it)), field) is expected, (field, text_of_it)
            assert getattr(semantics(before), field) is not expected, (field, before)
        turns = sum(
            getattr(semantics(f"1.{minor}.99"), field) is not getattr(semantics(f"1.{minor - 1}.99"), field)
            for minor in range(7, 21)
        )
        assert turns <= len({*since, *until}), field


def test_the_page_of_formats_has_every_key_of_a_review() -> None:
    page = (ROOT / "docs/reference/formats.md").read_text("utf-8")
    table = page.partition("\n## review\n")[2]
    listed = set(re.findall(r"`(\w+)`", "".join(re.findall(r"^\| `.*? \|", table, re.MULTILINE))))

    assert listed == set(review_schema()["properties"]) - {"schema", "tool", "mesh", "base", "head"}


def test_the_page_of_formats_leads_to_the_schema_of_every_report() -> None:
    page = (ROOT / "docs/reference/formats.md").read_text("utf-8")

    assert set(re.findall(r"\(\.\./\.\./schemas/(.+)\.schema\.json\)", page)) == set(REPORTS)


def test_the_page_of_formats_names_those_that_each_command_about_policies_has() -> None:
    page = (ROOT / "docs/reference/formats.md").read_text("utf-8")

    for command, heading in (("reach", "reach"), ("trace", "trace"), ("test", "test"), ("diff", "review")):
        section = page.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
        formats: tuple[str, ...] = import_module(f"meshgen.cli.{command}").FORMATS
        assert all(f"`{name}`" in section for name in formats), command
