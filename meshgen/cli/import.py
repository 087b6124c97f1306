"""`meshgen import`."""

import os
import shlex
import sys
from collections.abc import Sequence
from typing import Any

import click

from ..diagnostics import Diagnostic
from ..importing.found import Found, UnusableInputError
from ..importing.merging import merge
from ..importing.outcome import Outcome, as_json, as_text
from ..importing.sources import Given, Versions, checked_version, found_in
from ..importing.tree import Restored, restore
from ..inspection import locate
from ..location import legible
from ..ownership import INDEX
from ..ownership import MAX_BYTES as MAX_INDEX
from ..redaction import presentable
from ..reporting.report import Report
from ..source import MAX_BYTES, Source, UnreadableSourceError, load
from .input import read_file
from .mesh_writing import places_beside, refuse_output, write_mesh, write_whole
from .options import FileName, Options, make_command
from .output import say, show, tell, write_file
from .run import CannotRunError, Exit

_FORMATS = ("text", "json")
_MOST_FILES = 4_096


class _UnreadableFileError(Exception):
    """A file that is no YAML, with its findings."""

    def __init__(self, report: Report) -> None:
        super().__init__("unreadable file")
        self.report = report


def import_(
    *,
    options: Options,
    files: tuple[str, ...],
    output: str,
    name: str | None,
    cilium_version: tuple[str, ...],
    **_: Any,
) -> int:
    """
    Write a mesh.yaml of what clusters are now.

    Each FILE is the values file of one cluster, an object or list that kubectl wrote with -o yaml, a
    folder of such files of one cluster, the guide's config/, or a tree that meshgen built; - reads
    standard input.
    CLUSTER=FILE names the cluster, FILE@VERSION says which Cilium it has.

    Where the mesh.yaml is there already, what is found is merged into it, and comments stay.
    """
    refuse_output(output, options.outputs)
    try:
        restored = _tree(files, name)
        outcome = restored.outcome if restored else _merged(files, output, name, cilium_version)
    except UnusableInputError as unusable:
        raise click.UsageError(presentable(legible(str(unusable)))) from None
    except _UnreadableFileError as unreadable:
        return show(unreadable.report, options)
    if restored:
        _keep_beside(restored, output, options)
    return _finish(outcome, output, options)


def _tree(files: tuple[str, ...], name: str | None) -> Restored | None:
    """What a tree was made from, where one is given."""
    trees = [file for file in files if os.path.isfile(os.path.join(file, INDEX))]
    if not trees:
        return None
    if len(files) > 1:
        message = f"{trees[0]} is a tree of meshgen and has the whole mesh: give it alone"
        raise UnusableInputError(message)
    root = trees[0].rstrip("/") or "/"

    def read(path: str) -> bytes | None:
        full = os.path.join(root, path)
        return _content(full, MAX_INDEX) if os.path.isfile(full) and not os.path.islink(full) else None

    return restore(read, root, name)


def _merged(files: tuple[str, ...], output: str, name: str | None, written: Sequence[str]) -> Outcome:
    existing = _existing(output)
    versions = Versions(written, existing and existing.data)
    founds: list[Found] = []
    for file in files:
        given = _given(file, output)
        try:
            founds += found_in(given, versions)
        except UnreadableSourceError as unreadable:
            shown = unreadable.problems[0].file or given.shown
            raise _UnreadableFileError(_report(unreadable, shown)) from None
    return merge(founds, existing, shown=output, name=name, version=versions.usual)


