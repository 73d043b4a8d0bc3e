"""Which lines of a region have to be looked at one by one, because they may be no plain record.

Answers for whole columns at once what `rules` and `sorting` ask of single lines, and rather names a
line too many than one too few: each named line is then judged by those modules alone.
"""

from collections.abc import Collection, Container, Iterable, Sequence
from functools import reduce

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from tinhdata.intake.bulk import offsets
from tinhdata.intake.lines import Region
from tinhdata.intake.rules import LineRules
from tinhdata.vietnam import fold

Marks = NDArray[np.bool_]
"""One answer per line."""


class Blanks:
    """Which cells of a region hold nothing, worked out when first asked."""

    def __init__(self, region: Region) -> None:
        self._region = region
        self._known: dict[int, Marks] = {}

    def __getitem__(self, at: int) -> Marks:
        """Say for each line whether its cell at `at` is empty or nothing but blanks."""
        if at not in self._known:
            self._known[at] = blank(self._region.columns[at])
        return self._known[at]


_BLANK_STARTS = np.zeros(256, np.bool_)
_BLANK_STARTS[[*range(9, 14), *range(28, 33), 0xC2, 0xE1, 0xE2, 0xE3]] = True
"""Bytes with which a blank begins in UTF-8; other letters begin with some of them, too."""


def blank(column: pa.StringArray) -> Marks:
    """Say for each text whether it is empty or nothing but blanks, as `str.isspace` means it."""
    found = empty(column)
    if _may_be_blank(column, found):
        found |= marks(pc.utf8_is_space(column))
    return found


def _may_be_blank(column: pa.StringArray, empties: Marks) -> bool:
    """Say whether a text begins like a blank, which few do."""
    letters = column.buffers()[2]
    if letters is None or not letters.size:
        return False
    begins = offsets(column)[:-1]
    firsts = np.frombuffer(letters, np.uint8)[begins[~empties] if empties.any() else begins]
    return bool(_BLANK_STARTS[firsts].any())


def empty(column: pa.StringArray) -> Marks:
    """Say for each text whether it is the empty one."""
    found: Marks = np.diff(offsets(column)) == 0
    return found


def marks(answers: pa.BooleanArray) -> Marks:
    """Give answers of the engine as an array of our own."""
    found: Marks = answers.to_numpy(zero_copy_only=False)
    return found


def sparse(region: Region, blanks: Blanks, width: int, needed: Sequence[int]) -> Marks:
    """Say which lines have so few cells filled that they need not be rows (`is_sparse`)."""
    count = len(region.columns)
    filled = count - reduce(
        np.add, (blanks[at].astype(np.int16) for at in range(count)), np.zeros(len(region), int)
    )
    found: Marks = filled <= max(1, width // 2)
    if not found.any():
        return found
    if count > max(1, width // 2):
        found &= reduce(np.logical_or, (empty(column) for column in region.columns))
    if needed and max(needed) < count:
        has_all = reduce(np.logical_and, (~blanks[at] for at in needed))
        found &= ~(has_all & (filled >= 2))
    return found


def beginning(column: pa.StringArray, rules: LineRules) -> Marks:
    """Say which of the first texts of lines may name a total or a declared note."""
    firsts = pc.utf8_slice_codeunits(column, 0, 1)
    suspects = [
        text for text in pc.unique(firsts).to_pylist() if not text or rules.is_suspect(text)
    ]
    found = among(firsts, suspects)
    if not found.any():
        return found
    texts = pc.unique(column.filter(pa.array(found))).to_pylist()
    return among(column, [text for text in texts if rules.names_no_row(text)])


def among(column: pa.StringArray, texts: Collection[str]) -> Marks:
    """Say which texts are one of `texts`."""
    if not texts:
        return np.zeros(len(column), np.bool_)
    return marks(pc.is_in(column, pa.array(list(texts), pa.string())))


def stripped_among(column: pa.StringArray, texts: Collection[str]) -> Marks:
    """Say which texts, without blanks around them, are one of `texts`."""
    return among(pc.utf8_trim_whitespace(column), texts)


def folded_among(column: pa.StringArray, values: Container[str]) -> Marks:
    """Say which texts are, folded, one of `values`."""
    return among(column, [text for text in pc.unique(column).to_pylist() if fold(text) in values])


def places(answers: Iterable[Marks]) -> list[int]:
    """Give the lines that one of `answers` names, in order."""
    found: list[int] = np.flatnonzero(reduce(np.logical_or, answers)).tolist()
    return found
