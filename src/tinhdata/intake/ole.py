"""Old binary workbooks: the container [MS-CFB] and the few records [MS-XLS] that facts come from.

Only looks; values are read by calamine. Whatever does not fit the format raises ValueError.
"""

import struct
from collections.abc import Collection, Iterator

from tinhdata.intake.facts import PercentCells, SheetFacts
from tinhdata.intake.number_formats import percent_ids

MAGIC = bytes.fromhex("d0cf11e0a1b11ae1")
_END = 0xFFFFFFFA
"""Sector numbers from here on are marks (end of chain, free), not sectors."""

_ERRORS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
}
_FORMULA, _EOF, _FILEPASS, _COLINFO, _BOUNDSHEET = 0x0006, 0x000A, 0x002F, 0x007D, 0x0085
_BOOLERR, _ROW, _BOF = 0x0205, 0x0208, 0x0809
_MULRK = 0x00BD
_XF, _FORMAT = 0x00E0, 0x041E
_BIFF8 = 0x0600
_NUMBERS = frozenset({_FORMULA, 0x0203, 0x027E})
"""Cells that may hold one number; its style stands behind row and column."""

_CELLS = frozenset({_FORMULA, _BOOLERR, _MULRK, 0x00D6, 0x00FD, 0x0203, 0x0204, 0x027E})


def streams(data: bytes) -> dict[str, bytes]:
    """Give the streams of a compound file by name; raises ValueError where it is damaged."""
    try:
        return _Compound(data).streams()
    except (struct.error, IndexError) as error:
        raise ValueError("the compound file is damaged") from error


