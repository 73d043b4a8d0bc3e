"""Groups of rows with counts, sums and other measures, as one statement. Pure.

Groups without a value (NULL) are groups as others are, and come last.
"""

# ruff: noqa: S608 -- names are quoted by the kernel, values bound

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tinhdata.access import Permit
from tinhdata.contracts.model import TableColumn
from tinhdata.kernel import quote_identifier, t
from tinhdata.warehouse.conditions import Where, known_column, needs_of, where
from tinhdata.warehouse.errors import GroupsUnfit
from tinhdata.warehouse.model import (
    GROUP_LIMIT,
    Aggregate,
    GroupBy,
    GroupQuery,
    Measure,
    Part,
)
from tinhdata.warehouse.queries import Term, require_page
from tinhdata.warehouse.sql import Statement, folded
from tinhdata.warehouse.stored import Needs, Stored

MOST_GROUPINGS = 3
MOST_MEASURES = 8
_NUMBERS = frozenset({"BIGINT", "DOUBLE", "DECIMAL"})
_DAYS = frozenset({"DATE", "TIMESTAMP"})
_FORMS: Mapping[Part, str] = {Part.YEAR: "%Y", Part.MONTH: "%Y-%m", Part.DAY: "%Y-%m-%d"}


@dataclass(frozen=True, slots=True)
class CompiledGroups:
    """Groups over the relation of `stored`; `columns` are those of the answer."""

    columns: tuple[TableColumn, ...]
    page: Statement
    """Each row ends with the number of groups and of their rows, over all pages."""
    totals: Statement


def compile_groups(stored: Stored, asked: GroupQuery) -> CompiledGroups:
    """Compile `asked` over the rows that a permit shows.

    Raises UnknownColumn, FilterUnfit, GroupsUnfit and PageUnfit.
    """
    require_page(asked.limit, asked.offset, GROUP_LIMIT)
    if not (0 < len(asked.by) <= MOST_GROUPINGS and 0 < len(asked.measures) <= MOST_MEASURES):
        raise GroupsUnfit(
            t(
                "Groups are formed by 1 to {groupings} columns, with 1 to {measures} measures.",
                groupings=MOST_GROUPINGS,
                measures=MOST_MEASURES,
            ),
            fix=t("Name fewer columns or measures, and at least one of each."),
        )
    by_name = {column.name: column for column in stored.columns}
    groupings = [(each, known_column(by_name, each.column)) for each in asked.by]
    keys = [_grouping(each, column) for each, column in groupings]
    measures = [_measure(each, by_name) for each in asked.measures]
    columns = [
        *(_grouped_column(each, column) for each, column in groupings),
        *(
            TableColumn(each.name, kind, 0)
            for each, (_, kind) in zip(asked.measures, measures, strict=True)
        ),
    ]
    _refuse_twice(columns)
    return _compiled(
        asked, columns, keys, [sql for sql, _ in measures], where(stored, asked.query), stored
    )


def group_needs(columns: Sequence[TableColumn], permit: Permit, asked: GroupQuery) -> Needs:
    """Give what groups need of `columns`."""
    left = needs_of(columns, permit, asked.query)
    measured = {each.column for each in asked.measures if each.column is not None}
    return Needs(left.columns | measured | {each.column for each in asked.by}, left.folded)


