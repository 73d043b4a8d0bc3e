"""What the columns of a release hold: statements, and the figures as JSON to keep. Pure."""

# ruff: noqa: S608 -- names are quoted by the kernel, values bound

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from math import isfinite

from tinhdata.contracts.model import TableColumn
from tinhdata.kernel import JSON, JSONObject, quote_identifier
from tinhdata.warehouse.model import ColumnStatistics, Share, Value
from tinhdata.warehouse.sql import Statement, typed

BINS = 20
TOP = 10
_LONGEST = 1_000
_RANGED = frozenset({"BIGINT", "DOUBLE", "DECIMAL", "DATE", "TIMESTAMP"})
_NUMBERS = frozenset({"BIGINT", "DOUBLE", "DECIMAL"})


def summary_statement(relation: str, columns: Sequence[TableColumn]) -> Statement:
    """Give one scan for all columns: rows, then per column filled, distinct, least, greatest."""
    parts = ["count(*)"]
    for column in columns:
        name = quote_identifier(column.name)
        parts += [
            f"count({name})",
            f"approx_count_distinct({name})",
            f"min({name})",
            f"max({name})",
        ]
    return Statement(f"SELECT {', '.join(parts)} FROM {relation}")


def read_summary(
    row: tuple[Value, ...], columns: Sequence[TableColumn]
) -> tuple[ColumnStatistics, ...]:
    """Read the row of `summary_statement`."""
    rows = _whole(row[0])
    found = []
    for number, column in enumerate(columns):
        filled, distinct, least, greatest = row[1 + 4 * number : 5 + 4 * number]
        # The estimate may lie above the truth; more kinds than values there cannot be.
        kinds = min(_whole(distinct), _whole(filled))
        empty = rows - _whole(filled)
        found.append(ColumnStatistics(column, rows, empty, kinds, least, greatest, (), ()))
    return tuple(found)


def top_statement(relation: str, column: TableColumn) -> Statement:
    """Give the statement for the most frequent values of `column`."""
    name = quote_identifier(column.name)
    return Statement(
        f"SELECT {name}, count(*) AS n FROM {relation} WHERE {name} IS NOT NULL "
        f"GROUP BY {name} ORDER BY n DESC, {name} LIMIT {TOP}"
    )


def wants_top(figures: ColumnStatistics) -> bool:
    """Say whether frequent values tell anything: not where nearly each row has its own."""
    filled = figures.rows - figures.empty
    return figures.distinct > 0 and (figures.distinct <= TOP or figures.distinct * 2 < filled)


def wants_histogram(figures: ColumnStatistics) -> bool:
    """Say whether the column has a range that bins can divide."""
    kind = figures.column.sql_type.partition("(")[0]
    if any(isinstance(end, float) and not isfinite(end) for end in _ends(figures)):
        return False
    return kind in _RANGED and figures.distinct > TOP and figures.minimum != figures.maximum


def _ends(figures: ColumnStatistics) -> tuple[Value, Value]:
    return figures.minimum, figures.maximum


def histogram_statement(relation: str, figures: ColumnStatistics) -> Statement:
    """Give the statement for rows per bin, over the edges that `edges` gives."""
    name = quote_identifier(figures.column.name)
    limits = edges(figures)
    bins = len(limits) - 1
    low, high = limits[0], limits[-1]
    if isinstance(low, date) and isinstance(high, date):
        distance = f"date_diff('day', ?, CAST({name} AS DATE))"
        bound: tuple[Value, ...] = (low, float((high - low).days))
    else:
        distance = f"(CAST({name} AS DOUBLE) - ?)"
        bound = (low, float(str(high)) - float(str(low)))
    place = f"floor({distance} / CAST(? AS DOUBLE) * {bins})"
    return Statement(
        f"SELECT CAST(least(greatest({place}, 0), {bins - 1}) AS INTEGER) AS bin, count(*) "
        f"FROM {relation} WHERE {name} IS NOT NULL GROUP BY bin ORDER BY bin",
        bound,
    )


