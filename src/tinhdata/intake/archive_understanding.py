"""Works out what an archive of several files is for a contract: each file for itself, then all."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

from tinhdata.contracts import Contract
from tinhdata.intake.archive import Member, ignored_note, unpacked
from tinhdata.intake.combining import combined
from tinhdata.intake.errors import FileRefused
from tinhdata.intake.model import FileKind, Question, ReadingChoice, SheetSeen, Understanding
from tinhdata.intake.naming import some_of
from tinhdata.intake.understanding import nothing_in_it, stem, with_names
from tinhdata.kernel import Text, t
from tinhdata.vietnam import fold

UnderstandFile: TypeAlias = Callable[
    [Path, str, FileKind, Contract, ReadingChoice, str | None], Understanding
]
"""Understands one file by its path, name and kind; the last is what its rows are called after."""

_NO_TABLES = frozenset({"not-a-table", "markup", "empty"})
"""Reasons for which a file of an archive is no table; every other one refuses the archive."""


@dataclass(frozen=True, slots=True)
class _Looked:
    """A file of the archive and what it is; nothing where it is no table."""

    member: Member
    understood: Understanding | None

    @property
    def matched(self) -> int:
        """Give how many columns of the contract it has."""
        one = self.understood
        return len(one.mapping) + len(one.wide) if one else 0

    def seen(self) -> SheetSeen:
        """Give the file as a person chooses it."""
        one = self.understood
        columns = len(one.header.names) if one and one.header else 0
        rows = sum(sheet.rows for sheet in one.sheets) if one else 0
        return SheetSeen(self.member.name, rows, columns, hidden=False, matched=self.matched)


def understand_archive(
    path: Path,
    filename: str,
    contract: Contract,
    choice: ReadingChoice,
    kind_of: Callable[[Path], FileKind],
    understand_file: UnderstandFile,
) -> Understanding:
    """Understand the files of the archive at `path`, each a part whose rows run on.

    A file that is no table of the dataset is a question, unless the contract reads all that fit.
    Raises FileRefused where the archive is not safe, or a file that should be read cannot be.
    """
    if choice.sheet is not None and not choice.sheets:
        choice = replace(choice, sheets=(choice.sheet,))
    with unpacked(path) as archive:
        looks = _Looks(contract, choice, kind_of, understand_file)
        looked = [looks.at(member) for member in archive.members]
    chosen = _chosen(looked, contract, choice)
    pieces = [piece for one in chosen for piece in _pieces(one)]
    if not pieces:
        raise nothing_in_it() if not looked else _no_table()
    left = [one for one in looked if one not in chosen]
    asks = bool(left) and not (
        choice.sheets or contract.layout.sheets or contract.layout.all_sheets
    )
    notes = [*_left_out(left), *([ignored_note(archive.ignored)] if archive.ignored else ())]
    return combined(
        FileKind.ZIP,
        filename,
        contract,
        pieces,
        tuple(one.seen() for one in looked),
        notes,
        (Question.SHEET,) if asks else (),
    )


class _Looks:
    """Looks at one file after the other; the first that fits says what a person's choice counts."""

    def __init__(
        self,
        contract: Contract,
        choice: ReadingChoice,
        kind_of: Callable[[Path], FileKind],
        understand_file: UnderstandFile,
    ) -> None:
        self._contract = contract
        self._wanted = choice.sheets
        self._choice = replace(choice, sheet=None, sheets=())
        self._kind_of = kind_of
        self._understand = understand_file

    def at(self, member: Member) -> _Looked:
        """Understand one file; raises FileRefused where it should be read and cannot be."""
        if self._wanted and member.name not in self._wanted:
            return _Looked(member, None)
        try:
            kind = self._kind_of(member.path)
            if kind is FileKind.ZIP:
                raise _nested(member.name)
            name = stem(member.name)
            found = self._understand(
                member.path, member.name, kind, self._contract, self._choice, name
            )
        except FileRefused as refused:
            if refused.reason in _NO_TABLES and not self._wanted:
                return _Looked(member, None)
            raise _in_file(member.name, refused) from refused
        if found.mapping:
            self._choice = with_names(self._choice, found)
        return _Looked(member, found)


def _chosen(
    looked: Sequence[_Looked], contract: Contract, choice: ReadingChoice
) -> Sequence[_Looked]:
    """Give the files to read: as a person said, as declared, or those that fit."""
    if choice.sheets:
        there = {one.member.name for one in looked}
        for name in choice.sheets:
            if name not in there:
                raise FileRefused(
                    "no-such-sheet",
                    t("The archive has no file “{file}”.", file=name),
                    t("Choose among the files listed."),
                )
        return [one for one in looked if one.member.name in choice.sheets]
    fits = [one for one in looked if one.matched]
    if contract.layout.sheets:
        named = set(map(fold, contract.layout.sheets))
        declared = [
            one for one in fits if named & {fold(one.member.name), fold(stem(one.member.name))}
        ]
        return declared or fits or _readable(looked)
    return fits or _readable(looked)


def _readable(looked: Sequence[_Looked]) -> Sequence[_Looked]:
    return [one for one in looked if one.understood is not None]


def _pieces(one: _Looked) -> Iterator[Understanding]:
    """Give the tables of a file, called by the file and, where there are several, the sheet."""
    if one.understood is None:
        return
    tables = one.understood.tables
    for table in tables:
        name = one.member.name if len(tables) == 1 else f"{one.member.name}: {table.part}"
        # What was noticed of a file is said of all its tables together, with the first one.
        is_first = table is tables[0]
        notes = one.understood.notes if is_first else ()
        questions = one.understood.questions if is_first else ()
        yield replace(table, part=name, notes=notes, questions=questions, pieces=())


def _left_out(left: Sequence[_Looked]) -> Iterator[Text]:
    if left:
        yield t(
            "{count} files of the archive are not read: {names}.",
            count=len(left),
            names=some_of([one.member.name for one in left]),
        )


def _nested(name: str) -> FileRefused:
    return FileRefused(
        "nested-archive",
        t("The archive holds another archive."),
        t("Unpack “{file}” and send its files themselves.", file=name),
    )


def _no_table() -> FileRefused:
    return FileRefused(
        "not-a-table",
        t("No file of the archive is a table."),
        t("Pack the tables themselves: workbooks, CSV, JSON or Parquet files."),
    )


def _in_file(name: str, refused: FileRefused) -> FileRefused:
    text = t("In the archive, “{file}”: {reason}", file=name, reason=refused.text)
    return FileRefused(refused.reason, text, refused.fix or t("Leave the file out, or mend it."))
