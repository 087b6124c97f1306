"""The TLS files that a mesh asks for, read through a function that the caller gives."""

from collections.abc import Callable, Iterator
from posixpath import join
from typing import NamedTuple

from .diagnostics import Problem
from .model import Mesh
from .rules.trust import TLS_FILE_MISSING

ReadFile = Callable[[str], bytes | None]
"""A path relative to mesh.yaml to its bytes; None where there is no such file."""

# cilium/clustermesh-tools, extract-etcd-secrets.sh: what it leaves for each cluster.
_SUFFIXES = ("", ".etcd-client-ca.crt", ".etcd-client.crt", ".etcd-client.key")


class TlsFile(NamedTuple):
    """A file of the folder: its name is a key of the Secret."""

    name: str
    content: bytes

    def __repr__(self) -> str:
        return f"TlsFile({self.name!r})"


def tls_files(mesh: Mesh, read_file: ReadFile) -> tuple[list[TlsFile], list[Problem]]:
    """The files of `tls.source: files`, sorted by name, and a problem for each that is missing."""
    files, problems = [], []
    for index, name in _wanted(mesh):
        path = join(mesh.tls.files, name)
        content = read_file(path)
        if content is None:
            problems.append(
                TLS_FILE_MISSING.problem(
                    ("clusters", index, "name"),
                    f"the TLS file {path} of {mesh.clusters[index].name} is missing",
                    help="extract it from the cluster, or correct tls.files",
                )
            )
        else:
            files.append(TlsFile(name, content))
    return sorted(files, key=lambda file: file.name), problems


def _wanted(mesh: Mesh) -> Iterator[tuple[int, str]]:
    if mesh.tls.source == "files":
        for index, cluster in enumerate(mesh.clusters):
            for suffix in _SUFFIXES:
                yield index, cluster.name + suffix
