"""Rows typed into a form -> the bytes of an ordinary delivery, and back from a release.

It knows how values are typed and how a file says them; whether they are right is found by the check
that every delivery goes through.
"""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from tinhdata.contracts import Column, Contract, LogicalType, NumberForm, Period, PeriodUnit
from tinhdata.intake import ReadingChoice
from tinhdata.vietnam import NumberForm as WrittenForm
from tinhdata.vietnam import Unreadable, parse_number
from tinhdata.warehouse import Filter, Op, Value

_PERIOD_FORMS: Mapping[PeriodUnit, str] = {
    PeriodUnit.DAY: "%Y-%m-%d",
    PeriodUnit.MONTH: "%Y-%m",
    PeriodUnit.YEAR: "%Y",
}
_NUMBERS = (LogicalType.NUMBER, LogicalType.INTEGER)
_LONGEST_PERIOD = 100
_LINE_ENDS = re.compile(r"\r\n?")


@dataclass(frozen=True, slots=True)
class TypedFile:
    """Typed rows as a file, and the row (by its number) that begins at each of its lines."""

    data: bytes
    begins: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class TypedRow:
    """A row as it was typed; `number` is the one that its fields carry."""

    number: int
    cells: Mapping[str, str]

    @property
    def is_blank(self) -> bool:
        """Say whether nothing was typed; a box that is not ticked says nothing either."""
        return not any(value.strip() for value in self.cells.values() if value != UNTICKED)


TICKED, UNTICKED = "true", "false"


def typed(value: Value, column: Column, language: str) -> str:
    """Give a stored value as it is typed: numbers without signs between thousands."""
    match value:
        case None:
            return ""
        case bool():
            return TICKED if value else UNTICKED
        case datetime():
            return value.isoformat(timespec="minutes" if not value.second else "seconds")
        case date():
            return value.isoformat()
        case Decimal() | float():
            plain = format(Decimal(str(value)), "f")
            plain = plain.rstrip("0").rstrip(".") if "." in plain else plain
            return plain.replace(".", ",") if language == "vi" else plain
        case _:
            return str(value)


def delivered(text: str, column: Column, language: str) -> str:
    """Give what was typed as a file says it; what cannot be read stays as it was typed."""
    cell = _LINE_ENDS.sub("\n", text).strip()
    if column.logical_type in _NUMBERS and cell:
        form = WrittenForm.VIETNAMESE if language == "vi" else WrittenForm.ENGLISH
        number = parse_number(cell, form)
        return cell if isinstance(number, Unreadable) else format(number.value, "f")
    if column.logical_type is LogicalType.TIMESTAMP:
        return cell.replace("T", " ")
    return cell


def file_of(
    contract: Contract, rows: Iterable[TypedRow], language: str, fixed: Mapping[str, str]
) -> TypedFile:
    """Give typed rows as a CSV file with a column for each of the contract; blank ones left out.

    `fixed` are columns that have one value in every row: the period.
    """
    written, begins = io.StringIO(), dict[int, int]()
    lines = csv.writer(written, lineterminator="\n")
    lines.writerow(contract.column_names)
    line = 2
    for row in rows:
        if row.is_blank:
            continue
        cells = [
            fixed.get(column.name) or delivered(row.cells.get(column.name, ""), column, language)
            for column in contract.columns
        ]
        begins[line] = row.number
        # A cell of several lines makes its row as long.
        line += 1 + sum(cell.count("\n") for cell in cells)
        lines.writerow(cells)
    return TypedFile(written.getvalue().encode(), begins)


def reading_of(contract: Contract) -> ReadingChoice:
    """Say how a file made by `file_of` is read: nothing of it has to be found out."""
    return ReadingChoice(
        encoding="utf-8",
        delimiter=",",
        first_header_row=1,
        header_rows=1,
        mapping={name: place for place, name in enumerate(contract.column_names)},
        number_forms={
            column.name: NumberForm.ENGLISH
            for column in contract.columns
            if column.logical_type in _NUMBERS
        },
        totals_are_data=True,
    )


def period_given(contract: Contract, text: str) -> str | None:
    """Give the period that was typed as rows have it, None for none and for a wrong one."""
    found = text.strip()
    if contract.period is None or not found or len(found) > _LONGEST_PERIOD:
        return None
    if contract.period.unit is PeriodUnit.VALUE:
        return found
    form = _PERIOD_FORMS[contract.period.unit]
    try:
        return datetime.strptime(found, form).strftime(form)  # noqa: DTZ007 - a period has no zone
    except ValueError:
        return None


def fixed_cells(contract: Contract, period: str | None) -> Mapping[str, str]:
    """Give the cells that the period alone decides: its column, where each row has just that."""
    if contract.period is None or period is None:
        return {}
    column = contract.column(contract.period.column)
    is_day = contract.period.unit is PeriodUnit.DAY and column.logical_type is LogicalType.DATE
    if contract.period.unit is PeriodUnit.VALUE or is_day:
        return {column.name: period}
    return {}


def is_in_period(contract: Contract, period: str | None, row: TypedRow) -> bool:
    """Say whether the moment of a typed row lies in `period`, as far as it can be read."""
    if contract.period is None or period is None:
        return True
    cell = row.cells.get(contract.period.column, "").strip()
    return (
        not cell
        or contract.period.column in fixed_cells(contract, period)
        or (cell.startswith(period))
    )


def period_filter(period: Period, column: Column, value: str) -> Filter:
    """Give the condition that leaves the rows of one period."""
    if period.unit is PeriodUnit.VALUE:
        return Filter(period.column, Op.EQ, (value,))
    first, last = _ends(period.unit, value)
    if column.logical_type is LogicalType.TIMESTAMP:
        return Filter(period.column, Op.BETWEEN, (first, f"{last}T23:59:59.999999"))
    return Filter(period.column, Op.BETWEEN, (first, last))


def _ends(unit: PeriodUnit, value: str) -> tuple[str, str]:
    match unit:
        case PeriodUnit.YEAR:
            return f"{value}-01-01", f"{value}-12-31"
        case PeriodUnit.MONTH:
            year, month = (int(part) for part in value.split("-"))
            days = (date(year + month // 12, month % 12 + 1, 1) - date(year, month, 1)).days
            return f"{value}-01", f"{value}-{days:02d}"
        case _:
            return value, value


def newest_periods(values: Sequence[Value], unit: PeriodUnit, most: int) -> tuple[str, ...]:
    """Give the newest periods that hold `values`, newest first."""
    form = _PERIOD_FORMS.get(unit)
    named = {
        value.strftime(form) if form and isinstance(value, date) else str(value)
        for value in values
        if value is not None
    }
    return tuple(sorted(named, reverse=True))[:most]
