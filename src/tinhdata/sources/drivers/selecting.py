"""The statements of a pull from a table, as SQLAlchemy expressions: any dialect compiles them.

Names come from the definition and the source's own catalogue and are quoted by the dialect; values
are bound.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import sqlalchemy as sa

from tinhdata.contracts import Period, PeriodUnit
from tinhdata.sources.model import DatabasePlace

Statement: TypeAlias = "sa.Select[*tuple[object, ...]]"
_Expression: TypeAlias = "sa.ColumnElement[object] | sa.Extract | sa.Null"

WHOLE = ""
"""The one group of a dataset that each delivery replaces."""

_MOST_GROUPS = 60
"""Above so many groups all rows are read: a longer condition costs more than it spares."""

_PARTS: Mapping[PeriodUnit, tuple[str, ...]] = {
    PeriodUnit.VALUE: (),
    PeriodUnit.YEAR: ("year",),
    PeriodUnit.MONTH: ("year", "month"),
    PeriodUnit.DAY: ("year", "month", "day"),
}


@dataclass(frozen=True, slots=True)
class Grouping:
    """How rows fall into groups: by a source column's value or a part of its date, or not."""

    column: str | None = None
    unit: PeriodUnit = PeriodUnit.VALUE

    @classmethod
    def of(cls, period: Period | None, column: str | None) -> "Grouping":
        """Give the grouping by the contract's period, whose source column is `column`."""
        return cls() if period is None or column is None else cls(column, period.unit)


@dataclass(frozen=True, slots=True)
class Selection:
    """What is read: the relation, its columns in order, the mark, the grouping, the order."""

    place: DatabasePlace
    columns: tuple[str, ...]
    grouping: Grouping = Grouping()
    mark: str | None = None
    key: tuple[str, ...] = ()

    def relation(self) -> sa.FromClause:
        """Give the table, or the stored query, that rows come from."""
        place = self.place
        named = {*self.columns, *self.key, self.mark, self.grouping.column} - {None}
        columns: list[sa.ColumnClause[object]] = [
            sa.column(str(name)) for name in sorted(map(str, named))
        ]
        if place.query is not None:
            return sa.text(place.query).columns(*columns).subquery("source_rows")
        return sa.table(place.table or "", *columns, schema=place.schema)

    def top(self) -> Statement:
        """Give the highest mark."""
        relation = self.relation()
        return sa.select(sa.func.max(relation.c[self.mark or ""])).select_from(relation)

    def groups(self, bound: object | None) -> Statement:
        """Give per group: its parts, rows, highest mark, rows at or above `bound`."""
        relation = self.relation()
        parts = self._parts(relation)
        if self.mark is None:
            top: _Expression = sa.null()
            recent: _Expression = sa.literal(0)
        else:
            mark = relation.c[self.mark]
            top = sa.func.max(mark)
            recent = (
                sa.literal(0)
                if bound is None
                else sa.func.sum(sa.case((mark >= bound, 1), else_=0))
            )
        chosen = [*parts, sa.func.count(), top, recent]
        return sa.select(*chosen).select_from(relation).group_by(*parts)

    def rows(self, groups: Sequence[tuple[object, ...]] | None) -> Statement:
        """Give the rows of `groups` (None: all), their group's parts after the columns.

        Ordered by the mark and then the key, so that equal rows give equal bytes.
        """
        relation = self.relation()
        parts = self._parts(relation)
        query = sa.select(*(relation.c[name] for name in self.columns), *parts)
        query = query.select_from(relation)
        if groups is not None and parts and len(groups) <= _MOST_GROUPS:
            query = query.where(sa.or_(*(_is_group(parts, values) for values in groups)))
        order = [*((self.mark,) if self.mark else ()), *self.key]
        return query.order_by(*(relation.c[name] for name in dict.fromkeys(order)))

    def _parts(self, relation: sa.FromClause) -> list[_Expression]:
        if self.grouping.column is None:
            return []
        column = relation.c[self.grouping.column]
        units = _PARTS[self.grouping.unit]
        if not units:
            return [column]
        return [sa.extract(unit, column) for unit in units]


def _is_group(parts: Sequence[_Expression], values: Sequence[object]) -> sa.ColumnElement[bool]:
    pairs = zip(parts, values, strict=True)
    return sa.and_(*(part.is_(None) if value is None else part == value for part, value in pairs))
