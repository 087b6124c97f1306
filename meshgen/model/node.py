"""The strict, frozen base of everything that may be written in mesh.yaml."""

from collections.abc import Callable, Iterator
from typing import Annotated, Any, NamedTuple, TypeVar

from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler, Strict
from pydantic_core import CoreSchema, core_schema

T = TypeVar("T")

Seq = Annotated[tuple[T, ...], Strict(strict=False)]
"""A YAML list as a tuple; its items stay strict."""

_ACRONYMS = {"cidr": "CIDR", "cidrs": "CIDRs", "ip": "IP", "ips": "IPs"}


def key_name(attribute: str) -> str:
    """The key in mesh.yaml for a Python attribute: `pod_cidrs` is `podCIDRs`."""
    first, *rest = attribute.split("_")
    return first + "".join(_ACRONYMS.get(word, word.capitalize()) for word in rest)


class Node(BaseModel):
    """A mapping in mesh.yaml: unknown keys are refused, nothing is coerced or changed later."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        hide_input_in_errors=True,
        defer_build=True,
        alias_generator=key_name,
    )


def defaults_of(model: type[Node]) -> dict[tuple[str, ...], Any]:
    """What each key of a mapping is where it is not written, by its path, those of mappings in it too."""
    return dict(_defaults(model, ()))


def _defaults(model: type[Node], above: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    for name, field in model.model_fields.items():
        path = (*above, field.alias or name)
        if isinstance(field.annotation, type) and issubclass(field.annotation, Node):
            yield from _defaults(field.annotation, path)
        elif not field.is_required():
            yield path, field.default


class Matching(NamedTuple):
    """
    Marks text as what a pattern describes, with at most so many characters, and accepted by `check`.

    NOTE: pydantic's own marks say the same, and are made into a schema in twice the time.
    """

    pattern: str
    max_length: int | None = None
    check: Callable[[str], str] | None = None

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Pydantic's hook: what else is said of the text, such as its least length, holds as well."""
        text: Any = handler(source)
        text |= core_schema.str_schema(pattern=self.pattern, max_length=self.max_length)
        return core_schema.no_info_after_validator_function(self.check, text) if self.check else text


class Written(NamedTuple):
    """Marks a type that is written as `kind` and means what `convert` makes of it."""

    kind: Any
    convert: Callable[[Any], Any]
    back: Callable[[Any], Any]

    def __get_pydantic_core_schema__(self, _source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Pydantic's hook: validate as `kind`, then convert."""
        return core_schema.no_info_after_validator_function(
            self.convert,
            handler.generate_schema(self.kind),
            serialization=core_schema.plain_serializer_function_ser_schema(self.back),
        )
