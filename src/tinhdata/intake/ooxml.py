"""New workbooks (.xlsx) as archives: whether it is safe to open one, and the facts of its sheets.

Only looks; values are read by calamine. The sheets' text is searched in pieces, never held whole.
"""

import posixpath
import re
import zipfile
import zlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from xml.etree import ElementTree as ET  # expat refuses entity bombs, size is bounded
from xml.parsers import expat

from tinhdata.intake import number_formats
from tinhdata.intake.errors import FileRefused, damaged, locked
from tinhdata.intake.facts import MOST_CELLS, PercentCells, SheetFacts, refuse_many
from tinhdata.kernel import t

_MOST_BYTES = 1 << 30
_SUSPECT_BYTES = 32 << 20
_SUSPECT_RATIO = 250
"""Sheets of real tables pack 5 to 60 times; a bomb of equal bytes 1,000 times."""

_MOST_XML = 16 << 20
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError)
_PIECE = 1 << 20

_ROW = re.compile(rb"<(?:\w+:)?row\b([^<>]*)>")
_NUMBER = re.compile(rb"\br=[\"'](\d+)[\"']")
_HIDDEN = re.compile(rb"\bhidden=[\"'](?:1|true)[\"']")
_COLUMN = re.compile(rb"<(?:\w+:)?col\b([^<>]*)/?>")
_SPAN = re.compile(rb"\b(min|max)=[\"'](\d+)[\"']")
_CELL = rb"<(?:\w+:)?c\b[^<>]{0,400}?\br=[\"']([A-Z]{1,3})(\d+)[\"']"
"""The start of a cell. No real one is longer; without a limit, tags without end cost hours."""

_FORMULA = rb"<(?:\w+:)?f\b(?:[^<>]*/>|[^<>]*>[^<]*</(?:\w+:)?f>)"
_FILLED = re.compile(_CELL + rb"(?:[^<>]{0,400}[^/<>])?>")
_ERROR = re.compile(
    _CELL.replace(rb"c\b", rb"c\b(?=[^<>]{0,400}\bt=[\"']e[\"'])", 1)
    + rb"[^<>]{0,400}>(?:"
    + _FORMULA
    + rb")?<(?:\w+:)?v[^<>]*>([^<]*)<"
)
_UNSAVED = re.compile(
    _CELL.replace(rb"c\b", rb"c\b(?![^<>]{0,400}\bt=[\"']str[\"'])", 1)
    + rb"[^<>]{0,400}>"
    + _FORMULA
    + rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?</(?:\w+:)?c>"
)


