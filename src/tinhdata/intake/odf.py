"""OpenDocument spreadsheets (.ods) as archives: whether it is safe to open one, and sheet facts.

A cell or row is written once with how often it repeats, so a few bytes can stand for millions of
cells: the table is measured here before calamine unfolds it.
"""

import zipfile
from collections.abc import Iterable, Mapping
from itertools import product
from pathlib import Path
from xml.parsers import expat  # refuses entity bombs; text is handed over piece by piece

from tinhdata.intake.errors import damaged, locked
from tinhdata.intake.facts import MOST_CELLS, PercentCells, SheetFacts, refuse_many
from tinhdata.intake.ooxml import BROKEN, open_archive

SPREADSHEET = b"application/vnd.oasis.opendocument.spreadsheet"

_PIECE = 1 << 20
_MOST_MANIFEST = 4 << 20
_TABLE, _ROW = "table:table", "table:table-row"
_CELLS = ("table:table-cell", "table:covered-table-cell")
_HIDDEN = ("collapse", "filter")


def is_spreadsheet(path: Path) -> bool:
    """Say whether the OpenDocument archive at `path` is a spreadsheet; templates are, too."""
    try:
        with zipfile.ZipFile(path) as archive, archive.open("mimetype") as part:
            return part.read(200).startswith(SPREADSHEET)
    except KeyError:
        return True  # an old or careless writer; calamine will tell
    except (*BROKEN, RuntimeError) as error:
        raise damaged() from error


def sheet_facts(path: Path) -> Mapping[str, SheetFacts]:
    """Give the facts of each sheet.

    Raises FileRefused where the file is damaged, locked, or a flood of errors.
    """
    with open_archive(path) as archive:
        try:
            _refuse_locked(archive)
            measure = _Measure()
            parser = expat.ParserCreate()
            parser.StartElementHandler = measure.start
            parser.EndElementHandler = measure.end
            parser.CharacterDataHandler = measure.text
            parser.EntityDeclHandler = _no_entities
            with archive.open("content.xml") as part:
                while chunk := part.read(_PIECE):
                    parser.Parse(chunk, False)
            parser.Parse(b"", True)
        except (*BROKEN, KeyError, ValueError, RuntimeError, expat.ExpatError) as error:
            raise damaged() from error
    return measure.sheets


def _refuse_locked(archive: zipfile.ZipFile) -> None:
    if "encrypted-package" in archive.namelist():
        raise locked()
    try:
        info = archive.getinfo("META-INF/manifest.xml")
    except KeyError:
        return
    if info.file_size > _MOST_MANIFEST:
        raise damaged()
    if b"encryption-data" in archive.read(info):
        raise locked()


def _no_entities(*_declared: object) -> None:
    raise ValueError("a spreadsheet declares no entities")


class _Measure:
    """Measures the sheets as their elements come; only cells that hold something count."""

    def __init__(self) -> None:
        self.sheets: dict[str, SheetFacts] = {}
        self._name = ""
        self._depth = 0
        self._rows = self._columns = self._row = self._column = 0
        self._repeat = self._cell_repeat = 1
        self._filled = False
        self._words: list[str] | None = None
        self._kind = ""
        self._errors: dict[tuple[int, int], str] = {}
        self._unsaved: set[tuple[int, int]] = set()
        self._percents = PercentCells()
        self._hidden_rows = self._hidden_columns = 0
        self._special = 0

    def start(self, tag: str, about: dict[str, str]) -> None:
        if tag == _TABLE:
            self._depth += 1  # a table inside a cell belongs to that cell
            if self._depth == 1:
                self._begin(about.get("table:name", ""))
        elif self._depth != 1:
            return
        elif tag == _ROW:
            self._repeat = _times(about.get("table:number-rows-repeated"))
            self._column = 0
            self._filled = False
            if about.get("table:visibility") in _HIDDEN:
                self._hidden_rows += self._repeat
        elif tag in _CELLS:
            self._begin_cell(about)
        elif tag == "table:table-column" and about.get("table:visibility") in _HIDDEN:
            self._hidden_columns += _times(about.get("table:number-columns-repeated"))

    def end(self, tag: str) -> None:
        if tag == _TABLE:
            self._depth -= 1
            if self._depth == 0:
                self._finish()
        elif self._depth != 1:
            return
        elif tag in _CELLS:
            self._end_cell()
        elif tag == _ROW:
            self._row += self._repeat
            if self._filled:
                self._rows = self._row

    def text(self, words: str) -> None:
        if self._words is not None and len(self._words) < 100:
            self._words.append(words)

    def _begin(self, name: str) -> None:
        self._name = name
        self._rows = self._columns = self._row = 0
        self._hidden_rows = self._hidden_columns = 0
        self._errors, self._unsaved, self._percents = {}, set(), PercentCells()

    def _begin_cell(self, about: dict[str, str]) -> None:
        self._cell_repeat = _times(about.get("table:number-columns-repeated"))
        kind = about.get("office:value-type", "")
        if about.get("calcext:value-type") == "error":
            kind = "error"
        self._kind = kind or ("formula" if "table:formula" in about else "")
        self._words = []

    def _end_cell(self) -> None:
        words = "".join(self._words or ()).strip()
        self._words = None
        if self._kind or words:
            self._filled = True
            self._columns = max(self._columns, self._column + self._cell_repeat)
        if self._kind == "error":
            self._errors.update(dict.fromkeys(self._places(), words or "Err"))
        elif self._kind == "formula" and not words:
            self._unsaved.update(self._places())
        elif self._kind == "percentage" and not self._is_too_far():
            for column in range(self._column, self._column + self._cell_repeat):
                self._percents.add(column, range(self._row, self._row + self._repeat))
        self._column += self._cell_repeat

    def _places(self) -> Iterable[tuple[int, int]]:
        """List the cells that the open one stands for; none in a sheet too large to be read."""
        if self._is_too_far():
            return ()
        rows, columns = self._row + self._repeat, self._column + self._cell_repeat
        self._special += self._repeat * self._cell_repeat
        refuse_many(self._special)
        return product(range(self._row, rows), range(self._column, columns))

    def _is_too_far(self) -> bool:
        """Say whether the open cell makes its sheet too large to be read."""
        rows, columns = self._row + self._repeat, self._column + self._cell_repeat
        return rows * columns > MOST_CELLS

    def _finish(self) -> None:
        self.sheets[self._name] = SheetFacts(
            self._rows,
            self._columns,
            self._errors,
            frozenset(self._unsaved),
            self._percents.by_column(self._rows, self._columns),
            self._hidden_rows,
            self._hidden_columns,
        )


def _times(written: str | None) -> int:
    """Read how often something repeats; raises ValueError on what is no number."""
    return max(int(written), 1) if written else 1
