"""Numbers as people write them: 1.234,5 and 1,234.5, percent signs, negatives in parentheses.

Units and currencies (`tr`, `USD`) are not read here; neither are numbers written in words.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from tinhdata.kernel import Text, t
from tinhdata.vietnam.reading import Unreadable, quoted


class NumberForm(StrEnum):
    """Which sign separates thousands and which decimals."""

    VIETNAMESE = "vietnamese"
    """1.234.567,8: dot for thousands, comma for decimals."""

    ENGLISH = "english"
    """1,234,567.8: comma for thousands, dot for decimals."""

    PLAIN = "plain"
    """1234567.8: dot for decimals, no thousands. What programs write."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number that was read. `value` is as written: 12,5 % has the value 12.5 and `is_percent`."""

    value: Decimal
    is_percent: bool = False

    @property
    def fraction(self) -> Decimal:
        """Give the share that a percentage stands for (12.5 % is 0.125), else the value itself."""
        return self.value / 100 if self.is_percent else self.value


_MOST_DIGITS = 38  # what a DECIMAL column of the engines holds
_LONGEST_TEXT = 120
_BLANKS = r"[ \u00a0\u2007\u2009\u202f]"
_BLANK = re.compile(_BLANKS)
_FRAME = re.compile(
    r"(?P<open>\()?\s*(?P<sign>[+\-\u2212\u2012\u2013])?\s*"
    r"(?P<body>[0-9.,](?:[0-9.,' \u00a0\u2007\u2009\u202f\u2019]*[0-9.,])?"
    r"(?:[eE][+\-]?[0-9]{1,3})?)"
    r"\s*(?P<percent>%)?\s*(?P<close>\))?\s*(?P<late>%)?"
)


def _body_pattern(group: str, decimal: str) -> re.Pattern[str]:
    # A group of thousands never leads with zero, so 0.123 can only be a fraction.
    grouped = "|".join(rf"[1-9][0-9]{{0,2}}(?:{sign}[0-9]{{3}})+" for sign in (group, _BLANKS))
    return re.compile(rf"(?:(?P<whole>{grouped}|[0-9]+))?(?:{decimal}(?P<part>[0-9]*))?")


_BODIES = {
    NumberForm.VIETNAMESE: _body_pattern(r"\.", ","),
    NumberForm.ENGLISH: _body_pattern(r"(?:,|['\u2019])", r"\."),
    NumberForm.PLAIN: re.compile(r"(?P<whole>[0-9]+)?(?:\.(?P<part>[0-9]*))?"),
}
_NAMES = {
    NumberForm.VIETNAMESE: t("the Vietnamese form (1.234,5)"),
    NumberForm.ENGLISH: t("the English form (1,234.5)"),
    NumberForm.PLAIN: t("the plain form (1234.5)"),
}


def parse_number(text: str, form: NumberForm | None) -> Number | Unreadable:
    """Read `text` as a number written in `form`; with None, only where all forms agree.

    Accepts a sign in front (also the typographic minus and the en dash), parentheses for negative
    (accounting), a percent sign, ordinary and no-break blanks between thousands, and an exponent as
    Excel exports it (1,5E+03). Thousands must be groups of three: `1.23` is not read as 123 in the
    Vietnamese form, the reason says how it could be read. Numbers of more than 38 digits are
    refused. The value is exact (Decimal).
    """
    stripped = text.strip()
    # The frame has blanks in many places, so a long text could keep the matching busy.
    framed = _FRAME.fullmatch(stripped) if len(stripped) <= _LONGEST_TEXT else None
    if framed is None or not _is_well_framed(framed):
        return Unreadable(_not_a_number(text))
    if form is None:
        return _read_any(text, framed)
    value = _read(framed, form)
    if value is None:
        return Unreadable(_why_not(text, framed, form))
    return value


def _is_well_framed(framed: re.Match[str]) -> bool:
    if bool(framed["open"]) != bool(framed["close"]):
        return False
    return not (framed["open"] and framed["sign"]) and not (framed["percent"] and framed["late"])


def _read_any(text: str, framed: re.Match[str]) -> Number | Unreadable:
    readings = {form: value for form in NumberForm if (value := _read(framed, form)) is not None}
    values = set(readings.values())
    if len(values) == 1:
        return values.pop()
    if not values:
        return Unreadable(_not_a_number(text))
    return Unreadable(
        t(
            "“{text}” can be read as {vietnamese} (Vietnamese form) or as {english} (English "
            "form). Say which form the column has.",
            text=quoted(text),
            vietnamese=_plain(readings[NumberForm.VIETNAMESE].value),
            english=_plain(readings[NumberForm.ENGLISH].value),
        )
    )


