"""What a GitOps tool begins with, and what it finds in the folders of clusters."""

import re
from typing import Any

import pytest
import yaml
from builders import ROOT, cluster, mesh, service, text
from compilation import manifest, planned, tree
from definitions import definition

from meshgen.cilium.version import chart_version
from meshgen.emit.argocd import argocd
from meshgen.emit.flux import flux
from meshgen.emit.guides.gitops_guide import gitops_guide
from meshgen.emit.helm_release import helm_release
from meshgen.inspection import inspect
from meshgen.plan.types import TlsObject

MODERN = {"version": "1.19.6"}
REPOSITORY = {"repoURL": "https://git.example.com/fleet.git", "revision": "main", "path": "out"}
GUARDS = {"kustomize.toolkit.fluxcd.io/prune": "disabled", "argocd.argoproj.io/sync-options": "Prune=false"}
DEFINITIONS = {
    "ApplicationSet": ("argocd-applicationset", "v1alpha1"),
    "Application": ("argocd-application", "v1alpha1"),
    "Kustomization": ("flux-kustomization", "v1"),
    "HelmRelease": ("flux-helmrelease", "v2"),
}


def wired(tool: str, *clusters: dict[str, Any], repository: dict[str, str] | None = None, **keys: Any) -> Any:
    """A mesh whose first cluster is a release of Helm and whose second is not, or of other clusters."""
    both = clusters or (
        cluster(1, cilium=MODERN),
        cluster(2, cilium={"version": "1.18.12", "delivery": "manifests"}),
    )
    gitops = {"tool": tool, **REPOSITORY, **(repository or {})}
    return mesh(*both, cilium=MODERN, gitops=gitops, **keys)


def applications(data: Any) -> dict[str, Any]:
    """The Applications that Argo CD makes of the ApplicationSets, by name."""
    made = {}
    for one in yaml.safe_load_all(tree(data)["_gitops/argocd/applicationset.yaml"]):
        for element in one["spec"]["generators"][0]["list"]["elements"]:
            written = yaml.safe_dump(one["spec"]["template"])
            application = yaml.safe_load(
                re.sub(r"\{\{\.(\w+)\}\}", lambda found, of=element: of[found[1]], written)
            )
            made[application["metadata"]["name"]] = application
    return made


def flux_objects(data: dict[str, Any], name: str = "cluster1") -> tuple[Any, Any]:
    repository, objects = yaml.safe_load_all(tree(data)[f"_gitops/flux/{name}.yaml"])
    return repository["spec"], objects["spec"]


def valid(document: Any) -> None:
    definition(*DEFINITIONS[document["kind"]]).validate(document)


@pytest.mark.parametrize(
    "gitops",
    [
        pytest.param({}, id="no tool"),
        pytest.param({"tool": "argocd"}, id="Argo CD from nowhere"),
        pytest.param(
            {"tool": "flux", "repoURL": "https://git.example.com/a", "path": "out"}, id="no revision"
        ),
        pytest.param(
            {"tool": "flux", "repoURL": "https://git.example.com/a", "revision": "main"}, id="no path"
        ),
        pytest.param({"tool": "flux", "revision": "main", "path": "out"}, id="no repository"),
    ],
)
def test_nothing_is_wired_for(gitops: dict[str, str]) -> None:
    files = tree(mesh(cluster(1), cluster(2), cilium=MODERN, gitops=gitops))
    assert not [path for path in files if path.startswith("_") or "helmrelease" in path]
    assert "configMapGenerator" not in files["cluster1/kustomization.yaml"]


def test_argo_cd_is_given_an_application_for_each_cluster_and_one_for_each_release() -> None:
    assert set(applications(wired("argocd"))) == {"mesh-cluster1", "mesh-cluster2", "cilium-cluster1"}


def test_without_a_release_there_is_one_application_set() -> None:
    data = wired("argocd", cluster(1), cluster(2)) | {"cilium": {"version": "1.6.9"}}
    assert set(applications(data)) == {"mesh-cluster1", "mesh-cluster2"}
    assert "Cilium's chart" not in tree(data)["_gitops/README.md"]


def test_argo_cds_objects_and_what_becomes_of_them_are_valid_by_their_definitions() -> None:
    for one in yaml.safe_load_all(tree(wired("argocd"))["_gitops/argocd/applicationset.yaml"]):
        valid(one)
    for application in applications(wired("argocd")).values():
        valid({"apiVersion": "argoproj.io/v1alpha1", "kind": "Application", **application})


