"""Everything that was found, into a new mesh.yaml or into one that is there."""

import json
from collections.abc import Sequence
from typing import Any

from ruamel.yaml.error import YAMLError

from ..model.parse import FORMAT_VERSION, InvalidMeshError
from ..redaction import private_key_in
from ..source import Source, UnreadableSourceError, load
from .aliases import keep_aliases
from .comments import lost_comments, tells_what_is_missing
from .differences import Change
from .drafting import MISSING, Draft, rank, written_at
from .found import Found, UnusableInputError
from .helm import helm_made, intended_changes, is_order, keep_values
from .joining import joined
from .marks import GUESSED, NAMELESS, guessed
from .outcome import Outcome
from .rewriting import rewritten
from .services import keep_services
from .settling import mark_missing, settle
from .trial import mesh_of, refused

_NAME = "mesh"


def merge(
    founds: Sequence[Found], existing: Source | None, *, shown: str, name: str | None, version: str
) -> Outcome:
    """
    A mesh.yaml with everything that was found; comments and what was written by hand stay.

    `version` is that of the mesh where no cluster says its own.

    Raises:
        UnusableInputError: when the files contradict each other, or the mesh.yaml cannot be merged into.

    """
    clusters = joined(founds)
    draft = Draft(_begun(existing, shown))
    _name(draft, name)
    settle(draft, clusters)
    if version and written_at(draft.data, "cilium", "version") is MISSING:
        draft.set(("cilium", "version"), version)
    if written_at(draft.data, "cilium", "version") is MISSING:
        message = "no file says which Cilium runs: give --cilium-version"
        raise UnusableInputError(message)
    outcome = Outcome(read=_read(clusters), unknown=[line for found in clusters for line in found.unknown])
    try:
        outcome.unknown += [f"{place} is not taken: {why.message}" for place, why in refused(draft)]
        outcome.unknown += keep_services(draft, clusters)
        outcome.unknown += [f"{place} is not taken: {why.message}" for place, why in refused(draft)]
        outcome.unknown += keep_aliases(draft, mesh_of(draft, helm_values=False), clusters)
        outcome.unknown += [f"{place} is not taken: {why.message}" for place, why in refused(draft)]
        outcome.todo = mark_missing(draft, clusters)
        mesh = mesh_of(draft, helm_values=False)
        outcome.kept = [*_left(draft, clusters), *keep_values(draft, mesh, clusters)]
        outcome.changes = [_in_order(change) for change in intended_changes(draft, clusters)]
    except InvalidMeshError as invalid:
        first = invalid.problems[0]
        message = f"{shown} cannot be merged into: {first.message}; see meshgen check"
        raise UnusableInputError(message) from None
    outcome.helm_made = helm_made(clusters)
    outcome.guesses = _guesses(draft)
    outcome.text = _text(draft, existing, shown)
    outcome.unchanged = existing is not None and outcome.text == existing.text.content
    return outcome


def _text(draft: Draft, existing: Source | None, shown: str) -> str:
    """The mesh.yaml as text; the one that is there where nothing changes."""
    before = "" if existing is None else existing.text.content
    if existing is not None and draft.data == existing.data and not tells_what_is_missing(before):
        return before
    edits = sorted(draft.edits.values(), key=lambda edit: rank(edit.path))
    try:
        text = rewritten(before, edits)
        kept = load(text.encode(), shown).data == draft.data
    # NOTE: the reader that keeps comments makes dates and numbers of more than mesh.yaml has.
    except (YAMLError, UnreadableSourceError, ValueError, LookupError):
        kept = False
    if not kept:
        message = f"{shown} cannot be merged into: an alias or a rare form of YAML stands in the way"
        raise UnusableInputError(message)
    if lost := lost_comments(before, text):
        message = f"{shown} cannot be merged into: the comment {lost[0]!r:.80} would be lost; move it"
        raise UnusableInputError(message)
    if private_key_in(text.encode()) and not private_key_in(before.encode()):
        message = "what was found holds a private key, and no part of it does alone: it is not written"
        raise UnusableInputError(message)
    return text


def _begun(existing: Source | None, shown: str) -> dict[str, Any]:
    if existing is None:
        return {}
    data = existing.data
    if not isinstance(data, dict) or data.get("version") != FORMAT_VERSION or not _is_shaped(data):
        message = f"{shown} exists and is no mesh.yaml of version {FORMAT_VERSION}; choose another with -o"
        raise UnusableInputError(message)
    return data


def _is_shaped(data: dict[str, Any]) -> bool:
    """Whether sections are what edits go into; all else is the business of `check`."""
    lists = [data.get(key, []) for key in ("clusters", "services")]
    sections = [data.get(key, {}) for key in ("cilium", "clusterDefaults")]
    return (
        all(isinstance(section, dict) for section in sections)
        and all(isinstance(listed, list) for listed in lists)
        and all(isinstance(item, dict) and isinstance(item.get("name"), str) for one in lists for item in one)
    )


def _name(draft: Draft, name: str | None) -> None:
    if not draft.data:
        draft.set(("version",), FORMAT_VERSION)
    if name is not None and draft.data.get("name") != name:
        draft.set(("name",), name)
    elif "name" not in draft.data:
        draft.set(("name",), _NAME, guessed(NAMELESS))


def _read(clusters: Sequence[Found]) -> list[str]:
    return [
        f"{found.file}: {found.name}{f', Cilium {found.version}' if found.version else ''}"
        for found in clusters
        if found.file
    ]


def _left(draft: Draft, clusters: Sequence[Found]) -> list[str]:
    known = {found.name for found in clusters}
    return [f"clusters.{cluster['name']}" for cluster in draft.clusters if cluster["name"] not in known]


def _guesses(draft: Draft) -> list[tuple[str, str]]:
    guesses = []
    for edit in draft.edits.values():
        if edit.comment.startswith(GUESSED):
            place = [str(step) for step in edit.path]
            if edit.path[0] == "clusters":
                place[1] = str(draft.clusters[int(place[1])]["name"])
            guesses.append(
                (
                    f"{'.'.join(place)} is {json.dumps(edit.value, ensure_ascii=False)}",
                    edit.comment.removeprefix(GUESSED),
                )
            )
    return guesses


def _in_order(change: Change) -> Change:
    return change._replace(kind="orders") if is_order(change) else change
