"""Profiles in words: what differs between versions, for people."""

from collections.abc import Callable, Iterator, Mapping

from .profile import Names, Profile

NAMES = "host names of the others"
"""The title of where host names become addresses."""

PEERS = "a peer without a cluster label"
"""The title of what a peer without a cluster label means."""


def told_names(names: tuple[Names, ...]) -> str:
    """Places of host names, for people."""
    return ", ".join(names)


def _names(profile: Profile) -> str:
    told, chart = told_names(profile.names), profile.names_by_chart
    more = told_names(tuple(name for name in chart if name not in profile.names))
    return f"{told} (with `delivery: helm` also {more})" if more else told


def _peers(profile: Profile) -> str:
    told = (f"`{secret.name}`: {secret.dialled}, `{secret.prefix}*`" for secret in profile.peer_secrets)
    return "; ".join(told) or f"`{profile.secret_name}`, with certificates and keys"


def _secrets(profile: Profile) -> str:
    return ", ".join(f"`{secret.name}`" for secret in profile.tls_secrets)


_CLUSTERS = {(False, False): "not used", (True, False): "a list", (True, True): "a map"}
_BALANCERS = {False: "the older annotations", True: "today's annotations"}

FACTS: tuple[tuple[str, Callable[[Profile], str]], ...] = (
    ("the others dial", lambda profile: str(profile.control_plane)),
    ("Service", lambda profile: f"`{profile.service_name}`"),
    (NAMES, _names),
    ("files of the others", _peers),
    ("Secrets with a key", _secrets),
    ("`tls.source`", lambda profile: ", ".join(f"`{source}`" for source in profile.tls_sources)),
    ("users in `clustermesh-remote-users`", lambda profile: "yes" if profile.remote_users else "no"),
    (
        "clusters in the chart's values",
        lambda profile: _CLUSTERS[bool(profile.peer_secrets), profile.cluster_map],
    ),
    ("global Service", lambda profile: f"`{profile.global_annotation}`"),
    ("not shared", lambda profile: f"`{profile.shared_annotation}`"),
    ("affinity", lambda profile: f"`{profile.affinity_annotation}`"),
    ("identities are kept in", lambda profile: profile.identity_mode),
    (PEERS, lambda profile: profile.local_cluster_default),
    ("load balancers on GCP and AWS", lambda profile: _BALANCERS[profile.current_load_balancers]),
)
"""What is said of a profile: what about, and in which words."""


def differences(before: Profile, after: Profile, of_cluster: Mapping[str, tuple[str, str]]) -> Iterator[str]:
    """
    What a mesh is made of otherwise in another range of versions, such as `Service: `a` -> `b``.

    `of_cluster` has, by title, what is so in a cluster before and after, whatever its profiles say.
    """
    for title, read in FACTS:
        was, is_now = of_cluster.get(title) or (read(before), read(after))
        if was != is_now:
            yield f"{title}: {was} -> {is_now}"
