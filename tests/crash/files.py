"""The files that are delivered, and the table that must stand after each act, in plain Python.

Nothing here asks the platform: what is expected is computed from the very lines that are sent.
"""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import TypeAlias

from tinhdata.warehouse import Value

Row: TypeAlias = tuple[Value, ...]


class Mode(StrEnum):
    """How a delivery changes its table; one dataset of the test pack each."""

    REPLACE = "replace"
    APPEND = "append"
    UPSERT = "upsert"


class Act(StrEnum):
    """What happens, in this order, before and after the process dies."""

    BEGIN = "begin"
    """A new store, the pack and its sample, and a first file."""
    DELIVER = "deliver"
    CORRECT = "correct"
    WAIVE = "waive"
    WITHDRAW = "withdraw"


class Fate(StrEnum):
    """What becomes of a line of a file."""

    GOOD = "good"
    LINKED = "linked"
    """The same as another line in every cell."""
    REJECTED = "rejected"
    """More cells than the header: never a row."""
    MENDED = "mended"
    """Fails, and is mended before its delivery is published."""
    CORRECTED = "corrected"
    """Fails, and is mended and corrected after its delivery was published."""
    WAIVED = "waived"
    LEFT = "left"
    """Fails, and nobody does anything about it."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line as it is sent; `mend` is the place of the cell to be mended and its new value."""

    cells: tuple[str, ...]
    fate: Fate = Fate.GOOD
    mend: tuple[int, str] | None = None

    @property
    def final(self) -> tuple[str, ...]:
        """Give the cells with the mend laid over."""
        if self.mend is None:
            return self.cells
        place, value = self.mend
        return (*self.cells[:place], value, *self.cells[place + 1 :])


