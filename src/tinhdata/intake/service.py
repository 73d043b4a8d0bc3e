"""The two verbs of intake: understand a file for a contract, and read it for good."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

from tinhdata.contracts import Contract, NumberForm
from tinhdata.intake import headers
from tinhdata.intake.archive_understanding import understand_archive
from tinhdata.intake.errors import FileRefused, full_disk_told
from tinhdata.intake.forms import ColumnForms
from tinhdata.intake.geo_book import GEO_KINDS
from tinhdata.intake.geo_understanding import understand_geo
from tinhdata.intake.looking import Looking
from tinhdata.intake.model import (
    FileKind,
    HeaderPlace,
    Part,
    Question,
    ReadingChoice,
    Refusal,
    Staged,
    Understanding,
)
from tinhdata.intake.opening import Shelf
from tinhdata.intake.probe import kind_of
from tinhdata.intake.sheet_understanding import comma_columns, see_values, understand_book
from tinhdata.intake.sorting import Place, Sorter, converted
from tinhdata.intake.staging import Stage
from tinhdata.intake.text_understanding import understand_text
from tinhdata.kernel import Text, t
from tinhdata.kernel.progress import Report


def understand(
    path: Path, filename: str, contract: Contract, choice: ReadingChoice | None = None
) -> Understanding:
    """Say what the file at `path` is for `contract`, as far as `choice` leaves it open.

    `filename` is what the sender called it, only repeated. Never raises for a bad file: what cannot
    be read has a `refusal`, what a person must say is among the `questions`. Raises NoRoom where
    the disk is full, which says nothing of the file.
    """
    kind: FileKind | None = None
    choice = choice or ReadingChoice()
    try:
        with full_disk_told():
            kind = kind_of(path)
            return _understand(path, filename, kind, contract, choice)
    except FileRefused as refused:
        fix = refused.fix or _LOOK_AGAIN
        return Understanding(kind, filename, refusal=Refusal(refused.reason, refused.text, fix))
    finally:
        headers.forget()


def _understand(
    path: Path, filename: str, kind: FileKind, contract: Contract, choice: ReadingChoice
) -> Understanding:
    if kind is FileKind.ZIP:
        return understand_archive(path, filename, contract, choice, kind_of, _understand_file)
    return _understand_file(path, filename, kind, contract, choice)


def _understand_file(
    path: Path,
    filename: str,
    kind: FileKind,
    contract: Contract,
    choice: ReadingChoice,
    within: str | None = None,
) -> Understanding:
    """Understand one file; `within` is what it is called in the archive that it came in."""
    if kind is FileKind.TEXT:
        return understand_text(path, filename, contract, choice, within)
    if kind in GEO_KINDS:
        return understand_geo(path, filename, kind, contract, choice, within)
    return understand_book(path, filename, kind, contract, choice, within)


def read(
    path: Path,
    contract: Contract,
    understanding: Understanding,
    out_dir: Path,
    report: Report = lambda _progress: None,
) -> Staged:
    """Read the file at `path` as `understanding` says, into two Parquet files in `out_dir`.

    `rows.parquet` holds the records: `_record` (from 1), `_first` and `_last` (their units, from
    1) and one text column per column of the contract, NULL where there is nothing.
    `rejects.parquet` holds the units that cannot be read: `_first`, `_last`, `code`, `params` (the
    reason as a stored Text) and `raw`. Both are on the disk when this returns. Units run on over
    the parts of a delivery; `parts` says which are whose. Every unit of the file is in exactly one
    place of the account. Raises FileRefused where the file is refused or a person must choose
    first, NoRoom where the disk is full.
    """
    tables = _require_ready(understanding)
    with full_disk_told(), Shelf(path, understanding) as shelf:
        reading = _Reading(shelf, contract, understanding, tables)
        with Stage(out_dir, contract) as stage:
            parts = reading.write(stage, report)
            return replace(_staged(stage, contract, understanding, reading.forms), parts=parts)


_Table: TypeAlias = tuple[Understanding, HeaderPlace]


def _require_ready(understanding: Understanding) -> list[_Table]:
    """Give the tables to read with their headers; raises FileRefused where they are not known."""
    refusal = understanding.refusal
    if refusal is not None:
        raise FileRefused(refusal.reason, refusal.text, refusal.fix)
    if Question.SHEET in understanding.questions:
        raise FileRefused(
            "choose-sheet",
            t("Several sheets fit the dataset equally well, or files do not fit it."),
            t("Choose the sheets or files to read; the rows of several run on."),
        )
    if Question.UNIT in understanding.questions:
        raise FileRefused(
            "choose-unit",
            t("The file names a unit that the values cannot surely be turned from."),
            t("Say in which unit the values are."),
        )
    if Question.CRS in understanding.questions:
        raise FileRefused(
            "choose-crs",
            t("The coordinate system of the layer is not known."),
            t("Say which coordinate system the layer is in."),
        )
    tables = [(each, each.header) for each in understanding.tables if each.header is not None]
    if not understanding.is_ready or any(not each.places for each, _header in tables):
        raise FileRefused(
            "choose-columns",
            t("Columns that the dataset needs were not found in the file."),
            t("Say which column of the file is which, or use the template of the dataset."),
        )
    return tables


class _Reading:
    """One reading of all tables of a delivery.

    How typed numbers are written depends on the texts beside them, so those are looked at first.
    """

    def __init__(
        self, shelf: Shelf, contract: Contract, whole: Understanding, tables: list[_Table]
    ) -> None:
        self._shelf = shelf
        self._contract = contract
        self._tables = tables
        self.forms = ColumnForms(contract)
        for table, header in tables:
            values = shelf.book(table).values(table.sheet or "")
            see_values(values, table, contract, header, self.forms)
        self._settled = _number_forms(whole, self.forms)
        if any(table.kind is FileKind.TEXT for table, _header in tables):
            self.forms.settle_typed(self._settled)

    def write(self, stage: Stage, report: Report) -> tuple[Part, ...]:
        """Write every table to `stage`; gives which units are whose."""
        parts: list[Part] = []
        total = self._total()
        for table, header in self._tables:
            start = stage.tally.units
            self._write(stage, table, header, report, total)
            parts.append(Part(table.part, start + 1, stage.tally.units - start))
        return tuple(parts)

    def _write(
        self, stage: Stage, table: Understanding, header: HeaderPlace, report: Report, total: int
    ) -> None:
        settled = replace(table, number_forms=self._settled)
        book = self._shelf.book(table)
        commas = comma_columns(settled, self._contract)
        legacy = table.encoding.legacy if table.encoding else table.cell_encoding
        sorter = Sorter(self._contract, settled, header)
        places: Iterable[Place]
        if legacy is None:
            places = sorter.sort_regions(book.regions(table.sheet or "", commas))
        else:
            places = sorter.sort(converted(book.lines(table.sheet or "", commas), legacy))
        look = Looking(self.forms, numbers_too=table.kind is FileKind.TEXT)
        stage.write(places, look, report, total)

    def _total(self) -> int:
        """Say how many units there are in all, 0 where that is known only at the end."""
        if len(self._tables) > 1:
            return 0
        table, _header = self._tables[0]
        return self._shelf.book(table).size(table.sheet or "")[0]


def _number_forms(understanding: Understanding, forms: ColumnForms) -> Mapping[str, NumberForm]:
    return {**forms.number_forms(), **understanding.chosen_forms}


def _staged(
    stage: Stage, contract: Contract, understanding: Understanding, forms: ColumnForms
) -> Staged:
    account = stage.tally.account()
    rows, rejects = stage.finish()
    return Staged(
        account,
        rows,
        rejects,
        _number_forms(understanding, forms),
        forms.date_orders(),
        dict(sorted(stage.tally.reject_counts.items())),
        tuple(stage.tally.passed),
        _number_notes(contract, understanding, forms),
        understanding.scales,
    )


def _number_notes(
    contract: Contract, understanding: Understanding, forms: ColumnForms
) -> tuple[Text, ...]:
    """Name the columns whose numbers stayed undecided over the whole file."""
    open_names = [*forms.undecided(), *forms.contradictory()]
    return tuple(
        t(
            "The form of the numbers in the column “{column}” is not certain; those that can be "
            "read in two ways will be held.",
            column=contract.column(name).label.vi,
        )
        for name in open_names
        if name not in understanding.chosen_forms
    )


_LOOK_AGAIN = t("Look whether the right file was chosen, and send it again.")
