"""Templates of headers, such as `{nam} {loai}`: literal text and the places that columns fill."""

import re
from typing import NamedTuple

VALUE_PLACE = "value"
"""The place that stands for which column takes the value."""

_PLACE = re.compile(r"\{([^{}]*)\}")


class HeaderPiece(NamedTuple):
    """A piece of a template: the name of a place, or text that stands there as it is."""

    text: str
    is_place: bool


def header_pieces(template: str) -> tuple[HeaderPiece, ...]:
    """Give the pieces of `template` from left to right; blank text between places is left out."""
    pieces = []
    for at, text in enumerate(_PLACE.split(template)):
        if at % 2 or text.strip():
            pieces.append(HeaderPiece(text.strip(), is_place=bool(at % 2)))
    return tuple(pieces)
