"""Vietnamese text: one Unicode form, one placement of tones, and the folded form used for search.

Legacy encodings belong to `legacy`; whether a word can be Vietnamese at all to `syllables`.
"""

import re
import unicodedata
from enum import StrEnum
from itertools import product

TONES = ("\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
"""The five combining tone marks: huyền, sắc, ngã, hỏi, nặng."""

_LATE_QUALITY = re.compile("[\u0302\u0306\u031b]")
_CLUSTER = re.compile("([^\u0300-\u036f])([\u0300-\u036f]+)")
_FOLD_PUNCTUATION = re.compile(r"[^\w]+|_+")


class ToneStyle(StrEnum):
    """Where the tone of an open `oa`, `oe` or `uy` is written."""

    OLD = "old"
    """On the first vowel: hòa, hóe, thủy (kiểu cũ; the unit names of the state use it)."""

    NEW = "new"
    """On the second vowel: hoà, hoé, thuỷ (kiểu mới; schoolbooks use it)."""


def nfc(text: str) -> str:
    """Give `text` in Unicode normalisation form C, the one form in which text is stored.

    Goes one step further than Unicode (UAX #15) for Vietnamese: where a tone mark was typed before
    the circumflex, breve or horn (`é` + U+0302), plain NFC leaves two characters; here the letter
    becomes `ế`, as the reader sees it.
    """
    if text.isascii():
        return text
    composed = unicodedata.normalize("NFC", text)
    if _LATE_QUALITY.search(composed) is None:
        return composed
    apart = _CLUSTER.sub(_quality_first, unicodedata.normalize("NFD", composed))
    return unicodedata.normalize("NFC", apart)


def _quality_first(cluster: re.Match[str]) -> str:
    marks = cluster[2]
    tones = "".join(mark for mark in marks if mark in TONES)
    return cluster[1] + "".join(mark for mark in marks if mark not in TONES) + tones


class _Tidy(dict[int, str]):
    """A translate table that judges invisible characters and odd blanks when they first occur."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        category = unicodedata.category(char)
        if category in {"Zs", "Zl", "Zp", "Cc"}:
            char = " "
        elif category == "Cf":
            char = ""
        self[code] = char
        return char


_TIDY = _Tidy({ord("Ð"): "Đ", ord("ð"): "đ", ord("Ɖ"): "Đ", ord("ɖ"): "đ"})


def tidy(text: str) -> str:
    """Give `text` as a careful typist would have left it, with the same words.

    NFC; the look-alikes Ð (U+00D0) and Ɖ (U+0189) become Đ (U+0110); no-break and other odd blanks,
    tabs and line breaks become one ordinary blank; zero-width characters, byte-order marks and soft
    hyphens go; blanks at both ends go. Convert TCVN3 first: there the soft hyphen is the letter ư.
    """
    return nfc(" ".join(text.translate(_TIDY).split()))


def _fold_char(char: str) -> str:
    """Fold one character until nothing changes, so that folding twice is folding once."""
    before = ""
    while char != before:
        before = char
        plain = (c for c in unicodedata.normalize("NFKD", char) if unicodedata.category(c) != "Mn")
        char = "".join(map(_fold_special, plain)).casefold()
    return char


def _fold_special(char: str) -> str:
    if char in "đĐðÐɖƉ":
        return "d"
    category = unicodedata.category(char)
    if category == "Cf":
        return ""
    return " " if category in {"Cc", "Zs", "Zl", "Zp"} else char


class _Fold(dict[int, str]):
    """A translate table that works a character out when it first occurs and keeps the answer."""

    def __missing__(self, code: int) -> str:
        folded = _fold_char(chr(code))
        self[code] = folded
        return folded


_FOLD = _Fold()


def fold(text: str) -> str:
    """Give the form of `text` in which search compares: no diacritics, lower case, single blanks.

    `đ` becomes `d`, full-width and other compatibility letters become plain ones (Unicode NFKD,
    UAX #15, and full case folding), invisible characters go, runs of blanks become one. The same
    for composed and decomposed input; folding twice changes nothing. Punctuation stays.
    """
    return " ".join(text.translate(_FOLD).split())


def match_key(text: str) -> str:
    """Give `fold(text)` with letters and digits only, words separated by one blank.

    For matching column headers and names: `Diện tích (km²)` and `DIEN_TICH km2` have one key. The
    key of a text without letters and digits is empty.
    """
    return _FOLD_PUNCTUATION.sub(" ", fold(text)).strip()


def spelling_key(text: str) -> str:
    """Give the form in which two spellings of the same words are equal, diacritics included.

    Unlike `fold` it keeps `Tân Thịnh` and `Tân Thính` apart, but not NFC and NFD, `Hoà` and `Hòa`,
    upper and lower case, or different blanks.
    """
    return place_tones(tidy(text).lower(), ToneStyle.OLD)


def _pairs() -> list[tuple[str, str]]:
    """List (old, new) spellings of every toned `oa`, `oe`, `uy` in every mix of cases."""
    pairs = []
    for vowels, tone in product(("oa", "oe", "uy"), TONES):
        for first, second in product(*((v, v.upper()) for v in vowels)):
            old = unicodedata.normalize("NFC", first + tone + second)
            pairs.append((old, unicodedata.normalize("NFC", first + second + tone)))
    return pairs


_TO_NEW = dict(_pairs())
_TO_OLD = {new: old for old, new in _TO_NEW.items()}
# `qu` is an onset, so in "quý" the tone has only one place; with a final consonant ("hoàn") too.
_OPEN = r"(?<![qQ])(?:{})(?![^\W\d_])"
_OLD_OPEN = re.compile(_OPEN.format("|".join(_TO_NEW)))
_NEW_OPEN = re.compile(_OPEN.format("|".join(_TO_OLD)))
_OLD_CLOSED = re.compile(
    "(?:{})(?=(?:[cnpt]|ch|n[gh]|[mioy])(?![^\\W\\d_]))".format(
        "|".join(old for old in _TO_NEW if old[1] in "aAeE")
    ),
    re.IGNORECASE,
)


def place_tones(text: str, style: ToneStyle) -> str:
    """Give `text` with the tone of open `oa`, `oe`, `uy` where `style` writes it; other words stay.

    `hoà` and `hòa` are one word in two spellings, both correct. Where a consonant follows there is
    one place only, and a tone typed one vowel early (`hòan`) is moved to it in both styles. The
    result is NFC.
    """
    composed = nfc(text)
    if composed.isascii():
        return composed
    composed = _OLD_CLOSED.sub(lambda found: _TO_NEW[found[0]], composed)
    if style is ToneStyle.NEW:
        return _OLD_OPEN.sub(lambda found: _TO_NEW[found[0]], composed)
    return _NEW_OPEN.sub(lambda found: _TO_OLD[found[0]], composed)
