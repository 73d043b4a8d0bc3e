"""Rows as lines of text, written by the engine itself: CSV and JSON. Pure SQL text.

Python would write the same lines far slower and hold up every other answer meanwhile. The forms
are those of `edge.plain`, to which tests compare every line.
"""

# ruff: noqa: S608 -- names are our own or quoted by the kernel, values bound

import csv
import io
import json
from collections.abc import Sequence
from enum import StrEnum

from tinhdata.contracts.model import TableColumn
from tinhdata.kernel import quote_literal
from tinhdata.warehouse.sql import Statement


class TextForm(StrEnum):
    """Lines for programs."""

    CSV = "csv"
    """RFC 4180: CRLF, quotes where they are needed, nothing for an empty cell."""
    JSON = "json"
    """An object by column name, a comma and a line feed before it."""
    JSONL = "jsonl"
    """An object by column name, a line feed after it."""


_LF, _CR = "chr(10)", "chr(13)"


def text_lines(everything: Statement, columns: Sequence[TableColumn], form: TextForm) -> Statement:
    """Give the statement for one text per row of `everything`, in its order."""
    cells = [f"c{at}" for at in range(len(columns))]
    source = f"({everything.sql}) AS rows({', '.join(cells)})"
    line = _csv_line(cells, columns) if form is TextForm.CSV else _json_line(cells, columns, form)
    return Statement(f"SELECT {line} FROM {source}", everything.values)


def csv_header(columns: Sequence[TableColumn]) -> bytes:
    """Give the first line of CSV."""
    line = io.StringIO()
    csv.writer(line, lineterminator="\r\n").writerow([column.name for column in columns])
    return line.getvalue().encode()


# -- CSV


def _csv_line(cells: Sequence[str], columns: Sequence[TableColumn]) -> str:
    written = [
        f"coalesce({_csv_value(cell, column)}, '')"
        for cell, column in zip(cells, columns, strict=True)
    ]
    if len(written) == 1:
        # A line with nothing on it would be no row.
        written = [f"CASE WHEN {written[0]} = '' THEN '\"\"' ELSE {written[0]} END"]
    cells_and_commas = ", ',', ".join(written)
    return f"concat({cells_and_commas}, {_CR}, {_LF})"


def _csv_value(cell: str, column: TableColumn) -> str:
    match column.sql_type:
        case "VARCHAR":
            hits = " OR ".join(f"contains({cell}, {mark})" for mark in ("','", "'\"'", _LF, _CR))
            quoted = f"concat('\"', replace({cell}, '\"', '\"\"'), '\"')"
            return f"CASE WHEN {hits} THEN {quoted} ELSE {cell} END"
        case "DOUBLE":
            return _without_exponent(cell)
        case "TIMESTAMP":
            return _moment(cell)
        case _:
            return f"CAST({cell} AS VARCHAR)"


def _moment(cell: str) -> str:
    """Write ISO 8601; parts of a second, where there are any, in six digits."""
    text = f"replace(CAST({cell} AS VARCHAR), ' ', 'T')"
    return f"CASE WHEN length({text}) > 19 THEN rpad({text}, 26, '0') ELSE {text} END"


def _without_exponent(cell: str) -> str:
    """Write the shortest digits that read back the same, spelled out: never 1e+16."""
    text = f"CAST({cell} AS VARCHAR)"
    sign = f"CASE WHEN {cell} < 0 THEN '-' ELSE '' END"
    mantissa = f"ltrim(split_part({text}, 'e', 1), '-')"
    power = f"TRY_CAST(split_part({text}, 'e', 2) AS INTEGER)"
    whole = f"split_part({mantissa}, '.', 1)"
    part = f"split_part({mantissa}, '.', 2)"
    large = f"concat({sign}, {whole}, rpad({part}, {power}, '0'))"
    small = f"concat({sign}, '0.', repeat('0', -{power} - 1), {whole}, {part})"
    return (
        f"CASE WHEN NOT isfinite({cell}) THEN '' WHEN contains({text}, 'e+') THEN {large} "
        f"WHEN contains({text}, 'e-') THEN {small} ELSE {text} END"
    )


# -- JSON


def _json_line(cells: Sequence[str], columns: Sequence[TableColumn], form: TextForm) -> str:
    parts: list[str] = []
    for cell, column in zip(cells, columns, strict=True):
        opening = "{" if not parts else ","
        parts.append(quote_literal(f"{opening}{json.dumps(column.name, ensure_ascii=False)}:"))
        parts.append(f"coalesce({_json_value(cell, column)}, 'null')")
    around = (f"',', {_LF}", "'}'") if form is TextForm.JSON else ("''", f"'}}', {_LF}")
    return f"concat({around[0]}, {', '.join(parts)}, {around[1]})"


def _json_value(cell: str, column: TableColumn) -> str:
    match column.sql_type:
        case "VARCHAR":
            plain = f"'\"' || {cell} || '\"'"
            special = f"regexp_matches({cell}, '[\\x00-\\x1f\"\\\\]')"
            return f"CASE WHEN {special} THEN {_json_escaped(cell)} ELSE {plain} END"
        case "DOUBLE":
            return f"CASE WHEN isfinite({cell}) THEN CAST({cell} AS VARCHAR) END"
        case "DATE":
            return f"'\"' || CAST({cell} AS VARCHAR) || '\"'"
        case "TIMESTAMP":
            return f"'\"' || {_moment(cell)} || '\"'"
        case _:
            return f"CAST({cell} AS VARCHAR)"


def _json_escaped(cell: str) -> str:
    named = {8: "b", 9: "t", 10: "n", 12: "f", 13: "r"}
    text = f"replace(replace({cell}, '\\', '\\\\'), '\"', '\\\"')"
    for code in range(0x20):
        text = f"replace({text}, chr({code}), '\\{named.get(code, f'u{code:04x}')}')"
    return f"concat('\"', {text}, '\"')"