def part_names(path: Path) -> frozenset[str]:
    """Name the parts of the archive at `path`; raises FileRefused where it is none."""
    try:
        with zipfile.ZipFile(path) as archive:
            return frozenset(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise damaged() from error


def open_archive(path: Path) -> zipfile.ZipFile:
    """Open the archive after every part was seen to be as large as it says.

    Raises FileRefused for an archive that is damaged, or that would unpack to more than a table can
    be (a zip bomb).
    """
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise damaged() from error
    try:
        _refuse_bombs(archive, path.stat().st_size)
        for info in archive.infolist():
            if info.flag_bits & 1:
                raise locked()
            if info.filename.startswith("xl/worksheets/"):
                continue  # read whole by `sheet_facts`, which finds the same faults
            with archive.open(info) as part:
                while part.read(_PIECE):
                    pass
    except BROKEN as error:
        archive.close()
        raise damaged() from error
    except FileRefused:
        archive.close()
        raise
    return archive


def _refuse_bombs(archive: zipfile.ZipFile, packed: int) -> None:
    unpacked = sum(info.file_size for info in archive.infolist())
    is_bomb = unpacked > _SUSPECT_BYTES and unpacked > packed * _SUSPECT_RATIO
    if is_bomb or unpacked > _MOST_BYTES:
        raise FileRefused(
            "too-large-inside",
            t(
                "The workbook would unpack to {size} MB, far more than the table it should hold.",
                size=unpacked >> 20,
            ),
            t("Copy only the table into a new workbook, or save the sheet as CSV."),
        )


def sheet_parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """Give the names of the sheets and the archive parts that hold them, in order."""
    try:
        workbook = _xml(archive, "xl/workbook.xml")
        links = _xml(archive, "xl/_rels/workbook.xml.rels")
    except (KeyError, ET.ParseError) as error:
        raise damaged() from error
    targets = {link.get("Id", ""): link.get("Target", "") for link in links}
    parts = {}
    for sheet in workbook.iter():
        if sheet.tag.rpartition("}")[2] != "sheet":
            continue
        link = next((v for k, v in sheet.attrib.items() if k.endswith("}id")), "")
        parts[sheet.get("name", "")] = _part_at(targets.get(link, ""))
    return parts


def percent_styles(archive: zipfile.ZipFile) -> frozenset[int]:
    """Give the styles of cells that show a number as a percentage; FileRefused where damaged."""
    try:
        links = _xml(archive, "xl/_rels/workbook.xml.rels")
        kinds = {link.get("Type", "").rpartition("/")[2]: link.get("Target", "") for link in links}
        name = _part_at(kinds.get("styles", "styles.xml"))
        if name not in archive.namelist():
            return frozenset()
        with archive.open(name) as part:
            return number_formats.percent_styles(part)
    except (*BROKEN, KeyError, ValueError, ET.ParseError, expat.ExpatError) as error:
        raise damaged() from error


def _part_at(target: str) -> str:
    """Give the name of the part that a link of the workbook leads to."""
    absolute = target.lstrip("/") if target.startswith("/") else posixpath.join("xl", target)
    return posixpath.normpath(absolute)


def _xml(archive: zipfile.ZipFile, part: str) -> ET.Element:
    if archive.getinfo(part).file_size > _MOST_XML:
        raise damaged()
    return ET.fromstring(archive.read(part))  # noqa: S314  # see the import


def comment(path: Path) -> str:
    """Give the comment among the properties of the workbook at `path`; "" where there is none."""
    with zipfile.ZipFile(path) as archive:
        try:
            properties = _xml(archive, "docProps/core.xml")
        except (KeyError, ET.ParseError, RuntimeError, FileRefused, *BROKEN):
            return ""
    tags = (tag for tag in properties if tag.tag.rpartition("}")[2] == "description")
    return next((tag.text or "" for tag in tags), "")


def sheet_facts(
    archive: zipfile.ZipFile, part: str, percent_styles: Collection[int] = ()
) -> SheetFacts:
    """Give the facts of the sheet in `part`; an absent part (a chart) has none.

    `percent_styles` are those of the workbook that show a number as a percentage. Raises
    FileRefused where the part is damaged, or such cells do not say where they stand.
    """
    if part not in archive.namelist():
        return SheetFacts()
    found = _Gathering(percent_styles)
    try:
        for piece in _pieces(archive, part):
            found.look(piece)
    except BROKEN as error:
        raise damaged() from error
    columns = found.columns
    if found.rows * columns > MOST_CELLS:  # style alone can reach far: count filled cells only
        found.rows, columns = _filled(archive, part)
    return SheetFacts(
        found.rows,
        columns,
        found.errors,
        frozenset(found.unsaved),
        found.percents.by_column(found.rows, columns),
        found.hidden_rows,
        found.hidden_columns,
    )


def _pieces(archive: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    """Give the part in pieces that never cut a cell in two."""
    rest = b""
    with archive.open(part) as stream:
        while chunk := stream.read(_PIECE):
            text = rest + chunk
            cut = max(text.rfind(b"<c "), text.rfind(b"<", 0, max(text.rfind(b":c "), 0)))
            if cut <= 0:
                cut = 0 if len(text) < 8 * _PIECE else len(text)
            rest = text[cut:]
            yield text[:cut]
    yield rest


class _Gathering:
    """The facts of one sheet as its pieces come."""

    def __init__(self, percent_styles: Collection[int]) -> None:
        self.rows = self.hidden_rows = self.hidden_columns = 0
        self.percents = PercentCells()
        self._percent = number_formats.StyledCells(percent_styles) if percent_styles else None
        self.columns = 26
        self.errors: dict[tuple[int, int], str] = {}
        self.unsaved: set[tuple[int, int]] = set()

    def look(self, piece: bytes) -> None:
        for row in _ROW.finditer(piece):
            number = _NUMBER.search(row[1])
            self.rows = max(self.rows, int(number[1]) if number else self.rows + 1)
            self.hidden_rows += b"hidden" in row[1] and _HIDDEN.search(row[1]) is not None
        if self.columns < 702 and re.search(rb" r=[\"'][A-Z]{2,3}\d", piece):
            self.columns = 702
        if self.columns < 16_384 and re.search(rb" r=[\"'][A-Z]{3}\d", piece):
            self.columns = 16_384
        if b'hidden="' in piece:
            self._hidden_columns(piece)
        if b't="e"' in piece or b"t='e'" in piece:
            for cell in _ERROR.finditer(piece):
                self.errors[_place(cell)] = cell[3].decode("ascii", "replace")
        if b"<f" in piece or b":f" in piece:
            self.unsaved.update(_place(cell) for cell in _UNSAVED.finditer(piece))
        if self._percent is not None:
            self._percents(self._percent.places(piece))
        refuse_many(len(self.errors) + len(self.unsaved))

    def _percents(self, cells: Iterable[tuple[bytes, bytes]]) -> None:
        rows: dict[bytes, list[bytes]] = defaultdict(list)
        for letters, row in cells:
            rows[letters].append(row)
        if b"" in rows:
            raise _without_places()
        for letters, numbers in rows.items():
            self.percents.add(column_index(letters.decode()), (int(row) - 1 for row in numbers))

    def _hidden_columns(self, piece: bytes) -> None:
        for column in _COLUMN.finditer(piece):
            if _HIDDEN.search(column[1]):
                span = {key: int(value) for key, value in _SPAN.findall(column[1])}
                self.hidden_columns += span.get(b"max", 1) - span.get(b"min", 1) + 1


def _without_places() -> FileRefused:
    return FileRefused(
        "cells-without-place",
        t(
            "Cells of the workbook are shown as a percentage, but do not say where they stand, so "
            "that their numbers cannot be told."
        ),
        t("Open it in Excel, save it under a new name and send that file."),
    )


def _filled(archive: zipfile.ZipFile, part: str) -> tuple[int, int]:
    """Give the last row and the last column that hold a value."""
    rows = columns = 0
    for piece in _pieces(archive, part):
        for letters, number in _FILLED.findall(piece):
            rows = max(rows, int(number))
            if len(letters) > 1 or columns < 26:
                columns = max(columns, column_index(letters.decode()) + 1)
    return rows, columns


def _place(cell: re.Match[bytes]) -> tuple[int, int]:
    return int(cell[2]) - 1, column_index(cell[1].decode())


def column_index(letters: str) -> int:
    """Give the 0-based number of a column named by letters: A is 0, AA is 26."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def column_letters(index: int) -> str:
    """Give the letters of a column as Excel shows them: 0 is A, 26 is AA."""
    letters = ""
    index += 1
    while index:
        index, digit = divmod(index - 1, 26)
        letters = chr(65 + digit) + letters
    return letters
