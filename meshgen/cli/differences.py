"""What `meshgen build --check` prints."""

import shlex
from collections.abc import Iterable, Iterator, Sequence

import click

from ..drift import Drift, Target
from ..ownership import INDEX
from .options import Options
from .output import tell
from .run import Exit


def show_differences(
    drift: Drift,
    target: Target,
    mesh: str,
    options: Options,
    *,
    beside: Iterable[str],
    identities: Sequence[str] = (),
) -> Exit:
    """
    Print how a directory differs, and last the command that puts it right; gives the exit status.

    `beside` are files beside mesh.yaml that a build would change, `identities` the files of those
    without which no build is made.
    """
    beside = list(beside)
    if not drift and not beside:
        tell(options, f"{target.shown}: up to date")
        return Exit.CLEAN
    people = options.format in {"text", "concise"}
    stale = [f"{'changed':<12} {path}" for path in beside]
    lines = [*_differences(drift, target.shown), *stale, _remedy(drift, target.shown, mesh, identities)]
    click.echo("\n".join(lines), err=not people)
    return Exit.FINDINGS


def _differences(drift: Drift, shown: str) -> Iterator[str]:
    if drift.interrupted:
        yield f"interrupted  {shown}: an earlier build did not come to its end"
    if drift.doubt:
        yield f"in doubt     {shown}: the index cannot be believed: {drift.doubt}"
    if drift.unowned:
        yield f"in the way   {shown}: it holds files, and no index says that they are meshgen's"
    for word, paths in (
        ("changed", drift.changed),
        ("missing", drift.missing),
        ("extra", drift.extra),
        ("hand-edited", drift.edited),
        ("in the way", drift.foreign),
    ):
        yield from (f"{word:<12} {shown}/{path}" for path in paths)


def _remedy(drift: Drift, shown: str, mesh: str, identities: Sequence[str]) -> str:
    force = ["--force"] if drift.edited else []
    removals = [word for cluster in drift.lost for word in ("--allow-removal", cluster)]
    opening = [word for name in identities for word in ("--identity", name)]
    # NOTE: `-` is standard input; any other name with a dash first would be taken for an option.
    named = f"./{mesh}" if mesh.startswith("-") and mesh != "-" else mesh
    build = shlex.join(["meshgen", "build", named, "-o", shown, *force, *removals, *opening])
    if not drift.unowned:
        return build
    # NOTE: a build touches nothing where it does not know what is its own.
    return f"{shlex.join(['git', 'checkout', '--', f'{shown}/{INDEX}'])} && {build}"
