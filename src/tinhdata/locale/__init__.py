"""Turns a Text into words in Vietnamese or English, from the .po files beside the code.

The catalogues are read once at the start, so there is no compiled file that could be stale. Pages,
answers and mails are worded here; which text is said is decided by whoever says it.
"""

import gettext
import io
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from functools import cache
from importlib import resources

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from tinhdata.kernel import Text
from tinhdata.kernel.clock import VIETNAM_TIME
from tinhdata.kernel.text import fill

LANGUAGES = ("vi", "en")
"""The languages of every page, message and export; English is the language of the msgids."""


@cache
def translations(language: str) -> gettext.NullTranslations:
    """Give the translations into `language`; English needs none."""
    folder = resources.files(__name__) / language
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


def day_text(value: date, language: str) -> str:
    """Write a day, or that of a moment, as readers of `language` do: 01/07/2025, 01 Jul 2025."""
    if language == "vi":
        return f"{value.day:02}/{value.month:02}/{value.year:04}"
    return f"{value.day:02} {_MONTHS[value.month - 1]} {value.year:04}"


def moment_text(value: datetime, language: str) -> str:
    """Write a moment in the time of Việt Nam; one without a zone is taken as UTC."""
    aware = value if value.tzinfo else value.replace(tzinfo=UTC)
    local = aware.astimezone(VIETNAM_TIME)
    return f"{local.hour:02}:{local.minute:02}, {day_text(local, language)}"


def size_text(size: int, language: str) -> str:
    """Write a number of bytes in the unit that fits."""
    amount = float(size)
    for unit in ("B", "KB", "MB"):
        if amount < 1024:
            return f"{number(round(amount, 1 if unit == 'MB' else 0), language)} {unit}"
        amount /= 1024
    return f"{number(round(amount, 1), language)} GB"


def best_language(accepted: Iterable[str], default: str) -> str:
    """Choose among the languages that a reader accepts, best first."""
    for wanted in accepted:
        if (short := wanted.split("-")[0].lower()) in LANGUAGES:
            return short
    return default


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_SWAP: Mapping[int, int] = {ord(","): ord("."), ord("."): ord(",")}


def _shortest(value: float) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:,.10f}".rstrip("0").rstrip(".")


def _value(value: str | float | Text, language: str) -> str:
    if isinstance(value, Text):
        return say(value, language)
    return value if isinstance(value, str) else number(value, language)
