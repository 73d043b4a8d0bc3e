"""Text of the time before Unicode: TCVN3 (ABC), VNI and Windows-1258, recognised and converted.

Works on text as well as on bytes, because the usual case is a file that says Unicode while its
cells hold the old bytes as Latin-1 letters. Which font a cell had is known only to the caller.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from tinhdata.vietnam.syllables import is_syllable
from tinhdata.vietnam.text import nfc


class LegacyEncoding(StrEnum):
    """How Vietnamese letters were written before Unicode, and still are in old files."""

    TCVN3 = "tcvn3"
    """TCVN 5712:1993, VN3, called ABC: the .VnTime fonts; usual in the north."""

    VNI = "vni"
    """VNI for Windows: the VNI-Times fonts, two characters per letter; usual in the south."""

    WINDOWS_1258 = "windows-1258"
    """Microsoft's code page with combining tone marks."""

    MISREAD_UTF8 = "misread-utf8"
    """UTF-8 that some program took for Windows-1252: `ThÃ¡i NguyÃªn`."""


# --- TCVN3 ------------------------------------------------------------------------------------
# Source: TCVN 5712:1993, set VN3. The five combining marks of VN3 at B0-B4 are left out on purpose:
# no program of that time wrote them, but the degree sign and the superscripts of km² and m³ stand
# there in the same files.
_TCVN3_LETTERS = {
    0xA1: "ĂÂÊÔƠƯĐăâêôơưđ",
    0xB5: "àảãáạ",
    0xBB: "ằẳẵắ",
    0xC6: "ặầẩẫấậè",
    0xCE: "ẻẽéẹềểễếệìỉ",
    0xDC: "ĩíịò",
    0xE1: "ỏõóọồổỗốộờởỡớợù",
    0xF1: "ủũúụừửữứựỳỷỹýỵ",
}
_FROM_TCVN3 = {
    start + offset: letter
    for start, letters in _TCVN3_LETTERS.items()
    for offset, letter in enumerate(letters)
}
_FROM_TCVN3[0x3BC] = "à"  # the micro sign becomes Greek mu wherever a program applied NFKC
_TO_TCVN3 = {ord(letter): chr(code) for code, letter in _FROM_TCVN3.items() if code < 0x100}
_TO_TCVN3 |= {
    ord(letter.upper()): chr(code)
    for code, letter in _FROM_TCVN3.items()
    if code < 0x100 and ord(letter.upper()) not in _TO_TCVN3
}
_TONELESS_CAPITALS = frozenset("ĂÂÊÔƠƯĐ")

_WORD = re.compile(r"[^\W\d_]+")


def _word_case(word: str) -> bool | None:
    """Say whether `word` is in capitals for sure (True), not (False), or cannot be told (None)."""
    plain = [c for c in word if c.isascii() or c in _TONELESS_CAPITALS]
    if any(c.islower() for c in plain):
        return False
    return True if len(plain) > 1 else None


def _restore_capitals(text: str) -> str:
    """Raise toned letters in words of capitals: VN3 has no toned capitals, so `TH¸I` means THÁI.

    A word such as `§¸` shows too little to tell `Đá` from `ĐÁ`; it follows the rest of the text.
    """
    words = _WORD.findall(text)
    cases = [_word_case(word) for word in words]
    if True not in cases:
        return text
    # An abbreviation (TP, UBND) is in capitals everywhere and says nothing about its neighbours.
    sure = any(case and is_syllable(word) for case, word in zip(cases, words, strict=True))
    follow = sure and False not in cases

    def raised(found: re.Match[str]) -> str:
        case = _word_case(found[0])
        return found[0].upper() if case or (case is None and follow) else found[0]

    return _WORD.sub(raised, text)


def from_tcvn3(text: str, *, capitals: bool = False) -> str:
    """Read TCVN3 that stands in `text` as Latin-1 letters: `Th¸i Nguyªn` gives `Thái Nguyên`.

    VN3 has no codes for toned capitals. Two ways were used to print them: capital fonts whose name
    ends in H (.VnTimeH), which draw every lower-case code as a capital; pass `capitals=True` for
    such a cell (`is_capital_font` tells by the font's name). Without the font the case is lost and
    the letters stay lower case, which is what the codes say. The other way, plain capitals mixed
    with toned small letters (`TH¸I NGUY£N`), is recognised and raised to `THÁI NGUYÊN`.
    """
    if text.isascii():
        return text.upper() if capitals else text
    converted = text.translate(_FROM_TCVN3)
    return converted.upper() if capitals else _restore_capitals(converted)


def to_tcvn3(text: str) -> str:
    """Write `text` in TCVN3 as Latin-1 letters, for checks and for exchange with old programs.

    Toned capitals get the code of the small letter, as VN3 has no other. Other characters stay.
    """
    return nfc(text).translate(_TO_TCVN3)


def is_capital_font(name: str) -> bool:
    """Say whether the font `name` is an ABC font that draws small letters as capitals."""
    return re.fullmatch(r"\.[Vv][Nn].+H", name.strip()) is not None


