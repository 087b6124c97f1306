"""What emitters yield: a file, or one file in several folders."""

from typing import NamedTuple

from ..kube.manifest import Manifest


class Document(NamedTuple):
    """
    A manifest or a text, and the paths below the output directory at which it stands.

    Several manifests stand in one file, one after the other.
    `source` is the place in mesh.yaml that a whole object comes from; partial objects have none.
    `names` are what stands at each path where the content has OWN; a content without it has none.
    """

    paths: tuple[str, ...]
    content: Manifest | tuple[Manifest, ...] | str
    source: str | None = None
    executable: bool = False
    names: tuple[str, ...] = ()
