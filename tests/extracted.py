"""What the guide's extract script leaves in `config/`: real certificates and keys."""

from datetime import UTC, datetime
from functools import cache

from meshgen.trust.etcd_config import write_config
from meshgen.trust.facts import Usage
from meshgen.trust.issuing import Issuer, Subject, make_authority
from meshgen.trust.objects import CA, CERTIFICATE, CONFIG, KEY

SUFFIXES = (CONFIG, CA, CERTIFICATE, KEY)
_START = datetime(2026, 11, 26, tzinfo=UTC)


@cache
def guide_files(name: str) -> dict[str, bytes]:
    """The files of a cluster by their names, made once."""
    return fresh_guide_files(name)


def fresh_guide_files(name: str) -> dict[str, bytes]:
    """The same with an authority, certificate and key of their own."""
    authority = make_authority(f"{name} etcd CA", algorithm="ecdsa-p256", start=_START, days=36_500)
    subject = Subject(common_name="etcd client", usages=frozenset({Usage.CLIENT}))
    client = Issuer(authority).issue(subject, algorithm="ecdsa-p256", start=_START, days=36_000)
    config = write_config(
        f"{name}.mesh.cilium.io",
        2379,
        authority=f"{name}{CA}",
        key=f"{name}{KEY}",
        certificate=f"{name}{CERTIFICATE}",
    )
    return {
        f"{name}{CONFIG}": config,
        f"{name}{CA}": authority.certificate,
        f"{name}{CERTIFICATE}": client.certificate,
        f"{name}{KEY}": client.key,
    }
