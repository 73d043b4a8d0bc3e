"""Pure SQL text: files as a relation by field id, permits as a relation, queries, comparisons.

The only place of the warehouse where SQL for DuckDB is written. Values that come from people are
bound; identifiers and paths are quoted by the kernel.
"""

# ruff: noqa: S608 -- names and paths are quoted by the kernel, values bound

import unicodedata
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from math import isfinite

from tinhdata.access import Permit
from tinhdata.contracts.model import SYSTEM_COLUMNS, PeriodUnit, TableColumn
from tinhdata.kernel import quote_identifier, quote_literal, t
from tinhdata.vietnam import fold
from tinhdata.warehouse.errors import DoorClosed, FilterUnfit
from tinhdata.warehouse.model import TableShape, Value

_PERIOD_FORMS: Mapping[PeriodUnit, str] = {
    PeriodUnit.DAY: "%Y-%m-%d",
    PeriodUnit.MONTH: "%Y-%m",
    PeriodUnit.YEAR: "%Y",
}


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL with the values to bind."""

    sql: str
    values: tuple[Value, ...] = ()


def files_relation(paths: Sequence[str], columns: Sequence[TableColumn]) -> str:
    """Give `paths` as a table expression with `columns`, matched by field id, not by name.

    A file that lacks a field gives NULL, so renamed, added and dropped columns are read right.
    """
    if not paths:
        empty = ", ".join(
            f"CAST(NULL AS {c.sql_type}) AS {quote_identifier(c.name)}" for c in columns
        )
        return f"(SELECT {empty} WHERE false)"
    fields = ", ".join(
        f"{c.field_id}: {{name: {quote_literal(c.name)}, type: {quote_literal(c.sql_type)}, "
        "default_value: NULL}"
        for c in columns
    )
    files = ", ".join(quote_literal(path) for path in paths)
    return f"read_parquet([{files}], schema=MAP {{{fields}}})"


def quoted_names(columns: Sequence[TableColumn]) -> tuple[str, ...]:
    """Give the quoted names of `columns`."""
    return tuple(quote_identifier(column.name) for column in columns)


def period_expression(shape: TableShape) -> str:
    """Give the SQL text of a row's period; raises KeyError if `shape` has none."""
    column = shape.column(shape.period or "")
    name = quote_identifier(column.name)
    if shape.unit is PeriodUnit.VALUE:
        return f"CAST({name} AS VARCHAR)"
    return f"strftime({name}, {quote_literal(_PERIOD_FORMS[shape.unit])})"


def key_condition(shape: TableShape, staged: str) -> str:
    """Give SQL for: the key of a row stands among the rows of `staged`."""
    names = ", ".join(quote_identifier(name) for name in shape.key)
    row = names if len(shape.key) == 1 else f"({names})"
    return f"{row} IN (SELECT {row} FROM {staged})"


def newer_statement(source: str, where: str, delivery: str) -> Statement:
    """Give the statement that counts rows that meet `where` and came after `delivery`."""
    return Statement(f"SELECT count(*) FROM {source} WHERE {where} AND _delivery > ?", (delivery,))


def touched_statement(
    paths: Sequence[str], columns: Sequence[TableColumn], where: str
) -> Statement:
    """Give the statement for how many rows of each file meet `where`, of files that have some."""
    each = " UNION ALL ".join(
        f"SELECT {number} AS _file, count(*) AS n FROM {files_relation([path], columns)} "
        f"WHERE {where}"
        for number, path in enumerate(paths)
    )
    return Statement(f"SELECT _file, n FROM ({each}) WHERE n > 0")


def copy_statement(source: str, shape: TableShape, target: str, where: str) -> str:
    """Give the COPY that writes the rows of `source` that meet `where`, with field ids."""
    ids = ", ".join(f"{quote_identifier(c.name)}: {c.field_id}" for c in shape.columns)
    names = ", ".join(quote_identifier(c.name) for c in shape.columns)
    return (
        f"COPY (SELECT {names} FROM {source} WHERE {where}) TO {quote_literal(target)} "
        f"(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880, FIELD_IDS {{{ids}}})"
    )


