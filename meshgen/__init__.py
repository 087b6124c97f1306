"""meshgen compiles one mesh.yaml into what each cluster of a Cilium Cluster Mesh applies."""

__version__ = "0.1.0"
