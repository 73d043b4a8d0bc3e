"""Days and moments as people, programs and Excel write them. Months and quarters: `periods`.

Time zones: a moment without one gets the zone the caller names; nothing reads the machine's clock.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from enum import StrEnum
from math import isfinite

from tinhdata.kernel import Text, t
from tinhdata.vietnam.reading import Unreadable, quoted
from tinhdata.vietnam.text import fold


class DateOrder(StrEnum):
    """In which order day and month of an all-digit date stand; a year in front is always read."""

    DAY_FIRST = "day-first"
    """31/12/2025, the Vietnamese order."""

    MONTH_FIRST = "month-first"
    """12/31/2025, the American order, as some exports have it."""


class ExcelDateSystem(StrEnum):
    """From which day an Excel workbook counts; the workbook says so."""

    FROM_1900 = "1900"
    FROM_1904 = "1904"


@dataclass(frozen=True, slots=True)
class DateForm:
    """How a column writes dates.

    Two-digit years are read in the hundred years from `first_year`: 1930 as in Excel (30 to 99 are
    the last century, 00 to 29 this one). None refuses them.
    """

    order: DateOrder = DateOrder.DAY_FIRST
    first_year: int | None = 1930


VIETNAMESE_DATES = DateForm()

_NUMERIC = re.compile(r"([0-9]{1,4})\s*([/.\-])\s*([0-9]{1,2})\s*\2\s*([0-9]{1,4})")
_WORDS = re.compile(
    r"(?:ngay\s*)?([0-9]{1,2})\s*(?:thang|th\.?)\s*([0-9]{1,2})\s*(?:,\s*)?(?:nam)?\s*([0-9]{4})"
)
_TIME = re.compile(
    r"(?P<hour>[0-9]{1,2})\s*(?::|h|g|gio)\s*(?:(?P<minute>[0-9]{1,2})\s*(?:p|ph|phut)?"
    r"(?::(?P<second>[0-9]{1,2})(?:[.,](?P<fraction>[0-9]{1,9}))?)?)?"
    r"\s*(?P<half>am|pm|sa|ch)?\s*(?P<zone>z|utc|[+-][0-9]{2}:?[0-9]{2}|[+-][0-9]{2})?"
)
_TIME_FIRST = re.compile(
    r"([0-9]{1,2}\s*(?::|h|g)\s*[0-9]{0,2}(?::[0-9]{2})?(?:\s*(?:am|pm|sa|ch))?)"
    r"[\s,]+(?:ngay\s+)?(\S.*)"
)
_TIME_JOIN = re.compile(r"(?:t|,|\s|luc)+")
_SERIAL = re.compile(r"[0-9]{5}(?:[.,][0-9]+)?")


def parse_date(text: str, form: DateForm = VIETNAMESE_DATES) -> date | Unreadable:
    """Read `text` as a calendar day.

    Accepts `31/12/2025`, `31-12-25`, `31.12.2025`, `2025-12-31`, `2025/12/31`, `ngày 31 tháng 12
    năm 2025`, and any of them with a time of midnight, as exports write whole days. Other times,
    days that are not in the calendar and Excel serial numbers are refused with the reason.
    """
    day_text, time_text = _split(fold(text))
    day = _read_day(text, day_text, form)
    if isinstance(day, Unreadable) or not time_text:
        return day
    clock = _read_time(time_text)
    if clock is None:
        return Unreadable(_not_a_date(text))
    if clock.replace(tzinfo=None) != time.min:
        return Unreadable(
            t("“{text}” has a time of day, but a whole day is expected.", text=quoted(text))
        )
    return day


def parse_moment(
    text: str, zone: tzinfo, form: DateForm = VIETNAMESE_DATES
) -> datetime | Unreadable:
    """Read `text` as a day with a time; the answer always has a time zone.

    Accepts every day of `parse_date` followed (or preceded, as in `08h30 ngày 1/11/2025`) by a
    time: `09:21:52`, `11:06`, `T10:00:00.123Z`, `2:30 PM`, `2:30 CH`, `8h30`. A day without a time
    is its midnight. `zone` is given to moments that do not say their own.
    """
    day_text, time_text = _split(fold(text))
    day = _read_day(text, day_text, form)
    if isinstance(day, Unreadable):
        return day
    clock = _read_time(time_text) if time_text else time.min
    if clock is None:
        return Unreadable(
            t(
                "“{time}” in “{text}” is not a time of day.",
                time=quoted(time_text),
                text=quoted(text),
            )
        )
    return datetime.combine(day, clock, tzinfo=clock.tzinfo or zone)


def from_excel_serial(
    serial: float, system: ExcelDateSystem = ExcelDateSystem.FROM_1900
) -> datetime | Unreadable:
    """Give the moment that Excel means by `serial`, without a zone, to the millisecond.

    In the 1900 system day 1 is 1/1/1900, and Excel counts a 29/2/1900 (serial 60) that never was,
    a mistake kept from Lotus 1-2-3: 60 is refused, days after it are one off (Microsoft support
    article "Excel incorrectly assumes that the year 1900 is a leap year"). In the 1904 system
    day 0 is 1/1/1904. Serials below 1 (1900) are times of day, not dates, and are refused.
    """
    lowest = 1 if system is ExcelDateSystem.FROM_1900 else 0
    if not isfinite(serial) or not lowest <= serial < 2_958_466:
        return Unreadable(t("{serial} is not the number of a day in Excel.", serial=serial))
    if system is ExcelDateSystem.FROM_1904:
        start = datetime(1904, 1, 1)  # noqa: DTZ001 - a serial number carries no zone
    elif 60 <= serial < 61:
        return Unreadable(
            t("60 is 29/02/1900 in Excel, a day that is not in the calendar. Check the date.")
        )
    else:
        start = datetime(1899, 12, 31 if serial < 60 else 30)  # noqa: DTZ001 - the same
    try:
        return start + timedelta(milliseconds=round(serial * 86_400_000))
    except OverflowError:
        return Unreadable(t("{serial} is not the number of a day in Excel.", serial=serial))


def _split(folded: str) -> tuple[str, str]:
    """Take a folded text apart into its day and its time; either may be empty."""
    if match := _TIME_FIRST.fullmatch(folded):
        return match[2], match[1]
    for pattern in (_WORDS, _NUMERIC):
        match = pattern.match(folded)
        if match is not None:
            join = _TIME_JOIN.match(folded, match.end())
            return folded[: match.end()], folded[join.end() if join else match.end() :]
    return folded, ""


def _read_day(text: str, folded: str, form: DateForm) -> date | Unreadable:
    if match := _WORDS.fullmatch(folded):
        return _day(text, int(match[3]), int(match[2]), int(match[1]))
    match = _NUMERIC.fullmatch(folded)
    if match is None:
        return Unreadable(_not_a_date(text))
    first, middle, last = match[1], match[3], match[4]
    if len(first) == 4 and len(last) <= 2:
        return _day(text, int(first), int(middle), int(last))
    if len(first) > 2 or len(last) not in {2, 4}:
        return Unreadable(_not_a_date(text))
    year = _full_year(last, form)
    if year is None:
        shown = quoted(text)
        return Unreadable(t("“{text}” has a year of two digits. Write all four.", text=shown))
    if form.order is DateOrder.MONTH_FIRST:
        return _day(text, year, int(first), int(middle))
    return _day(text, year, int(middle), int(first))


def _full_year(digits: str, form: DateForm) -> int | None:
    if len(digits) == 4:
        return int(digits)
    if form.first_year is None:
        return None
    return form.first_year + (int(digits) - form.first_year) % 100


def _day(text: str, year: int, month: int, day: int) -> date | Unreadable:
    try:
        return date(year, month, day)
    except ValueError:
        pass
    shown = quoted(text)
    if month > 12 and 1 <= day <= 12:
        return Unreadable(
            t(
                "“{text}” has {month} where the month stands. Is it written in the other order?",
                text=shown,
                month=month,
            )
        )
    return Unreadable(t("“{text}” is not in the calendar.", text=shown))


def _not_a_date(text: str) -> Text:
    stripped = text.strip()
    if not stripped:
        return t("There is no date here: the text is empty.")
    if _SERIAL.fullmatch(stripped):
        moment = from_excel_serial(float(stripped.replace(",", ".")))
        if isinstance(moment, datetime):
            return t(
                "“{text}” is a number; if it comes from Excel it means {day}.",
                text=stripped,
                day=moment.strftime("%d/%m/%Y"),
            )
    return t("“{text}” is not a date.", text=quoted(text))


def _read_time(folded: str) -> time | None:
    match = _TIME.fullmatch(folded.strip())
    if match is None:
        return None
    hour = _hour(int(match["hour"]), match["half"])
    micro = int((match["fraction"] or "").ljust(6, "0")[:6])
    try:
        return time(
            hour,
            int(match["minute"] or 0),
            int(match["second"] or 0),
            micro,
            tzinfo=_zone(match["zone"]),
        )
    except ValueError:
        return None


def _hour(hour: int, half: str | None) -> int:
    """Apply am/pm, in Vietnamese SA (sáng) and CH (chiều); 24 or more fails in `time`."""
    if half is None:
        return hour
    if not 1 <= hour <= 12:
        return 24
    return hour % 12 + (12 if half in {"pm", "ch"} else 0)


def _zone(written: str | None) -> tzinfo | None:
    if written is None:
        return None
    if written in {"z", "utc"}:
        return UTC
    hours, minutes = int(written[1:3]), int(written[3:].lstrip(":") or 0)
    offset = timedelta(hours=hours, minutes=minutes)
    return timezone(-offset if written[0] == "-" else offset)


@dataclass(frozen=True, slots=True)
class DateOrderFinding:
    """In which order the dates of a column are written.

    `order` is None where no date decides or where they contradict each other. `undecided` dates
    exist in both orders (`01/11/2025`); dates with the year in front or in words decide nothing.
    """

    order: DateOrder | None
    day_first: int
    month_first: int
    undecided: int
    unreadable: int


def find_date_order(texts: Iterable[str]) -> DateOrderFinding:
    """Say from the dates of a column that exist in one order only which order it has."""
    day_first = month_first = undecided = unreadable = 0
    for text in texts:
        if not text.strip():
            continue
        local = parse_date(_without_time(text), DateForm(DateOrder.DAY_FIRST))
        american = parse_date(_without_time(text), DateForm(DateOrder.MONTH_FIRST))
        can_local, can_american = isinstance(local, date), isinstance(american, date)
        if can_local and can_american:
            undecided += local != american
        else:
            day_first += can_local
            month_first += can_american
            unreadable += not can_local and not can_american
    order = None
    if bool(day_first) != bool(month_first):
        order = DateOrder.DAY_FIRST if day_first else DateOrder.MONTH_FIRST
    return DateOrderFinding(order, day_first, month_first, undecided, unreadable)


def _without_time(text: str) -> str:
    return _split(fold(text))[0]
