"""
Stands in for the module by which pydantic looks for plugins; meshgen wants none.

That one imports importlib.metadata, and email and zipfile with it: a twentieth of the time of a small build.
"""

import os
import sys
from importlib import import_module
from typing import Any

_LOADER = "pydantic.plugin._loader"


def get_plugins() -> tuple[()]:
    """None at all."""
    return ()


def __getattr__(name: str) -> Any:
    """What another version of pydantic asks for besides: the module itself steps in."""
    if name.startswith("__"):  # asked for by the import of this very module
        raise AttributeError(name)
    if sys.modules.get(_LOADER) is sys.modules[__name__]:
        del sys.modules[_LOADER]
    return getattr(import_module(_LOADER), name)


def switch_plugins_off() -> None:
    """For this process; a pydantic that looks for them in other ways is told by its own variable."""
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    sys.modules.setdefault(_LOADER, sys.modules[__name__])
