"""The peer: rows that meet a condition, by COPY TO through psycopg, into a file.

Run as `python -m benchmarks.downloads.by_postgresql ADDRESS SELECT FILE`.
"""

import json
import sys
import time

import psycopg


def main() -> None:
    """Write the rows of a query as CSV, with the header."""
    address, select, path = sys.argv[1:]
    copy = f"COPY ({select}) TO STDOUT (FORMAT csv, HEADER)"
    started = time.perf_counter()
    with (
        open(path, "wb") as file,  # noqa: PTH123 -- as short as anyone would write it
        psycopg.connect(address) as connection,
        connection.cursor().copy(copy.encode()) as rows,
    ):
        file.writelines(rows)
    print(json.dumps({"seconds": time.perf_counter() - started}))


if __name__ == "__main__":
    main()
