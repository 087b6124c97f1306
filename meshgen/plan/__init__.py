"""What a checked mesh means, cluster by cluster, with nothing left open."""
