"""`tls.caBundle`, the authorities of a mesh whose keys are made in its clusters, as an inventory."""

from posixpath import basename, dirname

from ..redaction import private_key_in
from .certificates import Certificate, UnreadablePemError, read_certificates
from .folder import OnDisk, TooLargeError
from .inventory import Authority, Fault, Inventory, Lack
from .reader import Reader


class Bundle(Reader):
    """Source `in-cluster`: certificates of authorities in one file, and nothing else."""

    def inventory(self) -> Inventory:
        """The authorities, and what is wrong with the file; nothing where mesh.yaml names none."""
        path = self.mesh.tls.ca_bundle
        if path is None:
            return Inventory()
        content = self._content(path)
        certificates = self._authorities(path, content)
        return Inventory(
            authorities=tuple(Authority(cluster=None, path=path, facts=one.facts) for one in certificates),
            bundle=b"".join(one.pem for one in certificates),
            # NOTE: only the certificates are emitted; but the file itself is meant for Git.
            unsealed=(path,) if private_key_in(content) else (),
            faults=tuple(self.faults),
        )

    def _content(self, path: str) -> bytes:
        """The file, or nothing and the reason why."""
        if isinstance(self.folder, OnDisk) and self.folder.leads_out(path):
            self.unreadable(None, path, "is reached by a symbolic link out of the folder of mesh.yaml")
            return b""
        try:
            content = self.folder.read(path)
        except TooLargeError:
            self.unreadable(None, path, "is larger than a ConfigMap can be (1 MiB)")
            return b""
        if content is None:
            self._absent(path)
            return b""
        if not content.strip():
            self.unreadable(None, path, "is empty")
        return content

    def _absent(self, path: str) -> None:
        """What there is in place of a file."""
        beside = self.folder.names(dirname(path) or ".")
        if f"{basename(path)}/" in beside:
            self.unreadable(None, path, "is a folder, and no file")
        elif basename(path) in beside:
            self.unreadable(
                None, path, "is no file that can be read (a pipe, or a link to itself or to nothing)"
            )
        else:
            self.faults.append(Fault(cluster=None, path=path, lack=Lack.MISSING))

    def _authorities(self, path: str, content: bytes) -> list[Certificate]:
        if not content.strip():
            return []
        try:
            return read_certificates(content)
        except UnreadablePemError as error:
            self.unreadable(None, path, str(error))
            return []
