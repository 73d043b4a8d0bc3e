"""Rows as XML of a worksheet, written by the engine itself. Pure SQL text.

Numbers stay numbers as long as Excel keeps every digit; text is always written as text, whatever
it begins with, so that no cell becomes a formula.
"""

# ruff: noqa: S608 -- names are our own or quoted by the kernel, values bound

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from tinhdata.contracts.model import TableColumn
from tinhdata.kernel import quote_literal
from tinhdata.warehouse.sql import Statement

LONGEST_CELL = 32_767
"""Most letters of a cell of Excel."""
_LARGEST = 10**15
"""Excel keeps fifteen digits of a number; longer ones are written as text, not rounded."""
_FIRST_DAY = "DATE '1900-03-01'"
"""Excel believes in 29/2/1900, so earlier days would be off by one."""
_DAY_ZERO = "DATE '1899-12-30'"
_DAY_MICROSECONDS = 86_400_000_000
_SPECIAL = r"[&<>\x00-\x1F\x{FFFE}\x{FFFF}]|_x[0-9A-Fa-f]{4}_|^\s|\s$"
"""What XML or Excel would read as something else than itself."""
_FORBIDDEN = (*(code for code in range(0x20) if chr(code) not in "\t\n"), 0xFFFE, 0xFFFF)
_KIND = r"^\s*(?:SRID\s*=\s*\d+\s*;\s*)?([A-Za-z]+)(?:\s+(?:Z|M|ZM|z|m|zm))?\s*\("
"""How WKT begins; the same as in `contracts.geometry_brief`."""


@dataclass(frozen=True, slots=True)
class SheetForm:
    """Rows of a worksheet (ECMA-376 part 1, 18.3.1.73), the first one in row 2.

    The numbers are those of the cell formats in the workbook's styles. For a geometry in one of
    `shapes` that is longer than a cell, `briefs` gives by its kind what stands before and after
    the number of its vertices.
    """

    date: int
    moment: int
    text: int
    shapes: frozenset[str] = frozenset()
    briefs: Mapping[str, tuple[str, str]] = field(default_factory=lambda: MappingProxyType({}))


def sheet_rows(everything: Statement, columns: Sequence[TableColumn], form: SheetForm) -> Statement:
    """Give the statement for one `row` element per row of `everything`, in its order.

    A second column says `row:column:letters` of the first text that no cell can hold, both
    counted from 0 but for the row, which counts the header as 0.
    """
    cells = [f"c{at}" for at in range(len(columns))]
    source = f"({everything.sql}) AS rows({', '.join(cells)})"
    numbered = f"SELECT *, CAST(row_number() OVER () + 1 AS VARCHAR) AS n FROM {source}"
    pairs = list(zip(cells, columns, strict=True))
    written = [
        f"coalesce({_cell(cell, column, column_letters(at), form)}, '')"
        for at, (cell, column) in enumerate(pairs)
    ]
    row = f"concat('<row r=\"', n, '\">', {', '.join(written)}, '</row>')"
    odd = [
        f"CASE WHEN {_is_too_long(text)} THEN n || ':{at}:' || CAST(length({text}) AS VARCHAR) END"
        for at, (cell, column) in enumerate(pairs)
        if column.sql_type == "VARCHAR"
        for text in [_brief(cell, column, form)]
    ]
    return Statement(
        f"SELECT {row}, coalesce({', '.join([*odd, 'NULL'])}) FROM ({numbered})", everything.values
    )


