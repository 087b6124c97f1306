"""
What Cilium's guide prints for version 1.6, and its counterpart in out/, built from the guide's own mesh.

They are equal as data but for the additions and corrections that stand here beside them.
"""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from meshgen.catalogue import RULES

ROOT = Path(__file__).parent.parent.parent
OUT = ROOT / "out"
PAGE = ROOT / "docs" / "reference" / "the-guide.md"

LABELS = {"app.kubernetes.io/managed-by": "meshgen", "app.kubernetes.io/part-of": "rebel-alliance"}
GUARDS = {"argocd.argoproj.io/sync-options": "Prune=false", "kustomize.toolkit.fluxcd.io/prune": "disabled"}


def ours(path: str) -> Any:
    return yaml.safe_load((OUT / path).read_text("utf-8"))


def with_additions(guide: str, additions: dict[str, Any]) -> Any:
    """The guide's manifest with what meshgen adds, which never replaces a value of the guide."""

    def merged(below: Any, above: Any) -> Any:
        if isinstance(below, dict) and isinstance(above, dict):
            both = {key: merged(below[key], above[key]) for key in below.keys() & above.keys()}
            return below | above | both
        message = f"{below!r} of the guide would become {above!r}"
        raise AssertionError(message)

    return merged(yaml.safe_load(guide), additions)


def test_the_config_map_is_the_guides() -> None:
    guide = """
    cluster-name: cluster1
    cluster-id: "1"
    """
    correction = {"identity-allocation-mode": "kvstore"}
    assert ours("cluster1/patches/cilium-config.configmap.yaml")["data"] == with_additions(guide, correction)


@pytest.mark.parametrize(
    ("name", "annotation", "additions"),
    [
        pytest.param(
            "cluster1",
            'cloud.google.com/load-balancer-type: "Internal"',
            {
                "metadata": {
                    "annotations": {
                        # Correction: without it no other region reaches the load balancer.
                        "networking.gke.io/internal-load-balancer-allow-global-access": "true"
                    }
                },
                # The guide recommends a static address.
                "spec": {"loadBalancerIP": "10.138.0.18"},
            },
            id="on GCP",
        ),
        pytest.param(
            "cluster2",
            "service.beta.kubernetes.io/aws-load-balancer-internal: 0.0.0.0/0",
            {},
            id="on AWS",
        ),
    ],
)
def test_the_service_before_etcd_is_the_guides(name: str, annotation: str, additions: dict[str, Any]) -> None:
    guide = f"""
    apiVersion: v1
    kind: Service
    metadata:
      name: cilium-etcd-external
      annotations:
        {annotation}
    spec:
      type: LoadBalancer
      ports:
      - port: 2379
      selector:
        app: etcd
        etcd_cluster: cilium-etcd
        io.cilium/app: etcd-operator
    """
    whole_object = {
        "metadata": {
            "namespace": "kube-system",
            "labels": LABELS,
            "annotations": GUARDS
            | {"meshgen.io/source": f"mesh.yaml#/clusters/{name}"}
            | additions.get("metadata", {}).get("annotations", {}),
        },
        "spec": additions.get("spec", {}),
    }
    assert ours(f"{name}/cilium-etcd-external.service.yaml") == with_additions(guide, whole_object)


@pytest.mark.parametrize("name", ["cluster1", "cluster2"])
def test_the_patch_of_the_daemon_set_is_the_guides_without_the_cluster_itself(name: str) -> None:
    guide = """
    spec:
      template:
        spec:
          hostAliases:
          - ip: "10.138.0.18"
            hostnames:
            - cluster1.mesh.cilium.io
          - ip: "10.138.0.19"
            hostnames:
            - cluster2.mesh.cilium.io
    """
    expected = yaml.safe_load(guide)
    pod = expected["spec"]["template"]["spec"]
    own = f"{name}.mesh.cilium.io"
    pod["hostAliases"] = [
        {"$patch": "replace"},  # correction: a merge keeps what has left
        *(entry for entry in pod["hostAliases"] if entry["hostnames"] != [own]),
    ]
    found = ours(f"{name}/patches/cilium.daemonset.yaml")
    # Instead of deleting pods by hand.
    restart = found["spec"]["template"].pop("metadata")["annotations"]
    assert list(restart) == ["meshgen.io/restart"]
    assert found == {
        "apiVersion": "apps/v1",
        "kind": "DaemonSet",
        "metadata": {"name": "cilium"},
        **expected,
    }


