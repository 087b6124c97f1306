"""`meshgen explain`."""

import json
from importlib.resources import files
from typing import Any

import click
from click.shell_completion import CompletionItem

from ..nearest import nearest
from .options import Kind, Options, make_command
from .output import write_outputs
from .run import Exit

_PAGES = files("meshgen") / "pages"


class CodeType(Kind):
    """A code, or the name of one."""

    name = "CODE"

    def shell_complete(self, _ctx: Any, _param: Any, incomplete: str) -> list[CompletionItem]:
        """The codes and the names that begin so."""
        begun = incomplete.lower()
        codes = [CompletionItem(row["code"], help=row["name"]) for row in _rows()]
        names = [CompletionItem(row["name"], help=row["code"]) for row in _rows()] if begun else []
        return [item for item in (*codes, *names) if item.value.lower().startswith(begun)]


def explain(*, options: Options, code: str | None, **_: Any) -> int:
    """Show the page of a finding's code; without a code, list them all."""
    rows = _rows()
    if code is None:
        write_outputs(options, lambda form: _json(rows) if form == "json" else _table(rows))
        return Exit.CLEAN
    known = [row["code"] for row in rows]
    wanted = next((row["code"] for row in rows if code.upper() == row["code"] or code == row["name"]), None)
    if wanted is None:
        near = nearest(code.upper(), known)
        hint = f"; did you mean {near}?" if near else "; `meshgen explain` lists them"
        message = f"there is no code {code!r}{hint}"
        raise click.UsageError(message)
    page = (_PAGES / f"{wanted}.md").read_text("utf-8")
    row = rows[known.index(wanted)]
    write_outputs(options, lambda form: _json({**row, "page": page}) if form == "json" else page)
    return Exit.CLEAN


def _rows() -> list[dict[str, str]]:
    rows: list[dict[str, str]] = json.loads((_PAGES / "index.json").read_text("utf-8"))
    return rows


def _json(document: Any) -> str:
    return json.dumps(document, indent=2) + "\n"


def _table(rows: list[dict[str, str]]) -> str:
    return "".join(
        f"{row['code']}  {row['severity']:<7}  {row['name']:<32}  {row['summary']}\n" for row in rows
    )


command = make_command(
    "explain",
    explain,
    [click.Argument(["code"], type=CodeType(), required=False)],
    """
meshgen explain MG203
meshgen explain overlapping-pod-cidrs
meshgen explain --format json
""",
    formats=("text", "json"),
)
