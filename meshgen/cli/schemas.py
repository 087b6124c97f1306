"""The JSON Schemas of what is made plain data on the command line: certificates, codes, and what is free."""

from typing import Any

from ..cilium.profile import Role
from ..diagnostics import Severity
from ..reporting.schema_parts import (
    FLAG,
    FROM_ONE,
    TEXT,
    TEXTS,
    a_list,
    an_object,
    document,
    one_of,
    or_null,
)
from ..trust.layout import Phase
from .pki.status import AUTHORITY, SCHEMA
from .suggest import SCHEMA as SUGGESTION
from .suggest import WHAT

_MOMENT = {"type": "string", "format": "date-time"}


def pki_status() -> dict[str, Any]:
    """What `meshgen pki status` writes; the authority's phase only where meshgen has made it."""
    certificate = {
        "cluster": or_null(TEXT),
        "role": one_of((AUTHORITY, *Role)),
        "file": TEXT,
        "subject": TEXT,
        "names": TEXTS,
        "issuer": or_null(TEXT),
        "algorithm": TEXT,
        "notBefore": _MOMENT,
        "notAfter": _MOMENT,
        "daysLeft": {"type": "integer"},
        "fingerprint": TEXT,
        "keyMatches": or_null(FLAG),
    }
    whole = {
        "schema": {"const": SCHEMA},
        "phase": one_of(Phase),
        "signing": FROM_ONE,
        "trusted": a_list(FROM_ONE),
        "certificates": a_list(an_object(certificate)),
    }
    return document(
        "Certificates, as meshgen pki status --format json writes them",
        an_object(whole, optional=("phase", "signing", "trusted")),
    )


def codes() -> dict[str, Any]:
    """What `meshgen explain` writes: all codes, or one with its page."""
    row = {"code": TEXT, "name": TEXT, "severity": one_of(Severity), "summary": TEXT}
    return document(
        "Codes, as meshgen explain --format json writes them",
        {"anyOf": [a_list(an_object(row)), an_object({**row, "page": TEXT})]},
    )


def suggestion() -> dict[str, Any]:
    """What `meshgen suggest` writes: a number for an ID, and else text."""
    whole = {
        "schema": {"const": SUGGESTION},
        "what": one_of(WHAT),
        "next": {"anyOf": [FROM_ONE, TEXT]},
    }
    return document("The next free one, as meshgen suggest --format json writes it", an_object(whole))