@pytest.mark.parametrize("name", ["cluster1", "cluster2"])
def test_the_operator_restarts_by_an_annotation_and_nothing_else_of_it_changes(name: str) -> None:
    found = ours(f"{name}/patches/cilium-operator.deployment.yaml")
    assert list(found["spec"]["template"]["metadata"]["annotations"]) == ["meshgen.io/restart"]
    assert found["spec"] == {"template": {"metadata": found["spec"]["template"]["metadata"]}}


@pytest.mark.parametrize("name", ["cluster1", "cluster2"])
def test_the_global_service_is_the_guides(name: str) -> None:
    guide = """
    apiVersion: v1
    kind: Service
    metadata:
      name: rebel-base
      annotations:
        io.cilium/global-service: "true"
    spec:
      type: ClusterIP
      ports:
      - port: 80
      selector:
        name: rebel-base
    """
    whole_object = {
        "metadata": {
            "namespace": "default",
            "labels": LABELS,
            "annotations": GUARDS | {"meshgen.io/source": "mesh.yaml#/services/default/rebel-base"},
        }
    }
    found = ours(f"{name}/global-services/default.rebel-base.service.yaml")
    assert found == with_additions(guide, whole_object)


def test_the_policy_is_the_guides() -> None:
    # Correction: the description belongs into spec; metadata has no such field.
    guide = """
    apiVersion: "cilium.io/v2"
    kind: CiliumNetworkPolicy
    metadata: {}
    spec:
      description: "Allow x-wing in cluster1 to contact rebel-base in cluster2"
      endpointSelector:
        matchLabels:
          name: x-wing
          io.cilium.k8s.policy.cluster: cluster1
    """
    egress = """
    - toEndpoints:
      - matchLabels:
          name: rebel-base
          io.cilium.k8s.policy.cluster: cluster2
    """
    found = ours("cluster1/policies/default.allow-cross-cluster-egress.ciliumnetworkpolicy.yaml")
    to_base, to_dns = found["spec"].pop("egress")
    whole_object = {
        "metadata": {
            # Correction: the suffix says which half it is; the namespace is never left to kubectl.
            "name": "allow-cross-cluster-egress",
            "namespace": "default",
            "labels": LABELS,
            "annotations": {"meshgen.io/source": "mesh.yaml#/policy/rules/allow-cross-cluster"},
        },
    }
    assert found == with_additions(guide, whole_object)
    (selector,) = to_base.pop("toEndpoints")
    # Corrections: explicit namespace and port; the cluster's label is Kubernetes' own.
    assert selector["matchLabels"].pop("k8s:io.kubernetes.pod.namespace") == "default"
    assert to_base == {"toPorts": [{"ports": [{"port": "80", "protocol": "TCP"}]}]}
    (expected,) = yaml.safe_load(egress)[0]["toEndpoints"]
    ((key, value),) = [pair for pair in expected["matchLabels"].items() if "cluster" in pair[0]]
    assert selector["matchLabels"] == {"name": "rebel-base", f"k8s:{key}": value}
    # Correction: without DNS, the guide's own test of the service fails.
    ports = to_dns["toPorts"][0]["ports"]
    assert sorted((port["port"], port["protocol"]) for port in ports) == [("53", "TCP"), ("53", "UDP")]
    assert to_dns["toEndpoints"][0]["matchLabels"]["k8s-app"] == "kube-dns"


def test_every_pod_behind_the_global_service_can_be_called() -> None:
    policies = sorted(path.name for path in (OUT / "cluster1" / "policies").iterdir())
    clusters = {
        peer["matchLabels"]["k8s:io.cilium.k8s.policy.cluster"]
        for name in policies
        for rule in ours(f"cluster1/policies/{name}")["spec"]["egress"]
        for peer in rule["toEndpoints"]
        if peer["matchLabels"].get("name") == "rebel-base"
    }
    assert clusters == {"cluster1", "cluster2"}
    assert not (OUT / "cluster2" / "policies").exists()


def test_an_addition_never_replaces_a_value_of_the_guide() -> None:
    with pytest.raises(AssertionError, match="80 of the guide would become 81"):
        with_additions("port: 80", {"port": 81})


def test_the_endpoint_that_the_guide_shows_is_the_one_to_look_for() -> None:
    guide = """
    endpoints:
    - https://cluster1.mesh.cilium.io:2379
    """
    (endpoint,) = yaml.safe_load(guide)["endpoints"]
    assert f"| cluster1 | {endpoint} | 10.138.0.18 |" in (OUT / "cluster2" / "VERIFY.md").read_text("utf-8")