def _compiled(
    asked: GroupQuery,
    columns: list[TableColumn],
    keys: list[str],
    measures: list[str],
    left: Where,
    stored: Stored,
) -> CompiledGroups:
    names = [f"g{number}" for number in range(len(columns))]
    selected = ", ".join(
        f"{sql} AS {name}" for sql, name in zip([*keys, *measures], names, strict=True)
    )
    numbers = ", ".join(str(number) for number in range(1, len(keys) + 1))
    grouped = (
        f"WITH grouped AS MATERIALIZED (SELECT {selected}, count(*) AS n "
        f"FROM {stored.relation}{left.sql} GROUP BY {numbers}) "
    )
    totals = "(SELECT count(*) FROM grouped), (SELECT coalesce(sum(n), 0) FROM grouped)"
    order = ", ".join(term.order(False) for term in _order(asked, columns))
    page = (
        f"{grouped}SELECT {', '.join(names)}, {totals} FROM grouped ORDER BY {order} "
        f"LIMIT {asked.limit:d} OFFSET {asked.offset:d}"
    )
    return CompiledGroups(
        tuple(columns),
        Statement(page, left.values),
        Statement(f"{grouped}SELECT {totals}", left.values),
    )


def _order(asked: GroupQuery, columns: list[TableColumn]) -> list[Term]:
    places = {column.name: number for number, column in enumerate(columns)}
    found: list[Term] = []
    wanted = [(sort.column, sort.descending) for sort in asked.sort]
    # Groups differ in what they are formed by, so this makes the order total.
    wanted += [(each.name, False) for each in asked.by]
    for name, descending in wanted:
        if name not in places:
            raise GroupsUnfit(
                t("There is no {name} among the groups to sort by.", name=name),
                fix=t("Sort by one of: {columns}.", columns=", ".join(places)),
                where="sort",
            )
        own = f"g{places[name]}"
        if columns[places[name]].sql_type == "VARCHAR":
            found.append(Term(folded(own), descending))
        found.append(Term(own, descending))
    return found


def _grouping(each: GroupBy, column: TableColumn) -> str:
    name = quote_identifier(column.name)
    if each.part is None:
        return name
    if column.sql_type not in _DAYS:
        raise GroupsUnfit(
            t("The column “{column}” holds no days to take a part of.", column=column.name),
            fix=t("Group by the column itself, or by a part of a date."),
            where="by",
        )
    return f"strftime({name}, '{_FORMS[each.part]}')"


def _grouped_column(each: GroupBy, column: TableColumn) -> TableColumn:
    return TableColumn(each.name, "VARCHAR" if each.part else column.sql_type, column.field_id)


def _measure(each: Measure, by_name: Mapping[str, TableColumn]) -> tuple[str, str]:
    """Give the expression of a measure and its type; raises GroupsUnfit, UnknownColumn."""
    if each.column is None:
        if each.aggregate is not Aggregate.COUNT:
            raise GroupsUnfit(
                t("The measure “{name}” needs a column.", name=each.name),
                fix=t("Write it as {example}.", example=f"{each.aggregate}:<column>"),
                where="measure",
            )
        return "count(*)", "BIGINT"
    column = known_column(by_name, each.column)
    name, kind = quote_identifier(column.name), column.sql_type.partition("(")[0]
    if each.aggregate in (Aggregate.SUM, Aggregate.AVERAGE) and kind not in _NUMBERS:
        raise GroupsUnfit(
            t("The column “{column}” holds no numbers to add up.", column=column.name),
            fix=t("Choose a column with numbers, or another measure."),
            where="measure",
        )
    match each.aggregate:
        case Aggregate.COUNT:
            return f"count({name})", "BIGINT"
        case Aggregate.SUM:
            # Adding up as exactly as the type allows, whatever order the rows come in.
            return (f"fsum({name})", "DOUBLE") if kind == "DOUBLE" else (f"sum({name})", kind)
        case Aggregate.AVERAGE:
            return (f"favg({name})" if kind == "DOUBLE" else f"avg({name})"), "DOUBLE"
        case Aggregate.MINIMUM | Aggregate.MAXIMUM:
            return f"{each.aggregate}({name})", column.sql_type


def _refuse_twice(columns: list[TableColumn]) -> None:
    names = [column.name for column in columns]
    if len(set(names)) < len(names):
        raise GroupsUnfit(
            t("Each grouping and each measure can be asked for once."),
            fix=t("Take out what stands there twice."),
        )
