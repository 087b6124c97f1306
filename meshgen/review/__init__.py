"""What a change of mesh.yaml does: to connections, to clusters, to files."""
