"""`expect`: what must be allowed and what denied."""

from typing import Literal

from pydantic import Field

from .node import Node, Seq
from .peers import SourceReference, TargetReference

Expected = Literal["allow", "deny"]
"""What a flow must be."""


class Expectation(Node):
    """A flow and its verdict."""

    from_: SourceReference = Field(description="Who calls.", examples=["x-wing@cluster1"])
    to: TargetReference = Field(
        description="Who is called, and on which port.", examples=["rebel-base@cluster2:80"]
    )
    is_: Expected = Field(description="The verdict that it must have.", examples=["allow"])


Expectations = Seq[Expectation]
