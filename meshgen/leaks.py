"""The leak guard: no private key leaves in the output tree."""

from collections.abc import Iterator

from .diagnostics import Problem
from .redaction import private_key_in
from .render import Tree
from .rules.output import PRIVATE_KEY_IN_OUTPUT


def leaks(tree: Tree, root: str) -> Iterator[Problem]:
    """A problem for each file with a private key; `root` is how the output directory is called."""
    seen: dict[int, bool] = {}
    for path, content in sorted(tree.files.items()):
        if id(content) not in seen:
            seen[id(content)] = private_key_in(content)
        if seen[id(content)]:
            yield PRIVATE_KEY_IN_OUTPUT.problem(
                (),
                f"{path} would contain a private key",
                file=f"{root}/{path}",
                help="take the key out of mesh.yaml, and replace it if it was ever committed",
            )
