"""What a parser answers when it cannot read a text. Parsers here never raise for bad input."""

from dataclasses import dataclass

from tinhdata.kernel import Text

_LONGEST_QUOTE = 80


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A text that has no safe reading; `reason` says why, in a sentence a person can act on.

    Reasons about citizen and tax numbers never repeat the number itself, so they may be stored
    and counted where personal data may not.
    """

    reason: Text


def quoted(text: str) -> str:
    """Give `text` as a reason quotes it: without blanks at the ends, cut after 80 characters."""
    stripped = text.strip()
    if len(stripped) <= _LONGEST_QUOTE:
        return stripped
    return stripped[: _LONGEST_QUOTE - 1] + "…"
