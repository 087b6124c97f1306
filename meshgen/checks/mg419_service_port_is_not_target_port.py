"""MG419: a rule with the port of a service, where policies look at that of its pods."""

from collections.abc import Iterator

from ..diagnostics import Problem, Related, Rule, Severity
from ..survey import Survey

RULE = Rule(
    code="MG419",
    name="service-port-is-not-target-port",
    severity=Severity.INFO,
    doc="""
A rule names a port that is a global service's port, and the service's pods listen on another one.

## Why it matters
Policies are enforced after the service's address was replaced by that of a pod, so they see the pod's port (`targetPort`).
A rule with the service's port never matches calls through the service.
It is a warning where no pod that the rule is about listens on its port at all, as far as `ports` of the workloads tell.

## How to fix
Write the pods' port, or `to: service:NAMESPACE/NAME`, which means the pods' ports by itself.
""",
)


def service_port_is_not_target_port(survey: Survey) -> Iterator[Problem]:
    """One problem for each such port of a rule."""
    if survey.picture is None or not survey.mesh.services:
        return
    from ..reachability.service_ports import mistaken
    from ..reachability.written import called, problem_at

    for found in mistaken(survey.picture):
        service = found.service
        message = (
            f"{called(found.one) if found.one else f'the rule {found.rule}'} names {found.port}, the port of the service "
            f"{service.namespace}/{service.name}, whose pods listen on {found.target}"
        )
        details = {
            "label": "not the pods' port",
            "severity": Severity.WARNING if found.nobody_listens else None,
            "help": f"write {found.target}, or to: service:{service.namespace}/{service.name}",
            "related": (Related(("services", found.place, "ports"), "the service's ports"),),
        }
        if found.one:
            yield problem_at(RULE, found.one, found.path, message, **details)
        else:
            yield RULE.problem(found.path, message, **details)
