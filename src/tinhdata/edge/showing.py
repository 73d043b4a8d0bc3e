"""Values as people read them in the language of the page; programs get the plain form."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from tinhdata.contracts import Column, Contract, LogicalType, geometry_brief
from tinhdata.edge.language import day_text, number, say
from tinhdata.kernel import Text, t
from tinhdata.warehouse import Op, Query, Value

_NAMES_OF_NUMBERS = frozenset({"year", "month", "quarter", "numeric-code"})
"""Semantic types whose numbers name something: 2025 is never written 2.025."""


def shown(value: Value, column: Column, language: str) -> str | None:
    """Write `value` of `column`: dd/mm/yyyy, 1.234,5, có or không; None where there is nothing.

    A masked value is text already and stays as it is.
    """
    match value:
        case None:
            return None
        case bool():
            return say(t("yes") if value else t("no"), language)
        case str():
            return value if column.geometry is None else brief(value, language)
        case datetime():
            return _moment(value, language)
        case date():
            return day_text(value, language)
        case _:
            return _number(value, column, language)


def brief(wkt: str, language: str) -> str:
    """Say what a geometry is instead of its coordinates; what is none stays as it is."""
    text = geometry_brief(wkt)
    return wkt if text is None else say(text, language)


def filter_words(query: Query, contract: Contract, language: str) -> tuple[str, ...]:
    """Say in words what a query is limited to, one sentence per condition."""
    words = [f"“{query.search}”"] if query.search else []
    for item in query.filters:
        column = contract.column(item.column)
        label = column.label.in_language(language)
        words.append(f"{label} {say(_OPS[item.op], language)} {_values(item.values)}".strip())
    return tuple(words)


def _values(values: Sequence[str]) -> str:
    return ", ".join(f"“{value}”" for value in values)


_OPS: dict[Op, Text] = {
    Op.EQ: t("is"),
    Op.IN: t("is one of"),
    Op.NE: t("is not"),
    Op.LT: t("is before"),
    Op.LE: t("is at most"),
    Op.GT: t("is more than"),
    Op.GE: t("is at least"),
    Op.BETWEEN: t("is between"),
    Op.CONTAINS: t("contains"),
    Op.STARTS: t("starts with"),
    Op.EMPTY: t("is empty"),
    Op.NOT_EMPTY: t("is filled"),
}


def _number(value: int | float | Decimal, column: Column, language: str) -> str:
    if isinstance(value, int):
        return str(value) if column.semantic_type in _NAMES_OF_NUMBERS else number(value, language)
    if isinstance(value, Decimal):
        return _decimal(value, language)
    return number(value, language, column.decimals)


def _decimal(value: Decimal, language: str) -> str:
    """Write a decimal with exactly the places it has, without going through a float."""
    written = f"{value:,f}"
    return written.translate({ord(","): ".", ord("."): ","}) if language == "vi" else written


def _moment(value: datetime, language: str) -> str:
    seconds = f":{value.second:02}" if value.second else ""
    return f"{day_text(value, language)} {value.hour:02}:{value.minute:02}{seconds}"


def is_named_number(column: Column) -> bool:
    """Say whether the numbers of `column` name something, as a year does, and are no amounts."""
    return column.semantic_type in _NAMES_OF_NUMBERS


def is_numeric(column: Column) -> bool:
    """Say whether the values of `column` are numbers, which tables align to the right."""
    return column.logical_type in {LogicalType.INTEGER, LogicalType.NUMBER}
