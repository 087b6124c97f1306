"""Types that are imported only when there is something of them to read."""

from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING, Any, get_args

from pydantic import BaseModel, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

if TYPE_CHECKING:
    from pydantic import TypeAdapter


class Later:
    """
    Marks a field whose type is a name of a module beside this one.

    NOTE: each model costs half a millisecond, and no mesh has something of them all.
    """

    def __init__(self, module: str, name: str) -> None:
        self._module = module
        self._name = name

    @cached_property
    def kind(self) -> Any:
        """The type itself."""
        return getattr(import_module(f".{self._module}", __package__), self._name)

    @cached_property
    def _adapter(self) -> "TypeAdapter[Any]":
        from pydantic import TypeAdapter

        # NOTE: an adapter makes a schema of its own, and pydantic 2.11 writes no model that has none.
        for model in models_of(self.kind):
            model.model_rebuild()
        return TypeAdapter(self.kind)

    def _validate(self, value: Any) -> Any:
        return self._adapter.validate_python(value)

    def __get_pydantic_core_schema__(self, _source: object, _handler: GetCoreSchemaHandler) -> CoreSchema:
        """Pydantic's hook: what is written is handed to the type."""
        return core_schema.no_info_plain_validator_function(self._validate)

    def __get_pydantic_json_schema__(
        self, _schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Pydantic's hook: the schema of the type."""
        return handler(self._adapter.core_schema)


def models_of(annotation: Any) -> list[type[BaseModel]]:
    """The models that an annotation, or one of several, names; not those of their fields."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    if isinstance(annotation, Later):
        return models_of(annotation.kind)
    inner = annotation if isinstance(annotation, tuple) else get_args(annotation)
    return [model for part in inner for model in models_of(part)]
