"""What is found of a cluster before it is a mesh: facts, guesses, and how it dials the others."""

from dataclasses import dataclass, field
from typing import Any, NamedTuple

Path = tuple[str, ...]
"""A route of keys below a cluster, such as `("cilium", "datapath", "mode")`."""


class UnusableInputError(Exception):
    """A file that says nothing about a mesh, or not enough; the text says what to give instead."""


class Fact(NamedTuple):
    """
    A value of mesh.yaml; `guess` says from what it was concluded, where nothing says it outright.

    `usual` has what it is where nothing is written, if that is not mesh.yaml's own default.
    """

    value: Any
    guess: str = ""
    usual: tuple[Any, ...] = ()


class Dialled(NamedTuple):
    """How a cluster is dialled by another."""

    ips: tuple[str, ...] = ()
    address: str = ""
    port: int | None = None


class Ported(NamedTuple):
    """A global Service as one cluster has it."""

    name: str
    namespace: str
    ports: tuple[Any, ...]
    selector: dict[str, str]
    shared: bool
    affinity: str
    owned: bool


@dataclass
class Found:
    """
    One cluster.

    `values` are those of its chart, if given; `peers` whom it dials, `dialled_as` what its own Service says;
    `whole` tells that it was described itself, and not only named by others; `aliases` are the pairs of
    address and name in /etc/hosts of its agents.
    """

    name: str
    file: str
    version: str = ""
    facts: dict[Path, Fact] = field(default_factory=dict)
    values: dict[str, Any] | None = None
    peers: dict[str, Dialled] = field(default_factory=dict)
    dialled_as: Dialled | None = None
    domain: str = ""
    limit: int | None = None
    aliases: list[tuple[str, str]] = field(default_factory=list)
    services: list[Ported] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    whole: bool = True

    def note(self, path: Path, value: Any, guess: str = "", usual: tuple[Any, ...] = ()) -> None:
        """Keep a fact; what is known is kept over what is guessed, and the first over the next."""
        known = self.facts.get(path)
        if known is None or (known.guess and not guess):
            self.facts[path] = Fact(value, guess, usual)

    def join(self, other: "Found") -> None:
        """Take in what another source says of the same cluster."""
        for path, fact in other.facts.items():
            self.note(path, *fact)
        self.version = self.version or other.version
        self.values = other.values if self.values is None else self.values
        if self.values is not None:  # and these are what the chart is given, whatever runs now
            self.facts = {path: fact for path, fact in self.facts.items() if path[0] != "helmValues"}
        self.aliases += other.aliases
        self.peers = {**other.peers, **self.peers}
        self.dialled_as = self.dialled_as or other.dialled_as
        self.domain = self.domain or other.domain
        self.limit = self.limit or other.limit
        self.services += other.services
        self.unknown += other.unknown
        self.whole = self.whole or other.whole
