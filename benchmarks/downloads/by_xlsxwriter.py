"""The peer: the same rows into a workbook, cell by cell with xlsxwriter in constant memory.

Run as `python -m benchmarks.downloads.by_xlsxwriter CSV XLSX`: the rows are given as CSV already.
"""

import csv
import json
import sys
import time
from pathlib import Path

import xlsxwriter


def main() -> None:
    """Write every cell as text, which is the quickest there is."""
    source, target = sys.argv[1:]
    started = time.perf_counter()
    book = xlsxwriter.Workbook(target, {"constant_memory": True})
    sheet = book.add_worksheet()
    with Path(source).open(encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.reader(file)):
            for at, value in enumerate(row):
                sheet.write_string(number, at, value)
    book.close()
    print(json.dumps({"seconds": time.perf_counter() - started}))


if __name__ == "__main__":
    main()
