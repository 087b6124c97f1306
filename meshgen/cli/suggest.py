"""`meshgen suggest`."""

import json
from typing import Any

import click

from ..model import Mesh
from ..suggestions import next_free_cidr, next_free_id, used_ranges
from .input import read_mesh
from .options import Kind, Options, make_command, mesh_argument
from .output import report_of, show, write_outputs
from .providers import provider_option
from .run import CannotRunError, Exit

SCHEMA = "meshgen.suggest/v1"
WHAT = ("id", "pod-cidr")


class PrefixLength(Kind):
    """`16` or `/16`."""

    name = "PREFIX"

    def convert(self, value: Any, param: Any, ctx: Any) -> int:
        """The length of the prefix."""
        text = str(value).removeprefix("/")
        if not text.isdigit() or not 1 <= int(text) <= 128:  # noqa: PLR2004 - bits of an address
            self.fail(f"{value!r} is not a prefix length such as 16", param, ctx)
        return int(text)


def suggest(
    *, options: Options, what: str, mesh: str, provider: str | None, size: int, ipv6: bool, **_: Any
) -> int:
    """
    Print the next free cluster ID or PodCIDR of a mesh.

    IDs for aws and alibaba keep clear of the bit that ENI and aws-cni networking uses itself.
    """
    from ..inspection import inspect

    file = read_mesh(mesh)
    inspection = inspect(file.content, file.shown)
    if inspection.mesh is None:
        return show(report_of(inspection, (), options), options.of_findings)
    found = _id(inspection.mesh, provider) if what == "id" else _cidr(inspection.mesh, size, ipv6=ipv6)
    if found is None:
        message = f"no {what} of that kind is free"
        raise CannotRunError(message)
    told = json.dumps({"schema": SCHEMA, "what": what, "next": found})
    write_outputs(options, lambda form: f"{told if form == 'json' else found}\n")
    return Exit.CLEAN


def _id(mesh: Mesh, provider: str | None) -> int | None:
    return next_free_id(mesh, provider)


def _cidr(mesh: Mesh, size: int, *, ipv6: bool) -> str | None:
    bits = 128 if ipv6 else 32
    if size > bits:
        message = f"/{size} is not an IPv4 prefix; for IPv6 say --ipv6"
        raise click.UsageError(message)
    return next_free_cidr(mesh, used_ranges(mesh), 1 << (bits - size), six=ipv6)


command = make_command(
    "suggest",
    suggest,
    [
        click.Argument(["what"], type=click.Choice(WHAT)),
        mesh_argument(),
        provider_option("The provider the ID is for"),
        click.Option(
            ["--size"],
            type=PrefixLength(),
            default=16,
            show_default=True,
            help="The prefix length.",
        ),
        click.Option(["--ipv6"], is_flag=True, help="An IPv6 block."),
    ],
    """
meshgen suggest id --provider aws
meshgen suggest pod-cidr --size 16
meshgen suggest pod-cidr mesh.yaml --size 64 --ipv6
""",
    formats=("text", "json"),
)
