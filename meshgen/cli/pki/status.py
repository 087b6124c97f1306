"""`meshgen pki status`."""

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

from ...trust.inventory import Authority, Held
from ...trust.store import Store
from ..options import Options, make_command
from ..output import write_outputs
from ..run import Exit
from .session import guarded, only_mesh, open_store, parameters

SCHEMA = "meshgen.pki-status/v1"

AUTHORITY = "authority"
"""The role of a certificate that signs others."""


@guarded
def status(
    *, options: Options, arguments: tuple[str, ...], identity: tuple[str, ...], as_of: date | None, **_: Any
) -> int:
    """
    Show every certificate and when it expires, whose it is, what signed it and what it covers.

    `--format json` gives the same as data. Whether anything is wrong is said by `meshgen check`.
    """
    store = open_store(options, only_mesh(arguments), identity, as_of)[1]
    rows = list(_rows(store))
    write_outputs(options, lambda name: _json(store, rows) if name == "json" else _text(store, rows))
    return Exit.CLEAN


def _json(store: Store, rows: list[dict[str, Any]]) -> str:
    document: dict[str, Any] = {"schema": SCHEMA}
    if store.mesh.tls.source == "generate":
        state = store.state
        document |= {"phase": str(state.phase), "signing": state.signing, "trusted": list(state.trusted)}
    return json.dumps({**document, "certificates": rows}, indent=2) + "\n"


def _text(store: Store, rows: list[dict[str, Any]]) -> str:
    lines = [
        f"{row['cluster'] or 'mesh':<32} {row['role']:<9} expires {row['notAfter'][:10]} "
        f"({row['daysLeft']} days)  {row['fingerprint'][:16]}  {row['subject']}\n"
        for row in rows
    ]
    if store.mesh.tls.source == "generate":
        state = store.state
        lines.insert(0, f"phase {state.phase}, authority {state.signing} signs\n")
    return "".join(lines) if rows else "there is no certificate yet\n"


def _rows(store: Store) -> Iterator[dict[str, Any]]:
    subjects = {one.facts.fingerprint: one.facts.common_name for one in store.inventory.authorities}
    for one in store.inventory.certificates:
        facts = one.facts
        yield {
            "cluster": None if one.cluster is None else store.mesh.clusters[one.cluster].name,
            "role": _role(one),
            "file": one.path,
            "subject": facts.common_name,
            "names": list(facts.names),
            "issuer": subjects.get(facts.issuer or ""),
            "algorithm": facts.algorithm,
            "notBefore": facts.not_before.isoformat(),
            "notAfter": facts.not_after.isoformat(),
            "daysLeft": (facts.not_after.date() - store.now.date()).days,
            "fingerprint": facts.fingerprint,
            "keyMatches": one.key_matches,
        }


def _role(one: Authority | Held) -> str:
    return str(one.role) if isinstance(one, Held) else AUTHORITY


command = make_command(
    "status",
    status,
    parameters("[MESH]"),
    """
meshgen pki status
meshgen pki status --format json --as-of 2027-06-01
""",
    formats=("text", "json"),
)
