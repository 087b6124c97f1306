"""`meshgen schema`."""

from typing import Any

from .options import Options, make_command
from .output import write_outputs
from .run import Exit


def schema(*, options: Options, **_: Any) -> int:
    """Print the JSON Schema of mesh.yaml, for editors."""
    from ..model.schema import schema_text

    write_outputs(options, lambda _: schema_text())
    return Exit.CLEAN


command = make_command("schema", schema, [], "meshgen schema > mesh.schema.json", formats=("json",))
