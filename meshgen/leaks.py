"""The leak guard: no private key leaves in the output tree."""

from collections.abc import Iterator

from .diagnostics import Problem
from .redaction import private_key_in
from .render import Tree
from .rules.output import PRIVATE_KEY_IN_OUTPUT


def leaks(tree: Tree, root: str) -> Iterator[Problem]:
    """A problem for each file with a private key; `root` is how the output directory is called."""
    distinct = {id(content): content for content in tree.files.values()}
    leaking = {key for key, content in distinct.items() if private_key_in(content)}
    for path, content in sorted(tree.files.items()) if leaking else ():
        if id(content) in leaking:
            yield PRIVATE_KEY_IN_OUTPUT.problem(
                (),
                f"{path} would contain a private key",
                file=f"{root}/{path}",
                help="take the key out of mesh.yaml, and replace it if it was ever committed",
            )
