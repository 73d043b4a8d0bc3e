"""Which edition is in force, when a review or an update is due, which entries are wanted. Pure."""

from calendar import monthrange
from collections.abc import Sequence
from datetime import date

from tinhdata.registers.model import (
    Cycle,
    DatabaseItem,
    DatasetItem,
    Due,
    Edition,
    Item,
    PlanItem,
    Register,
    ServiceItem,
    Wanted,
)

NOT_DUE = Due(None)


def edition_on(register: Register, day: date) -> Edition | None:
    """Give the edition in force on `day`; None before the first one."""
    held = [edition for edition in register.editions if edition.valid_from <= day]
    return max(held, key=lambda edition: edition.valid_from, default=None)


def cycle_on(cycles: Sequence[Cycle], day: date) -> Cycle | None:
    """Give the rule that is applied on `day`; of several the one that came last."""
    held = [
        cycle
        for cycle in cycles
        if cycle.valid_from <= day and (cycle.valid_to is None or day < cycle.valid_to)
    ]
    return max(held, key=lambda cycle: cycle.valid_from, default=None)


def months_after(day: date, months: int) -> date:
    """Give the same day `months` later, the last of the month where it has no such day."""
    whole = day.year * 12 + day.month - 1 + months
    year, month = whole // 12, whole % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def due_by(day: date | None, today: date) -> Due:
    """Say how late something is that is due on `day`: from the day after it on."""
    return NOT_DUE if day is None else Due(day, max(0, (today - day).days))


def due_again(last: date | None, cycle: Cycle | None, today: date) -> Due:
    """Say when something done on `last` is due again by `cycle`, and how late it is."""
    if last is None or cycle is None:
        return NOT_DUE
    return due_by(months_after(last, cycle.months), today)


def review_of(register: Register, cycles: Sequence[Cycle], today: date) -> Due:
    """Say when the register is to be reviewed: so long after the last review, or its edition."""
    edition = edition_on(register, today)
    done = [day for day in register.reviews if day <= today]
    if edition is not None:
        done.append(edition.valid_from)
    return due_again(max(done, default=None), cycle_on(cycles, today), today)


def publication_of(planned: date | None, published: date | None, today: date) -> Due:
    """Say when something was to be published and how late that happened, or is by now."""
    if planned is None:
        return NOT_DUE
    return Due(planned, max(0, ((published or today) - planned).days))


def is_late(item: Item) -> bool:
    """Say whether something about an entry is late now."""
    match item:
        case DatabaseItem():
            return item.late > 0
        case DatasetItem():
            return item.due.is_late
        case ServiceItem():
            return item.publication.is_late
        case PlanItem():
            return item.update.is_late or (item.published is None and item.publication.is_late)


def meets(item: Item, wanted: Wanted) -> bool:
    """Say whether an entry is among those that are wanted."""
    if wanted.agency is not None and item.agency != wanted.agency:
        return False
    if wanted.late and not is_late(item):
        return False
    return _is_in(wanted.sector, sectors_of(item)) and _is_in(wanted.layer, layers_of(item))


def _is_in(wanted: str | None, values: tuple[str, ...]) -> bool:
    return wanted is None or wanted in values


def sectors_of(item: Item) -> tuple[str, ...]:
    """Give the sectors that an entry belongs to."""
    match item:
        case DatabaseItem():
            return item.sectors
        case DatasetItem():
            return (item.sector,)
        case _:
            return ()


def layers_of(item: Item) -> tuple[str, ...]:
    """Give the data layers that an entry belongs to."""
    match item:
        case DatabaseItem():
            return item.layers
        case DatasetItem():
            return (item.layer,)
        case _:
            return ()
