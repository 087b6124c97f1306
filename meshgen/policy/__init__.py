"""`policy` of mesh.yaml to the objects that enforce it, cluster by cluster."""
