"""The page of use statistics, of the whole portal or of one dataset."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

from tinhdata.access import ANONYMOUS
from tinhdata.edge.usage_words import ACTS, KEPT
from tinhdata.kernel import Text, t
from tinhdata.usage import Act, Count, Sum, summed
from tinhdata.web.contexts.portal import Figure
from tinhdata.web.contexts.published import Bar, StatisticsPage, UsedLine
from tinhdata.web.contexts.shell import Choice
from tinhdata.web.filling.addresses import dataset_path, with_query
from tinhdata.web.filling.reader import Reader

SPANS = (30, 90, 365)
_MOST_LINES = 50


def statistics_page(reader: Reader, days: int, dataset: str | None) -> StatisticsPage:
    """Give how much the portal, or one dataset, was used; raises NoSuchRecord."""
    catalogue, usage = reader.platform.catalogue, reader.platform.usage
    days = days if days in SPANS else SPANS[0]
    chosen: Choice | None = None
    lines: tuple[UsedLine, ...] = ()
    if dataset is not None:
        record = catalogue.record(dataset, reader.actor)
        name = record.name.in_language(reader.language)
        chosen = Choice(dataset, name, href=dataset_path(dataset))
        counts = usage.of_dataset(dataset, days)
    else:
        records = catalogue.records(ANONYMOUS)
        known = {each.dataset: each.name.in_language(reader.language) for each in records}
        sums = usage.by_dataset(days)
        lines = _lines({name: uses for name, uses in sums.items() if name in known}, known)
        counts = usage.of_all(days, sums.keys() - known.keys())
    total = summed(counts)
    return StatisticsPage(
        days=days,
        first=reader.today - timedelta(days=days - 1),
        last=reader.today,
        figures=_figures(total, "/statistics"),
        robots=total.robots,
        lines=lines,
        bars=_bars(counts, reader.today, days),
        spans=tuple(
            Choice(
                str(span),
                t("{days} days", days=span),
                chosen=span == days,
                href=with_query("/statistics", {"days": str(span), "dataset": dataset}),
            )
            for span in SPANS
        ),
        kept=KEPT,
        dataset=chosen,
        forms=_forms(counts),
    )


def uses_lately(reader: Reader, dataset: str) -> int:
    """Say how often a dataset was used in the last 30 days, without robots."""
    return summed(reader.platform.usage.of_dataset(dataset, SPANS[0])).all


def _figures(total: Sum, href: str) -> tuple[Figure, ...]:
    return (
        Figure(total.views, t("pages opened"), href),
        Figure(total.downloads, t("files downloaded"), href),
        Figure(total.calls, t("calls by programs"), href),
    )


def _lines(sums: Mapping[str, Sum], known: Mapping[str, str]) -> tuple[UsedLine, ...]:
    ordered = sorted(sums.items(), key=lambda pair: (-pair[1].all, pair[0]))
    return tuple(
        UsedLine(known[name], dataset_path(name), uses.views, uses.downloads, uses.calls)
        for name, uses in ordered[:_MOST_LINES]
        if uses.all
    )


def _bars(counts: Sequence[Count], last: date, days: int) -> tuple[Bar, ...]:
    """Give one bar a day, without robots; days of no use have no height."""
    times = Counter[date]()
    for count in counts:
        if not count.use.by_robot:
            times[count.day] += count.times
    highest = max(times.values(), default=0)
    if not highest:
        return ()
    every = [last - timedelta(days=back) for back in range(days - 1, -1, -1)]
    return tuple(Bar(day, times[day], times[day] / highest) for day in every)


def _forms(counts: Iterable[Count]) -> tuple[tuple[Text, str, int], ...]:
    times: Counter[tuple[Act, str]] = Counter()
    for count in counts:
        if not count.use.by_robot:
            times[count.use.act, count.use.form] += count.times
    return tuple((ACTS[act], form, n) for (act, form), n in times.most_common())
