"""Which keys are accepted where, asked of the model itself."""

from typing import Any, get_args

from pydantic import BaseModel

from ..location import SourcePath
from .later import Later
from .mesh import Mesh


def accepted_keys(path: SourcePath) -> list[str]:
    """The keys of the mapping at a path; empty where the model has none."""
    kinds: list[Any] = [Mesh]
    for step in path:
        if isinstance(step, int):
            continue
        fields = [field for kind in kinds for field in _fields(kind) if field[0] == step]
        kinds = [model for _, annotation in fields for model in _models(annotation)]
    return [key for kind in kinds for key, _ in _fields(kind)]


def _fields(model: type[BaseModel]) -> list[tuple[str, Any]]:
    return [
        (field.alias or name, (field.annotation, *field.metadata))
        for name, field in model.model_fields.items()
    ]


def _models(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    if isinstance(annotation, Later):
        return _models(annotation.kind)
    inner = annotation if isinstance(annotation, tuple) else get_args(annotation)
    return [model for part in inner for model in _models(part)]
