"""`python -m meshgen`."""

from .cli.run import console

console()
