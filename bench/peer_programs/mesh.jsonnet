// The objects of a mesh, by cluster.
function(mesh) {
  local ours(metadata) = metadata {
    labels+: {
      'app.kubernetes.io/managed-by': 'meshgen',
      'app.kubernetes.io/part-of': mesh.name,
    },
    annotations+: {
      'argocd.argoproj.io/sync-options': 'Prune=false',
      'kustomize.toolkit.fluxcd.io/prune': 'disabled',
    },
  },

  local meshService(cluster) = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: ours({
      name: 'cilium-etcd-external',
      namespace: 'kube-system',
      annotations: {
        'cloud.google.com/load-balancer-type': 'Internal',
        'networking.gke.io/internal-load-balancer-allow-global-access': 'true',
        'meshgen.io/source': '%s#/clusters/%s' % [mesh.source, cluster.name],
      },
    }),
    spec: {
      type: 'LoadBalancer',
      ports: [{ port: 2379 }],
      selector: { app: 'etcd', etcd_cluster: 'cilium-etcd', 'io.cilium/app': 'etcd-operator' },
      loadBalancerIP: cluster.serviceIPs[0],
    },
  },

  local globalService(service) = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: ours({
      name: service.name,
      namespace: service.namespace,
      annotations: {
        'io.cilium/global-service': 'true',
        'meshgen.io/source': '%s#/services/%s/%s' % [mesh.source, service.namespace, service.name],
      },
    }),
    spec: { type: 'ClusterIP', ports: service.ports, selector: service.selector },
  },

  local config(cluster) = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'cilium-config' },
    data: {
      'cluster-id': std.toString(cluster.id),
      'cluster-name': cluster.name,
      'identity-allocation-mode': 'kvstore',
    },
  },

  local restarted(kind, name, digest, spec={}) = {
    apiVersion: 'apps/v1',
    kind: kind,
    metadata: { name: name },
    spec: { template: { metadata: { annotations: { 'meshgen.io/restart': digest } } } + spec },
  },

  local hostAliases(cluster) = [{ '$patch': 'replace' }] + [
    { ip: peer.serviceIPs[0], hostnames: [peer.name + '.mesh.cilium.io'] }
    for peer in mesh.clusters
    if peer.name != cluster.name
  ],

  [cluster.name]:
    [
      meshService(cluster),
      config(cluster),
      restarted('DaemonSet', 'cilium', cluster.restartAgents, { spec: { hostAliases: hostAliases(cluster) } }),
      restarted('Deployment', 'cilium-operator', cluster.restartOperator),
    ] + [globalService(service) for service in mesh.services]
  for cluster in mesh.clusters
}
