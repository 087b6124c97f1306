"""Where Secrets are written in clear text: beside mesh.yaml, and never into the output directory."""

import os
from pathlib import Path

from ..drift import Target
from ..writer import target_of
from .run import CannotRunError


def secret_target(folder: str, mesh: str, output: Target) -> Target:
    """
    The folder for a mesh's Secrets beside its mesh.yaml.

    Raises:
        CannotRunError: when it would lie in the output directory.

    """
    target = target_of(os.path.join(folder, "secrets", mesh), private=True)
    if _lies_in(target.root, output.root):
        message = (
            f"{target.shown} lies in the output directory {output.shown}, and private keys are never "
            "written there; choose another directory with -o"
        )
        raise CannotRunError(message)
    return target


def _lies_in(path: str, folder: str) -> bool:
    # NOTE: by name for a folder that is yet to be made; by inode for mounts, and where case is ignored.
    return any(
        str(place) == folder or (place.exists() and os.path.exists(folder) and place.samefile(folder))
        for place in (Path(path), *Path(path).parents)
    )


def ignore_in_git(folder: str) -> None:
    """
    Make a folder that Git ignores.

    Raises:
        CannotRunError: when it has a .gitignore of its own that lets files through.

    """
    os.makedirs(folder, mode=0o700, exist_ok=True)
    path = os.path.join(folder, ".gitignore")
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o666)
    with open(handle, "r+", encoding="utf-8", errors="replace") as ignore:
        lines = {line.strip() for line in ignore if line.strip() and not line.startswith("#")}
        if not lines:
            ignore.write("*\n")
        elif "*" not in lines or any(line.startswith("!") for line in lines - {"!.gitignore"}):
            message = f"{path} does not ignore everything; private keys are written there only if it does"
            raise CannotRunError(message)
