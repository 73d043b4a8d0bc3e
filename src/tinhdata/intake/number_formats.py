"""Which number formats of a workbook show a number as a percentage, and which styles have one.

A cell shown as 12.5 % is stored as 0.125. Old workbooks and new ones name formats the same way.
"""

import re
from collections.abc import Collection, Mapping
from typing import IO
from xml.parsers import expat  # refuses entity bombs; text is handed over piece by piece

PERCENT_IDS = frozenset({9, 10})
"""The formats 0% and 0.00% that every workbook has (ECMA-376 part 1, 18.8.30; [MS-XLS] 2.5.165)."""

_PIECE = 1 << 20
_LITERAL = re.compile(r'"[^"]*"?|[\\_*].|\[[^\]]*\]?', re.DOTALL)
"""What a format only shows: quoted text, escaped and filling letters, conditions and colours."""


def shows_percent(code: str) -> bool:
    """Say whether a format shows numbers times a hundred: it has a % that is no mere text.

    One of its sections is enough: `0%;-0%;"-"` is a percentage, 0 or not.
    """
    return "%" in _LITERAL.sub("", code)


def percent_ids(custom: Mapping[int, str]) -> frozenset[int]:
    """Give the ids of the formats that show a percentage; `custom` are a workbook's own."""
    own = {number for number, code in custom.items() if shows_percent(code)}
    return frozenset(own | (PERCENT_IDS - custom.keys()))


def percent_styles(part: IO[bytes]) -> frozenset[int]:
    """Give the styles (`s` of a cell) that show a percentage, from the styles of a new workbook.

    Raises ExpatError or ValueError where they are broken.
    """
    styles = _Styles()
    parser = expat.ParserCreate()
    parser.StartElementHandler = styles.start
    parser.EndElementHandler = styles.end
    while chunk := part.read(_PIECE):
        parser.Parse(chunk, False)
    parser.Parse(b"", True)
    percents = percent_ids(styles.custom)
    return frozenset(at for at, number in enumerate(styles.formats) if number in percents)


class StyledCells:
    """Finds the cells of a new workbook's sheet that have one of some styles, filled or not.

    Nearly every program writes first the place of a cell and then its style. Looking for just that
    takes a third of the time; whether all were found is known from how often a style is named.
    """

    def __init__(self, styles: Collection[int]) -> None:
        numbers = b"|".join(b"%d" % style for style in styles)
        place = rb" r=[\"']([A-Z]{1,3})(\d{1,7})[\"']"
        named = rb" s=[\"'](?:%s)[\"']" % numbers
        absent = rb"|(?![^<>]{0,400} s=)" if 0 in styles else b""  # no style is the first one
        self._named = re.compile(named)
        self._quick = None if absent else re.compile(place + named)
        self._sure = re.compile(
            rb"<(?:\w+:)?c\b(?:(?=[^<>]{0,400}%s)%s)(?:[^<>]{0,400}?%s)?" % (named, absent, place)
        )

    def places(self, piece: bytes) -> list[tuple[bytes, bytes]]:
        """Give column and row of each of them in a piece of the sheet, both empty if it has none.

        A piece never cuts a cell in two.
        """
        if self._quick is not None:
            found = self._quick.findall(piece)
            if len(found) == len(self._named.findall(piece)):
                return found
        return self._sure.findall(piece)


class _Styles:
    """The formats of a workbook as their elements come."""

    def __init__(self) -> None:
        self.custom: dict[int, str] = {}
        self.formats: list[int] = []
        """Of each style of cells, the id of its format."""
        self._is_cells = False

    def start(self, tag: str, about: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        if name == "cellXfs":
            self._is_cells = True
        elif name == "numFmt":
            self.custom[int(about.get("numFmtId", "-1"))] = about.get("formatCode", "")
        elif name == "xf" and self._is_cells:
            self.formats.append(int(about.get("numFmtId", "0")))

    def end(self, tag: str) -> None:
        if tag.rpartition(":")[2] == "cellXfs":
            self._is_cells = False
