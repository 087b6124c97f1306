"""MG522: Hubble's relay is to trust the mesh's authorities, and its certificates come from another one."""

from collections.abc import Iterator

from ..diagnostics import Problem, Related, Rule, Severity
from ..model.layers import value_at
from ..survey import Survey

RULE = Rule(
    code="MG522",
    name="hubble-outside-bundle",
    severity=Severity.WARNING,
    doc="""
Hubble's relay is given the authorities of `tls.caBundle`, and Hubble's certificates come from another one.

## Why it matters
The chart has one bundle for all: with `tls.caBundle` the relay trusts what is in there instead of what came with Hubble's certificates.
The chart makes those itself unless it is told otherwise, and the relay then refuses every agent: `certificate signed by unknown authority`.

## How to fix
Let the same issuer sign them: set `hubble.tls.auto.method: certmanager` and its `certManagerIssuerRef` under `helmValues`.
Or add the authority of Hubble's certificates to the file of `tls.caBundle`, and accept this finding under `ignore`.
""",
)


def hubble_outside_bundle(survey: Survey) -> Iterator[Problem]:
    """One problem for each cluster with such a relay."""
    if survey.mesh.tls.source != "in-cluster" or survey.mesh.tls.ca_bundle is None:
        return
    for index, cluster in enumerate(survey.mesh.clusters):
        values = cluster.helm_values
        relayed = value_at(values, "hubble", "relay", "enabled") is True
        encrypted = value_at(values, "hubble", "tls", "enabled") is not False
        if relayed and encrypted and value_at(values, "hubble", "tls", "auto", "method") != "certmanager":
            yield RULE.problem(
                ("clusters", index, "helmValues", "hubble"),
                f"Hubble's relay in {survey.names[index]} trusts tls.caBundle alone, and its certificates are "
                "the chart's own",
                related=(Related(("tls", "caBundle"), "whom it trusts"),),
                help="set hubble.tls.auto.method: certmanager, or add Hubble's authority to the file",
            )
