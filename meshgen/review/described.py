"""What mesh.yaml says of one thing, in words that miss no key."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from ..model.node import Node
from ..model.service import ByLabels, Port
from .changes import NOTHING, paired
from .helm_values import shown


class Described(NamedTuple):
    """What mesh.yaml says of one thing, key by key; `usual` are the keys that are as by default."""

    keys: Mapping[str, Any]
    usual: frozenset[str]

    @property
    def text(self) -> str:
        """All that is not as by default, but the name that it is known by."""
        return _listed({key: value for key, value in self.keys.items() if key not in {"name", *self.usual}})

    def beside(self, other: "Described") -> str:
        """What of it the other has otherwise."""
        return _listed({key: value for key, value in self.keys.items() if other.keys[key] != value})


def _listed(keys: Mapping[str, Any]) -> str:
    # NOTE: in words only here, so that what is not shown is compared all the same.
    return "; ".join(f"{key} {shown(_words(value)) or NOTHING}" for key, value in keys.items())


def described(node: Node) -> Described:
    """What a mapping says, with every key that there is, so that none can be left out."""
    values = {field.alias or name: getattr(node, name) for name, field in type(node).model_fields.items()}
    defaults = {field.alias or name: field.default for name, field in type(node).model_fields.items()}
    return Described(values, frozenset(key for key, value in values.items() if value == defaults[key]))


def _words(value: Any) -> str:
    match value:
        case None | bool():
            return "" if value is None else str(value).lower()
        case ByLabels():
            return f"{{{paired(value.labels)}}}"
        case Port():
            name = f"{value.name} " if value.name else ""
            target = f" to {value.target_port}" if value.target_port else ""
            return f"{name}{value.port}/{value.protocol}{target}"
        case dict():
            return paired(value)
        case tuple():
            return ", ".join(map(_words, value))
        case _:
            return str(value)
