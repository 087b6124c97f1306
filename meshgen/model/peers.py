"""References and ports as pydantic reads them."""

from operator import attrgetter
from typing import Annotated, Any

from pydantic import Discriminator, Field, Tag

from .node import Written
from .reference import (
    FORMS,
    Kind,
    PolicyPort,
    Reference,
    ReferenceFormError,
    Target,
    parse_port,
    parse_reference,
    parse_target,
)
from .scalars import refusal

_LONGEST = 2000


def _reference(text: str) -> Reference:
    try:
        return parse_reference(text)
    except ReferenceFormError as error:
        raise refusal(error.reason, error.way_out) from None


def _source(text: str) -> Reference:
    reference = _reference(text)
    if reference.kind in {Kind.FQDN, Kind.SERVICE}:
        reason = f"cannot call anybody: {reference.kind} stands for what is called"
        raise refusal(reason, f"accepted: {FORMS.partition(', fqdn')[0]}")
    return reference


def _target(text: str) -> Target:
    try:
        return parse_target(text)
    except ReferenceFormError as error:
        raise refusal(error.reason, error.way_out) from None


def _port(written: int | str) -> PolicyPort:
    try:
        return parse_port(written)
    except ReferenceFormError as error:
        raise refusal(error.reason, error.way_out) from None


def _port_kind(value: Any) -> str | None:
    if isinstance(value, str):
        return "<text>"
    return "<number>" if isinstance(value, int) and not isinstance(value, bool) else None


_text = attrgetter("text")
_Text = Annotated[str, Field(max_length=_LONGEST)]
_NumberOrText = Annotated[
    Annotated[int, Tag("<number>")] | Annotated[_Text, Tag("<text>")],
    Discriminator(
        _port_kind,
        custom_error_type="policy_port",
        custom_error_message="a port number, or text such as 53/UDP",
    ),
]

SourceReference = Annotated[
    Reference, Written(Annotated[_Text, Field(examples=["x-wing@cluster1"])], _source, _text)
]
AnyReference = Annotated[
    Reference, Written(Annotated[_Text, Field(examples=["rebel-base@cluster2"])], _reference, _text)
]
TargetReference = Annotated[
    Target, Written(Annotated[_Text, Field(examples=["rebel-base@cluster2:80"])], _target, _text)
]
Port = Annotated[PolicyPort, Written(_NumberOrText, _port, _text)]
