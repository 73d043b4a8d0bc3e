"""The Excel template of a dataset, compiled from its contract: filled in, it is understood fully.

Excel helps while typing (lists, dates, numbers, lengths); whether a row is right is for `quality`.
"""

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeAlias

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from tinhdata.contracts import Column, Contract, GeometrySpec, GeometryType, LogicalType
from tinhdata.kernel import Text, t

CodeList: TypeAlias = Sequence[tuple[str, str]]
"""Codes and their labels."""

Translate: TypeAlias = Callable[[Text], str]
"""Gives a text in the language of the template."""

_ROWS = 5_000
"""Rows below the header that have formats and rules; more can be filled in without them."""

_HEADER_ROW = 1
_MOST_IN_LINE = 255
"""Excel takes a list typed into a rule only up to so many characters; longer ones need cells."""

_MARK = "tinhdata-template"
_LISTS = "_lists"
_LONGEST_MESSAGE = 255
_WIDEST = 44


def template(
    contract: Contract,
    code_lists: Mapping[str, CodeList],
    language: str,
    translate: Translate = str,
) -> bytes:
    """Give an .xlsx workbook to fill in for `contract`, in `language` ("vi" or "en").

    `code_lists` holds, by column name, the codes a column may have where they are in another
    dataset; a column's own allowed values need none. The first sheet has title and header, the
    second says what each column means. `translate` turns our own texts into `language`.
    """
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False})
    book.set_properties(
        {"title": contract.name.in_language(language), "comments": _marker(contract)}
    )
    writer = _Writer(book, contract, language, translate)
    writer.write(code_lists)
    book.close()
    return buffer.getvalue()


def _marker(contract: Contract) -> str:
    return f"{_MARK} {contract.id} {contract.version}"


def dataset_of_template(comment: str) -> str | None:
    """Say for which dataset a workbook with this comment is a template, None if it is none."""
    mark, _, rest = comment.partition(" ")
    return rest.partition(" ")[0] if mark == _MARK and rest else None


@dataclass(frozen=True, slots=True)
class _Formats:
    title: Format
    header: Format
    required: Format
    text: Format
    date: Format
    moment: Format
    plain: Format
    wrapped: Format

    @classmethod
    def of(cls, book: xlsxwriter.Workbook) -> "_Formats":
        header = {"bold": True, "text_wrap": True, "valign": "vcenter", "border": 1}
        return cls(
            title=book.add_format({"bold": True, "font_size": 14}),
            header=book.add_format({**header, "bg_color": "#E4EFE8"}),
            required=book.add_format({**header, "bg_color": "#CFE5D8"}),
            text=book.add_format({"num_format": "@"}),
            date=book.add_format({"num_format": "dd/mm/yyyy"}),
            moment=book.add_format({"num_format": "dd/mm/yyyy hh:mm:ss"}),
            plain=book.add_format({}),
            wrapped=book.add_format({"text_wrap": True, "valign": "top"}),
        )