# --- VNI --------------------------------------------------------------------------------------
# Source: the VNI character set for Windows: a mark follows its letter, and ơ, ư, đ and the letters
# of i stand for themselves. Small letters here; capitals are the same table in capitals.
_VNI_TONES = {"ù": "\u0301", "ø": "\u0300", "û": "\u0309", "õ": "\u0303", "ï": "\u0323"}
_VNI_CIRCUMFLEX = dict(zip("âáàåãä", ("", *"\u0301\u0300\u0309\u0303\u0323"), strict=True))
_VNI_BREVE = dict(zip("êéèúüë", ("", *"\u0301\u0300\u0309\u0303\u0323"), strict=True))
_VNI_ALONE = {
    "ô": "ơ",
    "ö": "ư",
    "ñ": "đ",
    "î": "ỵ",
    "í": "í",
    "ì": "ì",
    "æ": "ỉ",
    "ó": "ĩ",
    "ò": "ị",
}


def _vni_small() -> dict[str, str]:
    table: dict[str, str] = {}
    for letter in "aeouyôö":
        base = _VNI_ALONE.get(letter, letter)
        table |= {letter + mark: nfc(base + tone) for mark, tone in _VNI_TONES.items()}
    for letter in "aeo":
        table |= {letter + mark: nfc(letter + "\u0302" + t) for mark, t in _VNI_CIRCUMFLEX.items()}
    table |= {"a" + mark: nfc("a\u0306" + tone) for mark, tone in _VNI_BREVE.items()}
    return table | _VNI_ALONE  # last, so that ỵ is written î; yï is read as well


def _vni_table() -> dict[str, str]:
    small = _vni_small()
    table = dict(small)
    for code, letter in small.items():
        table[code.upper()] = letter.upper()
        if len(code) == 2:
            table[code[0].upper() + code[1]] = letter.upper()
            table[code[0] + code[1].upper()] = letter
    return table


_FROM_VNI = _vni_table()
_VNI_CODE = re.compile("|".join(sorted(_FROM_VNI, key=len, reverse=True)))
_TO_VNI = {ord(letter): code for code, letter in reversed(_FROM_VNI.items())}
_TO_VNI |= {ord(letter): code for code, letter in _vni_small().items()}
_TO_VNI |= {ord(letter.upper()): code.upper() for code, letter in _vni_small().items()}


def from_vni(text: str) -> str:
    """Read VNI that stands in `text` as Latin-1 letters: `Thaùi Nguyeân` gives `Thái Nguyên`."""
    if text.isascii():
        return text
    return _VNI_CODE.sub(lambda found: _FROM_VNI[found[0]], text)


def to_vni(text: str) -> str:
    """Write `text` in VNI as Latin-1 letters, for checks and for exchange with old programs."""
    return nfc(text).translate(_TO_VNI)


# --- Windows-1258, and UTF-8 taken for Windows-1252 ---------------------------------------------
# Source: Microsoft's tables of the two code pages, as Python's codecs cp1258 and cp1252 have them.


def _high_half(codec: str) -> dict[int, str]:
    """Read bytes 80-FF; the few that a code page leaves undefined stand for themselves."""
    table = {}
    for code in range(0x80, 0x100):
        try:
            table[code] = bytes([code]).decode(codec)
        except UnicodeDecodeError:
            table[code] = chr(code)
    return table


_CP1252 = _high_half("cp1252")
_CP1258 = _high_half("cp1258")
_BYTE_OF = {ord(char): code for code, char in _CP1252.items()} | {
    code: code for code in range(0x100)
}
_FROM_1258 = {ord(char): _CP1258[code] for code, char in _CP1252.items()}
_TO_1258 = {ord(char): chr(code) for code, char in _CP1258.items()}


def from_windows_1258(text: str) -> str:
    """Read Windows-1258 that stands in `text` as Windows-1252 letters: `TiÒnh` gives `Tỉnh`.

    The tone marks of that code page follow their vowel as characters of their own; the answer is
    NFC, each letter one character.
    """
    return text if text.isascii() else nfc(text.translate(_FROM_1258))


def to_windows_1258(text: str) -> bytes:
    """Write `text` in the bytes of Windows-1258, tones apart from their vowels.

    Raises UnicodeEncodeError for a character the code page does not have.
    """
    apart = []
    for char in nfc(text):
        parts = unicodedata.normalize("NFD", char)
        if len(parts) > 1 and ord(parts[-1]) in _TO_1258:
            apart.append(unicodedata.normalize("NFC", parts[:-1]) + parts[-1])
        elif len(parts) > 2 and ord(parts[1]) in _TO_1258:  # NFD puts the dot below first
            apart.append(unicodedata.normalize("NFC", parts[0] + parts[2:]) + parts[1])
        else:
            apart.append(char)
    return "".join(apart).encode("cp1258")


