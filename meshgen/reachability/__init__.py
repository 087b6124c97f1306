"""Who may talk to whom in a mesh, and which line of which file decides."""
