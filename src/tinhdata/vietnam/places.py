"""The words of a Vietnamese address: kinds of units, their abbreviations, and its segments.

Only words; which unit is meant is decided by `units`.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from tinhdata.vietnam.text import match_key, nfc, spelling_key


class UnitKind(StrEnum):
    """The kinds of administrative units, of today and of the years with districts."""

    COMMUNE = "xã"
    WARD = "phường"
    TOWNSHIP = "thị trấn"
    SPECIAL_ZONE = "đặc khu"
    DISTRICT = "huyện"
    URBAN_DISTRICT = "quận"
    TOWN = "thị xã"
    CITY = "thành phố"
    PROVINCE = "tỉnh"


COMMUNE_LEVEL = frozenset(
    {UnitKind.COMMUNE, UnitKind.WARD, UnitKind.TOWNSHIP, UnitKind.SPECIAL_ZONE}
)
DISTRICT_LEVEL = frozenset(
    {UnitKind.DISTRICT, UnitKind.URBAN_DISTRICT, UnitKind.TOWN, UnitKind.CITY}
)
PROVINCE_LEVEL = frozenset({UnitKind.PROVINCE, UnitKind.CITY})

# The same letters without diacritics are syllables of names too ("Phương Viên"), so a type word
# without diacritics is one only where the whole name has none ("phuong Duc Xuan").
_WORDS = {
    "thị trấn": UnitKind.TOWNSHIP,
    "thị xã": UnitKind.TOWN,
    "thành phố": UnitKind.CITY,
    "thủ đô": UnitKind.CITY,
    "đặc khu": UnitKind.SPECIAL_ZONE,
    "phường": UnitKind.WARD,
    "xã": UnitKind.COMMUNE,
    "huyện": UnitKind.DISTRICT,
    "quận": UnitKind.URBAN_DISTRICT,
    "tỉnh": UnitKind.PROVINCE,
}
_SHORT = {
    "tt": UnitKind.TOWNSHIP,
    "tx": UnitKind.TOWN,
    "tp": UnitKind.CITY,
    "p": UnitKind.WARD,
    "x": UnitKind.COMMUNE,
    "h": UnitKind.DISTRICT,
    "q": UnitKind.URBAN_DISTRICT,
    "t": UnitKind.PROVINCE,
}
_BARE_WORDS = {match_key(word): kind for word, kind in _WORDS.items()}
_WORD_FIRST = re.compile(rf"({'|'.join(_WORDS)})\.?\s+(\S.*)", re.IGNORECASE)
_BARE_FIRST = re.compile(rf"({'|'.join(_BARE_WORDS)})\.?\s+(\S.*)", re.IGNORECASE)
_DOTTED_FIRST = re.compile(r"(tt|tx|tp|[pxhqt])\s*\.\s*(\S.*)", re.IGNORECASE)
_SHORT_FIRST = re.compile(r"(tt|TT|Tt|tx|TX|Tx|tp|TP|Tp|[PXHQT])\s+(\S.*)")
_NUMBERED = re.compile(r"([pq])\s*\.?\s*([0-9]{1,2})", re.IGNORECASE)
_SEPARATOR = re.compile(r"\s*[,;\n|]\s*|\s+[-–—]\s+")
_INNER_WORD = re.compile(rf"(?<!thị)\s(?=(?:{'|'.join(_WORDS)}|tp|tx|tt)\b\.?\s)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PlaceName:
    """A name as one segment of an address has it, with the kind in front if that is written."""

    kind: UnitKind | None
    name: str

    @property
    def spelling(self) -> str:
        """Give the form in which equal spellings are equal; see `spelling_key`."""
        return _keys(self.name)[0]

    @property
    def folded(self) -> str:
        """Give the form without diacritics."""
        return _keys(self.name)[1]

    @property
    def loose(self) -> str:
        """Give the folded form in which a final i and y are one letter.

        Spellings of one name differ so: Sĩ Bình and Sỹ Bình.
        """
        return _keys(self.name)[2]


@lru_cache(maxsize=20_000)
def _keys(name: str) -> tuple[str, str, str]:
    folded = _without_zeros(match_key(name))
    loose = re.sub(r"(?<=[hklmstv])y\b", "i", folded)
    return _without_zeros(spelling_key(name)), folded, loose


def _without_zeros(name: str) -> str:
    """Write numbered wards in one way: `Phường 01` is `Phường 1`."""
    return name.lstrip("0") if name.isdigit() else name


@lru_cache(maxsize=20_000)
def parse_place(segment: str) -> PlaceName:
    """Take the word for the kind off a name: `TP. Bắc Kạn` is the city Bắc Kạn.

    Knows the words with diacritics in any case, without them where the name has none either, and
    the abbreviations X., P., TT., H., Q., TX., TP., T. with their dot or in capitals.
    """
    text = nfc(segment).strip(" .,;-–")
    text = " ".join(text.split())
    if match := _WORD_FIRST.fullmatch(text):
        return PlaceName(_WORDS[match[1].lower()], match[2])
    if match := _NUMBERED.fullmatch(text):
        return PlaceName(_SHORT[match[1].lower()], match[2])
    if text.isascii() and (match := _BARE_FIRST.fullmatch(text)):
        return PlaceName(_BARE_WORDS[match[1].lower()], match[2])
    for pattern in (_DOTTED_FIRST, _SHORT_FIRST):
        if match := pattern.fullmatch(text):
            return PlaceName(_SHORT[match[1].lower()], match[2])
    return PlaceName(None, text)


def split_address(text: str) -> tuple[PlaceName, ...]:
    """Take an address apart into its named places, from the house to the province.

    Segments end at commas, semicolons, line breaks and spaced hyphens; where none is written, at
    the words for a kind: `xã Nông Thượng thành phố Bắc Kạn tỉnh Bắc Kạn`.
    """
    segments = [" ".join(segment.split()) for segment in _SEPARATOR.split(nfc(text))]
    pieces = [piece for segment in segments for piece in _INNER_WORD.split(segment)]
    return tuple(parse_place(piece) for piece in pieces if piece.strip(" ."))
