"""A `pki` command that is killed at any instant leaves a store from which it goes on."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from cryptography import x509
from etcd_stage import PATH
from guide_files import extracted
from pki_place import Place, copied, generated, opened_store, stored
from test_pki_import import FILES

from meshgen.keeping import keep_files
from meshgen.trust.certificates import public_key_digest
from meshgen.trust.changes import Changes
from meshgen.trust.importing import import_files
from meshgen.trust.layout import key_of
from meshgen.trust.making import issue, needed, new_authority, signer
from meshgen.trust.rotating import Step, rotate_authority
from meshgen.trust.store import Store

IDENTITY = ("--identity", "operator.txt")
Begin = Callable[[Place], None]
Change = Callable[[Store], Changes]


def nothing(place: Place) -> None:
    """A mesh without a store."""
    place.write(generated())


def authority_alone(place: Place) -> None:
    """A mesh with an authority."""
    nothing(place)
    place.ok("pki", "init")


def everything(place: Place) -> None:
    """A mesh with everything."""
    authority_alone(place)
    place.ok("pki", "issue", *IDENTITY)


def phase(*steps: str) -> Begin:
    """A mesh whose authority is being replaced."""

    def begin(place: Place) -> None:
        everything(place)
        for step in steps:
            place.ok("pki", "rotate", "--ca", step, *IDENTITY)

    return begin


def guide(place: Place) -> None:
    """A mesh whose certificates come from the guide's folder."""
    place.write(FILES)
    extracted(Path("config"), "cluster1", "cluster2")


def issued(store: Store) -> Changes:
    return issue(store, needed(store.mesh.clusters), signer(store))


def step(one: Step) -> Change:
    return lambda store: rotate_authority(store, one)[0]


CASES = [
    pytest.param(nothing, lambda store: store.begin(new_authority(store, 1), ""), ["init"], id="init"),
    pytest.param(authority_alone, issued, ["issue", *IDENTITY], id="issue"),
    pytest.param(everything, issued, ["rotate", "cluster1", "cluster2", *IDENTITY], id="rotate"),
    pytest.param(everything, step(Step.TRUST), ["rotate", "--ca", "trust"], id="rotate --ca trust"),
    pytest.param(
        phase("trust"), step(Step.ISSUE), ["rotate", "--ca", "issue", *IDENTITY], id="rotate --ca issue"
    ),
    pytest.param(phase("trust"), step(Step.ABORT), ["rotate", "--ca", "abort"], id="rotate --ca abort"),
    pytest.param(phase("trust", "issue"), step(Step.DROP), ["rotate", "--ca", "drop"], id="rotate --ca drop"),
    pytest.param(guide, lambda store: import_files(store, "config/"), ["import"], id="import"),
]


@pytest.mark.slow
@pytest.mark.parametrize(("begin", "change", "command"), CASES)
def test_after_any_number_of_files_the_command_is_repeated_with_success(
    place: Place, tmp_path_factory: pytest.TempPathFactory, begin: Begin, change: Change, command: list[str]
) -> None:
    begin(place)
    start = tmp_path_factory.mktemp("start")
    copied(place.folder, start)
    store = opened_store(place)
    files = store.completed(change(store))[0].files
    assert len(files) > 1

    for count in range(len(files) + 1):
        restore(place, start)
        keep_files(".", dict(list(files.items())[:count]))
        assert certificates_without_key() == []
        assert "MG517" not in place.codes()

        goes_on(place, command)

        assert superfluous_keys() == []


def restore(place: Place, start: Path) -> None:
    """The place as it was at the start."""
    for name in stored(place.folder):
        Path(name).unlink()
    copied(start, place.folder)


def goes_on(place: Place, command: Sequence[str]) -> None:
    """The same command again, and what is done next, end in a store without a fault."""
    again = place.run("pki", *command)
    finished = ("has an authority already", "where the next step is")
    assert again.status == 0 or any(text in again.err for text in finished), again.err
    if place.run("pki", "issue", *IDENTITY).status == 3:
        assert command == ["import"]
    place.ok("build", "-q", "--force", *IDENTITY)
    assert place.codes(*IDENTITY) == []


def certificates_without_key() -> list[str]:
    """The certificates that lack their key, but for authorities that are trusted no more."""
    state = Path("pki/state.json")
    trusted = json.loads(state.read_bytes())["trusted"] if state.exists() else []
    paths = [f"pki/ca/{number}.crt" for number in trusted if Path(f"pki/ca/{number}.crt").exists()]
    lost = [path for path in (*paths, *map(str, Path("pki/clusters").rglob("*.crt"))) if not has_key(path)]
    clients = Path("pki").rglob("*.etcd-client.crt")
    return lost + [str(path) for path in clients if not path.with_suffix(".key.age").exists()]


def has_key(path: str) -> bool:
    return Path(key_path(path)).exists()


def superfluous_keys() -> list[str]:
    """The keys of no certificate, and drafts."""
    keys = {key_path(str(path)) for path in Path("pki").rglob("*.crt") if "etcd-client" not in str(path)}
    found = {str(path) for path in Path("pki").rglob("*.key.age") if "etcd-client" not in str(path)}
    return sorted(found - keys) + sorted(map(str, Path().rglob("*.new")))


def key_path(path: str) -> str:
    certificate = x509.load_pem_x509_certificate(Path(path).read_bytes())
    return key_of(path, public_key_digest(certificate.public_key()))


@pytest.mark.slow
def test_a_run_that_is_killed_for_good_is_repeated_with_success(
    ready: Place, tmp_path_factory: pytest.TempPathFactory
) -> None:
    command = ["pki", "rotate", "cluster1", "cluster2", *IDENTITY]
    start = tmp_path_factory.mktemp("start")
    copied(ready.folder, start)
    begun = time.monotonic()
    assert _end_of(command, None) == 0
    whole = time.monotonic() - begun
    ends = set()

    for part in range(1, 13):
        restore(ready, start)
        ends.add(_end_of(command, whole * part / 12))
        assert certificates_without_key() == []
        goes_on(ready, command[1:])
        assert superfluous_keys() == []

    assert -signal.SIGKILL in ends


def _end_of(command: list[str], after: float | None) -> int:
    """A run of meshgen, killed after so many seconds; gives its exit status."""
    process = subprocess.Popen([sys.executable, "-m", "meshgen", *command, "-q"], env=PATH)
    try:
        return process.wait(after)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait()
