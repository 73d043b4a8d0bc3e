"""Turns a Text into words in Vietnamese or English, from the .po files beside the code.

The catalogues are read once at the start, so there is no compiled file that could be stale.
"""

import gettext
import io
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from tinhdata.kernel import Text
from tinhdata.kernel.text import fill

LANGUAGES = ("vi", "en")
"""The languages of every page, message and export; English is the language of the msgids."""


@cache
def translations(language: str) -> gettext.NullTranslations:
    """Give the translations into `language`; English needs none."""
    folder = resources.files("tinhdata") / "locale" / language
    if not folder.is_dir():
        return gettext.NullTranslations()
    merged = Catalog(locale=language)
    for entry in sorted(folder.iterdir(), key=lambda item: item.name):
        if entry.name.endswith(".po"):
            for message in read_po(io.BytesIO(entry.read_bytes()), locale=language):
                if message.id:
                    merged[message.id] = message
    compiled = io.BytesIO()
    write_mo(compiled, merged)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def say(text: Text, language: str) -> str:
    """Give `text` in `language`, with its values in the form of that language."""
    template = translations(language).gettext(text.msgid)
    return fill(template, {name: _value(value, language) for name, value in text.params.items()})


def number(value: float, language: str, decimals: int | None = None) -> str:
    """Write a number as readers of `language` do: 1.234,5 in Vietnamese, 1,234.5 in English."""
    written = f"{value:,.{decimals}f}" if decimals is not None else _shortest(value)
    return written.translate(_SWAP) if language == "vi" else written


def best_language(accepted: Iterable[str], default: str) -> str:
    """Choose among the languages that a reader accepts, best first."""
    for wanted in accepted:
        if (short := wanted.split("-")[0].lower()) in LANGUAGES:
            return short
    return default


_SWAP: Mapping[int, int] = {ord(","): ord("."), ord("."): ord(",")}


def _shortest(value: float) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:,.10f}".rstrip("0").rstrip(".")


def _value(value: str | float | Text, language: str) -> str:
    if isinstance(value, Text):
        return say(value, language)
    return value if isinstance(value, str) else number(value, language)
