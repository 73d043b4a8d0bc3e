"""Samples as files: rows written as CSV, XLSX or JSON, and a kept file read as rows.

The same rows give the same bytes. What is in the rows is not looked at here.
"""

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory

import xlsxwriter

from tinhdata.contracts import (
    SYSTEM_COLUMNS,
    Column,
    Contract,
    LogicalType,
    NumberForm,
    TableColumn,
    TableSpec,
    sql_type,
)
from tinhdata.intake import read, understand
from tinhdata.kernel import t
from tinhdata.pack.errors import SampleUnusable
from tinhdata.quality import CheckContext, check, compile_checks, good_rows

_GROUP = 3
_SHEET_NAME_LENGTH = 31
_MADE = datetime(2000, 1, 1)  # noqa: DTZ001 - the format has no zone, and no file says when it was made


class SampleForm(StrEnum):
    """The kinds of files that a sample is written as."""

    CSV = "csv"
    XLSX = "xlsx"
    JSON = "json"


def write_rows(
    contract: Contract, rows: Sequence[Mapping[str, object]], path: Path, form: SampleForm
) -> None:
    """Write `rows` as a file that the platform understands for `contract` without a question.

    CSV and XLSX carry the Vietnamese labels as header, JSON the names of the columns.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    _WRITERS[form](contract, rows, path)


def read_rows(contract: Contract, path: Path) -> Iterator[dict[str, object]]:
    """Read a kept sample as it would be released: typed, without rows that break a rule.

    What the rows refer to is not looked at. Raises SampleUnusable where the file is not understood.
    """
    understood = understand(path, path.name, contract)
    if not understood.is_ready:
        raise SampleUnusable(
            t("The sample {file} is not understood.", file=path.name),
            fix=t("Deliver the file once to see what is asked, and correct it."),
            where=path.name,
        )
    with TemporaryDirectory(prefix="tinhdata-sample-") as folder:
        staged = read(path, contract, understood, Path(folder) / "staged")
        checked = check(
            compile_checks(contract, ""),
            staged.rows.path,
            _table(contract),
            CheckContext(
                delivery="",
                number_forms=staged.number_forms,
                date_orders=staged.date_orders,
                rejects=staged.rejects.path,
            ),
            Path(folder) / "checked",
        )
        yield from good_rows(checked, contract.column_names)


def _table(contract: Contract) -> TableSpec:
    types = {**SYSTEM_COLUMNS, **{column.name: sql_type(column) for column in contract.columns}}
    columns = tuple(TableColumn(name, kind, at) for at, (name, kind) in enumerate(types.items(), 1))
    # Without a sorting of its own, rows stay in the order of the file.
    return TableSpec(contract.id, columns, ("_record",))


def _write_csv(contract: Contract, rows: Sequence[Mapping[str, object]], path: Path) -> None:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=contract.layout.delimiter or ",", lineterminator="\r\n")
    writer.writerow([column.label.vi for column in contract.columns])
    for row in rows:
        writer.writerow([_text(column, row.get(column.name)) for column in contract.columns])
    path.write_bytes(text.getvalue().encode("utf-8-sig"))


def _write_xlsx(contract: Contract, rows: Sequence[Mapping[str, object]], path: Path) -> None:
    with xlsxwriter.Workbook(
        path, {"strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        book.set_properties({"title": contract.name.vi, "created": _MADE})
        sheet = book.add_worksheet(contract.id[:_SHEET_NAME_LENGTH])
        forms = {
            LogicalType.DATE: book.add_format({"num_format": "dd/mm/yyyy"}),
            LogicalType.TIMESTAMP: book.add_format({"num_format": "dd/mm/yyyy hh:mm:ss"}),
        }
        head = book.add_format({"bold": True})
        for at, column in enumerate(contract.columns):
            sheet.write_string(0, at, column.label.vi, head)
        for line, row in enumerate(rows, start=1):
            for at, column in enumerate(contract.columns):
                value = row.get(column.name)
                if isinstance(value, date):
                    sheet.write_datetime(line, at, value, forms.get(column.logical_type))
                elif isinstance(value, int | float | Decimal) and not isinstance(value, bool):
                    sheet.write_number(line, at, float(value))
                elif value is not None:
                    sheet.write_string(line, at, _text(column, value))


def _write_json(contract: Contract, rows: Sequence[Mapping[str, object]], path: Path) -> None:
    kept = [{column.name: row.get(column.name) for column in contract.columns} for row in rows]
    written = json.dumps(kept, ensure_ascii=False, indent=1, default=_plain)
    path.write_text(f"{written}\n", encoding="utf-8")


_WRITERS: Mapping[SampleForm, Callable[[Contract, Sequence[Mapping[str, object]], Path], None]] = {
    SampleForm.CSV: _write_csv,
    SampleForm.XLSX: _write_xlsx,
    SampleForm.JSON: _write_json,
}


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    return str(value)


def _text(column: Column, value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "Có" if value else "Không"
    if isinstance(value, int | float | Decimal):
        return _number(column, value)
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    return str(value)


def _number(column: Column, value: float | Decimal) -> str:
    if column.decimals is not None:
        text = f"{value:.{column.decimals}f}"
    else:
        text = format(Decimal(str(value)), "f")
    whole, dot, rest = text.partition(".")
    if not dot:
        return text
    if column.number_form is NumberForm.VIETNAMESE:
        return f"{whole},{rest}"
    # 1.234 may be one and a bit or more than a thousand; 1.2340 is one and a bit.
    padded = column.number_form is NumberForm.AUTO and len(rest) == _GROUP
    return f"{text}0" if padded else text
