"""apply.sh, step by step."""
