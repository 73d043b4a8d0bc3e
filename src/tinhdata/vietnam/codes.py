"""Codes of the administration: agencies, dossiers and procedures, in their old and new forms.

Only their build is read; which code belongs to which agency is in a pack's tables.
"""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from tinhdata.kernel import Text, t
from tinhdata.vietnam.reading import Unreadable, quoted


class CodeForm(StrEnum):
    """In which form an agency's code is written."""

    OLD = "old"
    """000.00.18.H00: lowest level first, zeros where there is none (QCVN 102:2016/BTTTT)."""

    NEW = "new"
    """H00.18: highest level first (Quyết định 20/2020/QĐ-TTg)."""


@dataclass(frozen=True, slots=True)
class AgencyCode:
    """The code of an agency: its levels from the top, `("H00", "18")`, and the form it had.

    Numbers keep the zeros they were written with. Turning one form into the other is a matter of
    build only: where an agency was given another number in the new form, a table must say so.
    """

    levels: tuple[str, ...]
    form: CodeForm

    def __str__(self) -> str:
        """Give the code in the new form: `H00.18`."""
        return ".".join(self.levels)

    @property
    def level(self) -> int:
        """Give the level: 1 for a province or ministry, 2 for its agencies and so on."""
        return len(self.levels)

    @property
    def parent(self) -> "AgencyCode | None":
        """Give the code one level up; None at the top."""
        return AgencyCode(self.levels[:-1], self.form) if self.level > 1 else None

    @property
    def key(self) -> tuple[str, ...]:
        """Give what two codes of one agency share: levels without zeros in front."""
        return (self.levels[0], *(level.lstrip("0") or "0" for level in self.levels[1:]))

    def is_within(self, other: "AgencyCode") -> bool:
        """Say whether this is `other` or lies under it."""
        return self.key[: other.level] == other.key

    def in_old_form(self) -> str | None:
        """Give the code as `000.00.18.H00`; None where its numbers do not fit that form."""
        widths = (2, 2, 3)
        numbers = [level.lstrip("0") for level in self.levels[1:]] + [""] * (4 - self.level)
        if len(numbers) > 3 or any(
            len(number) > width for number, width in zip(numbers, widths, strict=True)
        ):
            return None
        filled = [number.zfill(width) for number, width in zip(numbers, widths, strict=True)]
        return ".".join((*reversed(filled), self.levels[0]))


_OLD_AGENCY = r"[0-9]{3}\.[0-9]{2}\.[0-9]{2}\.[A-Y][0-9]{2}"
_NEW_AGENCY = r"[A-Y][0-9]{2}(?:\.[0-9]{1,4}){0,4}"
_OLD_AGENCY_CODE = re.compile(_OLD_AGENCY)
_NEW_AGENCY_CODE = re.compile(_NEW_AGENCY)


def parse_agency_code(text: str) -> AgencyCode | Unreadable:
    """Read the code of an agency in either form; small letters and blanks at the ends are mended.

    New: a letter A to Y and two digits, then up to four numbers (QĐ 20/2020/QĐ-TTg). Old: numbers
    of three, two and two digits, then letter and digits; in it no level may follow an empty one.
    """
    written = text.strip().upper()
    if _OLD_AGENCY_CODE.fullmatch(written):
        return _old_agency(written)
    if _NEW_AGENCY_CODE.fullmatch(written):
        return AgencyCode(tuple(written.split(".")), CodeForm.NEW)
    if not written:
        return Unreadable(t("There is no agency code here: the text is empty."))
    return Unreadable(
        t(
            "“{text}” is not an agency code; one looks like H00.18 (before 2020: 000.00.18.H00).",
            text=quoted(text),
        )
    )


def _old_agency(written: str) -> AgencyCode | Unreadable:
    fourth, third, second, top = written.split(".")
    numbers = [second, third, fourth]
    while numbers and not numbers[-1].strip("0"):
        numbers.pop()
    if any(not number.strip("0") for number in numbers):
        return Unreadable(
            t("“{text}” names an agency under a level that is left out (00).", text=written)
        )
    return AgencyCode((top, *numbers), CodeForm.OLD)


