"""How much datasets are used: counts without people, of datasets that anyone may know of."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from tinhdata.access import ANONYMOUS
from tinhdata.api.common import Here, Reader, WordsOut
from tinhdata.api.documents import problems
from tinhdata.bootstrap import Platform
from tinhdata.edge.language import say
from tinhdata.edge.usage_words import KEPT
from tinhdata.kernel.clock import local_day
from tinhdata.usage import Act, Count, Sum, summed

router = APIRouter(tags=["statistics"])

_Days = Annotated[int, Query(ge=1, le=366, description="How many days, today the last.")]


class UsesOut(BaseModel):
    """How often something was used; robots are counted apart."""

    views: int = Field(description="Pages opened.")
    downloads: int = Field(description="Files of rows taken.")
    calls: int = Field(description="Calls of an interface by programs.")
    robots: int = Field(description="All uses by readers that call themselves robots.")

    @classmethod
    def of(cls, uses: Sum) -> "UsesOut":
        """Give a sum."""
        return cls(views=uses.views, downloads=uses.downloads, calls=uses.calls, robots=uses.robots)


class UsedDatasetOut(UsesOut):
    """A dataset and how often it was used."""

    dataset: str
    name: WordsOut


class StatisticsOut(BaseModel):
    """How much the portal is used."""

    first: date
    last: date
    total: UsesOut
    datasets: list[UsedDatasetOut] = Field(description="The most used first.")
    kept: list[str] = Field(description="What is kept about readers, and what is not.")


class UsedDayOut(UsesOut):
    """A day and how often a dataset was used on it."""

    date: date


class UsedFormOut(BaseModel):
    """One way of use: a form of file, or an interface."""

    act: Act
    form: str
    times: int


class DatasetStatisticsOut(BaseModel):
    """How much a dataset is used."""

    dataset: str
    first: date
    last: date
    total: UsesOut
    days: list[UsedDayOut] = Field(description="Days on which it was used.")
    forms: list[UsedFormOut] = Field(description="Without robots, the most used first.")
    kept: list[str] = Field(description="What is kept about readers, and what is not.")


@router.get("/statistics", summary="Say how much the portal is used", responses=problems(401, 422))
def statistics(here: Here, visit: Reader, days: _Days = 30) -> StatisticsOut:
    """Give how often each public dataset was used in the last days."""
    used = here.usage.by_dataset(days)
    found = [
        (used[record.dataset], record)
        for record in here.catalogue.records(ANONYMOUS)
        if record.dataset in used
    ]
    found.sort(key=lambda pair: (-pair[0].all, pair[1].dataset))
    last = _today(here)
    return StatisticsOut(
        first=last - timedelta(days=days - 1),
        last=last,
        total=UsesOut.of(sum((uses for uses, _record in found), Sum())),
        datasets=[
            UsedDatasetOut(
                **UsesOut.of(uses).model_dump(),
                dataset=record.dataset,
                name=WordsOut.of(record.name),
            )
            for uses, record in found
        ],
        kept=_kept(visit.language),
    )


@router.get(
    "/datasets/{dataset}/statistics",
    summary="Say how much a dataset is used",
    responses=problems(401, 404, 422),
)
def dataset_statistics(
    here: Here, visit: Reader, dataset: str, days: _Days = 90
) -> DatasetStatisticsOut:
    """Give how often a dataset was used on each of the last days, and in which forms."""
    here.catalogue.record(dataset, visit.actor)
    counts = here.usage.of_dataset(dataset, days)
    last = _today(here)
    return DatasetStatisticsOut(
        dataset=dataset,
        first=last - timedelta(days=days - 1),
        last=last,
        total=UsesOut.of(summed(counts)),
        days=[
            UsedDayOut(
                **UsesOut.of(summed(c for c in counts if c.day == day)).model_dump(), date=day
            )
            for day in sorted({count.day for count in counts})
        ],
        forms=_forms(counts),
        kept=_kept(visit.language),
    )


def _forms(counts: Iterable[Count]) -> list[UsedFormOut]:
    times: dict[tuple[Act, str], int] = {}
    for count in counts:
        if not count.use.by_robot:
            key = (count.use.act, count.use.form)
            times[key] = times.get(key, 0) + count.times
    ordered = sorted(times.items(), key=lambda item: (-item[1], item[0]))
    return [UsedFormOut(act=act, form=form, times=n) for (act, form), n in ordered]


def _kept(language: str) -> list[str]:
    return [say(text, language) for text in KEPT]


def _today(here: Platform) -> date:
    return local_day(here.clock.now())