def _given(argument: str, output: str) -> Given:
    """
    A file or folder as `[CLUSTER=]PATH[@VERSION]`; a path that is there is nothing but a path.

    `-` is standard input. The mesh.yaml to be written may lie in the folder.
    """
    path, cluster, version = argument, "", ""
    if not os.path.exists(path):
        before, at, after = path.rpartition("@")
        if at:
            path, version = before, checked_version(after)
    if not os.path.exists(path):
        before, equals, after = path.partition("=")
        if equals:
            cluster, path = before, after
    if not os.path.isdir(path):
        return Given(path, {os.path.basename(path): _content(path, MAX_BYTES)}, cluster, version)
    own = os.path.realpath(output)
    names = sorted(
        entry.name for entry in os.scandir(path) if entry.is_file() and os.path.realpath(entry.path) != own
    )
    if len(names) > _MOST_FILES:
        message = f"{path} has {len(names):,} files; at most {_MOST_FILES:,} are read"
        raise CannotRunError(message)
    contents = {one: _content(os.path.join(path, one), MAX_BYTES) for one in names}
    shown = path.rstrip("/") or path
    return Given(shown, contents, cluster, version, folder=os.path.basename(os.path.abspath(path)))


def _content(path: str, limit: int) -> bytes:
    content = read_file(path, limit + 1)
    if len(content) > limit:
        message = f"{path} is larger than {limit // (1024 * 1024)} MiB"
        raise CannotRunError(message)
    return content


def _existing(output: str) -> Source | None:
    if output == "-" or not os.path.lexists(output):
        return None
    try:
        return load(_content(output, MAX_BYTES), output)
    except UnreadableSourceError as unreadable:
        raise _UnreadableFileError(_report(unreadable, output)) from None


def _report(unreadable: UnreadableSourceError, shown: str) -> Report:
    found: tuple[Diagnostic, ...] = locate(unreadable.problems, None, shown)
    return Report(name=shown, diagnostics=found, lines=unreadable.text.lines if unreadable.text else [])


def _keep_beside(restored: Restored, output: str, options: Options) -> None:
    """Write the files of `policy.raw`; none over another."""
    if output == "-":
        return
    if os.path.lexists(output):
        message = f"{output} exists already; a tree is not merged, so choose another file with -o"
        raise CannotRunError(message)
    if os.path.basename(output) != restored.file:
        tell(options, f"the tree was made from {restored.file}: under another name, a build names that")
    places = places_beside(output, restored.beside)
    for path, content in restored.beside.items():
        full = places[path]
        if not os.path.lexists(full):
            os.makedirs(os.path.dirname(full), exist_ok=True)
            write_whole(full, content)
        elif not os.path.isfile(full) or _content(full, MAX_BYTES) != content:
            restored.outcome.unknown.append(f"{path} is there already, and not as in the tree; it is left so")


def _finish(outcome: Outcome, output: str, options: Options) -> int:
    if output != "-" and not outcome.unchanged:
        write_mesh(output, outcome.text)
    for name, path in options.outputs:
        if path is not None:
            write_file(path, _report_of(outcome, name, output))
    if output == "-":
        say(outcome.text)
        tell(options, as_text(outcome).rstrip("\n"))
        return Exit.CLEAN
    if options.format != "text" or not options.quiet:
        say(_report_of(outcome, options.format, output))
    sys.stdout.flush()
    told = "nothing changes" if outcome.unchanged else "written"
    tell(options, f"{output}: {told}; next: meshgen check {shlex.quote(output)}")
    return Exit.CLEAN


def _report_of(outcome: Outcome, name: str, output: str) -> str:
    return as_json(outcome, output) if name == "json" else as_text(outcome)


command = make_command(
    "import",
    import_,
    [
        click.Argument(["files"], type=FileName(), nargs=-1, required=True, metavar="FILE..."),
        click.Option(
            ["-o", "--output"],
            type=FileName(),
            default="mesh.yaml",
            show_default=True,
            help="The mesh.yaml; - prints it.",
        ),
        click.Option(["--name"], help="The mesh's name."),
        click.Option(
            ["--cilium-version"],
            multiple=True,
            metavar="[CLUSTER=]VERSION",
            help="Which Cilium values are for; repeatable, for one cluster each.",
        ),
    ],
    """
meshgen import east.yaml west.yaml --cilium-version 1.18.2
meshgen import east=values-east.yaml@1.19.1 west=values-west.yaml@1.18.2
meshgen import config/ dumps/east dumps/west --cilium-version 1.6.9
meshgen import out/ -o mesh.yaml
""",
    formats=_FORMATS,
)
