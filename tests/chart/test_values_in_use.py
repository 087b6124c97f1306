"""Values as production clusters have them: none is refused by a chart that takes it."""

from typing import Any

import pytest
import yaml
from charted import told, with_values

CODES = ("MG604", "MG605", "MG606")

COMMON = """
k8sServiceHost: api.example.com
k8sServicePort: 6443
kubeProxyReplacement: true
kubeProxyReplacementHealthzBindAddr: 0.0.0.0:10256
devices: [eth0, bond0]
MTU: 1450
operator:
  replicas: 2
  rollOutPods: true
  resources: {requests: {cpu: 100m, memory: 128Mi}, limits: {memory: 256Mi}}
  tolerations: [{operator: Exists}]
  affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: []}}}
  prometheus: {enabled: true, serviceMonitor: {enabled: true, namespace: monitoring, labels: {team: x}}}
  podDisruptionBudget: {enabled: true, minAvailable: 1}
  updateStrategy: {rollingUpdate: {maxSurge: 1, maxUnavailable: 0}}
  podSecurityContext: {runAsNonRoot: true}
  securityContext: {readOnlyRootFilesystem: true}
  extraArgs: [--foo]
  extraEnv: [{name: A, value: b}]
resources: {limits: {memory: 1Gi}}
tolerations: [{key: a, operator: Exists}]
nodeSelector: {role: worker}
affinity: {nodeAffinity: {preferredDuringSchedulingIgnoredDuringExecution: []}}
podAnnotations: {a: b}
podLabels: {a: b}
updateStrategy: {rollingUpdate: {maxUnavailable: 10%}}
securityContext: {capabilities: {ciliumAgent: [CHOWN], cleanCiliumState: [NET_ADMIN]}, runAsUser: 0}
extraConfig: {enable-foo: "true"}
extraVolumes: [{name: x, emptyDir: {}}]
labels: "k8s:app k8s:!io.kubernetes"
rollOutCiliumPods: true
priorityClassName: system-node-critical
image: {repository: registry.example.com/cilium, useDigest: false, pullPolicy: IfNotPresent}
imagePullSecrets: [{name: pull}]
bpf:
  masquerade: true
  tproxy: true
  hostLegacyRouting: false
  lbExternalClusterIP: true
  preallocateMaps: true
  mapDynamicSizeRatio: 0.005
  policyMapMax: 32768
  ctTcpMax: 524288
  lbMapMax: 65536
  monitorAggregation: medium
  vlanBypass: [0]
bandwidthManager: {enabled: true, bbr: true}
loadBalancer: {algorithm: maglev, mode: dsr, acceleration: native, dsrDispatch: geneve}
maglev: {tableSize: 65521, hashSeed: JLfvgnHc2kaSUFaI}
socketLB: {enabled: true, hostNamespaceOnly: true}
nodePort: {range: "30000,32767", directRoutingDevice: eth0}
ingressController:
  enabled: true
  loadbalancerMode: shared
  service: {annotations: {a: b}, type: LoadBalancer, loadBalancerIP: 10.0.0.9}
gatewayAPI: {enabled: true, secretsNamespace: {create: false, name: gw}}
bgpControlPlane: {enabled: true}
egressGateway: {enabled: true}
localRedirectPolicy: true
hostFirewall: {enabled: true}
l7Proxy: true
ipMasqAgent: {enabled: true, config: {nonMasqueradeCIDRs: [10.0.0.0/8], masqLinkLocal: true}}
enableIPv4Masquerade: true
ipv6: {enabled: false}
encryption: {nodeEncryption: false}
policyEnforcementMode: default
policyAuditMode: false
autoDirectNodeRoutes: false
endpointRoutes: {enabled: true}
ipam: {operator: {clusterPoolIPv4MaskSize: 25}}
cni: {exclusive: false, binPath: /opt/cni/bin, configMap: cni-configuration, customConf: false}
cgroup: {autoMount: {enabled: false}, hostRoot: /sys/fs/cgroup}
prometheus: {enabled: true, serviceMonitor: {enabled: true, namespace: monitoring, interval: 30s}}
hubble:
  enabled: true
  eventBufferCapacity: "16383"
  metrics:
    enabled: ["dns:query;ignoreAAAA", drop, tcp]
    enableOpenMetrics: true
    serviceMonitor: {enabled: true, relabelings: [{sourceLabels: [a], targetLabel: b}]}
  relay:
    enabled: true
    replicas: 2
    resources: {limits: {memory: 128Mi}}
    prometheus: {enabled: true, serviceMonitor: {enabled: true}}
    service: {type: ClusterIP}
  ui:
    enabled: true
    ingress: {enabled: true, className: nginx, hosts: [hubble.example.com], tls: [], annotations: {a: b}}
    backend: {resources: {limits: {memory: 64Mi}}, extraEnv: []}
    frontend: {resources: {limits: {memory: 64Mi}}}
  tls: {auto: {method: cronJob, certValidityDuration: 1095, schedule: "0 0 1 */4 *"}}
clustermesh:
  useAPIServer: true
  apiserver:
    replicas: 2
    resources: {limits: {memory: 512Mi}}
    tolerations: [{operator: Exists}]
    affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: []}}
    podLabels: {a: b}
    priorityClassName: system-cluster-critical
    topologySpreadConstraints: [{maxSkew: 1, topologyKey: zone, whenUnsatisfiable: DoNotSchedule}]
    etcd: {resources: {limits: {memory: 256Mi}}}
    service: {annotations: {a: b}}
    tls: {auto: {certValidityDuration: 1095, schedule: "0 0 1 */4 *"}}
nodeinit: {enabled: true, bootstrapFile: /tmp/x}
tls: {ca: {cert: bWVzaA==, key: bWVzaA==}}
certgen: {tolerations: [{operator: Exists}], ttlSecondsAfterFinished: 600}
dnsProxy: {enableTransparentMode: true, minTtl: 60, proxyResponseMaxDelay: 100ms}
resourceQuotas: {enabled: true, cilium: {hard: {pods: 5k}}}
debug: {enabled: true, verbose: flow}
k8s: {requireIPv4PodCIDR: true}
logOptions: {format: json}
"""

