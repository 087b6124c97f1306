"""Running the commands of a review, in this process."""

import pytest
from commands import Run, runner


@pytest.fixture
def meshgen(capsys: pytest.CaptureFixture[str]) -> Run:
    """`meshgen("diff", …)` gives the status and what was written."""
    return runner(capsys)
