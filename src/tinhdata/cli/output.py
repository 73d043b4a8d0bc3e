"""Where words go: results and tables to standard output, progress and problems to the other one.

With `--json` standard output holds exactly one JSON document, also where the command fails.
"""

import dataclasses
import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from enum import Enum
from pathlib import Path
from typing import ClassVar, Protocol

from rich.console import Console, JustifyMethod, RenderableType
from rich.padding import Padding
from rich.table import Table

from tinhdata.cli.exits import ExitCode, exit_of
from tinhdata.contracts import ContractInvalid
from tinhdata.edge import language as words
from tinhdata.kernel import JSON, Problem, Text, t
from tinhdata.kernel.clock import VIETNAM_TIME
from tinhdata.pack import PackInvalid

_WIDEST = 1_000


@dataclasses.dataclass(frozen=True, slots=True)
class SaidFinding:
    """One of several faults: `where` is `file:line`."""

    where: str
    text: Text
    fix: Text | None


@dataclasses.dataclass(frozen=True, slots=True)
class Said:
    """A problem as `--json` writes it, below the key `problem`."""

    code: str
    text: Text
    fix: Text | None
    where: str | None
    findings: tuple[SaidFinding, ...] = ()


class Result(Protocol):
    """What a command has to say: a frozen dataclass whose fields are the keys of `--json`."""

    __dataclass_fields__: ClassVar[dict[str, dataclasses.Field[object]]]

    @property
    def exit(self) -> ExitCode:
        """Give the exit code."""
        ...

    def show(self, out: "Out") -> None:
        """Write it for a person."""
        ...


class Out:
    """The two streams of one command, and the language and form of what goes there."""

    def __init__(self, language: str, *, is_json: bool) -> None:
        self.language = language
        self.is_json = is_json
        self.exit = ExitCode.OK
        self.console = Console(highlight=False, markup=False, emoji=False, soft_wrap=True)
        self._wide = Console(highlight=False, markup=False, emoji=False, width=_WIDEST)
        self.notes = Console(
            stderr=True, highlight=False, markup=False, emoji=False, soft_wrap=True
        )

    def say(self, text: Text) -> str:
        """Give `text` in the language of the settings."""
        return words.say(text, self.language)

    def line(self, text: Text | str = "", style: str = "") -> None:
        """Write one line of a result."""
        said = self.say(text) if isinstance(text, Text) else text
        self.console.print(said, style=style or None)

    def note(self, text: Text, style: str = "dim") -> None:
        """Write a line that is not part of the result."""
        self.notes.print(self.say(text), style=style)

    def fields(self, pairs: Sequence[tuple[Text, str]]) -> None:
        """Write names and values in two columns."""
        grid = Table.grid(padding=(0, 2))
        for name, value in pairs:
            grid.add_row(f"{self.say(name)}:", value)
        self.print_whole(Padding(grid, (0, 0, 0, 2), expand=False))

    def table(
        self, heads: Sequence[Text | str], rows: Sequence[Sequence[str]], right: int = 0
    ) -> None:
        """Write a table whose last `right` columns hold numbers."""
        table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
        for index, head in enumerate(heads):
            is_number = index >= len(heads) - right
            justify: JustifyMethod = "right" if is_number else "left"
            title = self.say(head) if isinstance(head, Text) else head
            table.add_column(title, justify=justify, no_wrap=True)
        for row in rows:
            table.add_row(*row)
        self.print_whole(table)

    def number(self, value: float | None, decimals: int | None = None) -> str:
        """Write a number as readers of the language do; nothing is a dash."""
        return "–" if value is None else words.number(value, self.language, decimals)

    def moment(self, value: datetime | None) -> str:
        """Write a moment in the time of Việt Nam."""
        if value is None:
            return "–"
        form = "%d/%m/%Y %H:%M" if self.language == "vi" else "%Y-%m-%d %H:%M"
        return value.astimezone(VIETNAM_TIME).strftime(form)

    def tell(self, result: Result) -> None:
        """Write the result in the form asked for and remember how the command ends."""
        self.exit = result.exit
        if self.is_json:
            self._document(as_json(result, self))
        else:
            result.show(self)

    def tell_problem(self, problem: Problem) -> None:
        """Write what is wrong, where, and how to mend it."""
        self.exit = exit_of(type(problem))
        found = findings_of(problem)
        if self.is_json:
            said = as_json(
                Said(problem.code, problem.text, problem.fix, problem.where, found), self
            )
            self._document({"problem": said})
            return
        place = f"{problem.where}: " if problem.where and not found else ""
        self.notes.print(f"{place}{self.say(problem.text)}", style="bold red")
        for finding in found:
            fix = f" {self.say(finding.fix)}" if finding.fix else ""
            self.notes.print(f"  {finding.where}: {self.say(finding.text)}{fix}")
        if problem.fix:
            self.notes.print(self.say(problem.fix))

    def tell_fault(self, incident: str) -> None:
        """Write that the program itself failed; the log says more under `incident`."""
        self.exit = ExitCode.UNEXPECTED
        text = t(
            "Something unexpected happened. The log names it as {incident}.", incident=incident
        )
        if self.is_json:
            said = as_json(Said("unexpected", text, None, incident), self)
            self._document({"problem": said})
            return
        self.notes.print(self.say(text), style="bold red")

    def print_whole(self, shown: RenderableType) -> None:
        """Write something made of columns, with every identifier in full."""
        # An identifier that is cut or broken cannot be copied, so the terminal may wrap the line.
        self._wide.print(shown)

    def _document(self, value: JSON) -> None:
        written = json.dumps(value, ensure_ascii=False, indent=2)
        self.console.out(written, highlight=False)


def findings_of(problem: Problem) -> tuple[SaidFinding, ...]:
    """Give the single faults that a problem about a file or folder consists of."""
    if isinstance(problem, ContractInvalid | PackInvalid):
        return tuple(SaidFinding(each.where, each.text, each.fix) for each in problem.findings)
    return ()


def as_json(value: object, out: Out) -> JSON:
    """Give a result as JSON: fields as keys, texts in words, moments in ISO 8601 (UTC)."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, Text):
        return out.say(value)
    if isinstance(value, Enum):
        return as_json(value.value, out)
    if isinstance(value, str | Path):
        return str(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if dataclasses.is_dataclass(value):
        names = [field.name for field in dataclasses.fields(value)]
        return {name: as_json(getattr(value, name), out) for name in names}
    if isinstance(value, Mapping):
        return {str(key): as_json(item, out) for key, item in value.items()}
    if isinstance(value, Sequence | frozenset):
        return [as_json(item, out) for item in value]
    raise TypeError(f"{type(value).__name__} has no form in JSON")
