"""`meshgen schema`."""

from typing import Any

import click

from .options import Options, make_command
from .run import Exit


def schema(*, options: Options, **_: Any) -> int:
    """Print the JSON Schema of mesh.yaml, for editors."""
    del options
    from ..model.schema import schema_text

    click.echo(schema_text(), nl=False)
    return Exit.CLEAN


command = make_command("schema", schema, [], "meshgen schema > mesh.schema.json")
