"""Files beside mesh.yaml to disk: the store and the lock, each replaced whole, in the order given."""

import os
import re
import stat
from collections.abc import Collection, Mapping
from contextlib import suppress
from errno import EBUSY, EEXIST, ELOOP, ENOTDIR

from .disk import obstructions
from .lock import BusyError, locked
from .trust.lock import LOCK

_MODES = {".age": 0o600}
_MODE = 0o644
_MODE_OF_FOLDERS = 0o755
_DRAFT = re.compile(r".+\.[0-9a-f]{8}\.new")
_DRAFT_OF_LOCK = re.compile(re.escape(LOCK) + r"\.[0-9a-f]{8}\.new")
"""Beside mesh.yaml, other files are nobody's business."""


def keep_files(folder: str, files: Mapping[str, bytes | None]) -> None:
    """
    Write files below a folder, or remove them (None).

    The order is that of `files`: what others refer to comes first, so that a run which is killed leaves
    nothing that refers to something missing. Drafts that such a run left are removed.

    Raises:
        OSError: with the file at hand as it was, and those before it written; with nothing written when
            somebody else is writing, or when a link or anything but a file is in the way.

    """
    if not files:
        return
    try:
        with locked(os.path.realpath(folder)):
            _require_room(folder, files)
            for place in {os.path.dirname(path) for path, content in files.items() if content is not None}:
                _clear(os.path.join(folder, place), _DRAFT if place else _DRAFT_OF_LOCK)
            for path, content in files.items():
                _keep(os.path.join(folder, path), content)
    except BusyError:
        raise OSError(EBUSY, "another meshgen is writing here", folder or ".") from None


def _require_room(folder: str, paths: Collection[str]) -> None:
    """Whether no folder on the way is a link, and nothing but files would be replaced or removed."""
    for path, is_link in obstructions(folder or ".", paths).items():
        number, told = (ELOOP, "is a symbolic link") if is_link else (ENOTDIR, "is not a folder")
        raise OSError(number, f"{told}; nothing is written below it", os.path.join(folder, path))
    for path in paths:
        full = os.path.join(folder, path)
        with suppress(FileNotFoundError):
            mode = os.lstat(full).st_mode
            # NOTE: a link in a file's place is replaced itself, and never followed.
            if not stat.S_ISREG(mode) and not stat.S_ISLNK(mode):
                raise OSError(EEXIST, "is in the way and not a file; move it away", full)


def _make_folder(folder: str) -> None:
    if folder and not os.path.isdir(folder):
        _make_folder(os.path.dirname(folder))
        os.mkdir(folder)
        os.chmod(folder, _MODE_OF_FOLDERS)


def _clear(folder: str, drafts: re.Pattern[str]) -> None:
    _make_folder(folder)
    for name in os.listdir(folder or "."):
        if drafts.fullmatch(name):
            os.unlink(os.path.join(folder, name))


def _keep(path: str, content: bytes | None) -> None:
    if content is not None:
        _replace(path, content)
        return
    with suppress(FileNotFoundError):
        os.unlink(path)


def _replace(path: str, content: bytes) -> None:
    mode = _MODES.get(os.path.splitext(path)[1], _MODE)
    draft = f"{path}.{os.urandom(4).hex()}.new"
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fchmod(file.fileno(), mode)
        os.rename(draft, path)
    except BaseException:
        with suppress(FileNotFoundError):
            os.unlink(draft)
        raise
