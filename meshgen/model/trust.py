"""`tls`, `secrets` and `gitops`: where TLS material comes from, how keys are kept, who applies the tree."""

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from .later import Later
from .node import Node, Seq
from .scalars import (
    EXAMPLE_RECIPIENT,
    AgeRecipient,
    Days,
    DnsSubdomain,
    Fingerprint,
    Folder,
    GitRevision,
    KeyAddress,
    LegibleFolder,
    OwnFile,
    OwnFolder,
    RepoFolder,
    RepoURL,
)

if TYPE_CHECKING:
    from .external import MaybeExternal
else:
    MaybeExternal = Annotated[Any, Later("external", "MaybeExternal")]

Algorithm = Literal["ecdsa-p256", "rsa-2048", "ed25519"]


class Validity(Node):
    """How long new certificates are valid."""

    ca: Days = Field("3650d", description="The mesh's authority.", examples=["3650d"])
    leaf: Days = Field(
        "365d",
        description="Certificates of clusters; never longer than the authority's.",
        examples=["365d"],
    )


class Issuer(Node):
    """What signs certificates in each cluster, for source `in-cluster`."""

    kind: Literal["ClusterIssuer", "Issuer"] = Field(
        "ClusterIssuer", description="Its kind.", examples=["ClusterIssuer"]
    )
    name: DnsSubdomain = Field("cilium-mesh", description="Its name.", examples=["cilium-mesh"])
    group: DnsSubdomain = Field(
        "cert-manager.io",
        description="Its API group.",
        examples=["cert-manager.io", "awspca.cert-manager.io"],
    )


class Tls(Node):
    """Where the certificates and keys of the mesh come from; absent, no Secret is built."""

    source: Literal["generate", "files", "in-cluster"] | None = Field(
        None,
        description="`generate`: one authority for the mesh, kept in the store by `meshgen pki`. "
        "`files`: what the guide's extract script leaves in a folder. "
        "`in-cluster`: cert-manager makes keys in each cluster, and none is in Git (Cilium >= 1.14).",
        examples=["generate"],
    )
    algorithm: Algorithm = Field(
        "ecdsa-p256", description="The keys that `meshgen pki` makes.", examples=["ecdsa-p256"]
    )
    files: Folder = Field(
        "config/",
        description="The folder for source `files`, relative to mesh.yaml.",
        examples=["config/"],
    )
    store: OwnFolder = Field(
        "pki/",
        description="The store, relative to mesh.yaml: certificates in clear, keys only sealed.",
        examples=["pki/"],
    )
    store_recipients: Seq[AgeRecipient] = Field(
        (),
        description="Who can open the keys of the store, whatever the backend. "
        "Default: secrets.sops.recipients.",
        examples=[[EXAMPLE_RECIPIENT]],
    )
    issuer: Issuer = Field(
        {},
        validate_default=True,
        description="What signs in each cluster, for source `in-cluster`; the authority behind it is the "
        "same everywhere, or all of them are in `caBundle`.",
        examples=[{"kind": "ClusterIssuer", "name": "cilium-mesh"}],
    )
    ca_bundle: OwnFile | None = Field(
        None,
        description="The authorities that every cluster trusts, for source `in-cluster`: a file of PEM "
        "certificates, relative to mesh.yaml.",
        examples=["pki/authorities.pem"],
    )
    validity: Validity = Field(
        {},
        validate_default=True,
        description="For how long certificates are issued.",
        examples=[{"ca": "3650d", "leaf": "365d"}],
    )


class SopsKeys(Node):
    """Keys of services that open the Secrets of every cluster too; the program `sops` then seals them."""

    kms: Seq[KeyAddress] = Field(
        (),
        description="ARNs of keys in AWS KMS.",
        examples=[["arn:aws:kms:us-east-1:111122223333:key/6a91c1b1-6f2e-4a33-9d3c-1f0f6a4b1d11"]],
    )
    gcp_kms: Seq[KeyAddress] = Field(
        (),
        description="Resource IDs of keys in Google Cloud KMS.",
        examples=[["projects/mesh/locations/global/keyRings/sops/cryptoKeys/mesh"]],
    )
    azure_key_vault: Seq[KeyAddress] = Field(
        (),
        description="URLs of keys in Azure Key Vault.",
        examples=[["https://mesh.vault.azure.net/keys/sops/1c2f3a4b5d6e7f8091a2b3c4d5e6f708"]],
    )
    hc_vault: Seq[KeyAddress] = Field(
        (),
        description="URLs of keys in Vault's transit engine.",
        examples=[["https://vault.example.com:8200/v1/sops/keys/mesh"]],
    )
    pgp: Seq[Fingerprint] = Field(
        (),
        description="Fingerprints of OpenPGP keys in the keyring of `gpg`.",
        examples=[["85D77543B3D624B63CEA9E6DBC17301B491B3F21"]],
    )


class Sops(Node):
    """SOPS: with age, and where it is asked for with keys of services."""

    recipients: Seq[AgeRecipient] = Field(
        (),
        description="Operators: they can open the Secrets of every cluster. "
        "`clusters[].recipients` adds the cluster's own identity, such as its Flux.",
        examples=[[EXAMPLE_RECIPIENT]],
    )
    keys: SopsKeys = Field(
        {},
        validate_default=True,
        description="Keys of services beside age. With any, `sops` must be on PATH where Secrets are sealed.",
        examples=[{"pgp": ["85D77543B3D624B63CEA9E6DBC17301B491B3F21"]}],
    )


class SealedSecrets(Node):
    """The sealed-secrets controller of each cluster."""

    certificates: LegibleFolder = Field(
        "pki/sealing/",
        description="The controllers' certificates, `<cluster>.pem`, relative to mesh.yaml.",
        examples=["pki/sealing/"],
    )


class Secrets(Node):
    """How Secrets are kept."""

    backend: Literal["sops", "sealed-secrets", "external-secrets", "plaintext"] = Field(
        "plaintext",
        description="`sops`, `sealed-secrets` and `external-secrets` stand in the output tree. "
        "`plaintext`: outside of it, in `secrets/` beside mesh.yaml, ignored by Git.",
        examples=["sops"],
    )
    sops: Sops = Field(
        {},
        validate_default=True,
        description="For backend `sops`.",
        examples=[{"recipients": [EXAMPLE_RECIPIENT]}],
    )
    sealed_secrets: SealedSecrets = Field(
        {},
        validate_default=True,
        description="For backend `sealed-secrets`.",
        examples=[{"certificates": "pki/sealing/"}],
    )
    external_secrets: MaybeExternal = Field(
        None, description="For backend `external-secrets`.", examples=[{"store": {"name": "vault"}}]
    )


class GitOps(Node):
    """Who applies the tree, and from where; with all of it, the build writes what the tool begins with."""

    tool: Literal["argocd", "flux"] | None = Field(
        None,
        description="The GitOps tool. Together with the other three, `_gitops/` in the output tree is what "
        "it begins with.",
        examples=["flux"],
    )
    repo_url: RepoURL | None = Field(
        None,
        alias="repoURL",
        description="The repository that holds the tree, without a user or password.",
        examples=["https://git.example.com/mesh.git", "ssh://git@git.example.com/mesh.git"],
    )
    revision: GitRevision | None = Field(
        None, description="The branch, a tag as `refs/tags/NAME`, or a commit.", examples=["main"]
    )
    path: RepoFolder | None = Field(
        None,
        description="The tree's folder in the repository, from its root: where `-o` writes.",
        examples=["out"],
    )
