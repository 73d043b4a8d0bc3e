"""The two verbs of intake: understand a file for a contract, and read it for good."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from tinhdata.contracts import Contract, NumberForm
from tinhdata.intake import headers
from tinhdata.intake.delimited import records
from tinhdata.intake.encodings import text_blocks
from tinhdata.intake.errors import FileRefused
from tinhdata.intake.forms import ColumnForms
from tinhdata.intake.lines import Line
from tinhdata.intake.model import (
    FileKind,
    HeaderPlace,
    Question,
    ReadingChoice,
    Refusal,
    Staged,
    Understanding,
)
from tinhdata.intake.probe import kind_of
from tinhdata.intake.sheet_understanding import comma_columns, see_values, understand_workbook
from tinhdata.intake.sorting import Sorter, converted
from tinhdata.intake.staging import Stage
from tinhdata.intake.text_understanding import understand_text
from tinhdata.intake.workbook import Workbook
from tinhdata.kernel import Text, t
from tinhdata.kernel.progress import Report


def understand(
    path: Path, filename: str, contract: Contract, choice: ReadingChoice | None = None
) -> Understanding:
    """Say what the file at `path` is for `contract`, as far as `choice` leaves it open.

    `filename` is what the sender called it, only repeated. Never raises for a bad file: what cannot
    be read has a `refusal`, what a person must say is among the `questions`.
    """
    kind: FileKind | None = None
    try:
        kind = kind_of(path)
        if kind is FileKind.TEXT:
            return understand_text(path, filename, contract, choice or ReadingChoice())
        return understand_workbook(path, filename, kind, contract, choice or ReadingChoice())
    except FileRefused as refused:
        fix = refused.fix or _LOOK_AGAIN
        return Understanding(kind, filename, refusal=Refusal(refused.reason, refused.text, fix))
    finally:
        headers.forget()


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
    reason as a stored Text) and `raw`. Both are on the disk when this returns. Every unit of the
    file is in exactly one place of the account. Raises FileRefused where the file is refused or a
    person must choose first.
    """
    header = _require_ready(understanding)
    forms = ColumnForms(contract)
    if understanding.kind is FileKind.TEXT:
        return _read_text(path, contract, understanding, header, forms, out_dir, report)
    return _read_sheet(path, contract, understanding, header, forms, out_dir, report)


def _require_ready(understanding: Understanding) -> HeaderPlace:
    refusal = understanding.refusal
    if refusal is not None:
        raise FileRefused(refusal.reason, refusal.text, refusal.fix)
    if Question.SHEET in understanding.questions:
        raise FileRefused(
            "choose-sheet",
            t("Several sheets of the workbook fit the dataset equally well."),
            t("Choose the sheet to deliver; each sheet is a delivery of its own."),
        )
    if understanding.header is None or not understanding.is_ready or not understanding.mapping:
        raise FileRefused(
            "choose-columns",
            t("Columns that the dataset needs were not found in the file."),
            t("Say which column of the file is which, or use the template of the dataset."),
        )
    return understanding.header


def _read_text(
    path: Path,
    contract: Contract,
    understanding: Understanding,
    header: HeaderPlace,
    forms: ColumnForms,
    out_dir: Path,
    report: Report,
) -> Staged:
    encoding = understanding.encoding
    if encoding is None or understanding.delimiter is None:
        raise FileRefused("choose-columns", t("The file was not understood."), _LOOK_AGAIN)
    blocks = text_blocks(path, encoding.name)
    lines = records(blocks, understanding.delimiter, len(header.names))
    sorter = Sorter(contract, understanding, header)
    with Stage(out_dir, contract, forms) as stage:
        stage.write(sorter.sort(converted(lines, encoding.legacy)), report)
        return _staged(stage, contract, understanding, forms)


def _read_sheet(
    path: Path,
    contract: Contract,
    understanding: Understanding,
    header: HeaderPlace,
    forms: ColumnForms,
    out_dir: Path,
    report: Report,
) -> Staged:
    kind, sheet = understanding.kind, understanding.sheet
    if kind is None or sheet is None:
        raise FileRefused("choose-sheet", t("The file was not understood."), _LOOK_AGAIN)
    with Workbook(path, kind) as book:
        if sheet not in book.sheet_names():
            raise FileRefused(
                "no-such-sheet",
                t("The workbook has no sheet “{sheet}” with anything on it.", sheet=sheet),
                t("Choose one of the sheets listed."),
            )
        see_values(book.values(sheet), understanding, contract, header, forms)
        settled = replace(understanding, number_forms=_number_forms(understanding, forms))
        lines: Iterator[Line] = book.lines(sheet, comma_columns(settled, contract))
        sorter = Sorter(contract, settled, header)
        dates = ColumnForms(contract)
        with Stage(out_dir, contract, dates) as stage:
            total = book.size(sheet)[0]
            stage.write(sorter.sort(converted(lines, settled.cell_encoding)), report, total)
            staged = _staged(stage, contract, settled, forms)
            return replace(staged, date_orders=dates.date_orders())


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
