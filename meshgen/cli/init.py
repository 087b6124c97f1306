"""`meshgen init`."""

from typing import Any, get_args

import click

from ..model.cluster import Provider
from .options import Options, make_command, mesh_argument
from .output import tell
from .run import CannotRunError, Exit


def init(
    *, options: Options, mesh: str, clusters: int, provider: str, name: str, cilium: str, **_: Any
) -> int:
    """
    Write a commented mesh.yaml to start from.

    Never over an existing file; `-` prints it.
    """
    from ..starter import starter

    text = starter(name=name, clusters=clusters, provider=provider, cilium=cilium)
    if mesh == "-":
        click.echo(text, nl=False)
        return Exit.CLEAN
    try:
        with open(mesh, "x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        message = f"{mesh} exists already; it is left as it is"
        raise CannotRunError(message) from None
    tell(options, f"{mesh}: written; next: meshgen check {mesh}")
    return Exit.CLEAN


command = make_command(
    "init",
    init,
    [
        mesh_argument(),
        click.Option(
            ["--clusters"],
            type=click.IntRange(1, 200),
            default=2,
            show_default=True,
            help="How many.",
        ),
        click.Option(
            ["--provider"],
            type=click.Choice(get_args(Provider)),
            default="generic",
            show_default=True,
            help="Their provider.",
        ),
        click.Option(["--name"], default="my-mesh", show_default=True, help="The mesh's name."),
        click.Option(["--cilium"], default="1.8.13", show_default=True, help="The version of Cilium."),
    ],
    """
meshgen init
meshgen init --clusters 3 --provider aws
meshgen init - --name production
""",
)
