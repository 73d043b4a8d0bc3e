"""Robots told from people, counts added up, old days folded into months. Pure."""

import re
from collections.abc import Iterable
from datetime import date

from tinhdata.usage.model import Act, Count, Sum, Use

_ROBOTS = re.compile(
    r"bot\b|bot[/_-]|crawl|spider|slurp|archiver|scrapy|preview|monitor|uptime|scanner|"
    r"headless|facebookexternalhit|feedfetcher|mediapartners",
    re.IGNORECASE,
)
"""Words by which robots that go through everything name themselves; roughly, on purpose."""


def is_robot(user_agent: str) -> bool:
    """Say whether a reader calls itself a robot that goes through everything, or hides its name.

    A program that someone runs (curl, pandas, R) is no robot: it asks for what its user wants.
    """
    return not user_agent.strip() or _ROBOTS.search(user_agent) is not None


def summed(counts: Iterable[Count]) -> Sum:
    """Add counts up, the uses of robots apart."""
    found = Sum()
    for count in counts:
        found += as_sum(count)
    return found


def as_sum(count: Count) -> Sum:
    """Give one count as a sum."""
    if count.use.by_robot:
        return Sum(robots=count.times)
    match count.use.act:
        case Act.VIEW:
            return Sum(views=count.times)
        case Act.DOWNLOAD:
            return Sum(downloads=count.times)
        case Act.CALL:
            return Sum(calls=count.times)


def folded(counts: Iterable[Count]) -> tuple[Count, ...]:
    """Give one count per month, dataset, act and form, under the first day of the month."""
    months: dict[tuple[date, Use], int] = {}
    for count in counts:
        key = (count.day.replace(day=1), count.use)
        months[key] = months.get(key, 0) + count.times
    return tuple(Count(day, use, times) for (day, use), times in months.items())


def months_back(day: date, months: int) -> date:
    """Give the first day of the month that lies `months` before that of `day`."""
    whole = day.year * 12 + day.month - 1 - months
    return date(whole // 12, whole % 12 + 1, 1)
