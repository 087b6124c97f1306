"""How each backend seals the private values of one Secret, and what stands in its way."""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from datetime import date
from posixpath import join

from ..kube.order import in_order
from ..model import Mesh
from .inventory import Inventory
from .private_keys import creation_rule, pattern_of
from .recipients import are_those_of
from .sealed import SealedObject, new_sealed
from .seals import sealed_secrets, sops, sops_program
from .wanting import Wanted


def hindrance(
    mesh: Mesh, inventory: Inventory, values: Sequence[Wanted], today: date | None
) -> tuple[str, str] | None:
    """
    Why nothing can be sealed for a Secret, and what helps; None where nothing hinders.

    A certificate counts as expired when it was so on the day `today`, or when a key that is to be sealed
    was made: no clock is read.
    """
    if mesh.secrets.backend == "sops":
        help_ = "add secrets.sops.recipients, or recipients to the cluster"
        return None if values[0].keys else ("nobody could open it", help_)
    cluster = values[0].place[0]
    path = join(mesh.secrets.sealed_secrets.certificates, f"{cluster}.pem")
    content = inventory.sealing.get(cluster)
    if content is None:
        return f"the controller's certificate {path} is missing", "kubeseal --fetch-cert"
    try:
        ends = sealed_secrets.read_sealing_certificate(content).ends
    except sealed_secrets.SealingError as error:
        return f"{path} {error}", "kubeseal --fetch-cert"
    latest = max(want.held.facts.not_before.date() for want in values)
    if ends < max(latest, today or latest):
        return f"the controller's certificate {path} expired on {ends}", "kubeseal --fetch-cert"
    return None


def seal(
    mesh: Mesh, inventory: Inventory, values: Sequence[Wanted], plain: Mapping[str, bytes]
) -> SealedObject:
    """
    The private values of a Secret, sealed, when nothing hinders; `plain` is by data key.

    Raises:
        OSError: when that needs `sops`, and it is not there or fails.

    """
    if mesh.secrets.backend == "sops":
        return _with_sops(values, plain)
    cluster, name, _ = values[0].place
    key = sealed_secrets.read_sealing_certificate(inventory.sealing[cluster]).key
    sealed = {
        data_key: sealed_secrets.seal(value, key, namespace=values[0].namespace, name=name)
        for data_key, value in plain.items()
    }
    return new_sealed("sealed-secrets", sealed, {})


def controller(mesh: Mesh, inventory: Inventory, cluster: str) -> str:
    """The digest of the controller's key that a cluster's Secrets are sealed for, if there is one."""
    if mesh.secrets.backend == "sops":
        return ""
    return sealed_secrets.digest(sealed_secrets.read_sealing_certificate(inventory.sealing[cluster]).key)


def _with_sops(values: Sequence[Wanted], plain: Mapping[str, bytes]) -> SealedObject:
    keys = values[0].keys
    pattern = pattern_of(plain)
    clear = {"data": {key: b64encode(plain[key]).decode("ascii") for key in in_order(plain)}}
    if keys.keys() == {"age"}:
        # NOTE: SOPS binds a time to the document; the certificate's own keeps the clock out of builds.
        newest = max(want.held.facts.not_before for want in values)
        document = sops.encrypt(
            clear,
            recipients=keys["age"],
            stamp=newest.strftime("%Y-%m-%dT%H:%M:%SZ"),
            encrypted_regex=pattern,
        )
    else:
        document = sops_program.encrypt(clear, creation_rule(keys, pattern))
        if not are_those_of(keys, document[sops.STANZA]):
            message = (
                "sops sealed for others than mesh.yaml says: is a variable of it set, such as SOPS_PGP_FP?"
            )
            raise OSError(message)
    return new_sealed("sops", document["data"], document[sops.STANZA])
