"""Procedure codes of before `1.012345`: letters of a ministry or province and six digits."""

import re
from dataclasses import dataclass

from tinhdata.kernel import t
from tinhdata.vietnam.reading import Unreadable, quoted


@dataclass(frozen=True, slots=True)
class OldProcedureCode:
    """A procedure code of the first national database: who announced it and six digits.

    `issuer` are the letters of the ministry (`BTP`) or of the province (`TNG`); `is_local` says
    which, and is None where the code was written without the letter in front.
    """

    issuer: str
    number: str
    is_local: bool | None = None

    def __str__(self) -> str:
        """Give the short form: `BTP-278897`."""
        return f"{self.issuer}-{self.number}"

    @property
    def whole(self) -> str | None:
        """Give the form of the database, `B-BTP-278897-TT`; None where the level is not known."""
        if self.is_local is None:
            return None
        return f"{'T' if self.is_local else 'B'}-{self.issuer}-{self.number}-TT"


_DASHES = re.compile(r"\s*[\-\u2010-\u2015\u2212_]\s*")
_OLD = re.compile(r"(?:([BT])-)?([A-ZĐ]{2,6})-([0-9]{6})(?:-TT)?")
_LOST = re.compile(r"(?:[BT]-)?[A-ZĐ]{2,6}-[0-9]{4,5}(?:-TT)?")


def parse_old_procedure_code(text: str) -> OldProcedureCode | Unreadable:
    """Read an old procedure code: `BTP-278897`, `B-BTP-278897-TT`, `T-TNG-123456-TT`.

    Which procedure of today it became is known to the register only; the digits do not tell.
    Certainty: the forms are those seen in decisions of 2010 to 2018, no text that fixes them was
    read.
    """
    written = _DASHES.sub("-", text.strip().upper())
    if match := _OLD.fullmatch(written):
        return OldProcedureCode(match[2], match[3], None if match[1] is None else match[1] == "T")
    if not written:
        return Unreadable(t("There is no procedure code here: the text is empty."))
    if _LOST.fullmatch(written):
        return Unreadable(
            t("“{text}” has too few digits; an old procedure code has six.", text=quoted(text))
        )
    return Unreadable(
        t("“{text}” is not an old procedure code; one looks like BTP-278897.", text=quoted(text))
    )
