"""A cluster that exists only as files; kubectl and helm record what they are asked and answer from them."""

import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Self

_KUBECTL = r"""#!/bin/sh
printf '%s\n' "$*" >>"$FAKE/calls"
[ "$1" != --context ] || shift 2
[ "$1" != -n ] || shift 2
answer() { cat "$FAKE/$1" 2>/dev/null || true; }
case "$*" in
  'patch --help') answer help ;;
  'get namespace '*) grep -qx "$3" "$FAKE/namespaces" ;;
  'get secret '*) [ -e "$FAKE/secret" ] ;;
  'get configmap cilium-config '*' jsonpath={.data.'*) key=${*#*data.} && answer "data/${key%\}}" ;;
  'get configmap cilium-config '*' jsonpath={.metadata.annotations.meshgen\.io/unfinished}')
    answer unfinished ;;
  'get deployment '*) [ -e "$FAKE/apiserver" ] ;;
  'wait certificate '*) [ ! -e "$FAKE/unready" ] ;;
  'get service '*'.ip}') answer ip ;;
  'get service '*'.hostname}') answer hostname ;;
  'apply '*) [ ! -e "$FAKE/refuses" ] || exit 1 ;;
  'patch configmap '*) cp "$FAKE"/patched/* "$FAKE/data/" ;;
  'annotate configmap cilium-config --overwrite '*) printf '%s' "${5#*=}" >"$FAKE/unfinished" ;;
  'annotate configmap cilium-config meshgen.io/unfinished-') rm -f "$FAKE/unfinished" ;;
  'patch '* | 'rollout status '* | 'rollout restart '* | 'annotate service '*) ;;
  *) echo "not expected: $*" >&2 && exit 64 ;;
esac || exit 1
# A run that is interrupted dies with its shell, right after this call.
if [ -e "$FAKE/dies" ]; then
  case "$*" in *"$(cat "$FAKE/dies")"*) rm "$FAKE/dies" && kill -9 "$PPID" ;; esac
fi
"""
_HELM = '#!/bin/sh\necho "helm $*" >>"$FAKE/calls"\ncp "$FAKE"/patched/* "$FAKE/data/"\n'
_SLEEP = '#!/bin/sh\necho "sleep $*" >>"$FAKE/calls"\n'
_CHANGE = re.compile(r"(-n \S+ )?(apply|patch|annotate|rollout|wait|helm) ")


@dataclass(frozen=True)
class Run:
    """What a run of apply.sh came to: `calls` are those to kubectl, without context and namespace."""

    status: int
    output: str
    errors: str
    calls: tuple[str, ...]

    @property
    def changes(self) -> list[str]:
        """The calls that change the cluster, or wait for a change, in order and short."""
        return [_short(call) for call in self.calls if _CHANGE.match(call) and call != "patch --help"]


class FakeCluster:
    """A cluster before meshgen: Cilium 1.6 on etcd, with the Secret already there."""

    def __init__(self, folder: Path, name: str, number: int = 1) -> None:
        self.folder = folder
        self._programs = folder / "bin"
        for path in (self._programs, folder / "data", folder / "patched"):
            path.mkdir(parents=True)
        for program, text in (("kubectl", _KUBECTL), ("helm", _HELM), ("sleep", _SLEEP)):
            (self._programs / program).write_text(text)
            (self._programs / program).chmod(0o755)
        after = {"cluster-name": name, "cluster-id": str(number), "identity-allocation-mode": "kvstore"}
        for key, value in after.items():
            (folder / "patched" / key).write_text(value)
        self.has("help", "      --patch-file='': A file containing a patch")
        self.has("namespaces", "kube-system\ndefault\n").has("secret", "").has("ip", f"172.16.{number}.10")
        self.configured(kvstore="etcd")

    def has(self, name: str, content: str) -> Self:
        """One thing that kubectl answers, or None to take it away."""
        (self.folder / name).write_text(content)
        return self

    def lacks(self, name: str) -> Self:
        """Without one thing that kubectl answers."""
        (self.folder / name).unlink()
        return self

    def configured(self, **data: str) -> Self:
        """Keys of the live cilium-config."""
        for key, value in data.items():
            (self.folder / "data" / key.replace("_", "-")).write_text(value)
        return self

    def without(self, program: str) -> Self:
        """With one program less on PATH."""
        (self._programs / program).unlink()
        return self

    def meshed(self) -> Self:
        """With the name, ID and identity mode that it is to have, as after a first run."""
        for path in (self.folder / "patched").iterdir():
            (self.folder / "data" / path.name).write_text(path.read_text())
        return self

    def interrupted_after(self, call: str) -> Self:
        """With a next run that is killed after the call to kubectl that contains this."""
        return self.has("dies", call)

    @property
    def unfinished(self) -> bool:
        """Whether the mark of an unfinished run is on cilium-config."""
        return (self.folder / "unfinished").exists()

    def run(self, script: Path, *arguments: str, shell: str = "sh") -> Run:
        """Run an apply.sh."""
        calls = self.folder / "calls"
        calls.write_text("")
        environment = {
            "FAKE": str(self.folder),
            "PATH": os.pathsep.join([str(self._programs), "/usr/bin", "/bin"]),
        }
        done = subprocess.run(
            [shell, str(script), *arguments],
            cwd="/",
            env=environment,
            capture_output=True,
            check=False,
            encoding="utf-8",
            timeout=60,
        )
        lines = calls.read_text().replace(str(script.parent), "HERE").splitlines()
        return Run(done.returncode, done.stdout, done.stderr, tuple(map(_bare, lines)))


def _bare(call: str) -> str:
    return call.removeprefix("--context test ").removeprefix("-n kube-system ")


def _short(call: str) -> str:
    for noise in (
        " --server-side --force-conflicts --field-manager meshgen",
        "HERE/",
        " --timeout 30m",
        " --timeout 10m",
    ):
        call = call.replace(noise, "")
    return call