SINCE = {
    "1.14": """
envoy: {enabled: true, resources: {limits: {memory: 1Gi}}, nodeSelector: {a: b}, log: {format: "%v"}}
l2announcements: {enabled: true, leaseDuration: 15s, leaseRenewDeadline: 5s, leaseRetryPeriod: 2s}
k8sClientRateLimit: {qps: 20, burst: 40}
authentication:
  mutual: {spire: {enabled: true, install: {enabled: true, server: {dataStorage: {size: 1Gi}}}}}
routingMode: tunnel
tunnelProtocol: vxlan
dashboards: {enabled: true, namespace: monitoring}
clustermesh: {apiserver: {kvstoremesh: {enabled: true}, metrics: {serviceMonitor: {enabled: true}}}}
enableIPv4BIGTCP: true
""",
    "1.15": """
annotations: {a: b}
clustermesh: {maxConnectedClusters: 255, apiserver: {service: {loadBalancerClass: io.cilium/x}}}
encryption: {strictMode: {cidr: ""}}
hubble: {redact: {enabled: true, http: {urlQuery: true}}, export: {static: {enabled: true, filePath: /x}}}
serviceNoBackendResponse: reject
""",
    "1.16": """
gatewayAPI: {hostNetwork: {enabled: true, nodes: {matchLabels: {role: gw}}}, enableAlpn: true}
bpf: {datapathMode: netkit, enableTCX: true, events: {drop: {enabled: true}}}
nodePort: {addresses: [10.0.0.0/8]}
clustermesh: {enableEndpointSliceSynchronization: true, apiserver: {service: {enableSessionAffinity: Never}}}
nodeIPAM: {enabled: true}
upgradeCompatibility: "1.15"
""",
    "1.17": """
bpf: {distributedLRU: {enabled: true}, lbAlgorithmAnnotation: true}
commonLabels: {team: x}
tls: {secretSync: {enabled: true}}
scheduling: {mode: kube-scheduler}
""",
    "1.18": """
k8sServiceHostRef: {name: endpoint, key: host}
bgpControlPlane: {routerIDAllocation: {mode: ip-pool, ipPool: 10.9.0.0/24}}
clustermesh: {policyDefaultLocalCluster: true, apiserver: {kvstoremesh: {kvstoreMode: internal}}}
localRedirectPolicies: {enabled: true}
""",
    "1.19": """
clustermesh: {mcsapi: {enabled: true, corednsAutoConfigure: {enabled: true}}, cacheTTL: 1m}
loadBalancer: {serviceTopology: true}
""",
    "1.20": """
clustermesh: {defaultGlobalNamespace: true, disableKubernetesHostAliases: true}
""",
}

NOT_ANY_MORE = {"1.20": [("encryption", "strictMode")]}


def merged(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    """One document over another."""
    return below | {
        key: merged(below[key], value) if isinstance(value, dict) and key in below else value
        for key, value in above.items()
    }


def production(version: str) -> dict[str, Any]:
    """Everything that a version takes."""
    minor = int(version.partition(".")[2])
    values = yaml.safe_load(COMMON)
    for since, text in SINCE.items():
        if minor >= int(since.partition(".")[2]):
            values = merged(values, yaml.safe_load(text))
    for *above, last in NOT_ANY_MORE.get(version, []):
        inner = values
        for step in above:
            inner = inner[step]
        del inner[last]
    return values


@pytest.mark.parametrize("version", ["1.13", *SINCE])
def test_values_that_a_chart_takes_are_taken(version: str) -> None:
    assert told(with_values(version, production(version)), *CODES) == []


# Hosts that a distribution or a guide has people set; each was read in its own documentation.
TALOS = """
ipam: {mode: kubernetes}
kubeProxyReplacement: true
securityContext:
  capabilities:
    ciliumAgent: [CHOWN, KILL, NET_ADMIN, NET_RAW, IPC_LOCK, SYS_ADMIN, SYS_RESOURCE]
    cleanCiliumState: [NET_ADMIN, SYS_ADMIN, SYS_RESOURCE]
cgroup: {autoMount: {enabled: false}, hostRoot: /sys/fs/cgroup}
k8sServiceHost: localhost
k8sServicePort: 7445
"""
EKS = """
eni: {enabled: true, awsEnablePrefixDelegation: true, iamRole: arn, subnetIDsFilter: [a]}
ipam: {mode: eni}
egressMasqueradeInterfaces: eth+
routingMode: native
enableIPv4Masquerade: true
"""
AKS = """
azure: {enabled: true, resourceGroup: g, subscriptionID: s, tenantID: t, clientID: c, clientSecret: x}
ipam: {mode: azure}
"""


@pytest.mark.parametrize("version", ["1.14", "1.16", "1.18", "1.20"])
@pytest.mark.parametrize(
    ("text", "cilium"),
    [
        pytest.param(TALOS, {"ipam": "kubernetes"}, id="talos"),
        pytest.param(EKS, {"ipam": "eni", "datapath": {"mode": "native"}}, id="eks"),
        pytest.param(AKS, {"ipam": "azure"}, id="aks"),
    ],
)
def test_values_of_platforms_are_taken(version: str, text: str, cilium: dict[str, Any]) -> None:
    data = with_values(version, yaml.safe_load(text), cilium=cilium)

    assert told(data, *CODES) == []