def edges(figures: ColumnStatistics) -> tuple[Value, ...]:
    """Give the edges of equal bins from the least to the greatest value, whole days for dates."""
    low, high = figures.minimum, figures.maximum
    if isinstance(low, date) and isinstance(high, date):
        first = date(low.year, low.month, low.day)
        days = (date(high.year, high.month, high.day) - first).days + 1
        bins = min(BINS, days)
        return tuple(first + timedelta(days=-(-days * n // bins)) for n in range(bins + 1))
    start, end = float(str(low)), float(str(high))
    return tuple(start + (end - start) * n / BINS for n in range(BINS + 1))


def read_histogram(
    rows: Sequence[tuple[Value, ...]], figures: ColumnStatistics
) -> tuple[Share, ...]:
    """Read the rows of `histogram_statement`, with a share for every bin."""
    found = {_whole(number): _whole(count) for number, count in rows}
    limits = edges(figures)
    return tuple(Share(limits[n], found.get(n, 0), limits[n + 1]) for n in range(len(limits) - 1))


def complete(
    figures: ColumnStatistics,
    relation: str,
    run: Callable[[Statement], list[tuple[Value, ...]]],
) -> ColumnStatistics:
    """Add frequent values and histogram to `figures`, where they tell anything."""
    top: tuple[Share, ...] = ()
    histogram: tuple[Share, ...] = ()
    if wants_top(figures):
        rows = run(top_statement(relation, figures.column))
        top = tuple(Share(value, _whole(count)) for value, count in rows)
    if wants_histogram(figures):
        histogram = read_histogram(run(histogram_statement(relation, figures)), figures)
    return replace(figures, top=top, histogram=histogram)


def to_json(figures: ColumnStatistics) -> JSONObject:
    """Give the figures of a column as JSON."""
    return {
        "name": figures.column.name,
        "rows": figures.rows,
        "empty": figures.empty,
        "distinct": figures.distinct,
        "minimum": _text(figures.minimum),
        "maximum": _text(figures.maximum),
        "top": [[_text(share.value), share.rows] for share in figures.top],
        "histogram": [[_text(s.value), s.rows, _text(s.end)] for s in figures.histogram],
    }


def from_json(value: JSON, columns: Mapping[str, TableColumn]) -> ColumnStatistics:
    """Read what `to_json` gave; raises ValueError on anything else."""
    if not isinstance(value, Mapping):
        raise ValueError("not the figures of a column")
    column = columns[str(value["name"])]
    top, histogram = value["top"], value["histogram"]
    if not isinstance(top, list) or not isinstance(histogram, list):
        raise ValueError("not the figures of a column")
    return ColumnStatistics(
        column=column,
        rows=_whole(value["rows"]),
        empty=_whole(value["empty"]),
        distinct=_whole(value["distinct"]),
        minimum=_value(value["minimum"], column),
        maximum=_value(value["maximum"], column),
        top=tuple(Share(_value(item, column), _whole(rows)) for item, rows in top),
        histogram=tuple(
            Share(_edge(low, column), _whole(rows), _edge(high, column))
            for low, rows, high in histogram
        ),
    )


def _whole(value: "JSON | Value") -> int:
    return int(str(value))


def _text(value: Value) -> str | None:
    """Write a value; of a long text (a geometry has megabytes) only its beginning is kept."""
    text = None if value is None else str(value)
    return text if text is None or len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _value(value: JSON, column: TableColumn) -> Value:
    if value is not None and column.sql_type == "DOUBLE":
        # Numbers of a form that nobody may filter by, such as NaN, can be the greatest there is.
        return float(str(value))
    return None if value is None else typed(str(value), column)


def _edge(value: JSON, column: TableColumn) -> Value:
    if column.sql_type.partition("(")[0] in _NUMBERS:
        return float(str(value))
    return date.fromisoformat(str(value))
