"""mesh.yaml as bytes to a checked mesh and located diagnostics."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from enum import IntEnum
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from .checking import Check, apply_ignores, run_checks
from .checks import CHECKS
from .diagnostics import Diagnostic, Problem, RelatedPlace, Rule, Severity
from .location import SourcePath, Span, beside, legible, path_text
from .model import Mesh
from .model.layers import written
from .model.parse import InvalidMeshError, parse
from .redaction import holds_private_key, presentable
from .source import Source, Text, UnreadableSourceError, load
from .survey import Survey

if TYPE_CHECKING:
    from .policy.compilation import Policies
    from .policy.raw import RawFile
    from .trust.folder import Folder
    from .trust.inventory import Inventory

_FILE_NAME = re.compile(r"[A-Za-z0-9][-A-Za-z0-9]*")


class Depth(IntEnum):
    """How much is looked for: nothing beyond the shape, what keeps a mesh from a tree, or everything."""

    PARSED = 0
    BUILDABLE = 1
    ALL = 2


class Inspection(NamedTuple):
    """
    What a text turned out to be.

    `text` is there when the bytes are text, `source` when the text is YAML, and `mesh` when the
    YAML has the shape of one; it may be compiled when no diagnostic is an error.
    `inventory` is there when the mesh has a `tls` section and a folder to look in; `raw` are the files
    of `policy.raw`, `survey` what checks asked of the mesh.
    """

    name: str
    text: Text | None
    diagnostics: tuple[Diagnostic, ...]
    source: Source | None = None
    mesh: Mesh | None = None
    today: date | None = None
    folder: "Folder | None" = None
    inventory: "Inventory | None" = None
    raw: "tuple[RawFile, ...]" = ()
    survey: Survey | None = None

    @property
    def policies(self) -> "Policies | None":
        """Its policies; None where nothing speaks of any."""
        return self.survey.policies if self.survey else None

    @property
    def sound(self) -> bool:
        """Whether nothing stands against compiling the mesh."""
        return not any(found.severity is Severity.ERROR for found in self.diagnostics)


def inspect(  # noqa: PLR0913 - what to read, and in whose eyes
    content: bytes,
    name: str,
    *,
    today: date | None = None,
    folder: "Folder | None" = None,
    identities: Callable[[], Sequence[Any]] = tuple,
    depth: Depth = Depth.ALL,
) -> Inspection:
    """
    Read, parse and check a mesh.yaml, and the TLS material in its folder.

    Dates are looked at only when `today` is given; `identities` gives what opens sealed keys.
    """
    try:
        source = load(content, name)
    except UnreadableSourceError as unreadable:
        found = locate(unreadable.problems, None, name)
        return Inspection(name=name, text=unreadable.text, diagnostics=found)
    try:
        mesh = parse(source)
    except InvalidMeshError as invalid:
        found = locate(invalid.problems, source, name)
        return Inspection(name=name, text=source.text, source=source, diagnostics=found)
    inventory = _inventory(mesh, folder, identities) if depth > Depth.PARSED else None
    raw = _raw(mesh, folder)
    survey = Survey(mesh, inventory=inventory, today=today, raw=raw)
    problems = apply_ignores(
        run_checks(_checks(mesh, depth), survey),
        mesh,
        _rules(mesh),
        written=partial(written, source),
        today=today,
    )
    found = locate(problems, source, name)
    return Inspection(
        name=name,
        text=source.text,
        source=source,
        mesh=mesh,
        today=today,
        folder=folder,
        inventory=inventory,
        raw=raw,
        survey=survey,
        diagnostics=found,
    )


def _raw(mesh: Mesh, folder: "Folder | None") -> "tuple[RawFile, ...]":
    if folder is None or mesh.policy is None or not mesh.policy.raw:
        return ()
    from .policy.raw import read_raw

    return read_raw(mesh, folder)


def _checks(mesh: Mesh, depth: Depth) -> tuple[Check, ...]:
    """The checks that may find something."""
    if depth is Depth.PARSED:
        return ()
    found: tuple[Check, ...] = CHECKS
    # NOTE: imported where they are needed: three fifths of all checks.
    if mesh.services:
        from .checks.services import SERVICE_CHECKS

        found = (*found, *SERVICE_CHECKS)
    if any(cluster.helm_values for cluster in mesh.clusters):
        from .checks.values import VALUE_CHECKS

        found = (*found, *VALUE_CHECKS)
    if mesh.policy is not None or mesh.workloads or mesh.expect:
        from .checks.policies import ENFORCEMENT_CHECKS, VOCABULARY_CHECKS

        found = (*found, *VOCABULARY_CHECKS, *(ENFORCEMENT_CHECKS if depth is Depth.ALL else ()))
    if mesh.tls.source is not None:
        from .checks.tls import TLS_CHECKS

        found = (*found, *TLS_CHECKS)
    return found


def _rules(mesh: Mesh) -> tuple[Rule, ...]:
    """Every rule there is, where `ignore` may name any of them."""
    if not mesh.ignore:
        return ()
    from .catalogue import RULES

    return RULES


def _inventory(
    mesh: Mesh, folder: "Folder | None", identities: Callable[[], Sequence[Any]]
) -> "Inventory | None":
    if folder is None or mesh.tls.source is None:
        return None
    if not all(_FILE_NAME.fullmatch(cluster.name) for cluster in mesh.clusters):
        return None  # MG210 comes first: names are file names here
    # NOTE: imported where it is needed: it costs more than everything else a small mesh does.
    from .trust.keyring import Keyring
    from .trust.opening import misfits
    from .trust.reading import take_inventory

    found = identities()
    inventory = take_inventory(mesh, folder, Keyring(folder.read, found))
    return inventory._replace(misfits=tuple(misfits(mesh, inventory, found)))


def locate(problems: Iterable[Problem], source: Source | None, name: str) -> tuple[Diagnostic, ...]:
    """The problems with their places in the text, sorted, each said once."""
    found = {_diagnostic(problem, source, name) for problem in problems}
    return tuple(sorted(found, key=lambda diagnostic: diagnostic.sort_key))


def _diagnostic(problem: Problem, source: Source | None, name: str) -> Diagnostic:
    path, span = problem.at, problem.span
    if source is not None and problem.file is None:
        path = written(source, path)
        span = span or source.span(path, on_key=problem.on_key)
    return Diagnostic(
        code=problem.rule.code,
        name=problem.rule.name,
        severity=problem.severity or problem.rule.severity,
        message=_told(problem.message),
        help=_told(problem.help) if problem.help else None,
        file=legible(_file(problem, name)),
        path=_place(path),
        span=span,
        label=_told(problem.label),
        related=tuple(_related(problem, source, name)),
        secret=_secret(problem, path, source),
    )


def _secret(problem: Problem, path: SourcePath, source: Source | None) -> Span | None:
    """What is not to be shown: the key that a problem marks, or its value with all of its lines."""
    if not problem.secret or source is None:
        return None
    return source.span(path, on_key=True) if problem.on_key else source.text.span(*source.extent(path))


def _file(problem: Problem, name: str) -> str:
    """The file that a problem is in; those of `policy.raw` are named from where mesh.yaml lies."""
    if problem.file and problem.at[:2] == ("policy", "raw"):
        return beside(name, problem.file)
    return problem.file or name


def _told(text: str) -> str:
    """A text for people, on one line; findings are kept in logs, where no key or password may be."""
    return presentable(legible(text))


def _place(path: SourcePath) -> str:
    """A path as text; a key of a mapping can be anything, too."""
    text = path_text(path)
    return "" if holds_private_key(text) else text


def _related(problem: Problem, source: Source | None, name: str) -> Iterator[RelatedPlace]:
    for span, message in problem.related_spans:
        yield RelatedPlace(message=_told(message), path="", span=span, file=legible(name))
    if source is not None:
        for related in problem.related:
            path = written(source, related.at)
            span = related.span or source.span(path, on_key=related.on_key)
            file = legible(beside(name, related.file) if related.file else name)
            yield RelatedPlace(message=_told(related.message), path=_place(path), span=span, file=file)
