"""The files that are delivered: made once, the same each time."""

import csv
import random
from datetime import datetime
from pathlib import Path

import xlsxwriter
from tests.support.big_delivery import make_csv

from benchmarks.harness import ROOT

FOLDER = ROOT / "var" / "bench"
KEY = "ma"
COLUMNS = (
    *("ma", "dinh_danh", "ho_ten", "ngay_sinh", "gioi_tinh", "ma_xa"),
    *("thu_tuc", "ngay_nop", "ngay_tra", "phi", "trang_thai", "so_trang"),
)
_NUMBERS = frozenset({9, 11})
_MOMENT = 8


def plain(rows: int) -> Path:
    """Give a CSV file of `rows` rows and twelve columns; one row in a thousand is faulty."""
    path = FOLDER / f"delivery-{rows}.csv"
    if not path.exists():
        FOLDER.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            file.writelines(make_csv(rows))
    return path


def changed(rows: int, changes: int, seed: int) -> Path:
    """Give a CSV file of `changes` rows for a table of `rows`: half known keys, half new ones."""
    path = FOLDER / f"changes-{rows}-{changes}-{seed}.csv"
    if path.exists():
        return path
    drawn = random.Random(seed)
    known = drawn.sample(range(1, rows + 1), changes // 2)
    fresh = range(rows + seed * changes + 1, rows + seed * changes + 1 + changes - len(known))
    with plain(rows).open(encoding="utf-8") as source, path.open("w", encoding="utf-8") as target:
        read, write = csv.reader(source), csv.writer(target, lineterminator="\n")
        write.writerow(next(read))
        patterns = [row for _, row in zip(range(997), read, strict=False)]
        for number in (*known, *fresh):
            row = list(patterns[number % len(patterns)])
            row[0], row[9] = f"HS{number:010}", str(100_000 + seed)
            write.writerow(row)
    return path


def workbook(rows: int) -> Path:
    """Give a workbook of `rows` rows with texts, numbers and moments in twelve columns."""
    path = FOLDER / f"delivery-{rows}.xlsx"
    if path.exists():
        return path
    with (
        plain(rows).open(encoding="utf-8") as source,
        xlsxwriter.Workbook(str(path)) as book,
    ):
        sheet = book.add_worksheet()
        moment = book.add_format({"num_format": "dd/mm/yyyy hh:mm:ss"})
        for at, row in enumerate(csv.reader(source)):
            for index, cell in enumerate(row):
                if at and index in _NUMBERS:
                    sheet.write_number(at, index, int(cell))
                elif at and index == _MOMENT:
                    sheet.write_datetime(at, index, datetime.fromisoformat(cell), moment)
                else:
                    sheet.write_string(at, index, cell)
    return path
