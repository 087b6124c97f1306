"""`ignore`: accepted findings."""

from datetime import date
from typing import Annotated

from pydantic import Field

from .node import Node, Seq, Written
from .scalars import AnyName, FindingCode, refusal


def _date(text: str) -> date:
    try:
        made = date.fromisoformat(text)
    except ValueError:
        made = None
    # NOTE: fromisoformat also takes 20270131 and 2027-W04-7.
    if made is None or made.isoformat() != text:
        reason = "is not a date such as 2027-01-31"
        raise refusal(reason)
    return made


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
    at: AnyName | None = Field(
        None,
        min_length=1,
        description="Only findings at or below this place, by name. Default: everywhere.",
        examples=["clusters.cluster2", "services.default.rebel-base"],
    )
    reason: str = Field(min_length=1, description="Why it is accepted.", examples=["never routed"])
    until: Date | None = Field(
        None, description="Past this date the entry itself is a finding.", examples=["2027-01-31"]
    )


Ignored = Seq[Ignore]