def either_relation(whole: str, mixed: str, where: str, columns: Sequence[TableColumn]) -> str:
    """Give all rows of `whole` and those of `mixed` that meet `where`."""
    names = ", ".join(quoted_names(columns))
    return f"(SELECT {names} FROM {whole} UNION ALL SELECT {names} FROM {mixed} WHERE {where})"


def count_statement(source: str, where: str) -> Statement:
    """Give the statement that counts the rows of `source` that meet `where`."""
    return Statement(f"SELECT count(*) FROM {source} WHERE {where}")


def folded(expression: str) -> str:
    """Give SQL for the folded form of a text: no diacritics, lower case; `²` stays what it is."""
    return f"replace(strip_accents(lower({expression})), 'đ', 'd')"


def word_forms(text: str) -> tuple[str, ...]:
    """Give the forms in which folded texts may hold `text`: folded as words are, and as texts are.

    The first knows compatibility letters, so that `m²` finds `m2`; the second finds `m²`. None
    where nothing of `text` can be seen.
    """
    bare = unicodedata.normalize("NFD", text.lower())
    kept = "".join(letter for letter in bare if not unicodedata.category(letter).startswith("M"))
    own = unicodedata.normalize("NFC", kept).replace("đ", "d")
    return tuple(form for form in dict.fromkeys((fold(text), own)) if form)


def permitted_relation(
    source: str,
    columns: Sequence[TableColumn],
    permit: Permit,
    token_key: bytes,
    extra: Sequence[str] = (),
    names: Collection[str] | None = None,
) -> str:
    """Give `source` as the permit shows it: hidden columns left out, masked ones masked.

    Filters, search and sorting stand outside of it, so they see masked values only. `extra` are
    quoted columns besides those of the table; of these only `names` are given, where they are
    named. Raises DoorClosed where the permit shows no column at all.
    """
    shown = [column for column in columns if is_shown(column, permit)]
    if all(column.name in SYSTEM_COLUMNS for column in shown):
        raise DoorClosed(t("No column of this dataset may be shown to you."))
    names = [
        f"{shown_expression(c, permit, token_key)} AS {quote_identifier(c.name)}"
        for c in shown
        if names is None or c.name in names
    ]
    where = row_filter(columns, permit)
    return f"(SELECT {', '.join([*names, *extra])} FROM {source}{where})"


def visible_columns(columns: Sequence[TableColumn], permit: Permit) -> tuple[TableColumn, ...]:
    """Give those of `columns` that `permit` shows; masked ones are text."""
    return tuple(
        TableColumn(c.name, "VARCHAR", c.field_id) if c.name in permit.masks else c
        for c in columns
        if is_shown(c, permit)
    )


def shown_expression(column: TableColumn, permit: Permit, token_key: bytes, table: str = "") -> str:
    """Give SQL for `column` (of the alias `table`) as `permit` shows it, masked as text."""
    name = (table and f"{table}.") + quote_identifier(column.name)
    if not is_shown(column, permit):
        return "CAST(NULL AS VARCHAR)"
    mask = permit.masks.get(column.name)
    return name if mask is None else mask_expression(mask, name, column.sql_type, token_key)


