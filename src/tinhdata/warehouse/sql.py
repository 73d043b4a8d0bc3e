"""Pure SQL text: files as a relation by field id, permits as a relation, queries, comparisons.

The only place of the warehouse where SQL for DuckDB is written. Values that come from people are
bound; identifiers and paths are quoted by the kernel.
"""

# ruff: noqa: S608 -- names and paths are quoted by the kernel, values bound

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from math import isfinite

from tinhdata.access import Permit
from tinhdata.contracts.model import SYSTEM_COLUMNS, PeriodUnit, TableColumn
from tinhdata.kernel import quote_identifier, quote_literal, t
from tinhdata.vietnam import fold
from tinhdata.warehouse.errors import DoorClosed, FilterUnfit, PageUnfit, UnknownColumn
from tinhdata.warehouse.model import PAGE_LIMIT, Filter, Op, Query, TableShape, Value

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
    """Give SQL for the folded form of a text, as `vietnam.fold` forms the words of a search."""
    return f"replace(strip_accents(lower({expression})), 'đ', 'd')"


def permitted_relation(
    source: str, columns: Sequence[TableColumn], permit: Permit, token_key: bytes
) -> str:
    """Give `source` as the permit shows it: hidden columns left out, masked ones masked.

    Filters, search and sorting stand outside of it, so they see masked values only. Raises
    DoorClosed where the permit shows no column at all.
    """
    shown = [column for column in columns if is_shown(column, permit)]
    if all(column.name in SYSTEM_COLUMNS for column in shown):
        raise DoorClosed(t("No column of this dataset may be shown to you."))
    names = ", ".join(
        f"{shown_expression(c, permit, token_key)} AS {quote_identifier(c.name)}" for c in shown
    )
    where = row_filter(columns, permit)
    return f"(SELECT {names} FROM {source}{where})"


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
        return _READERS[column.sql_type.partition("(")[0]](text.strip())
    except (ValueError, InvalidOperation) as error:
        raise FilterUnfit(
            t(
                "“{value}” does not fit column {column}.",
                value=text,
                column=column.name,
            ),
            fix=_FORMS[column.sql_type.partition("(")[0]],
        ) from error


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


@dataclass(frozen=True, slots=True)
class CompiledQuery:
    """A query over a permitted relation: the page, and the count of all its rows."""

    columns: tuple[TableColumn, ...]
    page: Statement
    everything: Statement
    count: Statement
    is_whole: bool
    """Whether the query asks for every row, so that the count is known without reading."""


def compile_query(relation: str, columns: Sequence[TableColumn], query: Query) -> CompiledQuery:
    """Compile `query` over `relation`, whose visible columns are `columns`.

    Raises UnknownColumn, FilterUnfit and PageUnfit. Pages neither overlap nor miss a row: sorted
    rows come in a total order, what the query sorts by, then delivery and record; others as they
    are stored, which the engine keeps.
    """
    if not (0 < query.limit <= PAGE_LIMIT and query.offset >= 0):
        raise PageUnfit(
            t("A page has 1 to {limit} rows and starts at 0 or later.", limit=PAGE_LIMIT),
            fix=t("Ask for a smaller page, or download the whole answer."),
        )
    by_name = {column.name: column for column in columns}
    wanted = query.columns or tuple(c.name for c in columns if c.name not in SYSTEM_COLUMNS)
    shown = tuple(_column(by_name, name) for name in wanted)
    where, values = _where(by_name, query)
    names = ", ".join(quote_identifier(column.name) for column in shown)
    body = f"FROM {relation}{where}"
    select = f"SELECT {names} {body}{_order(by_name, query)}"
    return CompiledQuery(
        columns=shown,
        page=Statement(f"{select} LIMIT {query.limit:d} OFFSET {query.offset:d}", values),
        everything=Statement(select, values),
        count=Statement(f"SELECT count(*) {body}", values),
        is_whole=not where,
    )


