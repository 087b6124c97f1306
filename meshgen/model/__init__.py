"""What may be written in mesh.yaml."""

from .cilium import Cilium, ClusterCilium, Datapath
from .cluster import Cluster, ClusterDefaults, MeshService
from .mesh import Mesh
from .service import ByLabels, ClusterSelection, Port, Service
from .trust import GitOps, Secrets, Tls

__all__ = [
    "ByLabels",
    "Cilium",
    "Cluster",
    "ClusterCilium",
    "ClusterDefaults",
    "ClusterSelection",
    "Datapath",
    "GitOps",
    "Mesh",
    "MeshService",
    "Port",
    "Secrets",
    "Service",
    "Tls",
]
