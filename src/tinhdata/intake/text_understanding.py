"""Works out what a text file is for a contract: encoding, separator, header, length of lines."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from tinhdata.contracts import Contract
from tinhdata.intake import headers
from tinhdata.intake.delimited import records
from tinhdata.intake.encodings import find_encoding, text_blocks
from tinhdata.intake.forms import ColumnForms
from tinhdata.intake.headers import HeaderFound
from tinhdata.intake.lines import Line
from tinhdata.intake.model import FileKind, HeaderPlace, ReadingChoice, Understanding
from tinhdata.intake.rules import is_blank
from tinhdata.intake.sorting import converted
from tinhdata.intake.understanding import (
    MOST_HEADER_LINES,
    MOST_LINES,
    filled_by,
    mapped,
    named_width,
    nothing_in_it,
    sample,
    stem,
    with_forms,
    without_header,
)
from tinhdata.kernel import t
from tinhdata.vietnam import LegacyEncoding

_DELIMITERS = (";", ",", "\t", "|")
_FEW = 3
"""Fewer short lines than this are rather cut off than made so."""


def understand_text(
    path: Path, filename: str, contract: Contract, choice: ReadingChoice, within: str | None = None
) -> Understanding:
    """Understand a text file; raises FileRefused where it has no lines.

    `within` is what the file is called in the archive that it came in.
    """
    encodings = find_encoding(path, contract.layout.encoding, choice.encoding)
    head = next(text_blocks(path, encodings.seen.name), "")
    lines = head.split("\n")
    head = "\n".join(lines[:MOST_LINES]) + ("\n" if len(lines) > MOST_LINES else "")
    if not head.strip("\n\r\t ,;|\ufeff"):
        raise nothing_in_it()
    wanted = choice.delimiter or contract.layout.delimiter
    tried = []
    for delimiter in (wanted,) if wanted else _by_frequency(head):
        tried.append(_tried(head, delimiter, encodings.seen.legacy, contract, choice))
        if _score(tried[-1]) > headers.most_score(contract.columns[1:]):
            break  # Every column is named: no other separator can do better.
    best = max(tried, key=lambda one: (_score(one), one.evenness))
    found = best.header or headers.guess_header(
        [line.cells for line in best.lines[:MOST_HEADER_LINES]]
    )
    base = Understanding(
        FileKind.TEXT,
        filename,
        encoding=encodings.seen,
        other_encodings=encodings.others,
        delimiter=best.delimiter,
        part=filename,
        filled=filled_by(contract, within or stem(filename)),
        notes=encodings.notes,
    )
    return _text_understood(base, contract, choice, best, found)


def _by_frequency(head: str) -> list[str]:
    """Give the separators, the one that stands most often in the first lines first."""
    first = "".join(head.splitlines(keepends=True)[:MOST_HEADER_LINES])
    return sorted(_DELIMITERS, key=lambda delimiter: -first.count(delimiter))


class _Tried(NamedTuple):
    """The beginning of a text file read with one separator."""

    delimiter: str
    lines: list[Line]
    header: HeaderFound | None
    evenness: int
    """How many lines have the most frequent number of cells, where that is above one."""


def _score(tried: _Tried) -> int:
    return tried.header.score if tried.header else 0


def _tried(
    head: str,
    delimiter: str,
    legacy: LegacyEncoding | None,
    contract: Contract,
    choice: ReadingChoice,
) -> _Tried:
    lines = list(converted(records([head], delimiter), legacy))
    counts = Counter(len(line.cells) for line in lines if len(line.cells) > 1)
    evenness = counts.most_common(1)[0][1] if counts else 0
    row = choice.first_header_row or contract.layout.first_header_row
    first = None
    if row is not None:
        first = next((at for at, line in enumerate(lines) if line.last >= row), len(lines))
    header = headers.find_header(
        [line.cells for line in lines[: max(MOST_HEADER_LINES, (first or 0) + 5)]],
        contract,
        first=first,
        depth=choice.header_rows or contract.layout.header_rows,
    )
    return _Tried(delimiter, lines, header, evenness)


def _text_understood(
    base: Understanding,
    contract: Contract,
    choice: ReadingChoice,
    tried: _Tried,
    found: HeaderFound | None,
) -> Understanding:
    if found is None:
        return without_header(base, contract)
    block = tried.lines[found.first : found.first + found.depth]
    place = HeaderPlace(
        block[0].first, block[-1].last - block[0].first + 1, named_width(found.names)
    )
    base = mapped(base, contract, choice, found, place)
    below = [line for line in tried.lines if line.first > place.last_row]
    base = _with_least_cells(base, contract, below, len(place.names))
    forms = ColumnForms(contract)
    preview = sample(base, contract, place, tried.lines, forms)
    return with_forms(replace(base, preview=preview), contract, choice, forms)


def _with_least_cells(
    base: Understanding, contract: Contract, below: Sequence[Line], width: int
) -> Understanding:
    """Say how many cells a line must have at least, from the contract or from most lines."""
    policy = contract.layout.short_rows
    if policy == "fill":
        return replace(base, least_cells=1)
    counts = Counter(
        len(line.cells) for line in below if line.fault is None and not is_blank(line.cells)
    )
    usual, times = counts.most_common(1)[0] if counts else (width, 0)
    notes = base.notes
    least = width
    if policy == "auto" and 1 < usual < width and times >= _FEW and times * 2 > counts.total():
        least = usual
        notes = (
            *notes,
            t(
                "The header names {width} columns, most lines have {count} cells; the missing ones "
                "at the end are read as empty.",
                width=width,
                count=usual,
            ),
        )
    elif usual > width and times * 2 > counts.total():
        notes = (
            *notes,
            t(
                "Most lines have {count} cells, but the header names only {width} columns.",
                count=usual,
                width=width,
            ),
        )
    return replace(base, least_cells=least, notes=notes)
