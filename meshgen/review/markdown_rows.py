"""The table of connections in a comment: as many rows as fit, the worst first, and all others together."""

from collections import defaultdict
from collections.abc import Callable, Sequence

from ..engine.analysis import Verdict
from ..engine.comparison import Kind
from ..reachability.reasons import HalfReason
from ..reachability.wording import MARKS
from ..reporting.markup import code, plain
from ..reporting.places import Places
from .located import Located
from .rows import Row

_ROWS = 30_000
"""Characters of the whole table."""

_MOST_GROUPS = 40
"""Lines of rows that are put together; there are fewer kinds, risks and scopes than that."""

_MOST_NAMES = 4
_HEAD = "| | risk | from | to | before | after | decided by |\n|--|--|--|--|--|--|--|\n"


def table(located: Located) -> str:
    """The rows of a review as a table."""
    return _HEAD + "\n".join(_fitting(located))


def _fitting(located: Located) -> list[str]:
    """The rows, the worst first, as many as fit each in a line of its own, and all others together."""
    rows = located.review.rows
    lines: list[str] = []
    left = _ROWS
    for row in rows:
        line = _line(located, row)
        left -= len(line) + 1
        if left < 0:
            break
        lines.append(line)
    while len(lines) < len(rows):
        grouped = _grouped(rows[len(lines) :])
        if sum(map(len, (*lines, *grouped))) <= _ROWS:
            return [*lines, *grouped]
        lines = lines[: len(lines) * 3 // 4]
    return lines


def _line(located: Located, row: Row) -> str:
    risk = str(row.risk).upper() if row.kind in {Kind.OPENED, Kind.WIDENED} else row.kind.value.upper()
    cells = (
        MARKS[row.kind],
        f"{risk} {row.scope}",
        told_names(row.source_names) + row.likewise,
        told_names(row.target_names),
        told_ports(row.before),
        told_ports(row.after),
        _because(located, row),
    )
    return f"| {' | '.join(cells)} |"


def told_names(names: Sequence[str], most: int = _MOST_NAMES) -> str:
    """Names as code, cut where they are many."""
    more = len(names) - most
    return ", ".join(map(code, names[:most])) + (f" and {more} more" if more > 0 else "")


def told_ports(ports: Sequence[str]) -> str:
    """Ports, one below the other, cut where they are many."""
    more = len(ports) - _MOST_NAMES
    return "<br>".join(map(plain, ports[:_MOST_NAMES])) + (f"<br>and {more} more" if more > 0 else "")


def _because(located: Located, row: Row) -> str:
    after = row.flow.after
    return "<br>".join(told_half(half, located.head) for half in (after.egress, after.ingress))


def told_half(half: HalfReason, places: Places) -> str:
    """One half of a connection: the verdict, and the first of what decides it."""
    if not half.deciders:
        return f"{half.direction.value}: {plain(half.text)}"
    first = half.deciders[0]
    more = f" and {len(half.deciders) - 1} more" if len(half.deciders) > 1 else ""
    closed = half.verdict is Verdict.DENIED and not any(each.denies for each in half.deciders)
    verdict = "closed" if closed else half.verdict.value
    return (
        f"{half.direction.value}: {verdict} by {code(first.object_name)} in "
        f"{code(first.cluster)}, {code(str(places.of(first)))}{more}"
    )


_Key = Callable[[Row], tuple[object, ...]]


def _grouped(rest: Sequence[Row]) -> list[str]:
    """Rows that do not fit, put together in few lines; each says how many stand behind it."""
    keys: tuple[_Key, ...] = (
        lambda row: (row.kind, row.risk, row.scope, row.source_names[:1], row.target_names[:1]),
        lambda row: (row.kind, row.risk, row.scope, _cluster(row.source_names), _cluster(row.target_names)),
        lambda row: (row.kind, row.risk, row.scope),
    )
    found = (_groups(rest, key) for key in keys)
    groups = next(groups for groups in found if len(groups) <= _MOST_GROUPS)
    return [_group(rows) for rows in groups]


def _groups(rest: Sequence[Row], key: _Key) -> list[list[Row]]:
    groups: dict[tuple[object, ...], list[Row]] = defaultdict(list)
    for row in rest:
        groups[key(row)].append(row)
    return list(groups.values())


def _cluster(names: Sequence[str]) -> str:
    return names[0].rpartition("@")[2]


def _group(rows: list[Row]) -> str:
    worst = rows[0]
    risk = str(worst.risk).upper() if worst.kind in {Kind.OPENED, Kind.WIDENED} else worst.kind.value.upper()
    sources = list(dict.fromkeys(name for row in rows for name in row.source_names))
    targets = list(dict.fromkeys(name for row in rows for name in row.target_names))
    ports = told_ports(list(dict.fromkeys(port for row in rows for port in row.ports)))
    cells = (
        MARKS[worst.kind],
        f"{risk} {worst.scope}",
        told_names(sources),
        told_names(targets),
        "",
        ports,
        f"**{sum(1 + row.alike for row in rows)} rows**, which `--format json` lists",
    )
    return f"| {' | '.join(cells)} |"
