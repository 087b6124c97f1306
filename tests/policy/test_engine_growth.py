"""The work of the engine grows as the policies do."""

import json
import subprocess
import sys
from pathlib import Path


def test_twice_the_rules_are_about_twice_the_work() -> None:
    program = Path(__file__).with_name("engine_growth.py")
    printed = subprocess.run([sys.executable, program], capture_output=True, text=True, check=True).stdout
    growth = {name: large / small for name, (small, large) in json.loads(printed).items()}

    assert len(growth) > 5
    assert {name: round(ratio, 2) for name, ratio in growth.items() if ratio > 2.6} == {}
