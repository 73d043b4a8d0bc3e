"""Which rows a query leaves: filters and words to search for, as SQL with values to bind. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tinhdata.access import Permit
from tinhdata.contracts.model import SYSTEM_COLUMNS, TableColumn
from tinhdata.kernel import quote_identifier, t
from tinhdata.warehouse.errors import FilterUnfit, UnknownColumn
from tinhdata.warehouse.model import Filter, Op, Query, Value
from tinhdata.warehouse.sql import Statement, typed, visible_columns, word_forms
from tinhdata.warehouse.stored import Needs, Stored

_COMPARISONS = {Op.LT: "<", Op.LE: "<=", Op.GT: ">", Op.GE: ">="}
_COUNTS: Mapping[Op, tuple[int, int | None]] = {
    Op.EMPTY: (0, 0),
    Op.NOT_EMPTY: (0, 0),
    Op.BETWEEN: (2, 2),
    Op.IN: (1, None),
}


@dataclass(frozen=True, slots=True)
class Where:
    """The conditions of a query, all of which must hold, with the values to bind."""

    conditions: tuple[str, ...] = ()
    values: tuple[Value, ...] = ()

    def __bool__(self) -> bool:
        """Say whether there is any condition."""
        return bool(self.conditions)

    @property
    def sql(self) -> str:
        """Give the WHERE with a blank before it, or nothing."""
        return f" WHERE {' AND '.join(self.conditions)}" if self.conditions else ""

    def also(self, condition: Statement | None) -> "Where":
        """Give the same with one more condition."""
        if condition is None:
            return self
        return Where((*self.conditions, condition.sql), (*self.values, *condition.values))


def where(stored: Stored, query: Query) -> Where:
    """Give the conditions of `query` over `stored`; raises UnknownColumn and FilterUnfit."""
    by_name = {column.name: column for column in stored.columns}
    found = Where()
    for item in query.filters:
        found = found.also(condition(stored, known_column(by_name, item.column), item))
    left_out = {*SYSTEM_COLUMNS, *query.unsearched}
    texts = [c.name for c in stored.columns if c.sql_type == "VARCHAR" and c.name not in left_out]
    for word in query.search.split():
        found = found.also(word_condition(stored, texts, word))
    return found


def needs_of(columns: Sequence[TableColumn], permit: Permit, query: Query) -> Needs:
    """Give what finding and ordering the rows of `query` needs of `columns`."""
    looked = {item.column for item in query.filters if item.op.looks_into_text}
    looked |= {sort.column for sort in query.sort}
    if query.search.strip():
        left_out = {*SYSTEM_COLUMNS, *query.unsearched}
        # A mask makes text of a date or a number, and then that is looked into.
        seen = visible_columns(columns, permit)
        looked |= {c.name for c in seen if c.sql_type == "VARCHAR" and c.name not in left_out}
    named = looked | {item.column for item in query.filters} | filtered_by(permit)
    return Needs(frozenset(named), frozenset(looked))


def filtered_by(permit: Permit) -> set[str]:
    """Give the column that says which rows the permit lets through, if there is one."""
    return set() if permit.row_filter is None else {permit.row_filter[0]}


def known_column(by_name: Mapping[str, TableColumn], name: str) -> TableColumn:
    """Give the column called `name`; raises UnknownColumn."""
    column = by_name.get(name)
    if column is None:
        raise UnknownColumn(
            t("There is no column {column} here.", column=name),
            fix=t("The columns are: {columns}.", columns=", ".join(by_name)),
        )
    return column


def looks_into_text(query: Query) -> bool:
    """Say whether the query looks for parts of texts, which no order of rows helps to find."""
    return bool(query.search.strip()) or any(item.op.looks_into_text for item in query.filters)


def word_condition(stored: Stored, texts: list[str], word: str) -> Statement:
    """Give the condition that `word` stands in one of `texts`; columns that cannot hold it fall.

    Of a word that cannot be seen nothing is asked.
    """
    forms = word_forms(word)
    if not forms:
        return Statement("true")
    found = [(name, form) for name in texts for form in forms if stored.may_hold(name, form)]
    hits = [f"contains({stored.folded_text(name)}, ?)" for name, _ in found]
    return Statement(f"({' OR '.join(hits) or 'false'})", tuple(form for _, form in found))


def condition(stored: Stored, column: TableColumn, item: Filter) -> Statement:
    """Give the condition of one filter on `column`; raises FilterUnfit."""
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
    if item.op.looks_into_text:
        return _text_condition(stored, column, item)
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


def _text_condition(stored: Stored, column: TableColumn, item: Filter) -> Statement:
    if column.sql_type != "VARCHAR":
        raise FilterUnfit(
            t("Column {column} holds no text to look into.", column=column.name),
            fix=t("Filter it by its value, or by a smallest and a largest one."),
        )
    # What cannot be seen stands in every text.
    wanted = word_forms(item.values[0]) or ("",)
    forms = tuple(form for form in wanted if stored.may_hold(column.name, form))
    function = "contains" if item.op is Op.CONTAINS else "starts_with"
    hits = [f"{function}({stored.folded_text(column.name)}, ?)" for _ in forms]
    return Statement(f"({' OR '.join(hits) or 'false'})", forms)
