"""Keys, certificates and sealed values: who a cluster is to the others' etcds, and how keys lie in Git."""
