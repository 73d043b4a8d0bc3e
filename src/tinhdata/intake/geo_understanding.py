"""Works out what a file of geodata is for a contract: its layers as tables, and where they lie."""

from dataclasses import replace
from pathlib import Path

from tinhdata.contracts import Column, Contract
from tinhdata.intake.coordinates import SWAPPED, Settled, settle
from tinhdata.intake.geo_book import GeoBook
from tinhdata.intake.model import (
    CrsSeen,
    EncodingSeen,
    FileKind,
    Question,
    ReadingChoice,
    Refusal,
    Understanding,
)
from tinhdata.intake.shapefile import others_in
from tinhdata.intake.sheet_understanding import understand_tables
from tinhdata.kernel import Text, t
from tinhdata.vietnam import LegacyEncoding

_OTHER_ENCODINGS = ("utf-8", "tcvn3", "vni", "windows-1258", "cp1252")
_MOST_CANDIDATES = 8


def understand_geo(
    path: Path,
    filename: str,
    kind: FileKind,
    contract: Contract,
    choice: ReadingChoice,
    within: str | None = None,
) -> Understanding:
    """Understand a file of features; `within` is what it is called in the archive it came in.

    Where the coordinate system is not known it is a question; where most features then lie outside
    of the area of the dataset the file is refused, with the systems that would fit. Raises
    FileRefused where the file cannot be read.
    """
    shape = next((column for column in contract.columns if column.geometry is not None), None)
    box = shape.geometry.within if shape is not None and shape.geometry is not None else None
    with GeoBook(path, kind, geometry_name(shape), encoding=choice.encoding) as book:
        settled: dict[str, Settled] = {}
        for name in book.names():
            found = settle(book.written_system(name), book.centres(name), box, choice.crs)
            settled[name] = found
            book.read_as(name, found.key)
        understood = understand_tables(book, kind, filename, contract, choice, within)
        if kind is FileKind.SHAPEFILE:
            understood = replace(understood, notes=(*understood.notes, *others_in(path)))
        if understood.pieces:
            pieces = tuple(_placed(piece, settled, asks=False) for piece in understood.pieces)
            understood = replace(understood, pieces=pieces)
            for piece in understood.pieces:
                understood = _placed(understood, settled, of=piece.sheet)
        else:
            understood = _placed(understood, settled)
        return _lettered(understood, book, choice)


def geometry_name(column: Column | None) -> str:
    """Give what the column of geometries of a file is called: it is the contract's, if it has."""
    return column.label.vi if column is not None else "geometry"


def _placed(
    table: Understanding,
    settled: dict[str, Settled],
    *,
    asks: bool = True,
    of: str | None = None,
) -> Understanding:
    """Put what was found about the system of the layer `of`, or its own, into `table`."""
    found = settled.get(of or table.sheet or "", Settled(None))
    table = replace(table, crs=found.key, crs_name=found.name)
    if not asks:
        return table
    candidates = tuple(
        CrsSeen(
            each.zone.key + (SWAPPED if found.swapped else ""),
            each.zone.name + (" (y, x)" if found.swapped else ""),
            each.zone.meridian_text,
            each.inside,
        )
        for each in found.candidates[:_MOST_CANDIDATES]
    )
    known = [seen.key for seen in table.crs_candidates]
    table = replace(
        table,
        notes=(*table.notes, *(note for note in found.notes if note not in table.notes)),
        crs_candidates=(
            *table.crs_candidates,
            *(each for each in candidates if each.key not in known),
        ),
    )
    if found.refused is not None and table.refusal is None:
        text, fix = found.refused
        table = replace(table, refusal=Refusal("wrong-area", text, fix))
    if found.key is None and Question.CRS not in table.questions:
        table = replace(
            table, questions=(*table.questions, Question.CRS), notes=(*table.notes, _ASK)
        )
    return table


_ASK: Text = t(
    "Say which coordinate system the layer is in; who made it knows its central meridian."
)


def _lettered(table: Understanding, book: GeoBook, choice: ReadingChoice) -> Understanding:
    """Say how the letters of a Shapefile are read, and offer the other ways."""
    codec = book.codec(table.sheet or "")
    if codec is None:
        return table
    legacy = table.cell_encoding
    if choice.encoding in set(LegacyEncoding):
        legacy = LegacyEncoding(choice.encoding)
    seen = EncodingSeen(codec, legacy)
    others = tuple(EncodingSeen(name) for name in _OTHER_ENCODINGS if name != seen.key)
    return replace(table, encoding=seen, other_encodings=() if table.pieces else others)
