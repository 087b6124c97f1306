"""The option that takes a provider."""

from typing import Any, get_args

import click
from click.shell_completion import CompletionItem

from ..model.cluster import Provider, meant
from .options import Kind

_PROVIDERS: tuple[str, ...] = get_args(Provider)


class _ProviderName(Kind):
    """A provider of mesh.yaml, with the way out that a check of mesh.yaml has."""

    name = "PROVIDER"

    def convert(self, value: Any, param: Any, ctx: Any) -> str:
        """The provider."""
        if value not in _PROVIDERS:
            near = meant(value, _PROVIDERS)
            question = f"; did you mean {near!r}?" if near else ""
            self.fail(f"{value!r} is not one of {', '.join(map(repr, _PROVIDERS))}{question}", param, ctx)
        return str(value)

    def shell_complete(self, _ctx: Any, _param: Any, incomplete: str) -> list[CompletionItem]:
        """The providers that begin so."""
        return [CompletionItem(name) for name in _PROVIDERS if name.startswith(incomplete)]


def provider_option(meaning: str, **more: Any) -> click.Option:
    """`--provider`, with what it means and whatever else an option may have."""
    told = f"{meaning}: {', '.join(_PROVIDERS[:-1])} or {_PROVIDERS[-1]}."
    return click.Option(["--provider"], type=_ProviderName(), help=told, **more)
