"""Options and paths for all tests."""

import os
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).parent.parent

# What is tested is this checkout, in this process and in others, whichever one is installed.
sys.path[:0] = [str(Path(__file__).parent), str(ROOT)]
os.environ["PYTHONPATH"] = str(ROOT)  # noqa: TID251 - for the programs that tests start

# Some tests let no file grow: what Python compiles meanwhile would be kept in halves, and break later runs.
sys.dont_write_bytecode = True

# No test measures time: a busy machine is no failure.
settings.register_profile("meshgen", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("meshgen")


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--update-golden` rewrites what golden and case tests compare with."""
    parser.addoption("--update-golden", action="store_true", help="accept what is seen now")


@pytest.fixture
def update_golden(request: pytest.FixtureRequest) -> bool:
    """Whether expectations are to be rewritten."""
    return bool(request.config.getoption("--update-golden"))


@pytest.fixture
def root() -> Path:
    """The repository."""
    return ROOT
