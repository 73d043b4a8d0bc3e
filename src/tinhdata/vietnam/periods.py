"""Months, quarters and years: tháng 3/2025, quý II/2025, năm 2025. Days belong to `dates`."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from tinhdata.kernel import Text, t
from tinhdata.vietnam.reading import Unreadable, quoted
from tinhdata.vietnam.text import fold


class PeriodKind(StrEnum):
    """How long a period is."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


_LENGTH = {PeriodKind.MONTH: 1, PeriodKind.QUARTER: 3, PeriodKind.YEAR: 12}


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A month, a quarter or a year of the calendar; `number` is 1 for a year."""

    year: int
    kind: PeriodKind
    number: int = 1

    def __post_init__(self) -> None:
        """Refuse what the calendar does not have."""
        if not 1 <= self.year <= 9999 or not 1 <= self.number <= 12 // _LENGTH[self.kind]:
            raise ValueError(f"there is no {self.kind} {self.number} of {self.year}")

    @property
    def first_day(self) -> date:
        """Give the first day of the period."""
        return date(self.year, (self.number - 1) * _LENGTH[self.kind] + 1, 1)

    @property
    def last_day(self) -> date:
        """Give the last day of the period."""
        month = self.number * _LENGTH[self.kind]
        if month == 12:
            return date(self.year, 12, 31)
        return date(self.year, month + 1, 1) - timedelta(days=1)

    def __contains__(self, day: date) -> bool:
        """Say whether `day` lies in the period."""
        return self.first_day <= day <= self.last_day

    def __str__(self) -> str:
        """Give the period as `2025`, `2025-Q2` or `2025-03`; `parse_period` reads it back."""
        if self.kind is PeriodKind.YEAR:
            return f"{self.year:04d}"
        if self.kind is PeriodKind.QUARTER:
            return f"{self.year:04d}-Q{self.number}"
        return f"{self.year:04d}-{self.number:02d}"


_ROMAN_NAMES = "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii"
_ROMAN = {name: number for number, name in enumerate(_ROMAN_NAMES, start=1)}
_MONTH_WORDS = {
    name: number
    for number, names in enumerate(
        (
            ("mot",),
            ("hai",),
            ("ba",),
            ("tu", "bon"),
            ("nam",),
            ("sau",),
            ("bay",),
            ("tam",),
            ("chin",),
            ("muoi",),
            ("muoi mot",),
            ("muoi hai",),
        ),
        start=1,
    )
    for name in names
}
_OF = r"\s*(?:/|-|\.|,|\s)\s*(?:nam\s+)?"
_YEAR = r"(?P<year>[0-9]{4})"
_WORD = "|".join(sorted(_MONTH_WORDS, key=len, reverse=True))
_PATTERNS = (
    (PeriodKind.QUARTER, rf"(?:quy|q)\.?\s*(?P<number>[1-4]|i{{1,3}}|iv){_OF}{_YEAR}"),
    (PeriodKind.QUARTER, rf"{_YEAR}[\s/\-]*q(?:uy)?\s*(?P<number>[1-4]|i{{1,3}}|iv)"),
    (PeriodKind.QUARTER, rf"(?P<number>[1-4])q[\s/\-]*{_YEAR}"),
    (PeriodKind.MONTH, rf"(?:(?:thang|th|t)\.?\s*)?(?P<number>[0-9]{{1,2}})\s*[/\-.]\s*{_YEAR}"),
    (PeriodKind.MONTH, rf"(?:thang|th|t)\.?\s*(?P<number>[0-9]{{1,2}}|{_WORD}|[ivx]+){_OF}{_YEAR}"),
    (PeriodKind.MONTH, rf"{_YEAR}\s*[/\-.]\s*(?:(?:thang|th|t)\.?\s*)?(?P<number>[0-9]{{1,2}})"),
    (PeriodKind.MONTH, rf"{_YEAR}m(?P<number>[0-9]{{1,2}})"),
    (PeriodKind.YEAR, rf"(?:nam\s*)?{_YEAR}(?P<number>)"),
)
_COMPILED = tuple((kind, re.compile(pattern)) for kind, pattern in _PATTERNS)


def parse_period(text: str, kind: PeriodKind | None = None) -> Period | Unreadable:
    """Read `text` as a period; with `kind`, only as one of that length.

    Accepts `tháng 3/2025`, `T3/2025`, `03/2025`, `2025-03`, `tháng ba năm 2025`; `quý II/2025`,
    `Quý 2 năm 2025`, `Q2/2025`, `2025-Q2`; `2025`, `năm 2025`. Years have four digits.
    """
    folded = fold(text)
    for found_kind, pattern in _COMPILED:
        match = pattern.fullmatch(folded)
        if match is not None:
            return _period(text, found_kind, match, kind)
    if not folded:
        return Unreadable(t("There is no period here: the text is empty."))
    return Unreadable(t("“{text}” is not a month, a quarter or a year.", text=quoted(text)))


def _period(
    text: str, kind: PeriodKind, match: re.Match[str], wanted: PeriodKind | None
) -> Period | Unreadable:
    if wanted is not None and kind is not wanted:
        return Unreadable(_another_kind(quoted(text), wanted))
    number = _number(match["number"])
    try:
        return Period(int(match["year"]), kind, number)
    except ValueError:
        return Unreadable(t("“{text}” is not in the calendar.", text=quoted(text)))


def _another_kind(text: str, wanted: PeriodKind) -> Text:
    if wanted is PeriodKind.MONTH:
        return t("“{text}” is not a month.", text=text)
    if wanted is PeriodKind.QUARTER:
        return t("“{text}” is not a quarter.", text=text)
    return t("“{text}” is not a year.", text=text)


def _number(written: str) -> int:
    if not written:
        return 1
    if written.isdigit():
        return int(written)
    return _ROMAN.get(written) or _MONTH_WORDS.get(written, 0)


# A word alone is not a month: "Năm" over a column is the year, not May.
_MONTH_NAME = re.compile(
    rf"(?:(?:thang|th|t)\.?\s*)?(?P<number>[0-9]{{1,2}}|[ivx]+)|thang\s+(?P<word>{_WORD})"
)


def parse_month_name(text: str) -> int | Unreadable:
    """Read the header of a month column: `I` to `XII`, `1`, `T1`, `Tháng 1`, `tháng ba`."""
    match = _MONTH_NAME.fullmatch(fold(text))
    number = _number(match["number"] or match["word"]) if match else 0
    if 1 <= number <= 12:
        return number
    return Unreadable(t("“{text}” does not name a month.", text=quoted(text)))
