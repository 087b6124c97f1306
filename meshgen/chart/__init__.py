"""The official Helm chart: which values each version has, and what a mesh makes of them."""