def _read(framed: re.Match[str], form: NumberForm) -> Number | None:
    mantissa, exponent_sign, exponent = framed["body"].replace("e", "E").partition("E")
    found = _BODIES[form].fullmatch(mantissa)
    if found is None or not (found["whole"] or found["part"]):
        return None
    digits = re.sub(r"[^0-9]", "", found["whole"] or "0")
    part = found["part"] or ""
    if len(digits) + len(part) > _MOST_DIGITS or abs(int(exponent or 0)) > _MOST_DIGITS:
        return None
    is_negative = bool(framed["open"]) != (framed["sign"] not in {None, "+"})
    sign = "-" if is_negative else ""
    value = Decimal(f"{sign}{digits}.{part or '0'}{exponent_sign}{exponent}")
    if exponent:
        value = Decimal(format(value, "f"))
    elif not part:
        value = value.to_integral_value()
    return Number(value, is_percent=bool(framed["percent"] or framed["late"]))


def _why_not(text: str, framed: re.Match[str], form: NumberForm) -> Text:
    others = [other for other in NumberForm if other is not form and _read(framed, other)]
    if not others:
        return _not_a_number(text)
    other = others[0]
    reading = _read(framed, other)
    return t(
        "“{text}” is not a number in {form}; in {other} it would be {value}.",
        text=quoted(text),
        form=_NAMES[form],
        other=_NAMES[other],
        value=_plain(reading.value) if reading else "",
    )


def _not_a_number(text: str) -> Text:
    if not text.strip():
        return t("There is no number here: the text is empty.")
    if sum(char.isdigit() for char in text) > _MOST_DIGITS:
        return t("The number has more than {digits} digits.", digits=_MOST_DIGITS)
    return t("“{text}” is not a number.", text=quoted(text))


def _plain(value: Decimal) -> str:
    return format(value, "f")


@dataclass(frozen=True, slots=True)
class NumberFormFinding:
    """In which form the numbers of a column are written.

    `form` is None where no text decides (`undecided` says how many can be read in two ways) or
    where texts contradict each other (`vietnamese` and `english` both above zero).
    """

    form: NumberForm | None
    vietnamese: int
    english: int
    either: int
    undecided: int
    unreadable: int

    @property
    def is_contradictory(self) -> bool:
        """Say whether some texts are readable only in one form and some only in the other."""
        return self.vietnamese > 0 and self.english > 0


def find_number_form(texts: Iterable[str]) -> NumberFormFinding:
    """Say in which form a column's numbers are written, from those that can be read only one way.

    Empty texts are passed over. Plain integers fit every form and decide nothing; where all are
    such, the form is PLAIN. A column of texts like `1.234` alone stays undecided: a person says.
    """
    counts = {"vietnamese": 0, "english": 0, "either": 0, "undecided": 0, "unreadable": 0}
    for text in texts:
        if text.strip():
            counts[_evidence(text)] += 1
    return NumberFormFinding(_decide(counts), **counts)


def _evidence(text: str) -> str:
    vietnamese = parse_number(text, NumberForm.VIETNAMESE)
    english = parse_number(text, NumberForm.ENGLISH)
    if isinstance(vietnamese, Unreadable):
        return "unreadable" if isinstance(english, Unreadable) else "english"
    if isinstance(english, Unreadable):
        return "vietnamese"
    return "either" if vietnamese == english else "undecided"


def _decide(counts: dict[str, int]) -> NumberForm | None:
    if counts["vietnamese"] and counts["english"]:
        return None
    if counts["vietnamese"]:
        return NumberForm.VIETNAMESE
    if counts["english"]:
        return NumberForm.ENGLISH
    return NumberForm.PLAIN if counts["either"] and not counts["undecided"] else None


def format_number(value: Decimal | int, form: NumberForm = NumberForm.VIETNAMESE) -> str:
    """Write `value` in `form`, exactly; `parse_number` reads it back."""
    english = format(Decimal(value), "f" if form is NumberForm.PLAIN else ",f")
    if form is not NumberForm.VIETNAMESE:
        return english
    return english.translate({ord(","): ".", ord("."): ","})
