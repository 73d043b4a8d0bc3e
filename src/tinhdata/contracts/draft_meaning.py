"""What a column of a sample file is about: its semantic type, and whether it is about persons.

From the words of its header and the form of its values. Pure. Suggestions for a person to confirm,
on the side of caution: what may be personal is called personal.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from tinhdata.contracts.draft_seen import ColumnSeen
from tinhdata.contracts.draft_values import Kind
from tinhdata.contracts.model import LogicalType, Personal
from tinhdata.contracts.patterns import python_pattern
from tinhdata.contracts.semantics import SEMANTIC_TYPES
from tinhdata.vietnam import fold, match_key, tax_check_digit

_LOOKED_AT = 5_000


@dataclass(frozen=True, slots=True)
class Meaning:
    """What the values are, and if they are personal data how they are shown."""

    semantic_type: str | None = None
    personal: Personal | None = None
    mask: str | None = None


@dataclass(frozen=True, slots=True)
class _Hint:
    """A semantic type that values of one form have, where the header also says so if it must."""

    semantic_type: str
    words: re.Pattern[str]
    is_needed: bool = True
    personal: Personal | None = None
    mask: str | None = None


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{pattern})\b")


_B = Personal.BASIC
_TEXT_HINTS = (
    _Hint("email", _words("email|e mail|thu dien tu|hom thu"), False, _B, "hide"),
    _Hint("url", _words("url|link|website|dia chi web|duong dan|lien ket"), False),
    _Hint("procedure-code", _words("ma thu tuc|ma tthc|ma so"), False),
    _Hint("dossier-code", _words("ma ho so|so ho so"), False),
    _Hint(
        "citizen-number",
        _words("cccd|can cuoc|dinh danh|cmnd|cmt|so giay to|dinh danh ca nhan|can cuoc cong dan"),
        False,
        _B,
        "last-four",
    ),
    _Hint("tax-code", _words("ma so thue|mst|tax code|ma so doanh nghiep|msdn"), False),
    _Hint(
        "phone",
        _words("dien thoai|so dt|sdt|di dong|phone|mobile|tel|hotline|fax"),
        False,
        _B,
        "last-four",
    ),
    _Hint(
        "social-insurance-number",
        _words("bhxh|bao hiem xa hoi|so so bao hiem"),
        True,
        _B,
        "last-four",
    ),
    _Hint("health-card-number", _words("bhyt|bao hiem y te"), True, _B, "last-four"),
    _Hint("agency-code", _words("ma dinh danh|ma co quan|ma don vi|agency code"), True),
    _Hint(
        "person-name",
        _words(
            r"ho va ten|ho ten|ho ten .*|full name|(?<!so )nguoi \w+|chu ho|can bo|chuyen vien|"
            "cong chuc|vien chuc|hoc sinh|sinh vien|benh nhan|ten cong dan|giam doc|chu co so|"
            "chu phuong tien"
        ),
        True,
        _B,
        "first-letters",
    ),
)
_PERSONAL_WORDS: tuple[tuple[re.Pattern[str], Personal, str], ...] = (
    (_words("cccd|cmnd|cmt|can cuoc|ho chieu|passport|dinh danh ca nhan"), _B, "last-four"),
    (_words("so dien thoai|di dong|sdt|so dt|mobile"), _B, "last-four"),
    (_words("ngay sinh|ngay thang nam sinh|nam sinh|date of birth|dob|sinh ngay"), _B, "year"),
    (_words("so tai khoan|stk|bank account"), Personal.SENSITIVE, "last-four"),
    (
        _words(
            "dia chi thuong tru|noi thuong tru|thuong tru|tam tru|noi o hien tai|cho o hien nay"
        ),
        _B,
        "hide",
    ),
    (_words("so bao hiem|ma so bhxh|so the bhyt|ma the bhyt"), _B, "last-four"),
    (_words("bien so|bien kiem soat"), _B, "last-four"),
)
_OF_PERSONS: tuple[tuple[re.Pattern[str], Personal, str], ...] = (
    (
        _words("dan toc|ton giao|tinh trang suc khoe|benh|chan doan|khuyet tat"),
        Personal.SENSITIVE,
        "hide",
    ),
    (_words("gioi tinh|phai|gioi|que quan|noi sinh|dia chi|luong|thu nhap|hon nhan"), _B, "hide"),
)
"""What is personal only in a table about persons."""

_SURNAMES = frozenset(
    {
        "nguyễn", "trần", "lê", "phạm", "hoàng", "huỳnh", "phan", "vũ", "võ", "đặng",
        "bùi", "đỗ", "hồ", "ngô", "dương", "lý", "đinh", "trịnh", "đào", "mai", "lương",
        "nông", "ma", "triệu", "hà", "tạ", "tô", "trương", "đoàn", "lâm", "phùng", "quách",
        "chu", "cao", "thái", "tống", "la",
    }
)  # fmt: skip

_FOLDED_SURNAMES = frozenset(map(fold, _SURNAMES))
_TITLE = re.compile(r"(?:ong|ba|anh|chi|co|dong chi|d/c|ts\.?|ths\.?|bs\.?)\s+")
_LONG_NUMBER = re.compile(r"[0-9](?:[ .-]?[0-9]){5,}")
_OWN_NUMBERS = ("personal-phone", "vehicle-plate", "email")
_OLD_CARD = re.compile(r"[A-Z]{2}[1-5][0-9]{12}")
_LATITUDE = _words("vi do|lat|latitude|vido|vi tuyen")
_LONGITUDE = _words("kinh do|lon|lng|long|longitude|kinhdo|kinh tuyen")
_YEAR = re.compile(r"nam|year|nam .{0,20}|.{0,20} nam|year .*")
_NOT_YEAR = _words("so nam|nam sinh")
_QUARTER, _MONTH = re.compile(r"quy|quarter"), re.compile(r"thang|month")
_PERCENT = _words("ty le|ti le|phan tram|percent|percentage|pct")
_MONEY_UNIT = re.compile(r"(?:.*\b)?(?:dong|vnd|usd|dongs)")
_ORDINAL = re.compile(r"stt|tt|so tt|so thu tu|no|id|gid|fid|objectid|ma so|code|ma|ma .*|.* id")
_COUNT = re.compile(
    r"(?:tong )?so (?!do\b|tien\b).*|number of .*|sl|so luong .*|dan so.*|population.*"
)


def is_share(header: str) -> bool:
    """Say whether a column is called a share; the unit of a whole table is not meant for it."""
    return _PERCENT.search(match_key(header)) is not None


def meaning_of(seen: ColumnSeen, kind: Kind, unit: str | None) -> Meaning:
    """Say what the column `seen`, whose values are of `kind` and in `unit`, is about."""
    words = match_key(seen.header)
    found = _text(seen, kind, words) if kind.logical_type is LogicalType.STRING else Meaning()
    if kind.logical_type in (LogicalType.INTEGER, LogicalType.NUMBER):
        found = Meaning(_number(kind, words, unit))
    if found.personal is None:
        for pattern, personal, mask in _PERSONAL_WORDS:
            if pattern.search(words):
                return Meaning(found.semantic_type, personal, _fitting(mask, kind))
    return found


def in_table_of_persons(meaning: Meaning, seen: ColumnSeen, kind: Kind) -> Meaning:
    """Say what the column is about where other columns name persons."""
    if meaning.personal is not None:
        return meaning
    words = match_key(seen.header)
    for pattern, personal, mask in _OF_PERSONS:
        if pattern.search(words):
            return Meaning(meaning.semantic_type, personal, _fitting(mask, kind))
    return meaning


def names_persons(meanings: Iterable[Meaning]) -> bool:
    """Say whether some column names a person."""
    return any(m.semantic_type in ("person-name", "citizen-number") for m in meanings)


def personal_by_name(header: str, logical_type: LogicalType) -> Meaning | None:
    """Say how a column is personal by its header alone, where no values are at hand."""
    words = match_key(header)
    for hint in _TEXT_HINTS:
        if hint.personal and hint.words.search(words) and logical_type is LogicalType.STRING:
            return Meaning(None, hint.personal, hint.mask)
    for pattern, personal, mask in _PERSONAL_WORDS:
        if pattern.search(words):
            return Meaning(None, personal, _fitting(mask, Kind(logical_type)))
    return None


def _fitting(mask: str, kind: Kind) -> str:
    is_day = kind.logical_type in (LogicalType.DATE, LogicalType.TIMESTAMP)
    if mask == "year":
        return "year" if is_day else "hide"
    return mask if kind.logical_type is LogicalType.STRING else "hide"


def _text(seen: ColumnSeen, kind: Kind, words: str) -> Meaning:
    values = [seen.values[at] for at in kind.read][:_LOOKED_AT]
    for hint in _TEXT_HINTS:
        entry = SEMANTIC_TYPES[hint.semantic_type]
        is_said = hint.words.search(words) is not None
        if (is_said or not hint.is_needed) and _fits(hint.semantic_type, values):
            personal = entry.personal or hint.personal
            return Meaning(hint.semantic_type, personal, hint.mask if personal else None)
        if is_said and hint.personal and values and hint.semantic_type in _PERSONAL_ANYWAY:
            return Meaning(None, hint.personal, hint.mask)
    if _are_names(values):
        is_name = _fits("person-name", values)
        return Meaning("person-name" if is_name else None, _B, "first-letters")
    return Meaning()


_PERSONAL_ANYWAY = frozenset({"phone", "citizen-number", "person-name", "email"})
"""What stays personal where the values are not in the form of the semantic type."""


def _fits(semantic_type: str, values: Sequence[str]) -> bool:
    """Say whether all of `values` are what the semantic type wants."""
    entry = SEMANTIC_TYPES[semantic_type]
    if not values or entry.pattern is None:
        return False
    pattern = re.compile(python_pattern(entry.pattern))
    if not all(pattern.fullmatch(value) for value in values):
        return False
    return semantic_type != "tax-code" or all(_is_tax_code(value) for value in values)


def _is_tax_code(value: str) -> bool:
    if len(value) == 12:
        return True
    digit = tax_check_digit(value[:9])
    return digit is not None and value[9] == str(digit)


def _are_names(values: Sequence[str]) -> bool:
    """Say whether most of `values` look like names of persons."""
    hits = sum(map(_is_name, values))
    return len(values) >= 3 and hits * 10 >= len(values) * 7


def _is_name(value: str) -> bool:
    """Say whether `value` looks like a name of a person: a surname, then one to four words."""
    words = value.split()
    if not 2 <= len(words) <= 5 or words[0].lower() not in _SURNAMES:
        return False
    return all(word[:1].isupper() and word.isalpha() for word in words)


def may_be_of_a_person(value: str) -> bool:
    """Say whether a single value may name a person, their number or their address."""
    return _is_name(value) or "@" in value or _LONG_NUMBER.search(value) is not None


def are_of_persons(values: Sequence[str]) -> bool:
    """Say whether a list of `values` names persons, whatever the column is called.

    Names have three words or more here, in capitals, small letters or without marks, too: those of
    two are those of provinces.
    """
    names = sum(map(_is_full_name, values))
    return names * 2 >= max(len(values), 1) or any(map(_is_own_number, values))


def _is_full_name(value: str) -> bool:
    words = _TITLE.sub("", fold(value), count=1).split()
    return 3 <= len(words) <= 5 and words[0] in _FOLDED_SURNAMES and "".join(words).isalpha()


def _is_own_number(value: str) -> bool:
    joined = re.sub(r"[ .-]", "", value)
    return (
        any(_fits(name, (value,)) for name in _OWN_NUMBERS)
        or _fits("personal-phone", (joined,))
        or _OLD_CARD.fullmatch(joined) is not None
    )


def _number(kind: Kind, words: str, unit: str | None) -> str | None:
    numbers = [Decimal(str(value)) for value in kind.read.values()]
    low, high = min(numbers), max(numbers)
    is_whole = kind.logical_type is LogicalType.INTEGER
    if not is_whole and _LATITUDE.search(words) and low >= -90 and high <= 90:
        return "latitude"
    if not is_whole and _LONGITUDE.search(words) and low >= -180 and high <= 180:
        return "longitude"
    if is_whole and (time := _time_part(words, int(low), int(high))):
        return time
    folded_unit = fold(unit or "")
    if (folded_unit == "%" or _PERCENT.search(words)) and low >= 0 and high <= 100:
        return "percent" if folded_unit in ("%", "") else None
    if folded_unit and _MONEY_UNIT.fullmatch(folded_unit):
        return "money"
    if is_whole and low >= 0 and not unit:
        return _counted(words)
    return None


def _time_part(words: str, low: int, high: int) -> str | None:
    is_year = _YEAR.fullmatch(words) and not _NOT_YEAR.search(words)
    if is_year and low >= 1900 and high <= 2100:
        return "year"
    if _QUARTER.fullmatch(words) and low >= 1 and high <= 4:
        return "quarter"
    if _MONTH.fullmatch(words) and low >= 1 and high <= 12:
        return "month"
    return None


def _counted(words: str) -> str | None:
    if _ORDINAL.fullmatch(words):
        return "numeric-code"
    return "count" if _COUNT.fullmatch(words) else None
