"""Values of `helmValues` that are secrets themselves, and do not only name one."""

import re
from collections.abc import Iterator
from typing import Any

from ..location import SourcePath
from ..redaction import holds_private_key, without_credentials

_KEY = re.compile(
    r"(client_?secret|shared_?secret|secret_?value|secret_?key|access_?key|api_?key|passwo?r?d|passphrase|token)$",
    re.IGNORECASE,
)
_VARIABLE = re.compile(
    r"SECRET|PASSWO?R?D|PASSPHRASE|TOKEN|CREDENTIAL|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY", re.IGNORECASE
)
# What tells where a secret is, or something else of it.
_ABOUT = re.compile(r"_(FILE|PATH|DIR|NAME|NAMESPACE|URL|ENDPOINT|TTL|ID)$", re.IGNORECASE)
_ARGUMENT = re.compile(
    r"--[A-Za-z0-9.-]*(secret|password|passphrase|token|api-?key|access-?key)=.+", re.IGNORECASE | re.DOTALL
)
_QUERY = re.compile(r"[?&][A-Za-z_-]*(token|secret|password|api_?key|sig|signature)=[^&\s]", re.IGNORECASE)
# What a variable or a template is put in place of.
_REFERENCE = re.compile(r"\$\(.*\)|\$\{.*\}|\{\{.*\}\}", re.DOTALL)


def private_keys(values: Any, path: SourcePath = ()) -> Iterator[tuple[SourcePath, bool]]:
    """The place of each private key in clear, and whether it is the key of a mapping."""
    for step, value in _steps(values):
        here = (*path, step)
        if isinstance(step, str) and holds_private_key(step):
            yield here, True
        if not isinstance(value, str):
            yield from private_keys(value, here)
        elif holds_private_key(value):
            yield here, False


def passwords(values: Any, path: SourcePath = ()) -> Iterator[SourcePath]:
    """The place of each value that is a password, a token or the like by its name or its form."""
    variable = isinstance(values, dict) and _is_variable(values.get("name"))
    for step, value in _steps(values):
        here = (*path, step)
        if not isinstance(value, str):
            yield from passwords(value, here)
        elif _is_password(step, value, variable=variable and step == "value"):
            yield here


def _steps(values: Any) -> Iterator[tuple[str | int, Any]]:
    if isinstance(values, dict):
        yield from values.items()
    elif isinstance(values, list):
        yield from enumerate(values)


def _is_variable(name: Any) -> bool:
    return isinstance(name, str) and bool(_VARIABLE.search(name)) and not _ABOUT.search(name)


def _is_password(step: str | int, value: str, *, variable: bool) -> bool:
    if holds_private_key(value) or not value.strip() or _REFERENCE.fullmatch(value.strip()):
        return False
    named = variable or (isinstance(step, str) and bool(_KEY.search(step)))
    told = _ARGUMENT.fullmatch(value) or ("://" in value and _QUERY.search(value))
    return named or bool(told) or without_credentials(value) != value