@dataclass(frozen=True, slots=True)
class DossierCode:
    """The code of a dossier: who received it, on which day, and its number of that day."""

    agency: AgencyCode
    received: date
    number: int

    def __str__(self) -> str:
        """Give the code with the agency in the form it was written in."""
        old = self.agency.in_old_form() if self.agency.form is CodeForm.OLD else None
        return f"{old or self.agency}-{self.received:%y%m%d}-{self.number:04d}"


_DOSSIER = re.compile(rf"({_OLD_AGENCY}|{_NEW_AGENCY})\s*-\s*([0-9]{{6}})\s*-\s*([0-9]{{4,9}})")


def parse_dossier_code(text: str) -> DossierCode | Unreadable:
    """Read the code of a dossier: agency, day of receipt as YYMMDD, number of at least 4 digits.

    Old: `000.00.18.H00-260415-0001` (Thông tư 01/2018/TT-VPCP, Điều 19). New: the same with the
    agency's code of Quyết định 20/2020/QĐ-TTg, `H00.18-260415-0001`. Years are of this century.
    """
    match = _DOSSIER.fullmatch(text.strip().upper())
    if match is None:
        if not text.strip():
            return Unreadable(t("There is no dossier code here: the text is empty."))
        return Unreadable(
            t(
                "“{text}” is not a dossier code; one looks like H00.18-260415-0001.",
                text=quoted(text),
            )
        )
    agency = parse_agency_code(match[1])
    if isinstance(agency, Unreadable):
        return agency
    digits = match[2]
    try:
        received = date(2000 + int(digits[:2]), int(digits[2:4]), int(digits[4:]))
    except ValueError:
        return Unreadable(
            t(
                "The day of receipt in “{text}” ({digits}, year, month, day) is not in the "
                "calendar.",
                text=quoted(text),
                digits=digits,
            )
        )
    return DossierCode(agency, received, int(match[3]))


@dataclass(frozen=True, slots=True)
class ProcedureCode:
    """The code of an administrative procedure, with the agency and service it was made local for.

    `base` is the code of the national catalogue (`1.012345`); `agency` is set where a province
    localised it (`1.012345.000.00.00.H00`); `service` numbers a case of it (`….H00.02`).
    """

    base: str
    agency: AgencyCode | None = None
    service: str | None = None

    def __str__(self) -> str:
        """Give the whole code; the agency in the form it was written in."""
        pieces = [self.base]
        if self.agency is not None:
            old = self.agency.in_old_form() if self.agency.form is CodeForm.OLD else None
            pieces.append(old or str(self.agency))
        if self.service is not None:
            pieces.append(self.service)
        return ".".join(pieces)


_PROCEDURE = re.compile(
    rf"([0-9]\.[0-9]{{6}})(?:\.(?:({_OLD_AGENCY})(?:\.([0-9]{{2}}))?|({_NEW_AGENCY})))?"
)
_SHORT_PROCEDURE = re.compile(r"[0-9]\.[0-9]{3,5}")


def parse_procedure_code(text: str) -> ProcedureCode | Unreadable:
    """Read the code of a procedure: a digit, a dot, six digits, and the local part if it has one.

    The code is text. A program that took it for a number dropped its last zeros (`1.01234`); such
    a code is refused with that hint, not mended: the register tells which procedure was meant.
    """
    written = text.strip().upper()
    match = _PROCEDURE.fullmatch(written)
    if match is None:
        return Unreadable(_not_a_procedure_code(text.strip()))
    if match[2] is None and match[4] is None:
        return ProcedureCode(match[1])
    agency = parse_agency_code(match[2] or match[4])
    if isinstance(agency, Unreadable):
        return agency
    return ProcedureCode(match[1], agency, match[3])


def _not_a_procedure_code(written: str) -> Text:
    if not written:
        return t("There is no procedure code here: the text is empty.")
    if _SHORT_PROCEDURE.fullmatch(written):
        return t(
            "“{text}” has too few digits after the dot, six are needed. Excel may have dropped "
            "zeros at the end: format the column as text.",
            text=written,
        )
    return t(
        "“{text}” is not a procedure code; one looks like 1.012345 or 1.012345.000.00.00.H00.",
        text=quoted(written),
    )
