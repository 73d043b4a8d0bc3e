"""Places in a contract file and the list of what was found there."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from tinhdata.contracts.model import Finding, Severity
from tinhdata.kernel import Text

Path: TypeAlias = "tuple[str | int, ...]"
"""The way from the root of the document to a value: keys, and 0-based places in lists."""


@dataclass(slots=True)
class Findings:
    """Collects findings; knows in which line each place of the document stands."""

    source: str
    lines: Mapping[Path, int] = field(default_factory=dict)
    found: list[Finding] = field(default_factory=list)

    def add(
        self,
        path: Path,
        code: str,
        text: Text,
        fix: Text | None,
        severity: Severity = Severity.ERROR,
    ) -> None:
        """Note `text` at `path`, or at the nearest place above it that stands in the file."""
        self.found.append(Finding(f"{self.source}:{self.line(path)}", code, severity, text, fix))

    def line(self, path: Path) -> int:
        """Give the line of `path`, or of what contains it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    @property
    def has_errors(self) -> bool:
        """Say whether anything found forbids the contract."""
        return any(finding.severity is Severity.ERROR for finding in self.found)

    def in_order(self) -> tuple[Finding, ...]:
        """Give the findings by line, those of one line in the order they were found."""
        return tuple(sorted(self.found, key=lambda f: int(f.where.rpartition(":")[2])))
