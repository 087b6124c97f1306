"""MG404: a policy that a known fault of this version of Cilium makes open more than it says."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..diagnostics import Problem, Rule, Severity
from ..survey import Survey

if TYPE_CHECKING:
    from ..engine.entries import ObjectPath
    from ..reachability.written import Written

RULE = Rule(
    code="MG404",
    name="vulnerable-semantics",
    severity=Severity.ERROR,
    doc="""
A policy says something that this version of Cilium, by a known vulnerability, takes for more.

## Why it matters
CVE-2023-41333: before 1.12.14, 1.13.7 and 1.14.2 a subject with `reserved:init` leaves its namespace, so whoever may write policies in one namespace decides about the pods of all.
CVE-2026-56743: from 1.19.0 to 1.19.4 a NetworkPolicy that lets an `ipBlock` in admits every pod of its own namespace, too.

## How to fix
Run a version that has the fix, or write the policy without this part.
""",
)


def vulnerable_semantics(survey: Survey) -> Iterator[Problem]:
    """One problem for each part of a policy that does."""
    if survey.picture is None:
        return
    from ..reachability.written import listed, place_of, problem_at

    told = set()
    for written in survey.picture.written:
        for path, message, way_out in _faults(written):
            key = place_of(written.one, path)
            if key not in told:
                told.add(key)
                where = f"with Cilium {written.rules.version} in {listed(written.clusters)}"
                yield problem_at(
                    RULE, written.one, path, f"{message}, {where}", label="means more", help=way_out
                )


def _faults(written: "Written") -> "Iterator[tuple[ObjectPath, str, str]]":
    from ..engine.admission import blocks
    from ..engine.selectors import leaves_namespace

    if written.is_of_kubernetes:
        if written.rules.ip_block_admits_namespace:
            yield from _blocks(written)
    elif written.one.namespace and written.reading.entries and not written.rules.init_stays_in_namespace:
        for path, block in blocks(written.one.manifest):
            if leaves_namespace(block.get("endpointSelector")):
                yield (
                    (*path, "endpointSelector"),
                    f"the subject reserved:init of {written.told} is pods of every namespace (CVE-2023-41333)",
                    "upgrade to 1.12.14, 1.13.7, 1.14.2 or later, or use a CiliumClusterwideNetworkPolicy",
                )


def _blocks(written: "Written") -> "Iterator[tuple[ObjectPath, str, str]]":
    space = written.one.namespace or "default"
    message = f"the ipBlock of {written.told} also admits every pod of {space} (CVE-2026-56743)"
    for entry in written.reading.entries:
        for path, peer in written.peers(entry):
            if entry.direction == "ingress" and peer.get("ipBlock"):
                yield path, message, "upgrade to 1.19.5, or write a CiliumNetworkPolicy with fromCIDR"
