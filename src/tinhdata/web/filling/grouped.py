"""Groups of the filtered rows as a picture shows them: by what, measured how, in which words.

The groups are those of the interface's `/groups`; nothing is added up here.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from starlette.datastructures import QueryParams

from tinhdata.contracts import Column, LogicalType
from tinhdata.edge.grouping import groups_of
from tinhdata.edge.language import day_text, number, say
from tinhdata.edge.places import LATITUDE, LONGITUDE, names_of
from tinhdata.edge.showing import is_named_number, shown
from tinhdata.kernel import Text, t
from tinhdata.warehouse import (
    Aggregate,
    ColumnStatistics,
    GroupBy,
    GroupQuery,
    Groups,
    Measure,
    Part,
    Sort,
    Value,
)
from tinhdata.web.contexts.shell import Choice
from tinhdata.web.filling.addresses import with_query
from tinhdata.web.filling.dataset import Subject
from tinhdata.web.filling.panel import filter_pairs, is_empty, offered
from tinhdata.web.filling.words import NUMERIC, TEMPORAL, label_of

_COUNTED = frozenset({"count", "money"})
"""Semantic types whose values add up."""

_RATES = ("/", "%", "°")
"""Signs in a unit of what is measured per something, or on a scale: adding it up says nothing."""

_FEW, _MANY, _MOMENTS = 2, 2_000, 400
"""Different values of a column: for a picture at all, of classes, of moments in a line."""

_MEASURES: Mapping[Aggregate, Text] = {
    Aggregate.COUNT: t("Rows with {column}"),
    Aggregate.SUM: t("Sum of {column}"),
    Aggregate.AVERAGE: t("Average of {column}"),
    Aggregate.MINIMUM: t("Smallest {column}"),
    Aggregate.MAXIMUM: t("Largest {column}"),
}
_COUNT = t("Number of rows")
_PARTS = {
    Part.YEAR: t("{column}, by year"),
    Part.MONTH: t("{column}, by month"),
    Part.DAY: t("{column}, by day"),
}


@dataclass(frozen=True, slots=True)
class Grouped:
    """A page of groups with the column that forms them (the first) and the one measured."""

    by: GroupBy
    measure: Measure
    column: Column
    measured: Column | None
    groups: Groups

    @property
    def values(self) -> tuple[tuple[Value, float | None], ...]:
        """Give each group with its measure as a number."""
        return tuple((row[0], as_number(row[-1])) for row in self.groups.rows)

    @property
    def unit(self) -> str | None:
        """Give the unit of the measure; a count has none."""
        counts = self.measure.aggregate is Aggregate.COUNT
        return None if counts or self.measured is None else self.measured.unit


def is_ordered(subject: Subject, by: GroupBy) -> bool:
    """Say whether the groups follow one another in time, so that a line joins them."""
    column = subject.contract.column(by.column)
    period = subject.contract.period
    in_time = by.part is not None or column.logical_type in TEMPORAL
    return in_time or column.semantic_type == "year" or bool(period and period.column == by.column)


def read_groups(
    subject: Subject,
    params: QueryParams,
    by: Sequence[str],
    measure: str,
    *,
    ordered: bool,
    limit: int,
) -> Grouped | None:
    """Ask the warehouse for groups of the rows that fit `params`; None where rows are closed.

    In order of time where they are `ordered`, else the largest first. Raises FilterInvalid,
    GroupsUnfit and UnknownColumn where the address asks for what is not there.
    """
    opened = subject.opened
    if opened is None:
        return None
    asked = _question(subject, params, by, measure, limit)
    if not ordered:
        asked = replace(asked, sort=(Sort(asked.measures[0].name, descending=True),))
    found = subject.reader.platform.warehouse.groups(opened.permit, opened.release.id, asked)
    one = asked.measures[0]
    measured = subject.contract.column(one.column) if one.column else None
    return Grouped(asked.by[0], one, subject.contract.column(asked.by[0].column), measured, found)


def groups_address(subject: Subject, params: QueryParams, by: str, measure: str) -> str:
    """Give the address of the same groups for programs."""
    pairs = filter_pairs(params, "sort")
    path = f"/api/v1{subject.path('groups')}"
    return with_query(path, [("by", by), ("measure", measure), *pairs])


def groupings(subject: Subject, statistics: Mapping[str, ColumnStatistics]) -> dict[str, Text]:
    """Give what the rows may be grouped by, each with its name, the most telling first."""
    found = dict(_ways(subject, statistics))
    return {name: text for name, (_, text) in sorted(found.items(), key=lambda item: item[1][0])}


def measures(subject: Subject, statistics: Mapping[str, ColumnStatistics]) -> dict[str, Text]:
    """Give what may be measured of a group, each with its name: rows, sums, averages."""
    language = subject.reader.language
    found = {Measure(Aggregate.COUNT).name: _COUNT}
    for column in numbers(subject, statistics):
        kinds = (Aggregate.SUM, Aggregate.AVERAGE) if _adds_up(column) else (Aggregate.AVERAGE,)
        for aggregate in kinds:
            measure = Measure(aggregate, column.name)
            found[measure.name] = _named(measure, column, language)
    return found


def default_measure(
    subject: Subject, by: Sequence[str], statistics: Mapping[str, ColumnStatistics]
) -> str:
    """Give what is measured unless the reader says otherwise.

    Rows are counted, but for tables whose every row is a figure of its group (a commune, a month,
    a moment): there it is the first amount.
    """
    names = {each.partition(":")[0] for each in by}
    found = numbers(subject, statistics)
    is_figure = bool(names & set(subject.contract.key)) or any(
        column.name in by and column.logical_type in TEMPORAL for column in subject.columns
    )
    if not is_figure or not found:
        return Measure(Aggregate.COUNT).name
    first = found[0]
    aggregate = Aggregate.SUM if _adds_up(first) else Aggregate.AVERAGE
    return Measure(aggregate, first.name).name


def measure_name(grouped: Grouped, language: str) -> Text:
    """Say what is measured."""
    return (
        _COUNT if grouped.measured is None else _named(grouped.measure, grouped.measured, language)
    )


def choices(found: Mapping[str, Text], chosen: str) -> tuple[Choice, ...]:
    """Give the options of a select; one that the address alone names is among them."""
    names = found if chosen in found else {**found, chosen: Text(chosen)}
    return tuple(Choice(name, text, name == chosen) for name, text in names.items())


def numbers(subject: Subject, statistics: Mapping[str, ColumnStatistics]) -> list[Column]:
    """Give the columns that hold amounts: no names, no places, no columns without any value.

    A masked column has no statistics, and its amounts cannot be added up.
    """
    return [
        column
        for column in offered(subject.columns)
        if column.logical_type in NUMERIC
        and column.name in statistics
        and not is_named_number(column)
        and column.semantic_type not in (LONGITUDE, LATITUDE)
        and not is_empty(statistics.get(column.name))
    ]


def labels(subject: Subject, grouped: Grouped) -> dict[Value, str]:
    """Give what each group is called: codes by the names that their register gives them."""
    values = [value for value, _ in grouped.values]
    column, language = grouped.column, subject.reader.language
    named: Mapping[str, str] = {}
    if grouped.by.part is None and column.reference is not None:
        named = names_of(subject.reader.platform, subject.reader.actor, column, values)
    texts = {
        value: named.get(str(value)) or written(value, grouped.by, column, language)
        for value in values
    }
    if not named:
        return texts
    often = Counter(texts.values())
    return {
        value: f"{text} ({value})" if often[text] > 1 else text for value, text in texts.items()
    }


def amount(value: float | None, grouped: Grouped, language: str) -> str:
    """Write a measure as the table does."""
    if value is None:
        return "–"
    aggregate, column = grouped.measure.aggregate, grouped.measured
    if aggregate is Aggregate.COUNT or column is None:
        return number(int(value), language)
    decimals = column.decimals
    if column.logical_type is LogicalType.INTEGER:
        decimals = 1 if aggregate is Aggregate.AVERAGE and value != round(value) else 0
    if decimals is None:
        decimals = 0 if value == round(value) else 2
    return number(value, language, decimals)


def as_number(value: Value) -> float | None:
    """Give a measure as a number; text that a mask left is none."""
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return float(value)
    return None


def rows_address(subject: Subject, params: QueryParams, by: GroupBy, value: Value) -> str | None:
    """Give the address of the rows of one group; None for that of rows without a value."""
    if value is None:
        return None
    pairs = filter_pairs(params)
    if by.part is None:
        written = value.isoformat() if isinstance(value, date | datetime) else str(value)
        return with_query(subject.path(), [*pairs, (f"f.{by.column}.is", written)])
    first, last = _ends(str(value))
    ends = [(f"f.{by.column}.from", first), (f"f.{by.column}.to", last)]
    return with_query(subject.path(), [*pairs, *ends])


def _question(
    subject: Subject, params: QueryParams, by: Sequence[str], measure: str, limit: int
) -> GroupQuery:
    pairs = [*filter_pairs(params, "sort"), ("by", ",".join(by)), ("measure", measure)]
    names = [column.name for column in subject.columns]
    return groups_of(QueryParams(pairs), subject.contract, names, limit=limit)


def _ways(
    subject: Subject, statistics: Mapping[str, ColumnStatistics]
) -> Iterator[tuple[str, tuple[tuple[int, int], Text]]]:
    """Give each way to group by its name, with its rank (smaller is more telling) and its words."""
    language = subject.reader.language
    for at, column in enumerate(offered(subject.columns)):
        held = statistics.get(column.name)
        if held is None or held.distinct < _FEW or column.semantic_type in (LONGITUDE, LATITUDE):
            continue
        label = label_of(column, language)
        if column.logical_type in TEMPORAL:
            for part in _parts(held):
                name = GroupBy(column.name, part).name
                yield name, ((0, at), Text(_PARTS[part].msgid, {"column": label}))
            if held.distinct <= _MOMENTS:
                yield column.name, ((1, at), Text("{column}", {"column": label}))
        elif _is_class(column) and held.distinct <= _MANY:
            yield (
                column.name,
                ((_rank(subject, column, held), at), Text("{column}", {"column": label})),
            )


def _rank(subject: Subject, column: Column, held: ColumnStatistics) -> int:
    if is_ordered(subject, GroupBy(column.name)) and held.distinct > _FEW:
        return 0
    if column.allowed or (column.reference is not None and held.distinct <= 200):
        return 1
    return 2 if held.distinct <= 40 else 3


def _is_class(column: Column) -> bool:
    return column.logical_type not in NUMERIC or is_named_number(column)


def _parts(held: ColumnStatistics) -> Iterator[Part]:
    """Give the parts of days that make neither one group nor too many, the finest first."""
    low, high = held.minimum, held.maximum
    if not isinstance(low, date) or not isinstance(high, date):
        return
    months = (high.year - low.year) * 12 + high.month - low.month + 1
    if 1 < (high.toordinal() - low.toordinal()) <= 120:
        yield Part.DAY
    if 1 < months <= 240:
        yield Part.MONTH
    if high.year > low.year:
        yield Part.YEAR


def _adds_up(column: Column) -> bool:
    if column.semantic_type in _COUNTED:
        return True
    is_rate = any(sign in (column.unit or "") for sign in _RATES)
    return (
        column.semantic_type is None
        and not is_rate
        and (column.logical_type is LogicalType.INTEGER)
    )


def _named(measure: Measure, column: Column, language: str) -> Text:
    return Text(_MEASURES[measure.aggregate].msgid, {"column": within(label_of(column, language))})


def within(label: str) -> str:
    """Write the heading of a column within a sentence; PM10 and its like keep their letters."""
    is_word = len(label) > 1 and label[1].islower()
    return label[0].lower() + label[1:] if is_word else label


def written(value: Value, by: GroupBy, column: Column, language: str) -> str:
    """Write what a group is formed by."""
    if value is None:
        return say(t("no value"), language)
    match by.part:
        case Part.MONTH:
            year, _, month = str(value).partition("-")
            return f"{month}/{year}"
        case Part.DAY:
            return day_text(date.fromisoformat(str(value)), language)
        case Part.YEAR:
            return str(value)
        case None:
            return shown(value, column, language) or ""


def _ends(part: str) -> tuple[str, str]:
    """Give the first and the last day of a year, a month or a day."""
    first = date.fromisoformat(f"{part}-01-01"[:10])
    if len(part) == len("2025"):
        return first.isoformat(), f"{part}-12-31"
    if len(part) == len("2025-01"):
        following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
        return first.isoformat(), date.fromordinal(following.toordinal() - 1).isoformat()
    return part, part