def test_argo_cd_applies_the_whole_objects_by_itself_and_never_an_object_of_another_application() -> None:
    spec = applications(wired("argocd"))["mesh-cluster2"]["spec"]
    assert spec["source"] == {
        "repoURL": "https://git.example.com/fleet.git",
        "targetRevision": "main",
        "path": "out/cluster2",
    }
    assert spec["destination"] == {"name": "cluster2"}
    assert spec["syncPolicy"]["automated"] == {"prune": True, "selfHeal": True}
    assert {"ServerSideApply=true", "FailOnSharedResource=true"} <= set(spec["syncPolicy"]["syncOptions"])


def test_argo_cd_is_given_the_chart_of_the_clusters_version_with_its_values_and_waits_for_a_person() -> None:
    data = wired("argocd", cluster(1, cilium={**MODERN, "namespace": "cilium"}), cluster(2))
    spec = applications(data)["cilium-cluster1"]["spec"]
    chart, values = spec["sources"]
    assert (chart["repoURL"], chart["chart"], chart["targetRevision"]) == (
        "https://helm.cilium.io",
        "cilium",
        "1.19.6",
    )
    assert chart["helm"]["valueFiles"] == ["$values/out/cluster1/values.yaml"]
    assert "out/cluster1/values.yaml".removeprefix("out/") in tree(data)
    assert values["ref"] == "values"
    assert spec["destination"] == {"name": "cluster1", "namespace": "cilium"}
    assert "automated" not in spec["syncPolicy"]
    assert "RespectIgnoreDifferences=true" in spec["syncPolicy"]["syncOptions"]
    assert {"hubble-server-certs", "hubble-relay-client-certs", "cilium-ca"} <= {
        one["name"] for one in spec["ignoreDifferences"]
    }


def test_a_cluster_that_leaves_the_list_keeps_its_objects() -> None:
    for one in yaml.safe_load_all(tree(wired("argocd"))["_gitops/argocd/applicationset.yaml"]):
        assert one["spec"]["syncPolicy"] == {"preserveResourcesOnDeletion": True}


def test_the_name_of_a_mesh_becomes_the_name_of_an_object() -> None:
    files = tree(wired("argocd", name="Rebel_fleet.v2"))
    names = [
        one["metadata"]["name"] for one in yaml.safe_load_all(files["_gitops/argocd/applicationset.yaml"])
    ]
    assert names == ["mesh-rebel-fleet-v2", "cilium-rebel-fleet-v2"]


@pytest.mark.parametrize(
    ("revision", "argocd", "reference"),
    [
        pytest.param("main", "main", {"branch": "main"}, id="a branch"),
        pytest.param("refs/heads/main", "main", {"name": "refs/heads/main"}, id="a branch by its whole name"),
        pytest.param("refs/tags/v1.2", "v1.2", {"name": "refs/tags/v1.2"}, id="a tag"),
        pytest.param("ab" * 20, "ab" * 20, {"commit": "ab" * 20}, id="a commit"),
    ],
)
def test_a_revision_is(revision: str, argocd: str, reference: dict[str, str]) -> None:
    repository = {"revision": revision}
    found = applications(wired("argocd", repository=repository))
    assert found["mesh-cluster1"]["spec"]["source"]["targetRevision"] == argocd
    assert found["cilium-cluster1"]["spec"]["sources"][1]["targetRevision"] == argocd
    assert flux_objects(wired("flux", repository=repository))[0]["ref"] == reference


@pytest.mark.parametrize(
    ("path", "folder"),
    [("out", "out/cluster1"), ("a/b/", "a/b/cluster1"), (".", "cluster1"), ("./out", "out/cluster1")],
)
def test_a_path_is_the_folder_of_the_tree_from_the_root_of_the_repository(path: str, folder: str) -> None:
    repository = {"path": path}
    found = applications(wired("argocd", repository=repository))
    assert found["mesh-cluster1"]["spec"]["source"]["path"] == folder
    assert found["cilium-cluster1"]["spec"]["sources"][0]["helm"]["valueFiles"] == [
        f"$values/{folder}/values.yaml"
    ]
    assert flux_objects(wired("flux", repository=repository))[1]["path"] == f"./{folder}"


@pytest.mark.parametrize(
    ("version", "chart"), [("1.19.6", "1.19.6"), ("1.19", "1.19.x"), ("1.20.0-rc.1", "1.20.0-rc.1")]
)
def test_the_chart_of_a_version_is(version: str, chart: str) -> None:
    assert chart_version(version) == chart


