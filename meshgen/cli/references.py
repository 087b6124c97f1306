"""References on the command line: what they name must exist, or the nearest name is told."""

from collections.abc import Iterator

import click

from ..model.reference import (
    Kind,
    Reference,
    ReferenceFormError,
    Scope,
    Target,
    parse_reference,
    parse_target,
)
from ..nearest import nearest
from ..policy.absence import nobody
from ..reachability.scene import Scene


def reference(text: str) -> Reference:
    """
    Whom a text names.

    Raises:
        UsageError: when it is no reference.

    """
    try:
        return parse_reference(text)
    except ReferenceFormError as wrong:
        message = f"{text!r} {wrong.reason}; {wrong.way_out}"
        raise click.UsageError(message) from None


def target(text: str) -> Target:
    """
    Whom a text names, and the port behind it.

    Raises:
        UsageError: when it is no reference.

    """
    try:
        return parse_target(text)
    except ReferenceFormError as wrong:
        message = f"{text!r} {wrong.reason}; {wrong.way_out}"
        raise click.UsageError(message) from None


def must_exist(scene: Scene, wanted: Reference) -> None:
    """
    Make sure that a reference names something of a mesh, and stands for somebody.

    Raises:
        UsageError: with the nearest name, or with why it stands for nobody, when it does not.

    """
    directory = scene.directory
    if wanted.kind is Kind.WORKLOAD and wanted.name not in directory.workloads:
        _unknown(wanted, "workload", wanted.name, list(directory.workloads))
    if wanted.kind is Kind.SERVICE and directory.service(wanted) is None:
        names = [f"{namespace}/{name}" for namespace, name in directory.services]
        _unknown(wanted, "service", f"{wanted.namespace}/{wanted.name}", names)
    if wanted.kind is Kind.NAMESPACE and wanted.name not in scene.namespaces:
        _unknown(wanted, "namespace", wanted.name, list(scene.namespaces))
    where = wanted.where
    if where is not None and where.scope is Scope.NAMED and where.name not in directory.clusters:
        _unknown(wanted, "cluster", where.name, list(directory.clusters))
    if absence := nobody(directory, wanted):
        message = f"{wanted.text}: {absence.text}"
        raise click.UsageError(message)


def _unknown(wanted: Reference, what: str, name: str, known: list[str]) -> None:
    near = nearest(name, known)
    hint = f"did you mean {near!r}?" if near else f"there are: {', '.join(sorted(known)) or 'none'}"
    message = f"{wanted.text}: the mesh has no {what} {name!r}; {hint}"
    raise click.UsageError(message)


def told_apart(scene: Scene, wanted: Reference) -> Iterator[str]:
    """What a reference does not mean, though one may think so."""
    block = wanted.block
    for cluster in scene.mesh.clusters if block is not None else ():
        if block and any(one.first <= block.last and block.first <= one.last for one in cluster.pod_cidrs):
            yield (
                f"{wanted.text}: pods of {cluster.name} have addresses in it, but policies know pods by "
                f"their labels: ask for any@{cluster.name}"
            )
