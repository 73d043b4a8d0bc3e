"""Which values a dataset has in each facet. Pure."""

from collections.abc import Callable, Mapping
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from tinhdata.catalogue.model import DatasetRecord, FacetName, Origin, Timeliness, UpdateAge
from tinhdata.catalogue.overdue import freshness
from tinhdata.kernel.clock import local_day

_AGES = ((7, UpdateAge.WEEK), (31, UpdateAge.MONTH), (92, UpdateAge.QUARTER), (366, UpdateAge.YEAR))
"""Days since the release was published, at most, and what that is called."""
_MOST_YEARS = 60
"""Years of one dataset that are offered, the last ones: temperatures may go back far."""


def values_of(name: FacetName, record: DatasetRecord, today: date) -> tuple[str, ...]:
    """Give the values of the facet `name` that hold for a dataset on the day `today`."""
    return _VALUES[name](record, today)


def update_age(record: DatasetRecord, today: date) -> UpdateAge:
    """Say how long ago the rows were last published or confirmed."""
    if record.up_to is None:
        return UpdateAge.NEVER
    days = (today - local_day(record.up_to)).days
    return next((age for most, age in _AGES if days <= most), UpdateAge.OLDER)


def timeliness(record: DatasetRecord, today: date) -> Timeliness:
    """Say whether the update that the contract promises for `today` or before is there."""
    found = freshness(record.up_to, record.update_cycle, today)
    if found.due is None:
        return Timeliness.NOT_PROMISED
    return Timeliness.LATE if found.is_late else Timeliness.ON_TIME


def _years(record: DatasetRecord) -> tuple[str, ...]:
    if record.years is None:
        return ()
    first, last = record.years
    return tuple(str(year) for year in range(max(first, last - _MOST_YEARS + 1), last + 1))


def _ours(record: DatasetRecord, value: StrEnum) -> tuple[str, ...]:
    """Say nothing about the life of what lives elsewhere."""
    return () if record.external else (value.value,)


def _origin(record: DatasetRecord) -> Origin:
    if record.external is not None:
        return Origin.EXTERNAL
    return Origin.SIMULATED if record.simulated else Origin.REAL


def _one(value: str | None) -> tuple[str, ...]:
    return () if value is None else (value,)


_VALUES: Mapping[FacetName, Callable[[DatasetRecord, date], tuple[str, ...]]] = MappingProxyType(
    {
        FacetName.AGENCY: lambda record, _: _one(record.agency or None),
        FacetName.TOPIC: lambda record, _: _one(record.sector or None),
        FacetName.FORMAT: lambda record, _: record.formats,
        FacetName.UPDATED: lambda record, today: _ours(record, update_age(record, today)),
        FacetName.FRESHNESS: lambda record, today: _ours(record, timeliness(record, today)),
        FacetName.QUALITY: lambda record, _: _ours(record, record.quality),
        FacetName.AREA: lambda record, _: tuple(area.value for area in record.areas),
        FacetName.PERIOD: lambda record, _: _years(record),
        FacetName.ACCESS: lambda record, _: (record.access_level.value,),
        FacetName.DATABASE: lambda record, _: _one(record.database),
        FacetName.ORIGIN: lambda record, _: (_origin(record).value,),
        FacetName.TAG: lambda record, _: record.tags,
        FacetName.LICENCE: lambda record, _: _one(record.licence),
    }
)
