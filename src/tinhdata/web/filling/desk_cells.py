"""Cells of a file as its reading page shows them, and what the check rewrote in them."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal

from tinhdata.contracts import Column, Contract, LogicalType
from tinhdata.deliveries import Delivery
from tinhdata.edge.language import number
from tinhdata.edge.showing import shown
from tinhdata.intake import FileKind, Understanding
from tinhdata.kernel import Text, t
from tinhdata.quality import Step
from tinhdata.warehouse import Value
from tinhdata.web.filling.words import NUMERIC, label_of

_PLAIN_NUMBER = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,18})?")
_PLAIN_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}([ T][0-9]{2}:[0-9]{2}(:[0-9]{2})?)?")
_DATES = frozenset({LogicalType.DATE, LogicalType.TIMESTAMP})

_STEPS: Mapping[Step, Text] = {
    Step.NFC: t("{column}: letters and marks written apart were joined. Rows: {count}."),
    Step.INVISIBLE: t("{column}: invisible signs were taken out. Rows: {count}."),
    Step.CONTROLS: t("{column}: control characters were taken out. Rows: {count}."),
    Step.SPACES: t("{column}: stray blanks were taken out. Rows: {count}."),
    Step.MISSING: t("{column}: a word for “no value” became an empty cell. Rows: {count}."),
    Step.FORM: t("{column}: numbers, dates, yes or no were written our way. Rows: {count}."),
    Step.CODE: t("{column}: codes and numbers got the writing of their kind. Rows: {count}."),
    Step.MARK: t("{column}: a mark was cut off and kept in its own column. Rows: {count}."),
    Step.UNIT: t("{column}: numbers were turned into the dataset’s unit. Rows: {count}."),
    Step.GEOMETRY: t("{column}: shapes were written our way. Rows: {count}."),
}


def cell_text(cell: str, column: Column, seen: Understanding, language: str) -> str:
    """Give a first value of a file as people read it.

    Files that hold typed values have no writing of their own, so ours is shown; a line of text is
    shown as it stands there, because its writing is what the reader has to judge.
    """
    kinds = {table.kind for table in seen.tables}
    if FileKind.TEXT in kinds or None in kinds:
        return cell
    value = _typed(cell.strip(), column)
    return cell if value is None else shown(value, column, language) or cell


def _typed(cell: str, column: Column) -> Value:
    if column.logical_type in NUMERIC and _PLAIN_NUMBER.fullmatch(cell):
        found = Decimal(cell)
        return int(found) if found == found.to_integral_value() else found
    if column.logical_type in _DATES and _PLAIN_DAY.fullmatch(cell):
        try:
            moment = datetime.fromisoformat(cell)
        except ValueError:
            return None
        return moment if moment.time() != datetime.min.time() else moment.date()
    return None


def rewritten(delivery: Delivery, contract: Contract, language: str) -> Iterator[Text]:
    """Say per column what the check put into another writing, and in how many rows."""
    found = delivery.report.standardised if delivery.report else ()
    for each in found:
        label = label_of(contract.column(each.column), language)
        yield Text(_STEPS[each.step].msgid, {"column": label, "count": number(each.rows, language)})


def columns_to_name(seen: Understanding, contract: Contract, language: str) -> str:
    """Give the columns that must be filled and that nothing in the file was found for."""
    return ", ".join(
        f"“{label_of(column, language)}”"
        for column in contract.columns
        if (column.required or column.name in contract.key)
        and column.name in seen.unmatched_columns
    )
