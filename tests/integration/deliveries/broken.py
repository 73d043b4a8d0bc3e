"""Files as they should not be: lines of every bad kind, put together by hypothesis."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import openpyxl
from hypothesis import strategies as st

HEADER = ("Mã số", "Tên gọi", "Số lượng", "Ngày ghi")
"""The columns of the dataset LIST."""

_KEYS = st.integers(1, 9).map(lambda n: f"M{n}")
_NAMES = st.sampled_from(("Trạm y tế", "Trường học", "Huỷ", "  Chợ  ", "Nhà, “văn hoá”", ""))
_NUMBERS = st.sampled_from(("1", "12", "1.234", "1000", "-5", "mười", "", "#REF!", "3,5", "0999"))
_DATES = st.sampled_from(("01/02/2026", "31/02/2026", "2026-03-04", "", "hôm nay", "1/2/26"))

Cells = tuple[str, ...]


@dataclass(frozen=True)
class BrokenFile:
    """Bytes, their name, and how many lines were written (None where nobody can say)."""

    data: bytes
    name: str
    lines: int | None

    def __repr__(self) -> str:
        return f"{self.name}: {self.data!r}"


def _rows() -> st.SearchStrategy[Cells]:
    good = st.tuples(_KEYS, st.just("Trạm y tế"), st.just("5"), st.just("01/02/2026"))
    wild = st.tuples(_KEYS | st.sampled_from(("", "X1", "m3")), _NAMES, _NUMBERS, _DATES)
    return good | good | wild


def _odd_lines() -> st.SearchStrategy[Cells]:
    return st.sampled_from(
        (
            (),
            ("", "", "", ""),
            ("Tổng cộng", "", "999", ""),
            HEADER,
            ("M1",),
            ("M2", "Chợ", "5", "01/02/2026", "thừa", "nữa"),
            ("M3", "Chợ"),
            ("Ghi chú: số liệu sơ bộ",),
            ("DANH SÁCH NĂM 2026",),
            ("Người lập biểu", "", "", "(Ký tên)"),
        )
    )


def _quoted(cell: str) -> str:
    return f'"{cell}"' if "," in cell else cell


def _text_line(cells: Cells) -> bytes:
    return ",".join(_quoted(cell) for cell in cells).encode()


def _raw_lines() -> st.SearchStrategy[bytes]:
    return st.sampled_from(
        (
            b"M4,Ch\x00o,5,01/02/2026",
            b"M5,Ch\xe1\xbb\xff,5,01/02/2026",
            b"M6,\xef\xbb\xbfCh,5,01/02/2026",
            b'M7,"khong dong,5,01/02/2026',
            b'M8,"sai" dau,5,01/02/2026',
            b"\x00\x00",
            b"   ",
            b"M9;Cho;5;01/02/2026",
        )
    )


@st.composite
def text_files(draw: st.DrawFn) -> BrokenFile:
    """Draw a CSV file with a header and up to twelve lines, good and bad."""
    title = draw(st.sampled_from((b"", b"", b"BAO CAO THANG\n", b"\n\nDANH SACH\n\n")))
    lines = draw(
        st.lists(
            _rows().map(_text_line) | _odd_lines().map(_text_line) | _raw_lines(),
            min_size=3,
            max_size=12,
        )
    )
    again = draw(st.lists(st.sampled_from(lines), max_size=3)) if lines else []
    end = draw(st.sampled_from((b"\n", b"\r\n")))
    mark = draw(st.sampled_from((b"", b"\xef\xbb\xbf")))
    body = [_text_line(HEADER), *lines, *again]
    data = mark + title.replace(b"\n", end) + end.join(body) + draw(st.sampled_from((end, b"")))
    count = title.count(b"\n") + len(body)
    if data.endswith(end) is False and body[-1] == b"":
        count -= 1  # nothing stands after the last line's end
    return BrokenFile(data, "danh-sach.csv", count)


@st.composite
def workbooks(draw: st.DrawFn) -> BrokenFile:
    """Draw an XLSX file with a title, a header and up to ten rows, good and bad."""
    rows: Sequence[Cells] = draw(st.lists(_rows() | _odd_lines(), min_size=2, max_size=10))
    typed = draw(st.booleans())
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    if draw(st.booleans()):
        sheet.append(["BÁO CÁO NĂM 2026"])
        sheet.merge_cells("A1:D1")
    sheet.append(list(HEADER))
    for cells in rows:
        sheet.append([_typed(cell) if typed else (cell or None) for cell in cells])
    out = io.BytesIO()
    book.save(out)
    return BrokenFile(out.getvalue(), "danh-sach.xlsx", None)


def _typed(cell: str) -> str | int | date | None:
    """Give a cell as Excel would hold it: numbers and days are no text there."""
    if cell == "01/02/2026":
        return date(2026, 2, 1)
    if cell.isdigit() and not cell.startswith("0"):
        return int(cell)
    return cell or None
