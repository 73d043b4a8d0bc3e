"""Numbers that name a person or a taxpayer: citizen numbers and tax codes.

Only their build is checked; whether one was ever issued is known to the registers. Reasons never
repeat the number, and the objects hide it from `repr`, so neither leaks into logs.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from tinhdata.kernel import Text, t
from tinhdata.vietnam.reading import Unreadable

_SEPARATORS = re.compile(r"[\s.\u00a0\u202f]+")


class Sex(StrEnum):
    """The sex a citizen number states."""

    MALE = "male"
    FEMALE = "female"


@dataclass(frozen=True, slots=True)
class CitizenNumber:
    """A personal identification number (số định danh cá nhân), as on the card CCCD or CC."""

    digits: str = field(repr=False)

    @property
    def province_code(self) -> str:
        """Give the three digits of the province or country where the birth was registered."""
        return self.digits[:3]

    @property
    def sex(self) -> Sex:
        """Give the sex stated by the fourth digit: even is male, odd female."""
        return Sex.FEMALE if int(self.digits[3]) % 2 else Sex.MALE

    @property
    def birth_year(self) -> int:
        """Give the year of birth, of the century stated by the fourth digit."""
        return 1900 + 100 * (int(self.digits[3]) // 2) + int(self.digits[4:6])

    @property
    def masked(self) -> str:
        """Give the number with all but the last three digits hidden, for pages."""
        return "•" * 9 + self.digits[-3:]


def parse_citizen_number(
    text: str, today: date, province_codes: Collection[str] = ()
) -> CitizenNumber | Unreadable:
    """Read a citizen number of 12 digits; blanks and dots between digits are passed over.

    Build (Nghị định 137/2015/NĐ-CP, Điều 13; Thông tư 59/2021/TT-BCA, Điều 4): three digits of the
    province or country, one of century and sex (0 and 1 for 1900-1999, 2 and 3 for 2000-2099 and so
    on, even for men), two of the year of birth, six at random. The year of birth must not lie after
    `today`. Where `province_codes` are given, the first three digits must be among them; a pack
    holds that list, with the codes of provinces that were merged since: the numbers live on.
    """
    digits = _SEPARATORS.sub("", text)
    if problem := _wrong_digits(digits):
        return problem
    number = CitizenNumber(digits)
    if province_codes and number.province_code not in province_codes:
        return Unreadable(
            t(
                "The citizen number begins with {code}, which is not the code of a province or "
                "country.",
                code=number.province_code,
            )
        )
    if number.birth_year > today.year:
        return Unreadable(
            t(
                "The citizen number says the person was born in {year}, which is in the future.",
                year=number.birth_year,
            )
        )
    return number


def _wrong_digits(digits: str) -> Unreadable | None:
    if re.fullmatch("[0-9]{12}", digits):
        return None
    if re.fullmatch("[0-9]{9}", digits):
        return Unreadable(
            t("This has 9 digits, as the old identity card (CMND); a citizen number has 12.")
        )
    if re.fullmatch("[0-9]{10,11}", digits):
        return Unreadable(
            t(
                "This has {count} digits, a citizen number has 12. Zeros in front may have been "
                "lost in Excel.",
                count=len(digits),
            )
        )
    if re.fullmatch("[0-9]+", digits):
        return Unreadable(t("This has {count} digits, a citizen number has 12.", count=len(digits)))
    if not digits:
        return Unreadable(t("There is no citizen number here: the text is empty."))
    return Unreadable(t("A citizen number has digits only."))


class TaxCodeKind(StrEnum):
    """Whose tax code it is."""

    ENTERPRISE = "enterprise"
    """Ten digits, the last a check digit: organisations, and persons registered before 7/2025."""

    DEPENDENT_UNIT = "dependent-unit"
    """Ten digits and three more: a branch or another dependent unit."""

    PERSONAL = "personal"
    """The twelve digits of a citizen number, which serves as tax code of persons."""


@dataclass(frozen=True, slots=True)
class TaxCode:
    """A tax code (mã số thuế)."""

    kind: TaxCodeKind
    digits: str = field(repr=False)

    def __str__(self) -> str:
        """Give the code as it is written: `0123456787`, `0123456787-001` or twelve digits."""
        if self.kind is TaxCodeKind.DEPENDENT_UNIT:
            return f"{self.digits[:10]}-{self.digits[10:]}"
        return self.digits

    @property
    def parent(self) -> "TaxCode":
        """Give the code of the organisation a dependent unit belongs to; others are their own."""
        if self.kind is TaxCodeKind.DEPENDENT_UNIT:
            return TaxCode(TaxCodeKind.ENTERPRISE, self.digits[:10])
        return self


_TAX_WEIGHTS = (31, 29, 23, 19, 17, 13, 7, 5, 3)
_TAX_CODE = re.compile(r"([0-9]{10})(?:\s*-?\s*([0-9]{3}))?")


def tax_check_digit(first_nine: str) -> int | None:
    """Give the tenth digit that belongs to nine digits of a tax code; None if none can.

    10 minus (sum of digit times weight, modulo 11), weights 31, 29, 23, 19, 17, 13, 7, 5, 3
    (Thông tư 86/2024/TT-BTC, Điều 5 names the check digit; the weights are those of the tax
    office's published rule). Raises ValueError unless `first_nine` is nine digits.
    """
    if not re.fullmatch("[0-9]{9}", first_nine):
        raise ValueError("nine digits are needed")
    total = sum(int(digit) * weight for digit, weight in zip(first_nine, _TAX_WEIGHTS, strict=True))
    check = 10 - total % 11
    return check if check < 10 else None


def parse_tax_code(text: str, today: date) -> TaxCode | Unreadable:
    """Read a tax code: ten digits, ten and `-001`, or the twelve of a citizen number.

    The check digit of the ten is tested; twelve digits must be built as a citizen number (tax law:
    the personal identification number serves as tax code of persons).
    """
    written = _SEPARATORS.sub("", text)
    if re.fullmatch("[0-9]{12}", written):
        person = parse_citizen_number(written, today)
        if isinstance(person, Unreadable):
            return person
        return TaxCode(TaxCodeKind.PERSONAL, written)
    match = _TAX_CODE.fullmatch(written)
    if match is None:
        return Unreadable(_not_a_tax_code(written))
    if tax_check_digit(match[1][:9]) != int(match[1][9]):
        return Unreadable(
            t("The check digit of this tax code is wrong: at least one digit was mistyped.")
        )
    if match[2] is None:
        return TaxCode(TaxCodeKind.ENTERPRISE, match[1])
    if match[2] == "000":
        return Unreadable(t("The last three digits of a tax code count from 001."))
    return TaxCode(TaxCodeKind.DEPENDENT_UNIT, match[1] + match[2])


def _not_a_tax_code(written: str) -> Text:
    if not written:
        return t("There is no tax code here: the text is empty.")
    if re.fullmatch("[0-9]{8,9}", written):
        return t(
            "This has {count} digits, a tax code has 10. Zeros in front may have been lost in "
            "Excel.",
            count=len(written),
        )
    return t("A tax code has 10 digits, 10 and 3 after a hyphen, or 12.")
