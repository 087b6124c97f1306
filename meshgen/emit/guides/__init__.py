"""Guides for people: ROLLOUT.md, and the VERIFY.md of each cluster."""