COMMANDS = [
    "cilium node list",
    "cilium kvstore get --recursive cilium/state/nodes/v1/",
    "cilium-health status",
    "cilium identity list",
    "cilium kvstore get --recursive cilium/state/identities/v1/",
    "cilium bpf ipcache list",
    "cilium map get cilium_ipcache",
    "cilium kvstore get --recursive cilium/state/ip/v1/",
    "cilium service list",
    "cilium bpf lb list",
    "cilium kvstore get --recursive cilium/state/services/v1/",
    "cilium debuginfo",
]
SIGNS = [
    "Initializing ClusterMesh routing",
    "New remote cluster configuration",
    "Connection to remote cluster established",
    "Unable to establish etcd connection to remote cluster",
    "/var/lib/cilium/clustermesh/",
    "k8s-app=cilium",
    "name=cilium-operator",
    "get ds cilium -o yaml",
    "io.cilium.k8s.policy.cluster",
    "k8s-service-cache",
    "externalEndpoints",
    "hostAliases",
    "curl",
]


@pytest.mark.parametrize("said", COMMANDS + SIGNS)
@pytest.mark.parametrize("name", ["cluster1", "cluster2"])
def test_what_the_guide_has_people_run_and_look_for_stands_in_verify_md(name: str, said: str) -> None:
    assert said in (OUT / name / "VERIFY.md").read_text("utf-8")


HEADINGS = [
    "Prerequisites",
    "Specify the cluster name and ID",
    "Expose the Cilium etcd to other clusters",
    "Extract the TLS keys and generate the etcd configuration",
    "Ensure that the etcd service names can be resolved",
    "Establish connections between clusters",
    "Test pod connectivity between clusters",
    "Load-balancing with Global Services",
    "Deploying a simple example service",
    "Security Policies",
    "Troubleshooting: Generic",
    "Troubleshooting: Control Plane Connectivity",
    "Troubleshooting: State Propagation",
    "Limitations",
    "Roadmap Ahead",
    "Today's guide",  # that of clustermesh-apiserver, as a whole
]
STEPS = [7, 4, 4, 3, 2, 3, 2, 1, 2, 2, 2, 6, 5, 2, 1, 8]


def sections() -> dict[str, str]:
    _, *parts = re.split(r"^## ", PAGE.read_text("utf-8"), flags=re.MULTILINE)
    return {part.partition("\n")[0]: part for part in parts}


def test_the_page_goes_through_every_section_of_the_guide_in_its_order() -> None:
    assert list(sections()) == HEADINGS


@pytest.mark.parametrize(("heading", "steps"), list(zip(HEADINGS, STEPS, strict=True)))
def test_every_step_of_a_section_has_its_replacement(heading: str, steps: int) -> None:
    rows = [line.strip("|").split("|") for line in sections()[heading].splitlines() if line.startswith("|")]
    assert len(rows) - 2 == steps
    assert all(len(row) == 2 and all(cell.strip() for cell in row) for row in rows)


def test_every_file_that_the_page_leads_to_exists_with_its_section() -> None:
    targets = re.findall(r"\]\(([^)#]+)(?:#([^)]+))?\)", PAGE.read_text("utf-8"))
    assert len(targets) > 60
    for path, anchor in targets:
        file = PAGE.parent / path
        assert file.is_file(), path
        assert not anchor or anchor in anchors(file), f"{path}#{anchor}"


def anchors(file: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", file.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_code_on_the_page_exists() -> None:
    named = set(re.findall(r"MG\d{3}", PAGE.read_text("utf-8")))
    assert named <= {rule.code for rule in RULES}


def test_every_check_of_addresses_and_services_replaces_a_step_of_the_guide() -> None:
    """What is missing on the page goes beyond the guide."""
    beyond = {"MG221", "MG227", "MG228", "MG310", "MG311"}
    named = set(re.findall(r"MG\d{3}", PAGE.read_text("utf-8")))
    assert {rule.code for rule in RULES if re.match("MG[23]", rule.code)} - named == beyond


def test_the_page_has_one_sentence_a_line() -> None:
    for line in PAGE.read_text("utf-8").splitlines():
        if not line.startswith("|"):
            assert not re.search(r"[a-z`)][.?!] [A-Z`]", line), line
