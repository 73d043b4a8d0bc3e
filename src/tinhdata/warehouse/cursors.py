"""Cursors: where a page begins or ends, as opaque text bound to a release and a question. Pure.

A cursor holds the place of a row, not its values: those are looked up under the permit of whoever
brings it, so that a changed cursor shows nothing that its bearer may not see.
"""

import base64
import binascii
import json
from dataclasses import dataclass

from tinhdata.access import Permit
from tinhdata.kernel import JSON, canonical_json, sha256_hex, t
from tinhdata.warehouse.errors import CursorUnfit
from tinhdata.warehouse.model import Query, Release

_FORM = 1
_LONGEST = 200
_MARK_LETTERS = 16
_MOST = 2**62


@dataclass(frozen=True, slots=True)
class Cursor:
    """The rows after (or `backwards` before) the row at `place`; `index` rows lie before those.

    Going backwards `index` rows lie before the row itself.
    """

    mark: str
    place: int
    index: int
    backwards: bool = False

    def __str__(self) -> str:
        """Give the text that goes into an address."""
        parts = [_FORM, self.mark, self.place, self.index, int(self.backwards)]
        raw = json.dumps(parts, separators=(",", ":")).encode()
        return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def mark_of(release: Release, permit: Permit, query: Query) -> str:
    """Give the mark of what a cursor belongs to: release, conditions, order and sight."""
    about: JSON = {
        "release": release.id,
        "filters": [[f.column, f.op.value, list(f.values)] for f in query.filters],
        "search": query.search,
        "unsearched": sorted(query.unsearched),
        "sort": [[s.column, s.descending] for s in query.sort],
        "columns": None if permit.columns is None else sorted(permit.columns),
        "masks": dict(permit.masks),
        "rows": None
        if permit.row_filter is None
        else [permit.row_filter[0], sorted(permit.row_filter[1])],
    }
    return sha256_hex(canonical_json(about))[:_MARK_LETTERS]


def read_cursor(text: str, mark: str) -> Cursor:
    """Read a cursor; raises CursorUnfit where it is none, or one of another question."""
    try:
        padded = text + "=" * (-len(text) % 4)
        if len(text) > _LONGEST:
            raise ValueError("too long")
        form, own, place, index, backwards = json.loads(base64.urlsafe_b64decode(padded))
        numbers = (place, index, backwards)
        if form != _FORM or any(type(n) is not int or not 0 <= n < _MOST for n in numbers):
            raise ValueError("not the parts of a cursor")
    except (ValueError, TypeError, binascii.Error, UnicodeDecodeError) as error:
        raise CursorUnfit(
            t("This is no cursor that an answer has given."),
            fix=t("Take the address of the next page from the answer, unchanged."),
            where="cursor",
        ) from error
    if own != mark:
        raise CursorUnfit(
            t("This cursor belongs to other conditions, another order or another release."),
            fix=t("Begin with the first page of what you ask for, then follow its links."),
            where="cursor",
        )
    return Cursor(mark, place, index, bool(backwards))


def lost_row() -> CursorUnfit:
    """Give the problem of a cursor whose row is not there."""
    return CursorUnfit(
        t("The row at which this cursor stands is not part of the answer."),
        fix=t("Begin with the first page of what you ask for, then follow its links."),
        where="cursor",
    )