class _Writer:
    def __init__(
        self, book: xlsxwriter.Workbook, contract: Contract, language: str, translate: Translate
    ) -> None:
        self._book = book
        self._contract = contract
        self._language = language
        self._say = translate
        self._formats = _Formats.of(book)
        self._lists: Worksheet | None = None
        self._lists_used = 0

    def write(self, code_lists: Mapping[str, CodeList]) -> None:
        """Write all sheets."""
        sheet = self._book.add_worksheet(self._say(t("Data")))
        notes = self._book.add_worksheet(self._say(t("Notes")))
        sheet.write_string(
            0, 0, self._contract.name.in_language(self._language), self._formats.title
        )
        sheet.freeze_panes(_HEADER_ROW + 1, 0)
        sheet.set_row(_HEADER_ROW, 32)
        for at, column in enumerate(self._contract.columns):
            codes = code_lists.get(column.name) or [(value, "") for value in column.allowed]
            self._column(sheet, at, column, codes)
        self._notes(notes, code_lists)

    def _column(self, sheet: Worksheet, at: int, column: Column, codes: CodeList) -> None:
        label = column.label.in_language(self._language)
        needed = self._is_needed(column)
        shown = f"{label} ({column.unit})" if column.unit else label
        header = self._formats.required if needed else self._formats.header
        sheet.write_string(_HEADER_ROW, at, shown, header)
        width = min(max(len(shown) + 2, 12), _WIDEST)
        sheet.set_column(at, at, width, self._format(column))
        rule = self._rule(column, codes)
        if rule is not None:
            rule |= self._messages(column, needed)
            sheet.data_validation(_HEADER_ROW + 1, at, _HEADER_ROW + _ROWS, at, rule)

    def _is_needed(self, column: Column) -> bool:
        return column.required or column.name in self._contract.key

    def _format(self, column: Column) -> Format:
        match column.logical_type:
            case LogicalType.STRING:  # so that Excel keeps leading zeros
                return self._formats.text
            case LogicalType.DATE:
                return self._formats.date
            case LogicalType.TIMESTAMP:
                return self._formats.moment
            case _:
                return self._formats.plain

    def _rule(self, column: Column, codes: CodeList) -> dict[str, object] | None:
        if codes:
            return {"validate": "list", "source": self._source([code for code, _ in codes])}
        match column.logical_type:
            case LogicalType.INTEGER | LogicalType.NUMBER:
                return _number_rule(column)
            case LogicalType.DATE | LogicalType.TIMESTAMP:
                return _date_rule(column)
            case LogicalType.STRING if column.max_length is not None:
                return _between("length", column.min_length or 0, column.max_length)
            case _:
                return None

    def _source(self, codes: Sequence[str]) -> list[str] | str:
        """Give short lists as they are, long ones as cells of a hidden sheet."""
        if len(",".join(codes)) <= _MOST_IN_LINE and not any("," in code for code in codes):
            return list(codes)
        if self._lists is None:
            self._lists = self._book.add_worksheet(_LISTS)
            self._lists.hide()
        at = self._lists_used
        self._lists_used += 1
        self._lists.set_column(at, at, None, self._formats.text)
        for row, code in enumerate(codes):
            self._lists.write_string(row, at, code)
        letters = xlsxwriter.utility.xl_col_to_name(at)
        return f"={_LISTS}!${letters}$1:${letters}${len(codes)}"

    def _messages(self, column: Column, needed: bool) -> dict[str, object]:
        label = column.label.in_language(self._language)
        return {
            "ignore_blank": not needed,
            "input_title": label[:32],
            "input_message": self._hint(column)[:_LONGEST_MESSAGE],
            "error_title": self._say(t("Please look again"))[:32],
            "error_message": self._error(column)[:_LONGEST_MESSAGE],
            "error_type": "warning",
        }

    def _error(self, column: Column) -> str:
        label = column.label.in_language(self._language)
        return self._say(
            t("“{column}”: {rule}", column=label, rule=self._rule_text(column) or label)
        )

    def _hint(self, column: Column) -> str:
        described = column.description.in_language(self._language)
        return " ".join(part for part in (described, self._rule_text(column)) if part)

    def _rule_text(self, column: Column) -> str:
        return " ".join(self._say(text) for text in _rule_texts(column))

    def _notes(self, sheet: Worksheet, code_lists: Mapping[str, CodeList]) -> None:
        formats = self._formats
        heads = (t("Column"), t("Required"), t("Meaning"), t("Unit"), t("Rule"), t("Example"))
        for at, (head, width) in enumerate(zip(heads, (28, 10, 50, 12, 50, 20), strict=True)):
            sheet.write_string(0, at, self._say(head), formats.header)
            sheet.set_column(at, at, width, formats.wrapped)
        for row, column in enumerate(self._contract.columns, 1):
            cells = (
                column.label.in_language(self._language),
                self._say(t("yes")) if self._is_needed(column) else self._say(t("no")),
                column.description.in_language(self._language),
                column.unit or "",
                self._rule_text(column),
                _example(column, code_lists.get(column.name, ())),
            )
            for at, text in enumerate(cells):
                sheet.write_string(row, at, text, formats.wrapped)
        self._code_notes(sheet, len(self._contract.columns) + 2, code_lists)
        sheet.freeze_panes(1, 0)

    def _code_notes(self, sheet: Worksheet, row: int, code_lists: Mapping[str, CodeList]) -> None:
        for name, codes in code_lists.items():
            label = self._contract.column(name).label.in_language(self._language)
            sheet.write_string(row, 0, label, self._formats.header)
            for offset, (code, meaning) in enumerate(codes, 1):
                sheet.write_string(row + offset, 0, code, self._formats.text)
                sheet.write_string(row + offset, 2, meaning, self._formats.wrapped)
            row += len(codes) + 2


