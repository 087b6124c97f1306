"""A file that should be an etcd client configuration, read."""

from typing import Any

import yaml

from .etcd_config import FILES, EtcdConfig

_LEGACY = "ca-file"
_NOTHING = ("", "~", "null")


class UnreadableConfigError(Exception):
    """A file that should be an etcd configuration and is not."""


def read_config(content: bytes) -> EtcdConfig:
    """
    A configuration from its file.

    Raises:
        UnreadableConfigError: when it is no YAML mapping with a list of endpoints, or names no texts.

    """
    try:
        # NOTE: this loader takes every scalar for text, whatever its tag; numbers could take hours to read.
        document: Any = yaml.load(content, yaml.CBaseLoader)  # noqa: S506 - it makes nothing but texts
    except (yaml.YAMLError, ValueError, RecursionError):
        document = None
    endpoints = document.get("endpoints") if isinstance(document, dict) else None
    if not isinstance(endpoints, list) or not endpoints:
        message = "is no etcd configuration with endpoints"
        raise UnreadableConfigError(message)
    files = {key: document[key] for key in (*FILES, _LEGACY) if document.get(key, "") not in _NOTHING}
    # NOTE: only texts are looked at; aliases can make anything else larger than the memory there is.
    if not all(isinstance(text, str) for text in (*endpoints, *files.values())):
        message = "has something else than text among its endpoints and files"
        raise UnreadableConfigError(message)
    legacy = files.pop(_LEGACY, None) is not None and "trusted-ca-file" not in files
    return EtcdConfig(endpoints=tuple(endpoints), files=files, legacy=legacy)
