"""`tls` and `secrets`: where TLS material comes from, and how it is kept."""

from typing import Literal

from pydantic import Field

from .node import Node
from .scalars import Folder


class Tls(Node):
    """Where the mesh Secret's certificates and keys come from; absent, no Secret is built."""

    source: Literal["files"] | None = Field(
        None,
        description="`files`: what the guide's extract script leaves in a folder.",
        examples=["files"],
    )
    files: Folder = Field(
        "config/",
        description="The folder for source `files`, relative to mesh.yaml.",
        examples=["config/"],
    )


class Secrets(Node):
    """How Secrets are kept."""

    backend: Literal["plaintext"] = Field(
        "plaintext",
        description="`plaintext`: outside the output tree, in `secrets/` beside mesh.yaml, ignored by Git.",
        examples=["plaintext"],
    )
