"""`python -m meshgen`."""

from .cli.console import console

console()
