"""Codes of the national classifications of economic activities (VSIC) and of occupations.

Only their build is read; which codes exist, and since when, is in the lists of a pack.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from tinhdata.kernel import Text, t
from tinhdata.vietnam.reading import Unreadable, quoted


@dataclass(frozen=True, slots=True)
class VsicCode:
    """A code of the economic classification: a section `C`, or two to five digits below it."""

    code: str

    def __str__(self) -> str:
        """Give the code as it stands in the list."""
        return self.code

    @property
    def level(self) -> int:
        """Give the level: 1 section (a letter), 2 division, 3 group, 4 class, 5 subclass."""
        return 1 if self.code.isalpha() else len(self.code)

    @property
    def parent(self) -> "VsicCode | None":
        """Give the code one level up by its digits; None for sections and divisions.

        The section of a division is in the list, not in the digits: see `section_in`.
        """
        return VsicCode(self.code[:-1]) if self.level > 2 else None

    def section_in(self, sections: Mapping[str, str]) -> str | None:
        """Give the letter of the section, from a table of division to letter; None if not there."""
        return self.code if self.level == 1 else sections.get(self.code[:2])

    def is_within(self, other: "VsicCode") -> bool:
        """Say whether this is `other` or lies under it by its digits."""
        return self.code.startswith(other.code)


_VSIC = re.compile(r"([A-V])?[\s.-]*([0-9]{2,5})?")


def parse_vsic_code(text: str, sections: Mapping[str, str] | None = None) -> VsicCode | Unreadable:
    """Read a code of the economic classification: `C`, `10`, `101`, `1010`, `10109`, `C10`.

    Levels are told by the number of digits (Quyết định 27/2018/QĐ-TTg; since 15/11/2025 Quyết định
    36/2025/QĐ-TTg, with sections A to V). With `sections` (division to letter, of one edition) the
    division must be among them, and a letter in front must be its own. A division below 10 that
    lost its 0 (`111` for `0111`) cannot be told from another code; only one digit is refused.
    """
    written = text.strip().upper()
    match = _VSIC.fullmatch(written)
    letter, digits = (match[1], match[2]) if match else (None, None)
    if digits is None:
        return VsicCode(letter) if letter else Unreadable(_not_vsic(written))
    if digits.startswith("00"):
        return Unreadable(_not_vsic(written))
    if sections is not None:
        if digits[:2] not in sections:
            return Unreadable(
                t("There is no division {code} in this edition of VSIC.", code=digits[:2])
            )
        if letter is not None and sections[digits[:2]] != letter:
            return Unreadable(
                t(
                    "The division {code} belongs to section {right}, not to {letter}.",
                    code=digits[:2],
                    right=sections[digits[:2]],
                    letter=letter,
                )
            )
    return VsicCode(digits)


def _not_vsic(written: str) -> Text:
    if not written:
        return t("There is no VSIC code here: the text is empty.")
    if re.fullmatch("[1-9]", written):
        return t("A division of VSIC has two digits; Excel may have dropped the 0 in front.")
    return t("“{text}” is not a VSIC code; one looks like C, 10 or 10109.", text=quoted(written))


@dataclass(frozen=True, slots=True)
class OccupationCode:
    """A code of the classification of occupations: one to five digits, the first the major group.

    Major group 0 is the armed forces, so zeros in front are part of the code.
    """

    code: str

    def __str__(self) -> str:
        """Give the code as it stands in the list."""
        return self.code

    @property
    def level(self) -> int:
        """Give the level, 1 to 5."""
        return len(self.code)

    @property
    def major_group(self) -> str:
        """Give the first digit: 1 leaders, 2 and 3 professionals … 9 elementary, 0 armed forces."""
        return self.code[0]

    @property
    def parent(self) -> "OccupationCode | None":
        """Give the code one level up; None for a major group."""
        return OccupationCode(self.code[:-1]) if self.level > 1 else None

    def is_within(self, other: "OccupationCode") -> bool:
        """Say whether this is `other` or lies under it."""
        return self.code.startswith(other.code)


def parse_occupation_code(text: str) -> OccupationCode | Unreadable:
    """Read a code of occupations of one to five digits (Quyết định 34/2020/QĐ-TTg).

    Every number of digits is a level, so a code that lost its 0 cannot be told from another one.
    """
    written = text.strip()
    if re.fullmatch("[0-9]{1,5}", written):
        return OccupationCode(written)
    if not written:
        return Unreadable(t("There is no occupation code here: the text is empty."))
    return Unreadable(
        t("“{text}” is not an occupation code; it has one to five digits.", text=quoted(text))
    )
