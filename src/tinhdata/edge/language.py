"""Words, numbers and dates in the reader's language; their home is `tinhdata.locale`."""

from tinhdata.locale import (
    LANGUAGES,
    best_language,
    day_text,
    moment_text,
    number,
    say,
    size_text,
    translations,
)

__all__ = [
    "LANGUAGES",
    "best_language",
    "day_text",
    "moment_text",
    "number",
    "say",
    "size_text",
    "translations",
]
