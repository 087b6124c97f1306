"""The guide to upgrades tells of every profile what the profile says."""

from documentation import ROOT

from meshgen.cilium.profiles import PROFILES, Profile


def row(profile: Profile) -> list[str]:
    """What the guide's table is to say of a profile."""
    readers = [secret.container for secret in profile.peer_secrets] or ["cilium-agent"]
    return [
        profile.versions,
        f"`{profile.service_name}`",
        ", ".join(profile.names),
        ", ".join(f"`{reader}`" for reader in readers),
        f"`{profile.global_annotation}`",
        profile.local_cluster_default,
        f"{profile.certificate_days} days" if profile.certificate_days else "",
    ]


def test_the_table_of_versions_is_the_profiles() -> None:
    page = (ROOT / "docs/guides/upgrade-cilium.md").read_text("utf-8")
    table = page.partition("| versions |")[2].partition("\n\n")[0].splitlines()[2:]

    assert [[cell.strip() for cell in line.strip("|").split("|")] for line in table] == [
        row(profile) for profile in PROFILES
    ]
