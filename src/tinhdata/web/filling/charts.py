"""The chart of a dataset: bars of groups, the largest first, or a line over periods."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from starlette.datastructures import QueryParams

from tinhdata.edge.grouping import grouping_names
from tinhdata.edge.language import number
from tinhdata.kernel import Text, t
from tinhdata.warehouse import Aggregate, ColumnStatistics, GroupBy, Part, Value
from tinhdata.web.contexts.views import Bar, DatasetChart, Line, Picture
from tinhdata.web.filling import grouped as groups
from tinhdata.web.filling.addresses import with_query
from tinhdata.web.filling.dataset import Subject, head
from tinhdata.web.filling.drawing import line_paths, line_scale
from tinhdata.web.filling.grouped import Grouped
from tinhdata.web.filling.panel import CHART, filter_pairs, filter_panel
from tinhdata.web.filling.rows import statistics_of
from tinhdata.web.filling.words import label_of

MOST_BARS = 50
MOST_PERIODS = 400
_TITLE = t("{measure}, by {column}")


def dataset_chart(subject: Subject, params: QueryParams) -> DatasetChart:
    """Give the chart that `params` ask for: `by` a column, a `measure`, under the filter.

    Raises FilterInvalid, GroupsUnfit and UnknownColumn.
    """
    statistics = statistics_of(subject)
    offered = groups.groupings(subject, statistics)
    by = _chosen(params, offered)
    measure = params.get("measure") or groups.default_measure(subject, [by], statistics)
    return DatasetChart(
        head=head(subject, "", is_whole=False),
        panel=filter_panel(subject, params, CHART, statistics),
        groupings=groups.choices(offered, by) if by else (),
        measures=groups.choices(groups.measures(subject, statistics), measure),
        picture=chart_picture(subject, params, by, measure, statistics) if by else None,
        kept=tuple(pair for pair in params.multi_items() if pair[1] and pair[0] not in _OWN),
        refused=subject.refused,
    )


_OWN = {"by", "measure", "page"}


def chart_of(subject: Subject, params: QueryParams) -> Picture | None:
    """Give only the picture; None where the rows are closed or have nothing to group by."""
    statistics = statistics_of(subject)
    by = _chosen(params, groups.groupings(subject, statistics))
    if not by:
        return None
    measure = params.get("measure") or groups.default_measure(subject, [by], statistics)
    return chart_picture(subject, params, by, measure, statistics)


def chart_picture(
    subject: Subject,
    params: QueryParams,
    by: str,
    measure: str,
    statistics: Mapping[str, ColumnStatistics],
) -> Picture | None:
    """Give bars or a line of the groups of the rows that fit `params`."""
    column, _, part = by.partition(":")
    known = column in subject.contract.column_names
    way = GroupBy(column, Part(part) if part in set(Part) else None)
    ordered = known and groups.is_ordered(subject, way)
    limit = MOST_PERIODS if ordered else MOST_BARS
    found = groups.read_groups(subject, params, [by], measure, ordered=ordered, limit=limit)
    if found is None:
        return None
    language = subject.reader.language
    said = groups.measure_name(found, language)
    grouping = label_of(found.column, language)
    latest, action = periods_hint(subject, params, found, statistics, CHART)
    return Picture(
        title=Text(_TITLE.msgid, {"measure": said, "column": groups.within(grouping)}),
        grouping=grouping,
        measure=said,
        unit=found.unit,
        bars=bars(subject, params, found, groups.labels(subject, found)),
        rest=found.groups.total - len(found.groups.rows),
        rows=found.groups.total_rows,
        line=_line(found, language) if ordered else None,
        all_href=groups.groups_address(subject, params, by, measure),
        hint=t("Figures of several periods are added up here.") if latest else None,
        hint_href=latest,
        hint_action=action,
    )


def bars(
    subject: Subject, params: QueryParams, found: Grouped, labels: Mapping[Value, str]
) -> tuple[Bar, ...]:
    """Give each group as a bar; the longest is that of the value farthest from zero."""
    language = subject.reader.language
    most = max((abs(value) for _, value in found.values if value is not None), default=0.0)
    return tuple(
        Bar(
            label=labels[key],
            value=groups.amount(value, found, language),
            length=abs(value) / most if value is not None and most else 0.0,
            is_negative=value is not None and value < 0,
            href=groups.rows_address(subject, params, found.by, key),
            is_missing=key is None,
        )
        for key, value in found.values
    )


def periods_hint(
    subject: Subject,
    params: QueryParams,
    found: Grouped,
    statistics: Mapping[str, ColumnStatistics],
    *view: str,
) -> tuple[str | None, Text | None]:
    """Give the address with only the latest period, where a sum runs over several of them."""
    period = _period_column(subject, statistics)
    is_sum = found.measure.aggregate is Aggregate.SUM
    if period is None or not is_sum or period == found.by.column:
        return None, None
    if any(name.startswith(f"f.{period}") for name, value in params.multi_items() if value):
        return None, None
    latest = statistics[period].maximum
    written = latest.isoformat() if isinstance(latest, date) else str(latest)
    drawn = [(n, v) for n, v in params.multi_items() if v and n in ("by", "measure", "style")]
    pairs = [*filter_pairs(params), *drawn, (f"f.{period}.is", written)]
    label = label_of(subject.contract.column(period), subject.reader.language)
    action = t("Show only the latest: {column} {value}", column=label, value=written)
    return with_query(subject.path(*view), pairs), action


def _period_column(subject: Subject, statistics: Mapping[str, ColumnStatistics]) -> str | None:
    """Give the column that tells the periods of a table apart, where it has more than one."""
    declared = subject.contract.period.column if subject.contract.period else None
    for name in (declared, *subject.contract.key):
        held = statistics.get(name or "")
        if name is None or held is None or held.distinct < 2 or held.maximum is None:
            continue
        if groups.is_ordered(subject, GroupBy(name)):
            return name
    return None


def _chosen(params: QueryParams, offered: Mapping[str, Text]) -> str:
    """Give what the address groups by, else the most telling way; raises FilterInvalid."""
    return grouping_names(params) or next(iter(offered), "")


def _line(found: Grouped, language: str) -> Line | None:
    """Give the line over all periods from first to last; those without rows are gaps."""
    known = dict(found.values)
    keys = _periods([key for key in known if key is not None], found.by.part)
    values = [known.get(key) for key in keys]
    there = [value for value in values if value is not None]
    if not there:
        return None
    from_zero = found.measure.aggregate in (Aggregate.COUNT, Aggregate.SUM)
    scale = line_scale(there, from_zero=from_zero)
    path, dots = line_paths(values, scale)
    written = [_period_label(key, found, language) for key in keys]
    shown = sorted({round(n * (len(written) - 1) / 4) for n in range(5)}) if written else []
    is_even = len(written) >= 5
    return Line(
        path=path,
        dots=dots,
        rules=tuple(round(300 * n / (len(scale) - 1), 1) for n in range(len(scale))),
        scale=tuple(_tick(value, language) for value in reversed(scale)),
        periods=tuple(written[at] for at in shown) if is_even else tuple(written),
    )


def _tick(value: float, language: str) -> str:
    return number(int(value) if value == int(value) else value, language)


def _period_label(key: Value, found: Grouped, language: str) -> str:
    return groups.written(key, found.by, found.column, language)


def _periods(keys: Sequence[Value], part: Part | None) -> list[Value]:
    """Give all periods from the first to the last of `keys`, so that a gap in time is one."""
    first, last = (keys[0], keys[-1]) if keys else (None, None)
    every: list[Value] = []
    if part is Part.YEAR or (isinstance(first, int) and isinstance(last, int)):
        years = range(int(str(first)), int(str(last)) + 1)
        every = [year if isinstance(first, int) else f"{year:04}" for year in years]
    elif part is Part.MONTH:
        low, high = _month(str(first)), _month(str(last))
        every = [f"{at // 12:04}-{at % 12 + 1:02}" for at in range(low, high + 1)]
    elif part is Part.DAY:
        start, end = date.fromisoformat(str(first)), date.fromisoformat(str(last))
        every = [(start + timedelta(n)).isoformat() for n in range((end - start).days + 1)]
    return every if keys and len(every) <= 4 * MOST_PERIODS and every else list(keys)


def _month(text: str) -> int:
    year, _, month = text.partition("-")
    return int(year) * 12 + int(month) - 1
