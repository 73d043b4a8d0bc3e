"""Numbers of social and health insurance.

They have no check digit; only their build is read. Reasons never repeat a number, and the objects
hide it from `repr`.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from tinhdata.kernel import Text, t
from tinhdata.vietnam.identifiers import parse_citizen_number
from tinhdata.vietnam.reading import Unreadable

_SEPARATORS = re.compile(r"[\s.\-\u00a0\u202f]+")


@dataclass(frozen=True, slots=True)
class SocialInsuranceNumber:
    """A social-insurance number (mã số bảo hiểm xã hội): ten digits, one person one number."""

    digits: str = field(repr=False)

    def __str__(self) -> str:
        """Give the ten digits."""
        return self.digits

    @property
    def masked(self) -> str:
        """Give the number with all but its last three digits hidden."""
        return "•" * 7 + self.digits[-3:]


def parse_social_insurance_number(text: str) -> SocialInsuranceNumber | Unreadable:
    """Read a social-insurance number of ten digits; blanks, dots and hyphens are passed over.

    Zeros in front belong to it (Quyết định 1263/QĐ-BHXH of 2015 on the number of the participant;
    certainty: secondary). Since 2025 agencies ask for the citizen number in its place; twelve
    digits are refused here with that hint.
    """
    digits = _SEPARATORS.sub("", text)
    if re.fullmatch("[0-9]{10}", digits):
        return SocialInsuranceNumber(digits)
    return Unreadable(_not_ten_digits(digits))


def _not_ten_digits(digits: str) -> Text:
    if not digits:
        return t("There is no social-insurance number here: the text is empty.")
    if not re.fullmatch("[0-9]+", digits):
        return t("A social-insurance number has digits only.")
    if len(digits) in (8, 9):
        return t(
            "This has {count} digits, a social-insurance number has 10. Zeros in front may have "
            "been lost in Excel.",
            count=len(digits),
        )
    if len(digits) == 12:
        return t("This has 12 digits, as a citizen number; a social-insurance number has 10.")
    return t("This has {count} digits, a social-insurance number has 10.", count=len(digits))


class HealthCardForm(StrEnum):
    """Which number a health-insurance card bears."""

    FIFTEEN = "fifteen"
    """Until 2021: group, benefit, province, then the social-insurance number."""
    TEN = "ten"
    """Since 1/4/2021: the social-insurance number alone."""
    CITIZEN = "citizen"
    """The citizen number, which is used in place of the card."""


@dataclass(frozen=True, slots=True)
class HealthCardNumber:
    """The number of a health-insurance card (thẻ bảo hiểm y tế)."""

    form: HealthCardForm
    text: str = field(repr=False)

    def __str__(self) -> str:
        """Give the number without blanks: `DN4190123456789`, ten or twelve digits."""
        return self.text

    @property
    def group(self) -> str | None:
        """Give the two letters of the group of insured (`HC`, `TE`); only old cards have them."""
        return self.text[:2] if self.form is HealthCardForm.FIFTEEN else None

    @property
    def benefit(self) -> int | None:
        """Give the level of benefit, 1 to 5, that is printed on an old card."""
        return int(self.text[2]) if self.form is HealthCardForm.FIFTEEN else None

    @property
    def province_code(self) -> str | None:
        """Give the two digits of the province that issued an old card."""
        return self.text[3:5] if self.form is HealthCardForm.FIFTEEN else None

    @property
    def social_insurance(self) -> SocialInsuranceNumber | None:
        """Give the social-insurance number in it; a citizen number has none."""
        if self.form is HealthCardForm.CITIZEN:
            return None
        return SocialInsuranceNumber(self.text[-10:])

    @property
    def masked(self) -> str:
        """Give the number with all but its last three characters hidden."""
        return "•" * (len(self.text) - 3) + self.text[-3:]


_FIFTEEN = re.compile(r"[A-Z]{2}[1-5][0-9]{12}")


def parse_health_card(
    text: str, today: date, groups: Collection[str] = ()
) -> HealthCardNumber | Unreadable:
    """Read the number of a health-insurance card in any of its three forms.

    Fifteen characters: two letters of the group, one digit 1 to 5 of the benefit, two of the
    province, ten of the social-insurance number (Quyết định 1351/QĐ-BHXH of 2015). Ten digits: the
    card since 1/4/2021 (Quyết định 1666/QĐ-BHXH of 2020). Twelve: a citizen number, which must not
    say a birth after `today`. Where `groups` are given, the letters must be among them: the list
    changes with the law, so it is not kept here. Certainty: secondary.
    """
    written = _SEPARATORS.sub("", text).upper()
    if re.fullmatch("[0-9]{10}", written):
        return HealthCardNumber(HealthCardForm.TEN, written)
    if re.fullmatch("[0-9]{12}", written):
        person = parse_citizen_number(written, today)
        if isinstance(person, Unreadable):
            return person
        return HealthCardNumber(HealthCardForm.CITIZEN, written)
    if not _FIFTEEN.fullmatch(written):
        return Unreadable(_not_a_card(written))
    if groups and written[:2] not in groups:
        return Unreadable(t("{letters} is not a group of insured people.", letters=written[:2]))
    return HealthCardNumber(HealthCardForm.FIFTEEN, written)


def _not_a_card(written: str) -> Text:
    if not written:
        return t("There is no health-insurance number here: the text is empty.")
    if re.fullmatch("[A-Z]{2}[06-9][0-9]{12}", written):
        return t("The third character of a health-insurance card is a level from 1 to 5.")
    return t(
        "A health-insurance card has 15 characters (two letters, 13 digits), 10 digits, or the 12 "
        "of a citizen number."
    )
