"""What is known of Cilium and of load balancers, as data with sources."""