def mask_expression(mask: str, name: str, sql_type: str, token_key: bytes) -> str:
    """Give SQL for the expression `name` under `mask` (contracts.MASKS), as text.

    A mask that is not known here, or cannot work on the type, hides the value.
    """
    text = f"CAST({name} AS VARCHAR)"
    match mask:
        case "last-four":
            return (
                f"CASE WHEN length({text}) > 4 THEN repeat('•', greatest(length({text}) - 4, 4)) "
                f"|| right({text}, 4) ELSE repeat('•', 4 + 0 * length({text})) END"
            )
        case "first-letters":
            return (
                f"array_to_string(list_transform(string_split({text}, ' '), lambda w: "
                "left(w, 1) || repeat('•', greatest(length(w) - 1, 0))), ' ')"
            )
        case "year" if sql_type in ("DATE", "TIMESTAMP"):
            return f"strftime({name}, '%Y')"
        case "token" if token_key:
            # Nested hashing under the key, so that a token cannot be lengthened into another's.
            key = quote_literal(token_key.hex())
            return f"left(sha256({key} || sha256({key} || {text})), 20)"
        case _:
            return "CAST(NULL AS VARCHAR)"


def is_shown(column: TableColumn, permit: Permit) -> bool:
    """Say whether `permit` shows the column at all, masked or not."""
    return permit.columns is None or column.name in permit.columns or column.name in SYSTEM_COLUMNS


def row_filter(columns: Sequence[TableColumn], permit: Permit) -> str:
    """Give the WHERE that leaves only the rows which `permit` lets through, or nothing."""
    if permit.row_filter is None:
        return ""
    name, allowed = permit.row_filter
    if all(column.name != name for column in columns):
        # An older release without the column cannot show that its rows are allowed.
        return " WHERE false"
    values = ", ".join(quote_literal(value) for value in sorted(allowed))
    if not values:
        return " WHERE false"
    return f" WHERE CAST({quote_identifier(name)} AS VARCHAR) IN ({values})"


def typed(text: str, column: TableColumn) -> Value:
    """Give `text`, in ISO form, as a value of the column's type; raises FilterUnfit."""
    try:
        value = _READERS[column.sql_type.partition("(")[0]](text.strip())
        return _comparable(value, column) if isinstance(value, Decimal) else value
    except (ValueError, InvalidOperation) as error:
        raise FilterUnfit(
            t(
                "“{value}” does not fit column {column}.",
                value=text,
                column=column.name,
            ),
            fix=_FORMS[column.sql_type.partition("(")[0]],
        ) from error


def _comparable(number: Decimal, column: TableColumn) -> Decimal | float:
    """Give `number` so that the engine compares it with `column`.

    What the column cannot hold is compared as a floating number: as a decimal one of that many
    places the engine would refuse it.
    """
    precision, scale = map(int, column.sql_type.partition("(")[2].rstrip(")").split(","))
    exponent = number.normalize().as_tuple().exponent
    is_held = isinstance(exponent, int) and exponent >= -scale
    return number if is_held and number.adjusted() < precision - scale else float(number)


def _decimal(text: str) -> Decimal:
    number = Decimal(text)
    if not number.is_finite():
        raise ValueError(text)
    return number


def _double(text: str) -> float:
    number = float(text)
    if not isfinite(number):
        raise ValueError(text)
    return number


def _bigint(text: str) -> int:
    number = int(text)
    if not -(2**63) <= number < 2**63:
        raise ValueError(text)
    return number


def _boolean(text: str) -> bool:
    if text.lower() not in {"true", "1", "false", "0"}:
        raise ValueError(text)
    return text.lower() in {"true", "1"}


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=None)


_READERS: Mapping[str, Callable[[str], Value]] = {
    "VARCHAR": str,
    "BIGINT": _bigint,
    "DOUBLE": _double,
    "DECIMAL": _decimal,
    "BOOLEAN": _boolean,
    "DATE": date.fromisoformat,
    "TIMESTAMP": _moment,
}
_FORMS = {
    "VARCHAR": t("Write a text."),
    "BIGINT": t("Write a whole number such as 1250."),
    "DOUBLE": t("Write a number with a point, such as 12.5."),
    "DECIMAL": t("Write a number with a point, such as 12.5."),
    "BOOLEAN": t("Write true or false."),
    "DATE": t("Write the date as year-month-day, such as 2025-07-01."),
    "TIMESTAMP": t("Write the moment as 2025-07-01T14:30."),
}
