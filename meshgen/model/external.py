"""`secrets.externalSecrets`: where the External Secrets Operator fetches keys from."""

from typing import Literal

from pydantic import Field

from .node import Node
from .scalars import DnsSubdomain


class SecretStore(Node):
    """The store that the External Secrets Operator reads."""

    kind: Literal["ClusterSecretStore", "SecretStore"] = Field(
        "ClusterSecretStore", description="Its kind.", examples=["ClusterSecretStore"]
    )
    name: DnsSubdomain = Field(description="Its name.", examples=["vault"])


class ExternalSecrets(Node):
    """The External Secrets Operator: no key material in the tree at all."""

    store: SecretStore = Field(
        description="Where keys are read from.", examples=[{"kind": "ClusterSecretStore", "name": "vault"}]
    )
    path: str = Field(
        "mesh/{cluster}",
        min_length=1,
        description="The path of a cluster's keys in the store; `{cluster}` is its name.",
        examples=["mesh/{cluster}"],
    )


MaybeExternal = ExternalSecrets | None
