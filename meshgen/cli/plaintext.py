"""Where Secrets are written in clear text: beside mesh.yaml, and never into the output directory."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from ..diagnostics import Problem
from ..disk import read_regular
from ..drift import Job, Target
from ..rules.output import FOREIGN_OUTPUT
from ..writer import target_of
from .run import CannotRunError

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def secret_target(folder: str, mesh: str, output: Target) -> Target:
    """
    The folder for a mesh's Secrets beside its mesh.yaml.

    Raises:
        CannotRunError: when it would lie in the output directory, or behind a symbolic link.

    """
    path = os.path.join(folder, "secrets", mesh)
    target = target_of(path, private=True)
    if _lies_in(target.root, output.root):
        message = (
            f"{target.shown} lies in the output directory {output.shown}, and private keys are never "
            "written there; choose another directory with -o"
        )
        raise CannotRunError(message)
    for place in (os.path.dirname(path), path):
        if os.path.islink(place):
            message = f"{place} is a symbolic link, and private keys are never written through one"
            raise CannotRunError(message)
    return target


def _lies_in(path: str, folder: str) -> bool:
    # NOTE: by name for a folder that is yet to be made; by inode for mounts, and where case is ignored.
    return any(
        str(place) == folder or (place.exists() and os.path.exists(folder) and place.samefile(folder))
        for place in (Path(path), *Path(path).parents)
    )


def exposures(job: Job) -> Iterator[Problem]:
    """The files in place of Secrets that others may read, and that hold something else."""
    shown = job.target.shown
    for path, content in job.files.items():
        if _is_exposed(f"{job.target.root}/{path}", content):
            yield FOREIGN_OUTPUT.problem(
                (),
                f"{path} can be read by others and is not what was written here; did Git check it out?",
                file=f"{shown}/{path}",
                help=f"Git would commit private keys in its place: git rm -r --cached {shown}, "
                f"then delete {shown} and build anew",
            )


def _is_exposed(path: str, content: bytes) -> bool:
    # NOTE: what meshgen writes here is for its owner alone; Git makes its files readable for everybody.
    try:
        mode = os.lstat(path).st_mode
    except (FileNotFoundError, NotADirectoryError):
        return False
    is_loose = stat.S_ISREG(mode) and bool(mode & 0o077)
    return is_loose and read_regular(path, len(content) + 1) != content


def ignore_in_git(folder: str) -> None:
    """
    Make a folder that Git ignores.

    Raises:
        CannotRunError: when it has a .gitignore of its own that lets files through.

    """
    if not os.path.isdir(folder):
        os.mkdir(folder)
        os.chmod(folder, 0o700)
    path = os.path.join(folder, ".gitignore")
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o666)
    with open(handle, "r+b") as ignore:
        content = ignore.read()
        patterns = _patterns(content)
        if not patterns:
            ignore.write(b"\n*\n" if content else b"*\n")
            os.fchmod(handle, 0o644)
        elif b"*" not in patterns or any(one.startswith(b"!") for one in patterns - {b"!.gitignore"}):
            message = f"{path} does not ignore everything; private keys are written there only if it does"
            raise CannotRunError(message)


def _patterns(content: bytes) -> set[bytes]:
    """The patterns of a .gitignore as Git reads them: only spaces go, and only at the end of a line."""
    lines = (line.rstrip(b" ") for line in content.removeprefix(_BYTE_ORDER_MARK).split(b"\n"))
    return {line for line in lines if line and not line.startswith(b"#")}
