"""
What cilium-config says of the mesh that mesh.yaml has no key for, as values of the chart.

Source: templates/cilium-configmap.yaml of the charts of 1.13 to 1.20, and what their values.yaml sets.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from ..chart.keys import has
from ..chart.overrides import truth
from ..cilium.profile import Profile
from ..cilium.version import parse_version
from .found import Found, Path
from .reading import text

_BEGINNINGS = (
    "allow-unsafe-policy-skb-usage",
    "clustermesh",
    "identity-allocation-mode",
    "kvstoremesh",
    "policy-default-local-cluster",
)
"""Of keys that are about the mesh, in any version."""


class Row(NamedTuple):
    """A key of cilium-config, the value that is printed into it, and what that is if nobody says it."""

    key: str
    path: Path
    usual: bool | str


def _rows(profile: Profile) -> Iterator[Row]:
    above = "clustermesh"
    local = profile.local_cluster_default == "local cluster"
    yield Row("policy-default-local-cluster", (above, "policyDefaultLocalCluster"), local)
    yield Row("clustermesh-default-global-namespace", (above, "defaultGlobalNamespace"), usual=True)
    yield Row("clustermesh-cache-ttl", (above, "cacheTTL"), "0s")
    yield Row("clustermesh-enable-endpoint-sync", (above, "enableEndpointSliceSynchronization"), usual=False)
    yield Row("clustermesh-enable-mcs-api", (above, "mcsapi", "enabled"), usual=False)
    yield Row("clustermesh-enable-mcs-api", (above, "enableMCSAPISupport"), usual=False)
    yield Row("clustermesh-mcs-api-install-crds", (above, "mcsapi", "installCRDs"), usual=True)
    yield Row("identity-allocation-mode", ("identityAllocationMode",), profile.identity_mode)


def note_values(found: Found, config: dict[str, Any], profile: Profile | None) -> None:
    """Note what differs from the version's defaults as helmValues, and as unknown what these cannot say."""
    rows: dict[str, list[Row]] = {}
    for row in _rows(profile) if profile else ():
        rows.setdefault(row.key, []).append(row)
    for key in sorted(config):
        if key in rows:
            _note(found, text(config, key), rows[key])
        elif key.startswith(_BEGINNINGS):
            found.unknown.append(_lost(found, key, text(config, key)))


def _note(found: Found, written: str, rows: list[Row]) -> None:
    version = parse_version(found.version)
    usual = rows[0].usual
    value = truth(written) if isinstance(usual, bool) else written
    path = next((row.path for row in rows if has(version, *row.path)), None)
    if path is not None and value is not None:
        found.note(("helmValues", *path), value, usual=(usual,))
    elif value != usual:
        found.unknown.append(_lost(found, rows[0].key, written))


def _lost(found: Found, key: str, written: str) -> str:
    return f"cilium-config of {found.name} has {key}: {written}, which is not taken into mesh.yaml"