def _number_rule(column: Column) -> dict[str, object]:
    kind = "integer" if column.logical_type is LogicalType.INTEGER else "decimal"
    low = column.minimum if isinstance(column.minimum, int | Decimal) else Decimal(-(10**15))
    high = column.maximum if isinstance(column.maximum, int | Decimal) else Decimal(10**15)
    if kind == "integer":
        return _between(kind, int(low), int(high))
    return _between(kind, float(low), float(high))


def _date_rule(column: Column) -> dict[str, object]:
    low = column.minimum if isinstance(column.minimum, date) else date(1900, 1, 1)
    high = column.maximum if isinstance(column.maximum, date) else date(9999, 12, 31)
    return _between("date", low, high)


def _between(kind: str, low: object, high: object) -> dict[str, object]:
    return {"validate": kind, "criteria": "between", "minimum": low, "maximum": high}


def _rule_texts(column: Column) -> list[Text]:
    """Say in sentences what a value must be."""
    texts = [_TYPE_TEXTS[column.logical_type]] if column.logical_type in _TYPE_TEXTS else []
    if column.geometry is not None:
        texts.append(
            t(
                "A geometry as WKT in degrees of WGS 84, longitude first, such as {example}. A "
                "layer with long geometries is better delivered as GeoPackage or GeoJSON.",
                example=_wkt_example(column.geometry),
            )
        )
    if column.allowed:
        texts.append(t("One of: {values}.", values=", ".join(column.allowed)))
    if column.minimum is not None:
        texts.append(t("At least {value}.", value=_shown(column.minimum)))
    if column.maximum is not None:
        texts.append(t("At most {value}.", value=_shown(column.maximum)))
    if column.max_length is not None:
        texts.append(t("At most {count} characters.", count=column.max_length))
    if column.unique:
        texts.append(t("Each value once only."))
    if column.missing_values:
        texts.append(t("Where unknown: {values}.", values=", ".join(column.missing_values)))
    return texts


_TYPE_TEXTS: Mapping[LogicalType, Text] = {
    LogicalType.INTEGER: t("A whole number."),
    LogicalType.NUMBER: t("A number."),
    LogicalType.DATE: t("A date, day/month/year."),
    LogicalType.TIMESTAMP: t("Date and time, day/month/year hour:minute."),
    LogicalType.BOOLEAN: t("Yes or no."),
}


def _wkt_example(spec: GeometrySpec) -> str:
    """Write a geometry of a kind that is taken, in the middle of the area."""
    west, south, east, north = spec.within
    x, y = round((west + east) / 2, 2), round((south + north) / 2, 2)
    corners = [(x, y), (x + 0.01, y), (x + 0.01, y + 0.01), (x, y)]
    ring = ", ".join(f"{lon:.2f} {lat:.2f}" for lon, lat in corners)
    point, line = f"{x} {y}", ring.rpartition(", ")[0]
    examples: Mapping[GeometryType, str] = {
        GeometryType.POINT: f"POINT ({point})",
        GeometryType.MULTI_POINT: f"MULTIPOINT (({point}))",
        GeometryType.LINE_STRING: f"LINESTRING ({line})",
        GeometryType.MULTI_LINE_STRING: f"MULTILINESTRING (({line}))",
        GeometryType.POLYGON: f"POLYGON (({ring}))",
        GeometryType.MULTI_POLYGON: f"MULTIPOLYGON ((({ring})))",
    }
    return examples[spec.types[0]]


def _shown(value: object) -> str:
    return f"{value:%d/%m/%Y}" if isinstance(value, date) else str(value)


def _example(column: Column, codes: CodeList) -> str:
    if codes or column.allowed:
        return codes[0][0] if codes else column.allowed[0]
    if column.geometry is not None:
        return _wkt_example(column.geometry)
    match column.logical_type:
        case LogicalType.INTEGER:
            return str(column.minimum) if column.minimum is not None else "12"
        case LogicalType.NUMBER:
            return "12,5"
        case LogicalType.DATE:
            return "31/12/2025"
        case LogicalType.TIMESTAMP:
            return "31/12/2025 08:30"
        case _:
            return ""