def from_misread_utf8(text: str) -> str:
    """Read UTF-8 that was taken for Windows-1252; a text that is not such stays as it is."""
    if text.isascii():
        return text
    try:
        return nfc(bytes(_BYTE_OF[ord(char)] for char in text).decode("utf-8"))
    except (KeyError, UnicodeDecodeError):
        return text


# --- conversion and recognition -----------------------------------------------------------------


def convert(text: str, encoding: LegacyEncoding, *, capitals: bool = False) -> str:
    """Convert one cell of a file whose encoding is known; cells that are Unicode already stay.

    A cell with a letter beyond Windows-1252 (`ạ`, `ơ`, `đ`) was typed in Unicode: files of mixed
    fonts have both. `capitals` as for `from_tcvn3`. The answer is NFC.
    """
    if text.isascii() and not capitals:
        return text
    if not _can_be_legacy(text):
        return nfc(text)
    if encoding is LegacyEncoding.TCVN3:
        return from_tcvn3(text, capitals=capitals)
    return _READERS[encoding](text)


_READERS = {
    LegacyEncoding.TCVN3: from_tcvn3,
    LegacyEncoding.VNI: from_vni,
    LegacyEncoding.WINDOWS_1258: from_windows_1258,
    LegacyEncoding.MISREAD_UTF8: from_misread_utf8,
}


def _can_be_legacy(text: str) -> bool:
    return all(ord(char) in _BYTE_OF or char == "\u03bc" for char in text)


def decode(data: bytes, encoding: LegacyEncoding) -> str:
    """Decode the bytes of a whole file or cell in `encoding`; never fails. The answer is NFC.

    Line ends stay. Smart quotes and dashes that Windows programs put at 80-9F are kept.
    """
    text = data.decode("latin-1").translate(_CP1252)
    return nfc(_READERS[encoding](text))


@dataclass(frozen=True, slots=True)
class Detection:
    """What a set of texts is written in, and on what evidence.

    `encoding` is None where the texts read well as they are, or badly in every way (see
    `is_vietnamese`). `marked` words held a letter beyond ASCII; `as_is` of them are Vietnamese
    syllables unchanged, `converted` after conversion (equal to `as_is` where there is none).
    """

    encoding: LegacyEncoding | None
    marked: int
    as_is: int
    converted: int

    @property
    def is_vietnamese(self) -> bool:
        """Say whether most marked words are Vietnamese in the reading chosen."""
        return self.marked > 0 and self.converted * 2 >= self.marked


_TOKEN = re.compile(r"[A-Za-z\u0080-\uffff]+")
# Signs of measures are marked but say nothing about Vietnamese letters.
_MEASURE = re.compile("[a-zA-Z]{0,3}[²³]|[°º][a-zA-Z]?|[µμ][a-zA-Z]{0,2}|[×±·½¼¾«»©®†•…“”‘’–—]+")
_QUOTES = "“”‘’–—…«»"
_ENOUGH_WORDS = 5_000


def detect(texts: Iterable[str]) -> Detection:
    """Say in which legacy encoding `texts` are written, if in any; reads them as one document.

    Give it a whole file or sheet: a single cell can be honest Unicode and plausible TCVN3 at once
    (`Thái Bình` is `Thỏi Bỡnh` there). Each marked word is read in every encoding and tested as a
    Vietnamese syllable; a legacy encoding must explain at least 60 % of the words, and clearly more
    (by 20 points) than reading them as they are. Looks at the first 5,000 marked words.
    """
    words = Counter(_marked_words(texts))
    marked = words.total()
    as_is = sum(times for word, times in words.items() if is_syllable(word.strip(_QUOTES)))
    best: LegacyEncoding | None = None
    best_count = as_is
    if (marked - as_is) * 10 >= marked * 2:  # else nothing can explain that many words more
        for encoding in LegacyEncoding:
            count = sum(times for word, times in words.items() if _reads_well(word, encoding))
            if count > best_count:
                best, best_count = encoding, count
    if best_count * 10 < marked * 6 or (best_count - as_is) * 10 < marked * 2:
        return Detection(None, marked, as_is, as_is)
    return Detection(best, marked, as_is, best_count)


def detect_bytes(data: bytes) -> Detection | None:
    """Say in which legacy encoding the bytes of a text file are; None where they are valid UTF-8.

    Valid UTF-8 may still hold legacy text as letters: decode it and ask `detect`. UTF-16 and other
    encodings are for a general detector.
    """
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return detect([data.decode("latin-1").translate(_CP1252)])
    return None


def _marked_words(texts: Iterable[str]) -> list[str]:
    words: list[str] = []
    for text in texts:
        if text.isascii():
            continue
        words += (
            word
            for word in _TOKEN.findall(text.replace("\u00a0", " "))
            if not word.isascii() and _MEASURE.fullmatch(word) is None
        )
        if len(words) >= _ENOUGH_WORDS:
            break
    return words


def _reads_well(word: str, encoding: LegacyEncoding) -> bool:
    return _can_be_legacy(word) and is_syllable(_READERS[encoding](word).strip(_QUOTES))
