"""Workbooks of bad rows: out to those who know the right value, and back with what they changed.

The first column names the item; a hidden sheet says which delivery and columns the workbook is of.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TypeAlias

import python_calamine
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from tinhdata.contracts.model import Contract
from tinhdata.kernel import Text, t
from tinhdata.quality.errors import MendsUnreadable
from tinhdata.quality.holding import CellMend, ItemKind, MendedWorkbook, QuarantinedItem

Cell: TypeAlias = int | float | str | bool | time | date | datetime | timedelta
Sheets: TypeAlias = Sequence[tuple[str, list[list[Cell]]]]
Say: TypeAlias = Callable[[Text], str]
"""Turns a Text into words of one language."""

_ABOUT = "_tinhdata"
_MARK = "tinhdata-quarantine-1"
_MOST_ROWS = 200_000
_WIDEST = 40
_LONGEST_CELL = 32_767
_KEPT = 200
_RELOAD = t("Download the workbook again, copy your changes into it and upload that one.")


def write_workbook(
    path: Path,
    contract: Contract,
    delivery: str,
    items: Sequence[QuarantinedItem],
    say: Say,
    language: str,
) -> int:
    """Write `items` with their cells as they are now, bad ones coloured, and their reasons.

    Gives the number of rows. Raises MendsUnreadable where they are more than a person can mend.
    """
    if len(items) > _MOST_ROWS:
        raise MendsUnreadable(
            t("{rows} rows are too many for one workbook.", rows=len(items)),
            fix=t("Choose one rule or column first."),
        )
    columns = [column.name for column in contract.columns if _is_shown(column.name, items)]
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(str(path), options) as book:
        sheet = book.add_worksheet(say(t("Rows to mend")))
        head = book.add_format({"bold": True, "text_wrap": True, "bottom": 1, "valign": "top"})
        plain = book.add_format({"num_format": "@", "valign": "top"})
        bad = book.add_format(
            {"num_format": "@", "valign": "top", "bg_color": "#F9DEDC", "bold": True}
        )
        wrap = book.add_format({"text_wrap": True, "valign": "top"})
        _set_widths(sheet, contract, columns, language, plain)
        labels = [contract.column(column).label.in_language(language) for column in columns]
        titles = [say(t("Row id")), *labels, say(t("What to mend")), say(t("Line as it came"))]
        for place, title in enumerate(titles):
            sheet.write_string(0, place, title, head)
        sheet.freeze_panes(1, 1)
        for row, item in enumerate(items, 1):
            _write_item(sheet, row, item, columns, say, (plain, bad, wrap))
        about = book.add_worksheet(_ABOUT)
        about.hide()
        # Row by row: what is written to an earlier row would be lost in constant memory.
        pairs = zip((_MARK, delivery, *columns), ("", "", *labels), strict=True)
        for row, (value, label) in enumerate(pairs):
            about.write_string(row, 0, value)
            about.write_string(row, 1, label)
    return len(items)


def read_workbook(
    path: Path, contract: Contract, delivery: str, items: Mapping[int, QuarantinedItem]
) -> MendedWorkbook:
    """Read a workbook that `write_workbook` wrote for `delivery`; only changed cells are mends.

    A row may be left out; nothing else of the structure may change. Raises MendsUnreadable.
    """
    sheets = _open(path)
    columns, labels = _about(sheets, contract, delivery)
    rows = sheets[0][1]
    if not rows or [_text(cell) for cell in rows[0][1 : len(labels) + 1]] != list(labels):
        raise MendsUnreadable(
            t("The header row of the workbook is gone, or its columns were moved."), fix=_RELOAD
        )
    mends: list[CellMend] = []
    seen: set[int] = set()
    for number, row in enumerate(rows[1:], 2):
        cells = [_text(cell) for cell in row]
        if not any(cells):
            continue
        item = _item(cells[0], delivery, items, number)
        if item.item in seen:
            raise MendsUnreadable(
                t("The row id {id} stands twice.", id=cells[0] or ""),
                fix=t("Keep one of the two rows."),
                where=str(number),
            )
        seen.add(item.item)
        mends += _changes(item, columns, cells[1:])
    return MendedWorkbook(delivery, tuple(mends), len(seen))


def _is_shown(column: str, items: Sequence[QuarantinedItem]) -> bool:
    return not items or any(column in item.cells for item in items)


def _set_widths(
    sheet: Worksheet, contract: Contract, columns: Sequence[str], language: str, plain: Format
) -> None:
    sheet.set_column(0, 0, 14)
    for place, column in enumerate(columns, 1):
        label = contract.column(column).label.in_language(language)
        # Text format also for empty cells: a date or code typed in stays as it was typed.
        sheet.set_column(place, place, min(max(len(label), 12), _WIDEST), plain)
    sheet.set_column(len(columns) + 1, len(columns) + 2, 70)


def _write_item(
    sheet: Worksheet,
    row: int,
    item: QuarantinedItem,
    columns: Sequence[str],
    say: Say,
    formats: tuple[Format, Format, Format],
) -> None:
    plain, bad, wrap = formats
    sheet.write_string(row, 0, f"{item.delivery}:{item.item}", plain)
    marked = item.bad_columns
    for place, column in enumerate(columns, 1):
        form = bad if column in marked else plain
        cell = item.current(column)
        if cell is None:
            sheet.write_blank(row, place, None, form)
        else:
            sheet.write_string(row, place, _fitting(cell), form)
    said = [
        " ".join(say(text) for text in (reason.text, reason.fix) if text is not None)
        for reason in item.reasons
    ]
    sheet.write_string(row, len(columns) + 1, "\n".join(said), wrap)
    if item.kind is ItemKind.UNIT and item.raw:
        sheet.write_string(row, len(columns) + 2, item.raw[:32_000], wrap)


def _fitting(cell: str) -> str:
    """Give `cell`, or its beginning where a cell of Excel could not hold it (a long geometry).

    Such a cell that comes back as it was is no mend.
    """
    return cell if len(cell) <= _LONGEST_CELL else f"{cell[:_KEPT]}… ({len(cell)})"


def _open(path: Path) -> Sheets:
    try:
        with python_calamine.CalamineWorkbook.from_path(str(path)) as book:
            return [
                (name, book.get_sheet_by_name(name).to_python(skip_empty_area=False))
                for name in book.sheet_names
            ]
    except (python_calamine.CalamineError, OSError) as error:
        raise MendsUnreadable(
            t("The file is no workbook that can be read."),
            fix=t("Save it as an Excel workbook (.xlsx) and upload it again."),
        ) from error


def _about(
    sheets: Sheets,
    contract: Contract,
    delivery: str,
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Give columns and labels of the workbook in order, if it is one of ours and of `delivery`."""
    rows = [[_text(cell) or "" for cell in row] for row in dict(sheets).get(_ABOUT, [])]
    lines = [row[0] for row in rows if row]
    if len(lines) < 2 or lines[0] != _MARK:
        raise MendsUnreadable(
            t("The workbook was not made by this platform, or its hidden sheet is gone."),
            fix=_RELOAD,
        )
    if lines[1] != delivery:
        raise MendsUnreadable(
            t("The workbook belongs to the delivery {delivery}.", delivery=lines[1]),
            fix=t("Open that delivery and upload the workbook there."),
        )
    columns = tuple(lines[2:])
    if unknown := [column for column in columns if column not in contract.column_names]:
        raise MendsUnreadable(
            t("The dataset has no column {column} any more.", column=unknown[0]), fix=_RELOAD
        )
    return columns, tuple(row[1] if len(row) > 1 else "" for row in rows[2:])