def test_each_flux_is_given_its_own_cluster_and_waits_for_no_other() -> None:
    for name in ("cluster1", "cluster2"):
        repository, objects = flux_objects(wired("flux"), name)
        assert repository["url"] == REPOSITORY["repoURL"]
        assert "secretRef" not in repository
        assert objects["path"] == f"./out/{name}"
        assert (objects["prune"], objects["wait"], objects["force"]) == (True, True, False)
        assert not {"dependsOn", "decryption", "serviceAccountName", "postBuild"} & set(objects)


def test_a_repository_by_ssh_is_opened_by_the_secret_of_flux_bootstrap() -> None:
    data = wired("flux", repository={"repoURL": "ssh://git@git.example.com/fleet.git"})
    assert flux_objects(data)[0]["secretRef"] == {"name": "flux-system"}
    assert "`flux bootstrap` opens it" in tree(data)["_gitops/README.md"]


def test_fluxs_objects_are_valid_by_their_definitions() -> None:
    files = tree(wired("flux"))
    _, objects = yaml.safe_load_all(files["_gitops/flux/cluster1.yaml"])
    valid(objects)
    valid(manifest(files, "cluster1/cilium.helmrelease.yaml"))


def test_flux_runs_the_chart_of_the_clusters_version_and_never_uninstalls_it() -> None:
    files = tree(wired("flux"))
    release = manifest(files, "cluster1/cilium.helmrelease.yaml")
    repository = manifest(files, "cluster1/cilium.helmrepository.yaml")
    spec = release["spec"]
    assert release["metadata"]["namespace"] == repository["metadata"]["namespace"] == "kube-system"
    assert GUARDS.items() <= release["metadata"]["annotations"].items()
    assert GUARDS.items() <= repository["metadata"]["annotations"].items()
    assert spec["chart"]["spec"]["version"] == "1.19.6"
    assert spec["chart"]["spec"]["sourceRef"] == {
        "kind": "HelmRepository",
        "name": repository["metadata"]["name"],
    }
    assert spec["install"]["remediation"]["retries"] == 0
    assert spec["upgrade"]["remediation"]["strategy"] == "rollback"


def test_where_manifests_are_delivered_flux_runs_no_chart() -> None:
    files = tree(wired("flux"))
    assert "helm" not in files["cluster2/kustomization.yaml"]
    assert flux_objects(wired("flux"), "cluster2")[1]["timeout"] == "10m"
    both = wired("flux", cluster(1), cluster(2)) | {"cilium": {"version": "1.6.9"}}
    assert "helm" not in tree(both)["_gitops/README.md"]


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        pytest.param({"age": ("age1",)}, {"provider": "sops", "secretRef": {"name": "sops-age"}}, id="age"),
        pytest.param({"kms": ("arn:aws",)}, {"provider": "sops"}, id="keys of a service alone"),
    ],
)
def test_flux_opens_what_sops_sealed_by(keys: dict[str, tuple[str, ...]], expected: dict[str, Any]) -> None:
    plan = planned(wired("flux"))
    secret = TlsObject("cilium-clustermesh", (), ("common-etcd-client.key",))
    sealed = plan.clusters[0]._replace(tls=(secret,), sops_keys=tuple(keys.items()))
    first, second = flux(plan._replace(backend="sops", clusters=(sealed, plan.clusters[1])))
    assert isinstance(first.content, tuple)
    assert isinstance(second.content, tuple)
    assert first.content[1]["spec"]["decryption"] == expected
    assert "decryption" not in second.content[1]["spec"]


def waves(files: dict[str, str]) -> dict[str, str]:
    """The wave of each whole object of the first cluster, by its file."""
    listed = manifest(files, "cluster1/kustomization.yaml")["resources"]
    annotations = {
        path: manifest(files, f"cluster1/{path}")["metadata"].get("annotations", {}) for path in listed
    }
    return {path: one.get("argocd.argoproj.io/sync-wave", "0") for path, one in annotations.items()}


def in_waves(tool: str) -> dict[str, Any]:
    """A mesh with most kinds of objects."""
    policy = {
        "posture": [{"namespaces": ["default"], "close": ["ingress"]}],
        "rules": [{"name": "no-world", "deny": {"from": "any@*", "to": "entity:world"}}],
    }
    both = [cluster(number, cilium={**MODERN, "delivery": "manifests"}) for number in (1, 2)]
    return wired(tool, *both, services=[service("shop")], policy=policy)


