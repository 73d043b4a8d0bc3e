"""Rows as a table expression with their places: stored in files or in a serving cache. Pure.

Both give the same columns and, as `_row`, the place of each row in its release (0 for the first),
so that an answer is the same wherever it is read.
"""

# ruff: noqa: S608 -- names and paths are quoted by the kernel

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from types import MappingProxyType

from tinhdata.access import Permit
from tinhdata.contracts.model import SYSTEM_COLUMNS, TableColumn
from tinhdata.kernel import quote_identifier
from tinhdata.warehouse import sql
from tinhdata.warehouse.model import TableShape
from tinhdata.warehouse.segments import Segment, TextFacts, merged_facts

ROW = "_row"
"""The place of a row in its release; no column of a contract begins with an underscore."""


@dataclass(frozen=True, slots=True)
class Needs:
    """The columns that a statement names, and those whose folded text it looks into.

    Statements are worked out anew for each request: one that names fewer columns is so faster.
    """

    columns: frozenset[str]
    folded: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Stored:
    """A table expression with places, and what is known about its text.

    `columns` are all that may be named; the expression may hold only those that are needed.
    `folded` names, for some columns, the one that holds the folded text; `facts` says what such
    texts may hold at all.
    """

    relation: str
    columns: tuple[TableColumn, ...]
    folded: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    facts: Mapping[str, TextFacts] = field(default_factory=lambda: MappingProxyType({}))

    def folded_text(self, column: str) -> str:
        """Give SQL for the folded text of `column`."""
        name = self.folded.get(column)
        return quote_identifier(name) if name else sql.folded(quote_identifier(column))

    def may_hold(self, column: str, word: str) -> bool:
        """Say whether a text of `column` may hold the folded `word`."""
        facts = self.facts.get(column)
        return facts is None or facts.may_hold(word)


def in_files(files: Sequence[tuple[str, int]], columns: Sequence[TableColumn]) -> Stored:
    """Give the rows of Parquet files, each a path with its number of rows, in this order."""
    relation = sql.files_relation([path for path, _ in files], columns)
    if not files:
        place = "CAST(NULL AS BIGINT)"
    elif len(files) == 1:
        place = "file_row_number"
    else:
        first = list(accumulate((rows for _, rows in files[:-1]), initial=0))
        place = f"({first}[CAST(file_index AS BIGINT) + 1] + file_row_number)"
    names = ", ".join(sql.quoted_names(columns))
    return Stored(f"(SELECT {names}, {place} AS {ROW} FROM {relation})", tuple(columns))


def in_segments(
    segments: Sequence[Segment], shape: TableShape, needs: Needs | None = None
) -> Stored:
    """Give the rows of attached segments of a serving cache, in this order."""
    kept = [
        column
        for column in shape.columns
        if all(column.field_id in segment.folded for segment in segments)
        and (needs is None or column.name in needs.folded)
    ]
    columns = [c for c in shape.columns if needs is None or c.name in needs.columns]
    first = accumulate((segment.rows for segment in segments[:-1]), initial=0)
    parts = [
        _segment(segment, columns, kept, start)
        for segment, start in zip(segments, first, strict=True)
    ]
    relation = parts[0] if len(parts) == 1 else f"({' UNION ALL '.join(parts)})"
    folded = {column.name: folded_name(column.field_id) for column in kept}
    facts = {
        column.name: merged_facts([segment.facts.get(column.field_id) for segment in segments])
        for column in kept
    }
    return Stored(relation, shape.columns, MappingProxyType(folded), MappingProxyType(facts))


def in_segment(segment: Segment, shape: TableShape, needs: Needs | None = None) -> Stored:
    """Give the rows of one segment; places are those within it."""
    columns = [c for c in shape.columns if needs is None or c.name in needs.columns]
    return Stored(_segment(segment, columns, (), 0), shape.columns)


def permitted(
    stored: Stored, permit: Permit, token_key: bytes, needs: Needs | None = None
) -> Stored:
    """Give `stored` as the permit shows it, places included; raises DoorClosed.

    Stored folded text is that of the whole value, so it is left out where a mask lies over it.
    """
    shown = {c.name for c in stored.columns if sql.is_shown(c, permit)} - permit.masks.keys()
    folded = {name: own for name, own in stored.folded.items() if name in shown}
    facts = {name: known for name, known in stored.facts.items() if name in shown}
    extra = (ROW, *map(quote_identifier, folded.values()))
    names = None if needs is None else needs.columns
    relation = sql.permitted_relation(
        stored.relation, stored.columns, permit, token_key, extra, names
    )
    columns = sql.visible_columns(stored.columns, permit)
    return Stored(relation, columns, MappingProxyType(folded), MappingProxyType(facts))


def column_name(field_id: int) -> str:
    """Name the column of a segment that holds a field: renaming a column rebuilds nothing."""
    return f"f{field_id}"


def folded_name(field_id: int) -> str:
    """Name the column of a segment that holds a field's folded text."""
    return f"_folded_{field_id}"


def segment_statement(source: str, shape: TableShape, folded: Sequence[int]) -> str:
    """Give the SELECT that a segment is made of, over `source` with the columns of `shape`."""
    parts = [f"{quote_identifier(c.name)} AS {column_name(c.field_id)}" for c in shape.columns]
    parts += [
        f"{sql.folded(quote_identifier(c.name))} AS {folded_name(c.field_id)}"
        for c in shape.columns
        if c.field_id in folded
    ]
    return f"SELECT {', '.join(parts)} FROM {source}"


def texts_to_fold(shape: TableShape, unsearched: Sequence[str]) -> tuple[int, ...]:
    """Give the fields whose folded text is worth keeping: all text that readers search in."""
    return tuple(
        column.field_id
        for column in shape.columns
        if column.sql_type == "VARCHAR"
        and column.name not in SYSTEM_COLUMNS
        and column.name not in unsearched
    )


def _segment(
    segment: Segment, columns: Sequence[TableColumn], folded: Sequence[TableColumn], start: int
) -> str:
    parts = [
        f"{column_name(c.field_id)} AS {quote_identifier(c.name)}"
        if segment.fields.get(c.field_id) == c.sql_type
        else f"CAST(NULL AS {c.sql_type}) AS {quote_identifier(c.name)}"
        for c in columns
    ]
    # Without a sum the engine can tell from the place where to look.
    parts.append(f"rowid + {start:d} AS {ROW}" if start else f"rowid AS {ROW}")
    parts += [folded_name(column.field_id) for column in folded]
    return f"(SELECT {', '.join(parts)} FROM {segment.name}.rows)"
