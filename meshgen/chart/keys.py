"""
Which values the official chart has, minor by minor.

Source: the values.yaml of cilium/charts, `cilium-<chart>.tgz`, as `keys/<minor>.json` says; a mapping
is a branch, `map` and `list` take content of any form, null is a value.
"""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from ..cilium.version import Version

FIRST = Version(1, 13)
LAST = Version(1, 20)

Keys = Mapping[str, Any]


@cache
def keys_of(minor: tuple[int, int]) -> Keys:
    """The values of a minor line as a tree, such as `keys_of((1, 19))["cluster"]`; empty where unknown."""
    if not FIRST[:2] <= minor <= LAST[:2]:
        return {}
    # NOTE: not by importlib.resources, which takes longer to load than the file.
    text = (Path(__file__).parent / "keys" / f"{minor[0]}.{minor[1]}.json").read_text(encoding="utf-8")
    keys: Keys = json.loads(text)["keys"]
    return keys


def has(version: Version, *path: str) -> bool:
    """Whether the chart of a version has a value."""
    keys: Any = keys_of(version[:2])
    for step in path:
        if not isinstance(keys, dict) or step not in keys:
            return False
        keys = keys[step]
    return True
