"""A sample file of a dataset that has no contract yet -> the draft of one.

Finds the table, reads it as every delivery is read, and hands what was seen to `contracts`, which
decides what the draft says. Nothing of the file is kept.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq

from tinhdata.contracts import (
    ColumnSeen,
    Contract,
    DraftContract,
    DraftTable,
    DraftWishes,
    KnownKey,
    TableSeen,
    contract_of_texts,
    draft_of_table,
    load_contract,
    write_draft,
)
from tinhdata.intake.errors import FileRefused
from tinhdata.intake.model import FileKind, Understanding
from tinhdata.intake.sampling import SampleTable, sample_table
from tinhdata.intake.service import read, understand
from tinhdata.intake.workspace import workspace
from tinhdata.kernel import JSON, Text, t
from tinhdata.vietnam import fold, tidy

MOST_COLUMNS = 400
_MOST_RECORDS = 100_000
_TYPED = frozenset(FileKind) - {FileKind.TEXT}
_TOTALS = (
    *("ca nuoc", "toan quoc", "whole country", "toan tinh", "toan thanh pho", "toan huyen"),
    *("toan nganh", "tong toan tinh", "tong cong toan tinh", "tong ca nuoc"),
)
"""First cells of lines that sum up others, besides those that every file is read with."""


def draft(
    path: Path,
    filename: str,
    say: Callable[[Text], str],
    wishes: DraftWishes | None = None,
    known: Sequence[KnownKey] = (),
) -> DraftContract:
    """Draft the contract of the dataset that the file at `path` is a delivery of.

    `filename` is what its owner calls it, `say` puts the comments into a language, `known` are keys
    of other datasets to which columns may refer. The same file gives the same draft. Raises
    FileRefused where the file cannot be read or holds no table.
    """
    wishes = wishes or DraftWishes()
    table = sample_table(path, filename, wishes.sheet)
    seen = _seen(path, filename, table)
    drafted = draft_of_table(seen, wishes, known)
    written = write_draft(drafted, say)
    layout = _layout_needed(path, filename, table, written, drafted)
    if layout == dict(drafted.layout):
        return written
    return write_draft(replace(drafted, layout=layout), say)


def _seen(path: Path, filename: str, table: SampleTable) -> TableSeen:
    """Read the table as a delivery is read, every column as text, and gather its cells."""
    places = [at for at, name in enumerate(table.names) if name.strip()]
    if not places:
        raise FileRefused(
            "no-header",
            t("No header was found in the file: nothing names its columns."),
            t("Put a line with the names of the columns above the data."),
        )
    if len(places) > MOST_COLUMNS:
        raise FileRefused(
            "too-many-columns",
            t(
                "The table has {count} columns; a contract is drafted for at most {limit}.",
                count=len(places),
                limit=MOST_COLUMNS,
            ),
            t("Leave out the columns that are not needed, or turn the table: one row per value."),
        )
    contract = contract_of_texts([table.names[at] for at in places])
    columns, is_cut, is_typed = _cells(path, filename, table, contract, places)
    columns, totals = _without_totals(columns)
    layout: dict[str, JSON] = {"totals": list(totals)} if totals else {}
    return TableSeen(
        filename=filename,
        columns=columns,
        sheet=table.sheet,
        title=table.title,
        unit=table.unit,
        is_typed=is_typed,
        layout=layout,
        is_cut=is_cut,
        headless=tuple(at + 1 for at in table.headless),
    )


def _cells(
    path: Path, filename: str, table: SampleTable, contract: Contract, places: Sequence[int]
) -> tuple[tuple[ColumnSeen, ...], bool, bool]:
    """Read the cells; say whether only the first records were, and whether numbers are stored."""
    mapping: Mapping[str, int | None] = dict(zip(contract.column_names, places, strict=True))
    choice = replace(table.choice, mapping=mapping)
    understood = understand(path, filename, contract, choice)
    with workspace() as folder:
        staged = read(path, contract, understood, folder)
        names = list(contract.column_names)
        rows = pq.read_table(staged.rows.path, columns=names).slice(0, _MOST_RECORDS)
        if rows.num_rows == 0:
            raise FileRefused(
                "no-records",
                t("The file has a header but no row of data."),
                t("Send a sample with a few dozen rows."),
            )
        columns = tuple(
            ColumnSeen.of(table.names[at], rows.column(name).to_pylist())
            for name, at in zip(names, places, strict=True)
        )
        is_cut = staged.account.records > _MOST_RECORDS
    return columns, is_cut, all(each.kind in _TYPED for each in understood.tables)


def _without_totals(
    columns: tuple[ColumnSeen, ...],
) -> tuple[tuple[ColumnSeen, ...], tuple[str, ...]]:
    """Leave out the lines that sum up others; give what they begin with."""
    first = columns[0]
    totals = {
        code: tidy(value)
        for code, value in enumerate(first.values)
        if fold(value).removesuffix(":").strip() in _TOTALS
    }
    if not totals:
        return columns, ()
    keep = [code not in totals for code in first.codes]
    if not any(keep):
        return columns, ()
    kept = tuple(
        ColumnSeen.of(
            column.header,
            (
                column.values[code] if code >= 0 else None
                for code, is_kept in zip(column.codes, keep, strict=True)
                if is_kept
            ),
        )
        for column in columns
    )
    return kept, tuple(sorted(set(totals.values())))


def _layout_needed(
    path: Path, filename: str, table: SampleTable, written: DraftContract, drafted: DraftTable
) -> Mapping[str, JSON]:
    """Add to the layout what the platform would not find out by itself."""
    contract = load_contract(written.yaml.encode(), filename).contract
    found = understand(path, filename, contract)
    needed = {name: value for name, other, value in _facts(table, found) if other and value}
    return {**drafted.layout, **needed}


def _facts(table: SampleTable, found: Understanding) -> Sequence[tuple[str, bool, JSON]]:
    choice, header = table.choice, found.header
    is_placed = choice.first_header_row is not None
    is_elsewhere = is_placed and (
        header is None
        or (header.first_row, header.rows) != (choice.first_header_row, choice.header_rows)
    )
    return (
        ("sheet", found.sheet != choice.sheet or bool(found.questions), choice.sheet),
        ("firstHeaderRow", is_elsewhere, choice.first_header_row),
        ("headerRows", is_elsewhere, choice.header_rows),
        ("delimiter", found.delimiter != choice.delimiter, choice.delimiter),
    )
