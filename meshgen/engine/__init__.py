"""
Who may talk to whom, as Cilium's own policy engine would decide it.

It knows policies, labels and versions of Cilium; it knows nothing of mesh.yaml.
"""