def test_argo_cd_applies_in_waves_what_others_need_first() -> None:
    assert waves(tree(in_waves("argocd"))) == {
        "cilium-clustermesh.secret.yaml": "-1",
        "cilium-kvstoremesh.secret.yaml": "-1",
        "clustermesh-remote-users.configmap.yaml": "-1",
        "global-services/default.shop.service.yaml": "1",
        "policies/default.posture-default-ingress.ciliumnetworkpolicy.yaml": "2",
        "policies/no-world-egress.ciliumclusterwidenetworkpolicy.yaml": "2",
    }


def test_guards_stay_beside_waves() -> None:
    files = tree(in_waves("argocd"))
    annotations = manifest(files, "cluster1/cilium-clustermesh.secret.yaml")["metadata"]["annotations"]
    assert GUARDS.items() <= annotations.items()


def test_the_service_that_others_dial_is_in_the_wave_between() -> None:
    data = mesh(services=[service("shop")], gitops={"tool": "argocd"})
    assert waves(tree(data)) == {
        "cilium-etcd-external.service.yaml": "0",
        "global-services/default.shop.service.yaml": "1",
    }


def test_a_wave_that_a_user_wrote_stays() -> None:
    data = mesh(
        services=[service("shop", annotations={"argocd.argoproj.io/sync-wave": "7"})],
        gitops={"tool": "argocd"},
    )
    assert waves(tree(data))["global-services/default.shop.service.yaml"] == "7"


def test_flux_knows_no_waves_and_finds_nothing_to_substitute() -> None:
    files = tree(in_waves("flux"))
    manifests = {path: text for path, text in files.items() if path.endswith(".yaml")}
    assert not [path for path, text in manifests.items() if "sync-wave" in text or "${" in text]


@pytest.mark.parametrize(
    ("tool", "revision", "told"),
    [
        pytest.param("flux", "HEAD", True, id="HEAD is no branch"),
        pytest.param("flux", "9f3ab21", True, id="nor is the beginning of a commit"),
        pytest.param("flux", "9f3ab21" * 5 + "0a1b2", False, id="a commit"),
        pytest.param("flux", "refs/heads/9f3ab21", False, id="a branch that looks like one"),
        pytest.param("flux", "20260101", False, id="a branch named for a day"),
        pytest.param("flux", "defaced", False, id="a word"),
        pytest.param("flux", "main", False, id="a branch"),
        pytest.param("argocd", "HEAD", False, id="Argo CD follows HEAD"),
        pytest.param("argocd", "9f3ab21", False, id="Argo CD knows a commit by its beginning"),
    ],
)
def test_a_revision_that_flux_cannot_fetch_is_told(tool: str, revision: str, *, told: bool) -> None:
    data = wired(tool, repository={"revision": revision})

    found = [one for one in inspect(text(data), "mesh.yaml").diagnostics if one.code == "MG523"]

    assert [one.path for one in found] == ["gitops.revision"] * told


@pytest.mark.parametrize("tool", ["argocd", "flux"])
def test_the_guide_names_the_clusters_of_each_delivery(tool: str) -> None:
    guide = tree(wired(tool))["_gitops/README.md"]
    assert "for cluster1:" in guide
    assert "own objects in cluster2:" in guide
    assert "out/_gitops/" in guide


def test_the_guide_counts_the_clusters_of_a_large_mesh() -> None:
    many = [cluster(number, cilium=MODERN) for number in range(1, 18)]
    assert "for 17 clusters" in tree(wired("argocd", *many))["_gitops/README.md"]


def test_the_guide_says_where_flux_finds_an_age_identity() -> None:
    (document,) = gitops_guide(planned(wired("flux"))._replace(backend="sops"))
    assert "`sops-age`" in str(document.content)


def test_the_page_of_the_output_tree_lists_every_file_of_a_gitops_tool_with_its_emitter() -> None:
    page = (ROOT / "docs/reference/output.md").read_text("utf-8")
    listed = set(re.findall(r"^\| `([^`]+)` \| `(meshgen/emit/\S+)` \| [^|]+ \|$", page, re.MULTILINE))
    emitted = {
        (re.sub(r"cluster\d", "<cluster>", path), f"{emitter.__module__.replace('.', '/')}.py")
        for tool in ("argocd", "flux")
        for emitter in (argocd, flux, gitops_guide, helm_release)
        for document in emitter(planned(wired(tool)))
        for path in document.paths
    }
    assert listed == emitted
