"""What a reader of quarantine sees of a raw cell, by the columns and masks of a Permit. Pure.

The warehouse masks typed values in SQL; here cells are raw text, which may be anything.
"""

import re

from tinhdata.access import Permit

_DOT = "•"
_YEAR = re.compile(r"[0-9]{4}")
_KEPT = 4


def is_hidden(permit: Permit, column: str) -> bool:
    """Say whether the reader may not see `column` at all."""
    return permit.columns is not None and column not in permit.columns


def sees_everything(permit: Permit) -> bool:
    """Say whether nothing is hidden or masked, so that whole source lines may be shown."""
    return permit.columns is None and not permit.masks


def shown(permit: Permit, column: str, cell: str | None) -> str | None:
    """Give `cell` of `column` as the reader may see it; an unknown mask hides it."""
    if cell is None or is_hidden(permit, column):
        return None
    match permit.masks.get(column):
        case None:
            return cell
        case "last-four":
            return _DOT * max(len(cell) - _KEPT, _KEPT) + (
                cell[-_KEPT:] if len(cell) > _KEPT else ""
            )
        case "first-letters":
            return " ".join(word[0] + _DOT * (len(word) - 1) for word in cell.split())
        case "year":
            found = _YEAR.search(cell)
            return found.group() if found else _DOT * _KEPT
        case "token":
            # A keyed token needs a readable value; a held cell may be unreadable, so it is covered.
            return _DOT * _KEPT
        case _:
            return None
