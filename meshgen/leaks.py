"""The leak guard: no private key leaves in the output tree."""

from collections.abc import Iterable, Iterator

from .diagnostics import Problem
from .redaction import private_key_in
from .render import Tree
from .rules.output import PRIVATE_KEY_IN_OUTPUT

_BATCH = 1 << 16

_SECRET = b"apiVersion: v1\nkind: Secret\n"


def leaks(tree: Tree, root: str) -> Iterator[Problem]:
    """A problem for each file with a private key; `root` is how the output directory is called."""
    distinct = {id(content): content for content in tree.files.values()}
    # NOTE: many at once, since to ask of each small file takes longer than to look through it.
    if not any(map(private_key_in, _batches(_unknown(distinct.values())))):
        return
    leaking = {key for key, content in distinct.items() if private_key_in(content)}
    for path, content in sorted(tree.files.items()):
        if id(content) in leaking:
            yield PRIVATE_KEY_IN_OUTPUT.problem(
                (),
                f"{path} would contain a private key",
                file=f"{root}/{path}",
                help="take the key out of mesh.yaml, and replace it if it was ever committed",
            )


def _batches(contents: Iterable[bytes]) -> Iterator[bytes]:
    """The contents, small ones put together; what is found across two of them is looked at again."""
    batch: list[bytes] = []
    size = 0
    for content in contents:
        batch.append(content)
        size += len(content)
        if size > _BATCH:
            yield b"\n".join(batch)
            batch, size = [], 0
    yield b"\n".join(batch)


def _unknown(contents: Iterable[bytes]) -> Iterator[bytes]:
    """
    Contents, of Secrets without the entries that one before them has: clusters share most of them.

    This goes for whole entries alone, as YAML is written here, and not for what stands on several lines.
    """
    known: set[bytes] = set()
    for content in contents:
        if content.startswith(_SECRET):
            lines = [line for line in content.split(b"\n") if line not in known]
            known.update(line for line in lines if b": " in line)
            yield b"\n".join(lines)
        else:
            yield content
