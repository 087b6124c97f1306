"""`meshgen explain`."""

import json
from importlib.resources import files
from typing import Any

import click
from click.shell_completion import CompletionItem

from ..nearest import nearest
from .options import Kind, Options, make_command
from .output import say
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
        as_json = options.format == "json"
        say((json.dumps(rows, indent=2) if as_json else _table(rows)) + "\n")
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
    say(json.dumps({**row, "page": page}, indent=2) + "\n" if options.format == "json" else page)
    return Exit.CLEAN


def _rows() -> list[dict[str, str]]:
    rows: list[dict[str, str]] = json.loads((_PAGES / "index.json").read_text("utf-8"))
    return rows


def _table(rows: list[dict[str, str]]) -> str:
    return "\n".join(
        f"{row['code']}  {row['severity']:<7}  {row['name']:<32}  {row['summary']}" for row in rows
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
)
