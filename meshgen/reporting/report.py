"""What every format is made from."""

from collections import Counter
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from ..diagnostics import Diagnostic, Severity
from ..location import Span


class Report(NamedTuple):
    """The findings of one run over one file; `lines` is its text, and `beside` that of files it names."""

    name: str
    diagnostics: tuple[Diagnostic, ...]
    lines: Sequence[str] = ()
    beside: Mapping[str, Sequence[str]] = MappingProxyType({})

    def lines_of(self, file: str) -> Sequence[str]:
        """The text of a file, without what a finding calls secret; nothing where it is not known."""
        lines = self.lines if file == self.name else self.beside.get(file, ())
        secrets = [found.secret for found in self.diagnostics if found.secret and found.file == file]
        return _covered(lines, secrets) if lines else lines

    def counts(self) -> dict[Severity, int]:
        """How many findings of each severity, the worst first."""
        counted = Counter(found.severity for found in self.diagnostics)
        return {severity: counted[severity] for severity in Severity}

    def summary(self) -> str:
        """One line that counts: `mesh.yaml: 2 errors, 1 warning`."""
        words = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "info"}
        parts = [
            f"{count} {words[severity]}{'s' if count > 1 and severity is not Severity.INFO else ''}"
            for severity, count in self.counts().items()
            if count
        ]
        return f"{self.name}: {', '.join(parts) or 'no findings'}"


def _covered(lines: Sequence[str], spans: Sequence[Span]) -> Sequence[str]:
    """The lines, with stars in place of what lies in one of the spans."""
    covered: dict[int, str] = {}
    for (first, start), (last, end) in spans:
        for number in range(first, last + 1):
            line = covered.get(number, lines[number - 1])
            begin = start - 1 if number == first else 0
            stop = end - 1 if number == last else len(line)
            covered[number] = line[:begin] + "*" * (stop - begin) + line[stop:]
    return [covered.get(number, line) for number, line in enumerate(lines, 1)] if covered else lines
