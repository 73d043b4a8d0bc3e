"""The peer of reading workbooks: python-calamine alone, every row as Python values."""

import sys
import time

from python_calamine import CalamineWorkbook


def main() -> None:
    """Read the workbook named; print the seconds it took."""
    started = time.perf_counter()
    with CalamineWorkbook.from_path(sys.argv[1]) as book:
        rows = sum(1 for _ in book.get_sheet_by_index(0).iter_rows())
    took = time.perf_counter() - started
    sys.stdout.write(f'{{"seconds": {took}, "rows": {rows}}}\n')


if __name__ == "__main__":
    main()