def _item(
    cell: str | None, delivery: str, items: Mapping[int, QuarantinedItem], number: int
) -> QuarantinedItem:
    owner, _, item = (cell or "").rpartition(":")
    if owner == delivery and item.isdecimal() and int(item) in items:
        return items[int(item)]
    raise MendsUnreadable(
        t("Row {row}: the row id “{id}” is not one of this delivery.", row=number, id=cell or ""),
        fix=t("Do not add rows or change the first column; new rows come in a new delivery."),
        where=str(number),
    )


def _changes(
    item: QuarantinedItem, columns: Sequence[str], cells: Sequence[str | None]
) -> list[CellMend]:
    found = []
    for place, column in enumerate(columns):
        new = cells[place] if place < len(cells) else None
        old = item.current(column) or ""
        if (new or "") not in (old, _fitting(old)):
            found.append(CellMend(item.item, column, new))
    return found


def _text(cell: Cell) -> str | None:
    """Give a cell as text in the platform's writing, None for an empty one."""
    match cell:
        case "":
            return None
        case bool():
            return "true" if cell else "false"
        case float() if cell.is_integer():
            return str(int(cell))
        case datetime() if (cell.hour, cell.minute, cell.second) == (0, 0, 0):
            return cell.date().isoformat()
        case datetime() | date():
            return cell.isoformat(" ") if isinstance(cell, datetime) else cell.isoformat()
        case _:
            return str(cell)
