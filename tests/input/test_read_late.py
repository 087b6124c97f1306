"""What is read by a type that is imported late is a model like any other."""

import subprocess
import sys

from builders import cluster, mesh, text

READ = """
import sys
from meshgen.inspection import inspect
mesh = inspect(sys.stdin.buffer.read(), "mesh.yaml").mesh
late = (
    mesh.policy, mesh.clusters[0].policy, mesh.secrets.external_secrets, mesh.cilium.extra_host_aliases[0],
    mesh.services[0], mesh.workloads[0], mesh.expect[0], mesh.ignore[0],
)
print(*(type(part).__name__ for part in late if type(part).__pydantic_complete__))
"""


def test_it_is_finished_as_pydantic_2_11_needs_to_write_it() -> None:
    data = mesh(
        cluster(1, policy={"dns": {"namespace": "dns"}}),
        cilium={
            "version": "1.6.9",
            "extraHostAliases": [{"ip": "10.0.0.5", "hostnames": ["etcd.example.com"]}],
        },
        services=[{"name": "s", "ports": [80]}],
        workloads=[{"name": "w", "labels": {"name": "w"}}],
        policy={"dns": {"namespace": "kube-system"}},
        expect=[{"from": "w@*", "to": "w@*:80", "is": "allow"}],
        secrets={"externalSecrets": {"store": {"name": "vault"}}},
        ignore=[{"code": "MG221", "reason": "begun"}],
    )
    ran = subprocess.run([sys.executable, "-c", READ], input=text(data), capture_output=True, check=True)

    finished = "Policy ClusterPolicy ExternalSecrets HostAlias Service Workload Expectation Ignore"
    assert ran.stdout.decode().split() == finished.split()
