"""What kind of values a column of a sample file holds: the type, and what does not fit it. Pure.

Numbers are read as checking reads them later, so that what a draft calls a number will pass.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from types import MappingProxyType
from typing import TypeAlias

from tinhdata.contracts.draft_seen import ColumnSeen
from tinhdata.contracts.model import LogicalType, NumberForm
from tinhdata.vietnam import DateOrder, fold

Value: TypeAlias = "int | Decimal | date | datetime | str"

LEAST_SHARE = 0.97
"""So many of the values must fit a type; the others are named in a comment."""

MISSING_WORDS = frozenset(
    {
        "khong biet", "khong ro", "chua ro", "chua biet", "dang cap nhat", "chua cap nhat",
        "khong co thong tin", "chua co thong tin", "khong xac dinh", "chua xac dinh",
        "khong co du lieu", "chua co du lieu", "khong co so lieu", "chua co so lieu",
        "n/a", "na", "n.a", "n.a.", "nan", "null", "none", "nil", "unknown", "not available",
        "#n/a", "#na", "(null)", "(trong)", "\\n",
    }
)  # fmt: skip
"""What people write where they have no value, folded."""

_ONLY_SIGNS = re.compile(r"[.\-–—…_*]{1,6}")
_NUMBER_SIGNS = re.compile(r"[0-9]")
_INTEGER = re.compile(r"-?[0-9]{1,18}")
_GROUPED = {
    NumberForm.VIETNAMESE: re.compile(r"-?[1-9][0-9]{0,2}([.][0-9]{3})+"),
    NumberForm.ENGLISH: re.compile(r"-?[1-9][0-9]{0,2}(,[0-9]{3})+"),
}
_DECIMAL = {
    NumberForm.VIETNAMESE: re.compile(r"-?(?:[1-9][0-9]{0,2}([.][0-9]{3})+|[0-9]*),[0-9]+"),
    NumberForm.ENGLISH: re.compile(r"-?(?:[1-9][0-9]{0,2}(,[0-9]{3})+|[0-9]*)[.][0-9]+"),
}
_EITHER = re.compile(r"-?[1-9][0-9]{0,2}([.,])[0-9]{3}")
_BLANK_GROUPED = re.compile(r"-?[1-9][0-9]{0,2}( [0-9]{3})+([.,][0-9]+)?")
_CODE = re.compile(r"[0-9]\.[0-9]{6}")
"""Codes of administrative procedures have the looks of a number and lose zeros as one."""
_ZERO_FIRST = re.compile(r"0[0-9].*")
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")
_CLOCK = (
    r"(?:(?:T| +|, ?)(?P<time>[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?)"
    r" ?(?P<zone>Z|[+-][0-9]{2}:?[0-9]{2})?)?"
)
_YEAR_LAST = re.compile(
    r"(?P<first>[0-9]{1,2})[/.-](?P<second>[0-9]{1,2})[/.-](?P<year>[12][0-9]{3})" + _CLOCK
)
_YEAR_FIRST = re.compile(
    r"(?P<year>[12][0-9]{3})[/.-](?P<first>[0-9]{1,2})[/.-](?P<second>[0-9]{1,2})" + _CLOCK
)
_VIETNAM = timezone(timedelta(hours=7))
_DATE_FORMS = (
    "%d/%m/%Y", "%Y/%m/%d", "%d-%m-%Y", "%d.%m.%Y", "%m/%d/%Y", "%Y%m%d",
)  # fmt: skip
_TIMES = ("", " %H:%M", " %H:%M:%S", "T%H:%M:%S")
_PAIRS = (("có", "không"), ("đúng", "sai"), ("true", "false"), ("yes", "no"))


@dataclass(frozen=True, slots=True)
class Kind:
    """What the values of a column are. Numbers in the sets and mappings are places in `values`."""

    logical_type: LogicalType
    read: Mapping[int, Value] = field(default_factory=lambda: MappingProxyType({}))
    odd: frozenset[int] = frozenset()
    missing: frozenset[int] = frozenset()
    number_form: NumberForm | None = None
    decimals: int | None = None
    date_formats: tuple[str, ...] = ()
    is_form_certain: bool = True


def kind_of(seen: ColumnSeen, *, is_typed: bool, form: NumberForm | None = None) -> Kind:
    """Say what the values of `seen` are; `form` decides numbers that can be read in two ways."""
    missing = frozenset(at for at, text in enumerate(seen.values) if is_missing_word(text))
    rest = [at for at in range(len(seen.values)) if at not in missing]
    if not rest:
        return Kind(LogicalType.STRING, missing=missing)
    for look in (_boolean, _numbers, _days):
        kind = look(seen, rest, missing, is_typed=is_typed, form=form)
        if kind is not None:
            return kind
    texts: dict[int, Value] = {at: seen.values[at] for at in rest}
    return Kind(LogicalType.STRING, texts, missing=missing)


def is_missing_word(text: str) -> bool:
    """Say whether `text` stands where there is no value."""
    return _ONLY_SIGNS.fullmatch(text.lower()) is not None or fold(text) in MISSING_WORDS


def _share(seen: ColumnSeen, fitting: Mapping[int, Value], rest: list[int]) -> float:
    total = sum(seen.counts[at] for at in rest)
    return sum(seen.counts[at] for at in fitting) / total


def _boolean(
    seen: ColumnSeen,
    rest: list[int],
    missing: frozenset[int],
    *,
    is_typed: bool,
    form: NumberForm | None,
) -> Kind | None:
    del is_typed, form
    words = {seen.values[at].lower() for at in rest}
    if len(words) == 2 and any(words == set(pair) for pair in _PAIRS):
        return Kind(LogicalType.BOOLEAN, {at: seen.values[at] for at in rest}, missing=missing)
    return None


def _numbers(
    seen: ColumnSeen,
    rest: list[int],
    missing: frozenset[int],
    *,
    is_typed: bool,
    form: NumberForm | None,
) -> Kind | None:
    texts = [seen.values[at] for at in rest]
    if not any(_NUMBER_SIGNS.search(text) for text in texts[:50]):
        return None
    if any(_ZERO_FIRST.fullmatch(text) for text in texts) or all(map(_CODE.fullmatch, texts)):
        return None  # a code: its zeros would be lost
    found, is_certain = _form_of(texts, is_typed=is_typed)
    found = found or form or NumberForm.ENGLISH
    read: dict[int, Value] = {}
    written = 0
    for at in rest:
        number = read_number(seen.values[at], found, is_typed=is_typed)
        if number is not None:
            read[at] = number[0]
            written = max(written, number[1])
    if not read or _share(seen, read, rest) < LEAST_SHARE or _are_codes(seen, rest):
        return None
    odd = frozenset(rest) - frozenset(read)
    declared = found if _needs_form(texts, found) else None
    if written == 0:
        whole: dict[int, Value] = {at: int(Decimal(str(number))) for at, number in read.items()}
        return Kind(LogicalType.INTEGER, whole, odd, missing, declared, is_form_certain=is_certain)
    decimals = written if written <= 4 else None
    return Kind(LogicalType.NUMBER, read, odd, missing, declared, decimals, (), is_certain)


def _are_codes(seen: ColumnSeen, rest: list[int]) -> bool:
    """Say whether whole numbers are rather codes: too long to reckon with."""
    return any(len(seen.values[at].lstrip("-")) > 15 for at in rest) and all(
        _INTEGER.fullmatch(seen.values[at]) or len(seen.values[at]) > 15 for at in rest
    )


def _needs_form(texts: list[str], form: NumberForm) -> bool:
    """Say whether the form has to be declared: some text is another number in the other form."""
    signs = any(_EITHER.fullmatch(text) for text in texts)
    return signs or (form is NumberForm.VIETNAMESE and any("," in text for text in texts))


def _form_of(texts: list[str], *, is_typed: bool) -> tuple[NumberForm | None, bool]:
    """Say in which form the numbers are written, and whether that is certain."""
    votes: Counter[NumberForm] = Counter()
    either: Counter[str] = Counter()
    plain: list[int] = []
    for text in texts:
        bare = _bare(text)
        if _INTEGER.fullmatch(bare):
            plain.append(len(bare.lstrip("-")))
        elif mark := _EITHER.fullmatch(bare):
            either[mark[1]] += 1
        else:
            for form in (NumberForm.VIETNAMESE, NumberForm.ENGLISH):
                fits = _GROUPED[form].fullmatch(bare) or _DECIMAL[form].fullmatch(bare)
                votes[form] += fits is not None
    vietnamese, english = votes[NumberForm.VIETNAMESE], votes[NumberForm.ENGLISH]
    if is_typed and vietnamese:  # dots come from stored fractions, commas from typed texts
        return NumberForm.VIETNAMESE, True
    if vietnamese or english:
        return (NumberForm.VIETNAMESE if vietnamese >= english else NumberForm.ENGLISH), True
    if not either:
        return None, True
    # A stored fraction is written with the fewest digits: 1.250 was typed, 1.25 may be either.
    if is_typed and not any(text.endswith("0") for text in texts if _EITHER.fullmatch(_bare(text))):
        return NumberForm.ENGLISH, True
    return _likelier(either, plain), False


def _likelier(either: Counter[str], plain: list[int]) -> NumberForm | None:
    """Guess where all other numbers are whole ones and the rest is like 1.234.

    Few such among many whole numbers are thousands that somebody marked; so are they where no whole
    number has more than three digits. Else they are decimals.
    """
    if not plain:
        return None
    is_thousands = len(plain) > either.total() or max(plain) <= 3
    has_dots = either["."] >= either[","]
    return NumberForm.VIETNAMESE if is_thousands == has_dots else NumberForm.ENGLISH


def _bare(text: str) -> str:
    bare = text.strip().replace("\u2212", "-").replace("\u2013", "-").removeprefix("+")
    if bare.startswith("(") and bare.endswith(")"):
        bare = f"-{bare[1:-1]}"
    return re.sub(r"\s*%$", "", bare).replace("\u00a0", " ")


def read_number(
    text: str, form: NumberForm, *, is_typed: bool = False
) -> tuple[Decimal, int] | None:
    """Read `text` as a number in `form`: the value and how many decimals it is written with."""
    bare = _bare(text)
    if len(bare) > 30:
        return None
    if _INTEGER.fullmatch(bare):
        return Decimal(bare), 0
    if blank := _BLANK_GROUPED.fullmatch(bare):
        plain = bare.replace(" ", "").replace(",", ".")
        return Decimal(plain), len(blank[2] or ".") - 1
    for one in _in_order(form):
        thousands = "." if one is NumberForm.VIETNAMESE else ","
        if _GROUPED[one].fullmatch(bare):
            return Decimal(bare.replace(thousands, "")), 0
        # Where fractions are stored, those among texts with commas come with a dot.
        if is_typed and one is NumberForm.VIETNAMESE and "," not in bare:
            continue
        if _DECIMAL[one].fullmatch(bare):
            plain = bare.replace(thousands, "").replace(",", ".")
            return Decimal(plain), len(plain.partition(".")[2])
    return None


def _in_order(form: NumberForm) -> tuple[NumberForm, NumberForm]:
    other = NumberForm.ENGLISH if form is NumberForm.VIETNAMESE else NumberForm.VIETNAMESE
    return form, other


def _days(
    seen: ColumnSeen,
    rest: list[int],
    missing: frozenset[int],
    *,
    is_typed: bool,
    form: NumberForm | None,
) -> Kind | None:
    del form
    texts = [seen.values[at] for at in rest]
    if not all(any(char.isdigit() for char in text) for text in texts[:20]):
        return None
    if sum(read_moment(text) is not None for text in texts[:500]) * 4 < min(len(texts), 500):
        return None
    order = _order_of(texts)
    read: dict[int, Value] = {}
    for at in rest:
        moment = read_moment(seen.values[at], order)
        if moment is not None:
            read[at] = moment
    if not read or _share(seen, read, rest) < LEAST_SHARE:
        return None
    odd = frozenset(rest) - frozenset(read)
    has_time = any(
        isinstance(v, datetime) and v.time().isoformat() != "00:00:00" for v in read.values()
    )
    kind = LogicalType.TIMESTAMP if has_time else LogicalType.DATE
    days: dict[int, Value] = {
        at: v if has_time or not isinstance(v, datetime) else v.date() for at, v in read.items()
    }
    formats = () if is_typed else _formats([seen.values[at] for at in read])
    return Kind(kind, days, odd, missing, date_formats=formats)


def _order_of(texts: list[str]) -> DateOrder:
    """Say which order of day and month more of the texts can be read in."""
    sample = texts[:5_000]
    day, month = (
        sum(read_moment(text, order) is not None for text in sample)
        for order in (DateOrder.DAY_FIRST, DateOrder.MONTH_FIRST)
    )
    return DateOrder.DAY_FIRST if day >= month else DateOrder.MONTH_FIRST


def read_moment(text: str, order: DateOrder = DateOrder.DAY_FIRST) -> datetime | date | None:
    """Read `text` as a day or moment of Việt Nam; None where it is none."""
    found = _YEAR_LAST.fullmatch(text) or _YEAR_FIRST.fullmatch(text)
    if found is None:
        return None
    first, second = int(found["first"]), int(found["second"])
    if found.re is _YEAR_LAST and order is DateOrder.DAY_FIRST:
        first, second = second, first
    try:
        day = date(int(found["year"]), first, second)
        if found["time"] is None:
            return day
        moment = datetime.fromisoformat(f"{day}T{_padded(found['time'])}{found['zone'] or ''}")
    except ValueError:
        return None
    return moment if moment.tzinfo is None else moment.astimezone(_VIETNAM).replace(tzinfo=None)


def _padded(time: str) -> str:
    return time if time[1:2].isdigit() else f"0{time}"


def _formats(texts: list[str]) -> tuple[str, ...]:
    """Give the one form in which all of `texts` are written, if it is not the international one."""
    if any(_ISO.match(text) for text in texts):
        return ()
    for form in (day + time for day in _DATE_FORMS for time in _TIMES):
        if all(_fits(text, form) for text in texts):
            return (form,)
    return ()


def _fits(text: str, form: str) -> bool:
    try:
        datetime.strptime(text, form)  # noqa: DTZ007 - only whether the form fits
    except ValueError:
        return False
    return True


def odd_values(seen: ColumnSeen, kind: Kind) -> Iterator[tuple[str, int]]:
    """Give the values that do not fit, with how often each stands there, most frequent first."""
    for at in sorted(kind.odd, key=lambda at: (-seen.counts[at], seen.values[at])):
        yield seen.values[at], seen.counts[at]
