"""`meshgen pki rotate`."""

from datetime import date
from typing import Any

import click

from ...cilium.profile import Role
from ...trust.changes import Changes
from ...trust.making import issue, needed, signer
from ...trust.rotating import Step, rotate_authority
from ..options import Options, make_command
from .session import clusters_named, finish, guarded, open_store, parameters, require_generate, split


@guarded
def rotate(
    *,
    options: Options,
    arguments: tuple[str, ...],
    role: tuple[str, ...],
    ca: str | None,
    identity: tuple[str, ...],
    as_of: date | None,
    **_: Any,
) -> int:
    """
    Renew certificates of clusters, with fresh keys, or replace the authority step by step.

    The authority is replaced in three steps, one a commit: `trust` adds the new one beside the old,
    `issue` renews every certificate with it, `drop` removes the old one. Before the next step, every
    agent and what it dials must have restarted with the last. Each step proves that clusters which lag it
    still connect. `abort` goes back from `trust`.
    """
    mesh, clusters = split(arguments)
    file, store = open_store(options, mesh, identity, as_of)
    require_generate(store)
    if ca is not None:
        if clusters or role:
            message = "--ca is for the whole mesh; it takes no cluster and no --role"
            raise click.UsageError(message)
        changes, proof = rotate_authority(store, Step(ca))
        proven = f"{proof.edges} connections verified, with clusters before and after this step"
        return finish(file, store, Changes(notes=(proven,)).then(changes), options)
    if not clusters:
        message = "say which clusters, or --ca"
        raise click.UsageError(message)
    there = needed(clusters_named(store, clusters))
    _require_roles(clusters, tuple(dict.fromkeys(str(one) for _, one in there)), role)
    wanted = [(cluster, one) for cluster, one in there if not role or one in role]
    return finish(file, store, issue(store, wanted, signer(store)), options)


def _require_roles(clusters: tuple[str, ...], there: tuple[str, ...], wanted: tuple[str, ...]) -> None:
    """
    See to it that every kind of certificate that is asked for is one of the clusters'.

    Raises:
        click.UsageError: naming what there is to renew.

    """
    for role in wanted:
        if role not in there:
            message = (
                f"nothing is renewed: {', '.join(clusters)} has no {role} certificate; "
                f"there are {', '.join(there)}, and without --role all of them are renewed, due or not"
            )
            raise click.UsageError(message)


command = make_command(
    "rotate",
    rotate,
    parameters(
        "[MESH] [CLUSTER]...",
        click.Option(
            ["--role"],
            multiple=True,
            type=click.Choice([str(role) for role in Role]),
            help="Only certificates of this kind; repeatable.",
        ),
        click.Option(
            ["--ca"],
            type=click.Choice([str(step) for step in Step]),
            help="Replace the authority: the next step.",
        ),
    ),
    """
meshgen pki rotate cluster1 --identity operator.age.txt
meshgen pki rotate cluster1 --role remote --identity operator.age.txt
meshgen pki rotate --ca trust --identity operator.age.txt
""",
)
