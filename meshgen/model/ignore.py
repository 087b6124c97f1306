"""`ignore`: accepted findings."""

from datetime import date
from typing import Annotated

from pydantic import Field
from pydantic_core import PydanticCustomError

from .node import Node, Written
from .scalars import FindingCode


def _date(text: str) -> date:
    try:
        if len(text) != len("2027-01-31"):
            raise ValueError
        return date.fromisoformat(text)
    except ValueError:
        reason = f"{text[:40]!r} is not a date such as 2027-01-31"
        raise PydanticCustomError("date", "{reason}", {"reason": reason}) from None


Date = Annotated[
    date,
    Written(
        Annotated[str, Field(examples=["2027-01-31"], json_schema_extra={"format": "date"})],
        _date,
        str,
    ),
]


class Ignore(Node):
    """One accepted finding, with its reason."""

    code: FindingCode = Field(description="The finding's code.", examples=["MG216"])
    at: str | None = Field(
        None,
        min_length=1,
        description="Only findings at or below this place, by name. Default: everywhere.",
        examples=["clusters.cluster2", "services.default.rebel-base"],
    )
    reason: str = Field(min_length=1, description="Why it is accepted.", examples=["never routed"])
    until: Date | None = Field(None, description="Past this date the entry itself is a finding.")
