"""How the states and clocks of the closed loop are called."""

from collections.abc import Mapping
from types import MappingProxyType

from tinhdata.catalogue import NoSuchRecord
from tinhdata.edge.feedback import record_of
from tinhdata.feedback import Counts, Item, State
from tinhdata.kernel import t
from tinhdata.vietnam import OutsideWorkCalendar
from tinhdata.web.contexts.feedback import Speed
from tinhdata.web.contexts.shell import Badge, Tone
from tinhdata.web.filling.reader import Reader

STATE_BADGES: Mapping[State, Badge] = MappingProxyType(
    {
        State.WAITING: Badge(t("received"), Tone.CALM, "inbox"),
        State.OPEN: Badge(t("in progress"), Tone.BUSY),
        State.DONE: Badge(t("answered"), Tone.GOOD),
        State.REFUSED: Badge(t("declined"), Tone.CALM, "x"),
    }
)


def clock(reader: Reader, item: Item) -> Badge | None:
    """Say how many working days are left for the answer; None where it was given or none is due."""
    if item.answer is not None or item.due is None:
        return None
    try:
        left = reader.platform.pack.calendar.between(reader.today, item.due)
    except OutsideWorkCalendar:
        return None
    if reader.today > item.due:
        said = t("overdue by {days} working days", days=max(1, -left))
        return Badge(said, Tone.LATE)
    if left == 0:
        return Badge(t("due today"), Tone.WARN)
    tone = Tone.WARN if left <= 2 else Tone.CALM
    return Badge(t("{days} working days left", days=left), tone, "hourglass")


def speed(counts: Counts) -> Speed | None:
    """Say how fast items were answered; None before the first answer."""
    if counts.median_hours is None:
        return None
    return Speed(counts.answered, counts.in_time, counts.median_hours)


def dataset_name(reader: Reader, dataset: str) -> str:
    """Give the name of a dataset, its id where it is not there any more."""
    try:
        return record_of(reader.platform, dataset).name.in_language(reader.language)
    except NoSuchRecord:
        return dataset
