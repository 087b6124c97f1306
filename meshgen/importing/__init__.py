"""What a mesh is already, in files of other tools, as a mesh.yaml."""
