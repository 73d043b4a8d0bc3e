"""Telephone numbers: mobile, fixed lines and the service numbers 1800 and 1900.

Whether a number is in use is known to the operators. Reasons never repeat the number, and the
object hides it from `repr`: a telephone number is personal data (NĐ 356/2025/NĐ-CP, Điều 3).
"""

import re
from dataclasses import dataclass, field
from enum import StrEnum

from tinhdata.kernel import Text, t
from tinhdata.vietnam.phone_tables import (
    FORMER_LANDLINE,
    FORMER_MOBILE,
    LANDLINE_AREAS,
    MOBILE_PREFIXES,
)
from tinhdata.vietnam.reading import Unreadable


class PhoneKind(StrEnum):
    """What a number rings."""

    MOBILE = "mobile"
    LANDLINE = "landline"
    FREE_SERVICE = "free-service"
    """1800: the one who is called pays."""
    PAID_SERVICE = "paid-service"
    """1900: the caller pays, often more than for a usual call."""


@dataclass(frozen=True, slots=True)
class PhoneNumber:
    """A telephone number of Việt Nam in the form of today.

    `digits` are those after the 0 of the national form (`912345678`, `2083855123`), or the whole
    of a service number (`19001009`). `was_converted` says that it was written as before 2017/2018.
    """

    kind: PhoneKind
    digits: str = field(repr=False)
    extension: str | None = field(default=None, repr=False)
    was_converted: bool = False

    def __str__(self) -> str:
        """Give the national form: `0912345678`, `02083855123`, `19001009`."""
        return self.digits if self.is_service else f"0{self.digits}"

    @property
    def is_service(self) -> bool:
        """Say whether this is a number 1800 or 1900; they cannot be dialled from abroad."""
        return self.kind in (PhoneKind.FREE_SERVICE, PhoneKind.PAID_SERVICE)

    @property
    def e164(self) -> str | None:
        """Give the international form `+84912345678` (ITU-T E.164); a service number has none."""
        return None if self.is_service else f"+84{self.digits}"

    @property
    def area_code(self) -> str | None:
        """Give the area code of a fixed line with its 0, `0208`; others have none."""
        if self.kind is not PhoneKind.LANDLINE:
            return None
        return f"0{_area_of(self.digits)}"

    @property
    def area(self) -> str | None:
        """Give the province, as of before 1/7/2025, that the area code was given to."""
        code = self.area_code
        return None if code is None else LANDLINE_AREAS[code[1:]]

    @property
    def spaced(self) -> str:
        """Give the number as people read it: `0912 345 678`, `0208 3855 123`, `1900 1009`."""
        head = 4 if self.area_code is None else len(self.area_code)
        number = str(self)
        rest = number[head:]
        step = 4 if len(rest) == 8 or self.kind is PhoneKind.LANDLINE else 3
        pieces = [rest[at : at + step] for at in range(0, len(rest), step)]
        if self.is_service:
            pieces = [rest]
        return " ".join([number[:head], *pieces])

    @property
    def masked(self) -> str:
        """Give the number with all but its last three digits hidden, for pages."""
        number = str(self)
        return "•" * (len(number) - 3) + number[-3:]


_EXTENSION = re.compile(
    r"(?:\s*(?:máy lẻ|nhánh|số lẻ|ext\.?|x)\s*[:.]?\s*)([0-9]{1,6})\s*$", re.IGNORECASE
)
_LABEL = re.compile(
    r"^\s*(?:điện thoại|sđt|đt|tel|hotline|di động|phone)\s*[.:]?\s*", re.IGNORECASE
)
_SEPARATORS = re.compile(r"[\s.\-()\u00a0\u202f\u2013]+")
_SERVICE = re.compile(r"(1[89]00)[0-9]{4,6}")
_LANDLINE_DIGITS = 10
_SEVERAL = re.compile(r"[/;,]|\bhoặc\b|\bvà\b")


def parse_phone(text: str) -> PhoneNumber | Unreadable:
    """Read one telephone number, in the national or the international form.

    Blanks, dots, hyphens, brackets, a word such as “ĐT:” in front and an extension behind (`máy lẻ
    12`) are understood. Numbers of before the changes of 2017 (fixed lines) and 2018 (mobile) are
    turned into those of today. An old fixed line that looks like a mobile number of today, as those
    of the former area codes 033, 036 to 039 or 08 do, is read as the mobile number. A number that
    lost its first 0 is refused with that hint, and so is a text with several numbers.
    """
    written = _LABEL.sub("", text.strip())
    extension: str | None = None
    if match := _EXTENSION.search(written):
        extension, written = match[1], written[: match.start()]
    digits = _SEPARATORS.sub("", written)
    if _SERVICE.fullmatch(digits):
        kind = PhoneKind.FREE_SERVICE if digits.startswith("18") else PhoneKind.PAID_SERVICE
        return PhoneNumber(kind, digits, extension)
    national = _national(digits)
    if national is None:
        return Unreadable(_not_a_phone(written, digits))
    now = _today(national)
    if now is None:
        return Unreadable(_no_such_number(national))
    kind = PhoneKind.LANDLINE if now.startswith("2") else PhoneKind.MOBILE
    return PhoneNumber(kind, now, extension, was_converted=now != national)


def _national(digits: str) -> str | None:
    """Give the digits after the 0 of the national form, or after +84; None where there is none."""
    for start in ("+84", "0084", "84", "0"):
        rest = digits.removeprefix(start)
        if rest != digits and re.fullmatch("[1-9][0-9]{8,9}", rest):
            return rest
    # +84 (0)912 … : the 0 belongs to the national form only, and is often left standing.
    match = re.fullmatch(r"(?:\+|00)840([1-9][0-9]{8,9})", digits)
    return match[1] if match else None


def _today(national: str) -> str | None:
    """Give a number as it is dialled today; None where there is no such number."""
    if len(national) == 9:
        if national[:2] in MOBILE_PREFIXES:
            return national
        return _moved(national, (2, 1))
    if _is_landline(national):
        return national
    if national[:3] in FORMER_MOBILE:
        return FORMER_MOBILE[national[:3]] + national[3:]
    return _moved(national, (3,))


def _is_landline(national: str) -> bool:
    area = _area_of(national)
    # No subscriber's number begins with 0 or 1, so 0240 and 0281 of before 2017 are not 024, 028.
    return area is not None and national[len(area)] not in "01"


def _moved(national: str, lengths: tuple[int, ...]) -> str | None:
    """Give a fixed line of before 2017 under its area code of today."""
    for length in lengths:
        now = FORMER_LANDLINE.get(national[:length], "") + national[length:]
        if len(now) == _LANDLINE_DIGITS and _is_landline(now):
            return now
    return None


def _area_of(digits: str) -> str | None:
    return next((digits[:size] for size in (3, 2) if digits[:size] in LANDLINE_AREAS), None)


def _not_a_phone(written: str, digits: str) -> Text:
    if not digits:
        return t("There is no telephone number here: the text is empty.")
    if _SEVERAL.search(written):
        return t("There is more than one telephone number here; write one only.")
    if re.fullmatch("[0-9]{9}", digits) and digits[:2] in MOBILE_PREFIXES:
        return t("The telephone number has lost its first 0, perhaps in Excel.")
    if re.fullmatch(r"\+?[0-9]+", digits):
        return t(
            "A telephone number has 10 digits, a fixed line 11; here are {count}.",
            count=len(digits.lstrip("+")),
        )
    return t("A telephone number has digits only, such as 0912345678 or +84912345678.")


def _no_such_number(national: str) -> Text:
    return t("No telephone number begins with 0{start}.", start=national[:3])
