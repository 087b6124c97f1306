"""`meshgen explain`."""

import json
from importlib.resources import files
from typing import Any

import click

from ..nearest import nearest
from .options import Options, make_command
from .run import Exit


def explain(*, options: Options, code: str | None, **_: Any) -> int:
    """Show the page of a finding's code; without a code, list them all."""
    pages = files("meshgen") / "pages"
    rows = json.loads((pages / "index.json").read_text("utf-8"))
    if code is None:
        as_json = options.format == "json"
        click.echo(json.dumps(rows, indent=2) if as_json else _table(rows))
        return Exit.CLEAN
    known = [row["code"] for row in rows]
    wanted = next((row["code"] for row in rows if code.upper() == row["code"] or code == row["name"]), None)
    if wanted is None:
        near = nearest(code.upper(), known)
        hint = f"; did you mean {near}?" if near else "; `meshgen explain` lists them"
        message = f"there is no code {code!r}{hint}"
        raise click.UsageError(message)
    page = (pages / f"{wanted}.md").read_text("utf-8")
    row = rows[known.index(wanted)]
    click.echo(json.dumps({**row, "page": page}, indent=2) if options.format == "json" else page, nl=False)
    return Exit.CLEAN


def _table(rows: list[dict[str, str]]) -> str:
    return "\n".join(
        f"{row['code']}  {row['severity']:<7}  {row['name']:<32}  {row['summary']}" for row in rows
    )


command = make_command(
    "explain",
    explain,
    [click.Argument(["code"], required=False)],
    """
meshgen explain MG203
meshgen explain overlapping-pod-cidrs
meshgen explain --format json
""",
)