def _column(by_name: Mapping[str, TableColumn], name: str) -> TableColumn:
    column = by_name.get(name)
    if column is None:
        raise UnknownColumn(
            t("There is no column {column} here.", column=name),
            fix=t("The columns are: {columns}.", columns=", ".join(by_name)),
        )
    return column


def _where(by_name: Mapping[str, TableColumn], query: Query) -> tuple[str, tuple[Value, ...]]:
    conditions: list[str] = []
    values: list[Value] = []
    for item in query.filters:
        statement = _condition(_column(by_name, item.column), item)
        conditions.append(statement.sql)
        values.extend(statement.values)
    left_out = {*SYSTEM_COLUMNS, *query.unsearched}
    texts = [c for c in by_name.values() if c.sql_type == "VARCHAR" and c.name not in left_out]
    for word in fold(query.search).split():
        hits = [f"contains({folded(quote_identifier(c.name))}, ?)" for c in texts]
        conditions.append("(" + (" OR ".join(hits) or "false") + ")")
        values.extend([word] * len(hits))
    return (" WHERE " + " AND ".join(conditions) if conditions else ""), tuple(values)


def _order(by_name: Mapping[str, TableColumn], query: Query) -> str:
    parts: list[str] = []
    for sort in query.sort:
        column = _column(by_name, sort.column)
        name, way = quote_identifier(column.name), "DESC" if sort.descending else "ASC"
        if column.sql_type == "VARCHAR":
            # Readers look for Đ after D, not after Z; equal but for marks, the marks decide.
            parts.append(f"{folded(name)} {way} NULLS LAST")
        parts.append(f"{name} {way} NULLS LAST")
    parts += [quote_identifier(name) for name in ("_delivery", "_record") if name in by_name]
    return " ORDER BY " + ", ".join(parts) if query.sort else ""


_COMPARISONS = {Op.LT: "<", Op.LE: "<=", Op.GT: ">", Op.GE: ">="}
_COUNTS: Mapping[Op, tuple[int, int | None]] = {
    Op.EMPTY: (0, 0),
    Op.NOT_EMPTY: (0, 0),
    Op.BETWEEN: (2, 2),
    Op.IN: (1, None),
}


def _condition(column: TableColumn, item: Filter) -> Statement:
    least, most = _COUNTS.get(item.op, (1, 1))
    if len(item.values) < least or (most is not None and len(item.values) > most):
        raise FilterUnfit(
            t(
                "Filter “{op}” on column {column} has {count} values.",
                op=item.op.value,
                column=column.name,
                count=len(item.values),
            ),
            fix=t("It takes {least} values.", least=least)
            if most is not None
            else t("Give it at least one value."),
        )
    name = quote_identifier(column.name)
    if item.op in (Op.CONTAINS, Op.STARTS):
        return _text_condition(column, item)
    values = tuple(typed(value, column) for value in item.values)
    match item.op:
        case Op.EMPTY:
            return Statement(f"{name} IS NULL")
        case Op.NOT_EMPTY:
            return Statement(f"{name} IS NOT NULL")
        case Op.NE:
            return Statement(f"{name} IS DISTINCT FROM ?", values)
        case Op.EQ | Op.IN:
            return Statement(f"{name} IN ({', '.join('?' * len(values))})", values)
        case Op.BETWEEN:
            return Statement(f"{name} BETWEEN ? AND ?", values)
        case _:
            return Statement(f"{name} {_COMPARISONS[item.op]} ?", values)


def _text_condition(column: TableColumn, item: Filter) -> Statement:
    if column.sql_type != "VARCHAR":
        raise FilterUnfit(
            t("Column {column} holds no text to look into.", column=column.name),
            fix=t("Filter it by its value, or by a smallest and a largest one."),
        )
    function = "contains" if item.op is Op.CONTAINS else "starts_with"
    return Statement(
        f"{function}({folded(quote_identifier(column.name))}, ?)", (fold(item.values[0]),)
    )
