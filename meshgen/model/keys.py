"""Which keys are accepted where, asked of the model itself."""

from typing import Any

from pydantic import BaseModel

from ..location import SourcePath
from .later import models_of
from .mesh import Mesh


def accepted_keys(path: SourcePath) -> list[str]:
    """The keys of the mapping at a path, each once; empty where the model has none."""
    kinds: list[type[BaseModel]] = [Mesh]
    for step in path:
        if isinstance(step, int):
            continue
        fields = [field for kind in kinds for field in _fields(kind) if field[0] == step]
        kinds = [model for _, annotation in fields for model in models_of(annotation)]
    return [*dict.fromkeys(key for kind in kinds for key, _ in _fields(kind))]


def _fields(model: type[BaseModel]) -> list[tuple[str, Any]]:
    return [
        (field.alias or name, (field.annotation, *field.metadata))
        for name, field in model.model_fields.items()
    ]