def column_letters(at: int) -> str:
    """Name the column `at`, counted from 0, as a sheet does: A, Z, AA."""
    letters, rest = "", at + 1
    while rest:
        rest, letter = divmod(rest - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return letters


def _cell(cell: str, column: TableColumn, letters: str, form: SheetForm) -> str:
    text = f"CAST({cell} AS VARCHAR)"
    number = _value_cell(letters, text)
    match column.sql_type.partition("(")[0]:
        case "BOOLEAN":
            return _value_cell(letters, f"CAST(CAST({cell} AS INTEGER) AS VARCHAR)", ' t="b"')
        case "DATE":
            days = f"CAST({cell} - {_DAY_ZERO} AS VARCHAR)"
            dated = _value_cell(letters, days, f' s="{form.date}"')
            early = _text_cell(letters, form.text, f"strftime({cell}, '%d/%m/%Y')")
            return _either(f"{cell} >= {_FIRST_DAY}", dated, early)
        case "TIMESTAMP":
            return _moment_cell(cell, letters, form)
        case "BIGINT":
            fits = f"{cell} BETWEEN {1 - _LARGEST} AND {_LARGEST - 1}"
            return _either(fits, number, _text_cell(letters, form.text, text))
        case "DECIMAL":
            digits = f"rtrim(ltrim(replace({text}, '.', ''), '-0'), '0')"
            fits = f"length({digits}) < {len(str(_LARGEST))} AND abs({cell}) < {_LARGEST}"
            return _either(fits, number, _text_cell(letters, form.text, text))
        case "DOUBLE":
            return f"CASE WHEN isfinite({cell}) THEN {number} END"
        case _:
            return _text_cell(letters, form.text, _brief(cell, column, form))


def _moment_cell(cell: str, letters: str, form: SheetForm) -> str:
    days = f"epoch_us({cell} - CAST({_DAY_ZERO} AS TIMESTAMP)) / {_DAY_MICROSECONDS}.0"
    moment = _value_cell(letters, f"CAST({days} AS VARCHAR)", f' s="{form.moment}"')
    minutes = f"strftime({cell}, '%d/%m/%Y %H:%M')"
    with_seconds = f"strftime({cell}, '%d/%m/%Y %H:%M:%S')"
    written = f"({_either(f'second({cell}) = 0', minutes, with_seconds)})"
    return _either(f"{cell} >= {_FIRST_DAY}", moment, _text_cell(letters, form.text, written))


def _either(fits: str, one: str, other: str) -> str:
    return f"CASE WHEN {fits} THEN {one} ELSE {other} END"


def _value_cell(letters: str, value: str, attributes: str = "") -> str:
    opening, rest = quote_literal(f'<c r="{letters}'), quote_literal(f'"{attributes}><v>')
    return f"{opening} || n || {rest} || {value} || '</v></c>'"


def _text_cell(letters: str, style: int, value: str) -> str:
    opening = quote_literal(f'<c r="{letters}')
    plain = quote_literal(f'" s="{style}" t="inlineStr"><is><t>')
    spaced = quote_literal(f'" s="{style}" t="inlineStr"><is><t xml:space="preserve">')
    end = "'</t></is></c>'"
    return _either(
        f"regexp_matches({value}, {quote_literal(_SPECIAL)})",
        f"{opening} || n || {spaced} || {_escaped(value)} || {end}",
        f"{opening} || n || {plain} || {value} || {end}",
    )


def _escaped(value: str) -> str:
    """Escape as Excel does: what XML cannot hold becomes _xHHHH_ (ECMA-376 part 1, 22.4.2.4)."""
    text = f"regexp_replace({value}, '_(x[0-9A-Fa-f]{{4}}_)', '_x005F_\\1', 'g')"
    for mark, name in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        text = f"replace({text}, '{mark}', '{name}')"
    for code in _FORBIDDEN:
        text = f"replace({text}, chr({code}), '_x{code:04X}_')"
    return text


def _brief(cell: str, column: TableColumn, form: SheetForm) -> str:
    """Give a text, or, for a geometry that no cell can hold, what it is instead."""
    if column.name not in form.shapes:
        return cell
    kind = f"upper(regexp_extract({cell}, {quote_literal(_KIND)}, 1))"
    count = f"CAST(length({cell}) - length(replace({cell}, ',', '')) + 1 AS VARCHAR)"
    cases = " ".join(
        f"WHEN {quote_literal(name)} "
        f"THEN {quote_literal(before)} || {count} || {quote_literal(after)}"
        for name, (before, after) in form.briefs.items()
    )
    return (
        f"(CASE WHEN {_is_too_long(cell)} THEN CASE {kind} {cases} ELSE {cell} END ELSE {cell} END)"
    )


def _is_too_long(text: str) -> str:
    # Letters are counted only where the bytes leave room for too many.
    return f"(strlen({text}) > {LONGEST_CELL} AND length({text}) > {LONGEST_CELL})"
