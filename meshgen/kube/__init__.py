"""Kubernetes: names, labels and the shape of an object."""
