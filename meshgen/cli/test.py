"""`meshgen test`."""

from typing import Any

from ..reachability.expectations import outcomes
from ..reporting.traces import outcome_json, outcome_junit, outcome_text
from .options import Options, make_command, mesh_argument
from .output import write_outputs
from .run import Exit
from .scenes import NotAMeshError, open_mesh

FORMATS = ("text", "json", "junit")


def test(*, options: Options, mesh: str, **_: Any) -> int:
    """
    Hold the mesh against the entries under `expect`.

    One line each; under one that fails, what decides it.
    """
    try:
        opened = open_mesh(mesh, options, few=True)
    except NotAMeshError:
        return Exit.FINDINGS
    found = list(outcomes(opened.scene))
    makers = {"text": outcome_text, "json": outcome_json, "junit": outcome_junit}
    write_outputs(options, lambda name: makers[name](found, opened.places))
    return Exit.CLEAN if all(outcome.holds for outcome in found) else Exit.FINDINGS


command = make_command(
    "test",
    test,
    [mesh_argument()],
    """
meshgen test
meshgen test examples/mesh.yaml --format junit=expectations.xml
""",
    formats=FORMATS,
)
