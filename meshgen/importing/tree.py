"""A tree that meshgen built, as the mesh.yaml that it was made from."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from hashlib import sha256
from typing import Any, NamedTuple

from ..checking import named_path
from ..checks.mg429_unusable_policy_file import RULE as UNUSABLE_FILE
from ..diagnostics import Severity
from ..inspection import inspect
from ..location import SourcePath, path_text
from ..model import Mesh
from ..model.parse import InvalidMeshError, parse
from ..ownership import INDEX, CorruptIndexError, read_data, read_index
from ..redaction import private_key_in
from ..source import UnreadableSourceError, load
from .drafting import Edit, rank
from .found import UnusableInputError
from .outcome import Outcome
from .reading import mapping
from .rewriting import rewritten

Read = Callable[[str], bytes | None]
"""Gives a file of the tree by its path; None where there is none."""

_ACCEPTED = "accepted when the tree was built; a tree does not keep why"

_INDEXED = re.compile(r"(clusters|services|workloads|policy\.rules|policy\.raw)\[([0-9]+)\]")

# NOTE: what YAML takes only as an escape; all else stands as it is, since YAML has no pairs of escapes.
_ODD = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")

_ABSENT = ("MG5", UNUSABLE_FILE.code)

_LOST = "comments, clusterDefaults, ignore and expect are not kept in a tree"


class Restored(NamedTuple):
    """The mesh.yaml of a tree, how that was called, and the files of `policy.raw` beside it."""

    outcome: Outcome
    file: str
    beside: Mapping[str, bytes]


def restore(read: Read, shown: str, name: str | None) -> Restored:
    """
    The mesh that a tree was made from.

    Private keys are in no tree: with a `tls` section its store must be at hand.

    Raises:
        UnusableInputError: when the tree has no index that says it.

    """
    content = read(INDEX) or b""
    try:
        file, data = read_data(content)
        files = read_index(content).files
    except CorruptIndexError as error:
        message = f"{shown}/{INDEX}: {error}"
        raise UnusableInputError(message) from None
    if not data:
        message = f"{shown}: was built before trees kept the mesh; give the values.yaml of each cluster"
        raise UnusableInputError(message)
    _refuse_other_data(data, shown)
    if name is not None:
        data["name"] = name
    outcome = Outcome(read=[f"{shown}: a tree of meshgen, made from {file}"], unknown=[_LOST])
    edited = [path for path, digest in sorted(files.items()) if _digest(read(path)) != digest]
    outcome.unknown += [
        f"{shown}/{path} is not as it was built; what was edited is not taken" for path in edited
    ]
    beside: dict[str, bytes] = {}
    for path in _raw(data):
        copies = [one for one in sorted(files) if one.endswith(f"/policies/{path.rpartition('/')[2]}")]
        found = next((copy for one in copies if one not in edited and (copy := read(one)) is not None), None)
        if found is None:
            outcome.todo.append(f"{path}: a file of policy.raw that is not in the tree")
        else:
            beside[path] = found
    if source := mapping(data, "tls").get("source"):
        outcome.todo.append(
            f"tls.source is {source}: the keys and certificates are not in a tree; keep their folder"
        )
    accepted = list(_accepted(rewritten("", _edits(data)), beside))
    outcome.guesses = [(f"ignore of {entry['code']}", _ACCEPTED) for entry in accepted]
    outcome.text = rewritten("", _edits({**data, **({"ignore": accepted} if accepted else {})}))
    if private_key_in(outcome.text.encode()):
        message = f"{shown}/{INDEX}: what it says of the mesh holds a private key"
        raise UnusableInputError(message)
    return Restored(outcome, file, beside)


class _Beside:
    """The files that are restored, as the folder of the mesh.yaml."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._files = files

    def read(self, path: str) -> bytes | None:
        return self._files.get(path)

    scan = read

    def names(self, path: str) -> list[str]:
        del path
        return []


def _accepted(text: str, beside: Mapping[str, bytes]) -> Iterator[dict[str, str]]:
    """
    What stands against building the mesh again, and so was accepted when the tree was built.

    Findings of certificates and of missing files are left out: what they miss is not in the tree.
    """
    found = inspect(text.encode(), INDEX, folder=_Beside(beside))
    seen = set()
    for one in found.diagnostics:
        if found.mesh is None or one.severity is not Severity.ERROR or one.code.startswith(_ABSENT):
            continue
        place = _by_name(one.path, found.mesh)
        if (one.code, place) not in seen:
            seen.add((one.code, place))
            yield {"code": one.code, **({"at": place} if place else {}), "reason": _ACCEPTED}


def _by_name(path: str, mesh: Mesh) -> str:
    """A place by names and not by indexes, as people write it."""
    match = _INDEXED.match(path)
    if match is None:
        return path
    above: SourcePath = tuple(match[1].split("."))
    return path_text(named_path((*above, int(match[2])), mesh))


def _refuse_other_data(data: dict[str, Any], shown: str) -> None:
    """Refuse what an index of ours does not hold: it may have been made by anybody."""
    try:
        text = _ODD.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(data, ensure_ascii=False))
        parse(load(text.encode(errors="surrogatepass"), INDEX))
    except (UnreadableSourceError, InvalidMeshError, RecursionError):
        message = f"{shown}/{INDEX}: what it says of the mesh is no mesh"
        raise UnusableInputError(message) from None


def _digest(content: bytes | None) -> str:
    return "" if content is None else sha256(content).hexdigest()


def _raw(data: dict[str, Any]) -> list[str]:
    return [raw["file"] for raw in mapping(data, "policy").get("raw", ())]


def _edits(data: dict[str, Any]) -> list[Edit]:
    """The data, each key in its usual place, also in the entries of lists."""
    edits: list[Edit] = []
    for key in sorted(data, key=lambda key: rank((key,))):
        value = data[key]
        if isinstance(value, list):
            for index, entry in enumerate(value):
                names = sorted(entry, key=lambda name: rank((name,)))
                edits += [Edit((key, index, name), entry[name]) for name in names]
        else:
            edits.append(Edit((key,), value))
    return edits
