"""The JSON Schemas of findings, of who can reach whom, of traces and of expectations."""

from typing import Any, get_args

from ..diagnostics import Severity
from ..engine.analysis import Verdict
from ..model.expect import Expected
from .machine import SCHEMA as FINDINGS
from .reach.machine import SCHEMA as REACH
from .schema_parts import (
    COUNT,
    FLAG,
    FOUND,
    FROM_ONE,
    REASON,
    REASONS,
    TEXT,
    TEXTS,
    TOOL,
    a_list,
    an_object,
    document,
    one_of,
    or_null,
    ref,
)
from .traces import TEST, TRACE

_SPAN = {"start": or_null(ref("position")), "end": or_null(ref("position"))}


def findings() -> dict[str, Any]:
    """What every command with findings writes, `meshgen.findings/v1`."""
    finding = {
        "code": TEXT,
        "name": TEXT,
        "severity": one_of(Severity),
        "message": TEXT,
        "help": or_null(TEXT),
        "file": TEXT,
        "path": TEXT,
        **_SPAN,
        "related": a_list(an_object({"message": TEXT, "file": TEXT, "path": TEXT, **_SPAN})),
    }
    whole = {
        "schema": {"const": FINDINGS},
        "findings": a_list(an_object(finding)),
        "summary": an_object({str(severity): COUNT for severity in Severity}),
    }
    position = an_object({"line": FROM_ONE, "column": FROM_ONE})
    return document("Findings, as --format json writes them", an_object(whole), {"position": position})


def reach() -> dict[str, Any]:
    """What `meshgen reach` writes, `meshgen.reach/v1`."""
    row = {
        "from": ref("side"),
        "to": ref("side"),
        "ports": TEXTS,
        "verdict": one_of(one for one in Verdict if one is not Verdict.DENIED),
        "doubts": TEXTS,
    }
    whole = {"schema": {"const": REACH}, "tool": TOOL, "mesh": TEXT, "rows": a_list(an_object(row))}
    return document(
        "Who can reach whom, as meshgen reach --format json writes it",
        an_object(whole),
        {"side": an_object({"told": TEXTS, "endpoints": TEXTS})},
    )


def trace() -> dict[str, Any]:
    """What `meshgen trace` writes, `meshgen.trace/v1`."""
    one = an_object({"from": TEXT, "to": TEXT, "port": TEXT, **REASON})
    whole = {"schema": {"const": TRACE}, "tool": TOOL, "traces": a_list(one)}
    definitions = {name: part for name, part in REASONS.items() if name in {"decider", "half"}}
    return document("Traces, as meshgen trace --format json writes them", an_object(whole), definitions)


def expectations() -> dict[str, Any]:
    """What `meshgen test` writes, `meshgen.test/v1`."""
    one = {
        "from": TEXT,
        "to": TEXT,
        "is": one_of(get_args(Expected)),
        "holds": FLAG,
        "found": FOUND,
        "place": ref("place"),
        "because": or_null(ref("reason")),
        "absent": or_null(TEXT),
    }
    whole = {"schema": {"const": TEST}, "tool": TOOL, "expectations": a_list(an_object(one))}
    return document("Expectations, as meshgen test --format json writes them", an_object(whole), REASONS)