class _Compound:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self._size = 1 << struct.unpack_from("<H", data, 30)[0]
        self._small_size = 1 << struct.unpack_from("<H", data, 32)[0]
        if self._size not in {512, 4096} or self._small_size != 64:
            raise ValueError("the compound file has odd sector sizes")
        self._directory, self._cutoff = (
            struct.unpack_from("<I", data, 48)[0],
            struct.unpack_from("<I", data, 56)[0],
        )
        self._table = self._read_table()
        self._small_table: tuple[int, ...] = ()

    def _sector(self, number: int) -> bytes:
        start = (number + 1) * self._size
        return self._data[start : start + self._size]

    def _numbers(self, sector: bytes) -> tuple[int, ...]:
        return struct.unpack(f"<{len(sector) // 4}I", sector[: len(sector) // 4 * 4])

    def _read_table(self) -> tuple[int, ...]:
        """Read the allocation table: the header lists its first 109 sectors, a chain the rest."""
        listed = list(struct.unpack_from("<109I", self._data, 76))
        following = struct.unpack_from("<I", self._data, 68)[0]
        limit = len(self._data) // self._size + 1
        while following < _END and len(listed) <= limit + 109:
            *more, following = self._numbers(self._sector(following))
            listed.extend(more)
        table: list[int] = []
        for number in listed:
            if number < _END:
                table.extend(self._numbers(self._sector(number)))
        return tuple(table)

    def _chain(self, start: int) -> bytes:
        pieces = []
        seen = 0
        while start < _END:
            pieces.append(self._sector(start))
            start = self._table[start]
            seen += 1
            if seen > len(self._table):
                raise ValueError("a chain of sectors runs in a circle")
        return b"".join(pieces)

    def streams(self) -> dict[str, bytes]:
        directory = self._chain(self._directory)
        root = directory[:128]
        small = self._chain(struct.unpack_from("<I", root, 116)[0])
        self._small_table = self._numbers(self._chain(struct.unpack_from("<I", self._data, 60)[0]))
        found = {}
        for at in range(128, len(directory) - 127, 128):
            entry = directory[at : at + 128]
            length, kind = struct.unpack_from("<HB", entry, 64)
            if kind != 2:
                continue
            name = entry[: max(length - 2, 0)].decode("utf-16-le", "replace")
            start, size = struct.unpack_from("<II", entry, 116)
            found[name] = self._stream(start, size, small)
        return found

    def _stream(self, start: int, size: int, small: bytes) -> bytes:
        if size >= self._cutoff:
            return self._chain(start)[:size]
        pieces: list[bytes] = []
        while start < _END and len(pieces) * self._small_size < size:
            pieces.append(small[start * self._small_size : (start + 1) * self._small_size])
            start = self._small_table[start]
        return b"".join(pieces)[:size]


def is_locked(workbook: bytes) -> bool:
    """Say whether the workbook stream is encrypted (a FILEPASS record among its first)."""
    for kind, _at, _size in _records(workbook, 0):
        if kind == _FILEPASS:
            return True
        if kind in {_EOF, _BOUNDSHEET}:
            return False
    return False


def sheet_facts(workbook: bytes) -> tuple[SheetFacts, ...]:
    """Give the facts of each sheet, in the order of the workbook; ValueError where damaged."""
    offsets = []
    styles = _Styles()
    try:
        for kind, at, size in _records(workbook, 0):
            styles.see(workbook, kind, at, size)
            if kind == _BOUNDSHEET:
                offsets.append(struct.unpack_from("<I", workbook, at)[0])
            if kind == _EOF:
                break
        percents = styles.percents()
        return tuple(_facts(workbook, offset, percents) for offset in offsets)
    except struct.error as error:
        raise ValueError("the workbook is damaged") from error


def _records(data: bytes, at: int) -> Iterator[tuple[int, int, int]]:
    """Walk records: their kind, where their content starts and its size."""
    end = len(data) - 4
    while at <= end:
        kind, size = struct.unpack_from("<HH", data, at)
        yield kind, at + 4, size
        at += 4 + size


class _Styles:
    """The number formats of a workbook and the styles that use them ([MS-XLS] 2.4.126, 2.4.353)."""

    def __init__(self) -> None:
        self._version = 0
        self._custom: dict[int, str] = {}
        self._formats: list[int] = []

    def see(self, data: bytes, kind: int, at: int, size: int) -> None:
        if kind == _BOF:
            self._version = struct.unpack_from("<H", data, at)[0]
        elif kind == _XF:
            self._formats.append(struct.unpack_from("<H", data, at + 2)[0])
        elif kind == _FORMAT:
            number = struct.unpack_from("<H", data, at)[0]
            self._custom[number] = self._code(data[at + 2 : at + size])

    def percents(self) -> frozenset[int]:
        """Give the styles that show a number as a percentage."""
        ids = percent_ids(self._custom)
        return frozenset(at for at, number in enumerate(self._formats) if number in ids)

    def _code(self, raw: bytes) -> str:
        """Read the text of a format; only its signs matter, not which letters stand beside."""
        if self._version < _BIFF8:
            return raw[1:].decode("latin-1")
        is_wide = raw[2] & 1 if len(raw) > 2 else 0
        return raw[3:].decode("utf-16-le" if is_wide else "latin-1", "replace")


class _Gathering:
    """The facts of one sheet as they come."""

    def __init__(self, percent_styles: Collection[int]) -> None:
        self._percent_styles = percent_styles
        self.percents = PercentCells()
        self.rows = self.columns = self.hidden_rows = self.hidden_columns = 0
        self.errors: dict[tuple[int, int], str] = {}

    def cell(self, data: bytes, kind: int, at: int, size: int) -> None:
        row, column = struct.unpack_from("<HH", data, at)
        last = struct.unpack_from("<H", data, at + size - 2)[0] if kind == _MULRK else column
        self.rows = max(self.rows, row + 1)
        self.columns = max(self.columns, last + 1)
        if self._percent_styles:
            self._style(data, kind, at, last)
        if kind == _BOOLERR and data[at + 7]:
            self.errors[row, column] = _ERRORS.get(data[at + 6], "#ERR")
        # A result that is no number ends in FFFF and names its kind: 2 is an error.
        if kind == _FORMULA and data[at + 12 : at + 14] == b"\xff\xff" and data[at + 6] == 2:
            self.errors[row, column] = _ERRORS.get(data[at + 8], "#ERR")

    def _style(self, data: bytes, kind: int, at: int, last: int) -> None:
        """Note which of the cells show a percentage; a row of numbers has one style for each."""
        row, first = struct.unpack_from("<HH", data, at)
        if kind == _MULRK:
            for column in range(first, last + 1):
                style = struct.unpack_from("<H", data, at + 4 + 6 * (column - first))[0]
                if style in self._percent_styles:
                    self.percents.add(column, (row,))
        elif kind in _NUMBERS and struct.unpack_from("<H", data, at + 4)[0] in self._percent_styles:
            self.percents.add(first, (row,))

    def hiding(self, data: bytes, kind: int, at: int) -> None:
        if kind == _ROW and data[at + 12] & 0x20:
            self.hidden_rows += 1
        if kind == _COLINFO and data[at + 8] & 1:
            first, last = struct.unpack_from("<HH", data, at)
            self.hidden_columns += min(last, 255) - first + 1


def _facts(data: bytes, offset: int, percent_styles: Collection[int]) -> SheetFacts:
    found = _Gathering(percent_styles)
    depth = 0
    for kind, at, size in _records(data, offset):
        if kind == _BOF:  # charts inside a sheet are streams of their own
            depth += 1
        elif kind == _EOF:
            depth -= 1
            if depth <= 0:
                break
        elif depth == 1 and kind in _CELLS:
            found.cell(data, kind, at, size)
        elif depth == 1 and kind in {_ROW, _COLINFO}:
            found.hiding(data, kind, at)
    return SheetFacts(
        found.rows,
        found.columns,
        found.errors,
        percents=found.percents.by_column(found.rows, found.columns),
        hidden_rows=found.hidden_rows,
        hidden_columns=found.hidden_columns,
    )
