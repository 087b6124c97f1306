"""`meshgen check`."""

from datetime import date
from typing import Any

from ..inspection import inspect
from .identities import identities_of, identity_option
from .input import read_mesh
from .options import Options, as_of_option, make_command, mesh_argument
from .output import report_of, show


def check(*, options: Options, mesh: str, identity: tuple[str, ...], as_of: date | None, **_: Any) -> int:
    """
    Prove a mesh.yaml sound; write nothing.

    All findings are shown in one run, on standard output.
    Dates are compared with today, or with --as-of.
    """
    file = read_mesh(mesh)
    today = as_of or date.today()  # noqa: DTZ011 - the user's own calendar
    inspection = inspect(
        file.content,
        file.shown,
        today=today,
        folder=file.beside,
        identities=identities_of(identity),
    )
    return show(report_of(inspection, (), options), options)


command = make_command(
    "check",
    check,
    [mesh_argument(), identity_option(), as_of_option()],
    """
meshgen check
meshgen check examples/mesh.yaml --format concise
meshgen check --strict --format github --format sarif=findings.sarif
""",
)
