"""What the fixtures of this folder give."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

Kubectl = Callable[..., str]
Build = Callable[[dict[str, Any]], Path]