@dataclass(frozen=True, slots=True)
class Sent:
    """A file with a title, a blank line, a header and `lines`."""

    mode: Mode
    name: str
    lines: tuple[Line, ...]

    @property
    def content(self) -> bytes:
        """Give the bytes of the file."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(("SỐ LIỆU MÔ PHỎNG ĐỂ THỬ SỰ CỐ",))
        text.write("\n")
        writer.writerow(HEADERS[self.mode])
        writer.writerows(line.cells for line in self.lines)
        return text.getvalue().encode()

    def rows(self, *fates: Fate) -> list[Row]:
        """Give the rows that lines of `fates` become."""
        return [stored(self.mode, line.final) for line in self.lines if line.fate in fates]

    def count(self, *fates: Fate) -> int:
        """Give how many lines have one of `fates`."""
        return sum(1 for line in self.lines if line.fate in fates)

    def line(self, fate: Fate) -> Line:
        """Give the one line with `fate`."""
        (found,) = (line for line in self.lines if line.fate is fate)
        return found


DATASETS = {
    Mode.REPLACE: "ho-so-tram",
    Mode.APPEND: "so-do-thang",
    Mode.UPSERT: "so-ho-so",
}
_FILE_HEADER = ("Mã hồ sơ", "Ngày nộp", "Trạm", "Số trang", "Ghi chú")
_FILE_COLUMNS = ("ma_ho_so", "ngay_nop", "tram", "so_trang", "ghi_chu")
HEADERS = {
    Mode.REPLACE: _FILE_HEADER,
    Mode.APPEND: ("Ngày đo", "Trạm", "Mực nước", "Ghi chú"),
    Mode.UPSERT: _FILE_HEADER,
}
COLUMNS = {
    Mode.REPLACE: _FILE_COLUMNS,
    Mode.APPEND: ("ngay_do", "tram", "muc_nuoc", "ghi_chu"),
    Mode.UPSERT: _FILE_COLUMNS,
}
_LONG_NOTE = "ghi chú mô phỏng " * 40
"""Makes half a file larger than the buffers between a program and the disk."""


def stored(mode: Mode, cells: Sequence[str]) -> Row:
    """Give the row that `cells` become in the table."""
    note = cells[-1].strip() or None
    if mode is not Mode.APPEND:
        code, handed_in, station, pages, _ = cells
        return (code, _day(handed_in), station, int(pages), note)
    measured, station, level, _ = cells
    return (_day(measured), station, int(level), note)


def first(mode: Mode) -> Sent:
    """Give the file that is published before anything dies."""
    lines = _records(range(1, 25), "1") if mode is not Mode.APPEND else _months((1, 2), "1")
    return Sent(mode, "lan-1.csv", tuple(lines))


def second(mode: Mode) -> Sent:
    """Give the file that is on its way when the process dies: changed, new, bad, double, broken."""
    if mode is not Mode.APPEND:
        lines = _records(range(5, 33), "2")
        lines += [
            Line(("HS0034", "02/02/2025", "T01", "9999", ""), Fate.MENDED, (3, "99")),
            Line(("HS0040", "03/02/2025", "T99", "5", "x"), Fate.CORRECTED, (2, "T02")),
            Line(("HS0036", "04/02/2025", "T03", "0", ""), Fate.WAIVED),
            Line(("HS0037", "31/02/2025", "T04", "7", ""), Fate.LEFT),
        ]
    else:
        lines = _months((2, 3), "2")
        lines += [
            Line(("27/02/2025", "T01", "9999", ""), Fate.MENDED, (2, "99")),
            Line(("27/02/2025", "T99", "5", "x"), Fate.CORRECTED, (1, "T02")),
            Line(("27/02/2025", "T03", "901", ""), Fate.WAIVED),
            Line(("27/03/2025", "T04", "-7", ""), Fate.LEFT),
        ]
    lines.append(Line(lines[0].cells, Fate.LINKED))
    lines.append(Line((*lines[1].cells, "thừa", "ô"), Fate.REJECTED))
    return Sent(mode, "lan-2.csv", tuple(lines))


def third(mode: Mode) -> Sent:
    """Give the next file, which must become exactly what stands in it."""
    if mode is not Mode.APPEND:
        lines = _records(range(9, 43), "3")
        lines.append(Line(("HS0044", "", "T01", "4", ""), Fate.LEFT))
    else:
        lines = _months((3, 4), "3")
        lines.append(Line(("27/04/2025", "T01", "", ""), Fate.LEFT))
    return Sent(mode, "lan-3.csv", tuple(lines))


def nth(mode: Mode, number: int) -> Sent:
    """Give one of endlessly many files: always other rows, and some bad ones."""
    version = str(number % 9 + 1)
    if mode is not Mode.APPEND:
        lines = _records(range(number, number + 30), version)
        lines.append(Line((f"HS{number + 30:04}", "", "T01", "4", ""), Fate.LEFT))
    else:
        lines = _months((number % 12 + 1,), version)
        lines.append(Line((f"27/{number % 12 + 1:02}/2025", "T01", "", str(number)), Fate.LEFT))
    lines[0] = replace(lines[0], cells=(*lines[0].cells[:-1], f"lần {number}"))
    return Sent(mode, f"lan-thu-{number}.csv", tuple(lines))


def table_after(mode: Mode, act: Act | None) -> list[Row]:
    """Give the rows that must be published when `act` is done; None: before the first."""
    if act is None:
        return []
    before = published([], first(mode))
    after = second(mode)
    if act in (Act.BEGIN, Act.WITHDRAW):
        return before
    rows = published(before, after, Fate.MENDED)
    if act is not Act.DELIVER:
        rows += after.rows(Fate.CORRECTED)
    if act is Act.WAIVE:
        rows += after.rows(Fate.WAIVED)
    return rows


def published(table: Sequence[Row], sent: Sent, *also: Fate) -> list[Row]:
    """Give `table` after `sent` was published, with its lines of the fates `also`."""
    rows = sent.rows(Fate.GOOD, *also)
    if sent.mode is Mode.REPLACE:
        return rows
    if sent.mode is Mode.UPSERT:
        keys = {row[0] for row in rows}
        return [row for row in table if row[0] not in keys] + rows
    months = {_month(row) for row in rows}
    return [row for row in table if _month(row) not in months] + rows


def _records(numbers: Sequence[int], version: str) -> list[Line]:
    return [
        Line(
            (
                f"HS{number:04}",
                f"{number % 28 + 1:02}/01/2025",
                f"T{number % 8 + 1:02}",
                str(number * int(version) % 900 + 1),
                f"{_LONG_NOTE}{version if number % 3 else ''}".strip(),
            )
        )
        for number in numbers
    ]


def _months(months: Sequence[int], version: str) -> list[Line]:
    return [
        Line(
            (
                f"{day:02}/{month:02}/2025",
                f"T{station:02}",
                str((day * station + int(version)) % 900),
                _LONG_NOTE.strip(),
            )
        )
        for month in months
        for day in range(1, 4)
        for station in range(1, 6)
    ]


def _day(text: str) -> date:
    day, month, year = text.split("/")
    return date(int(year), int(month), int(day))


def _month(row: Row) -> str:
    return str(row[0])[:7]
