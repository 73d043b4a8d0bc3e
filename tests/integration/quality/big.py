"""A million rows of twelve columns: made by one process, checked by another, which says its peak.

Run as `python -m tests.integration.quality.big make|check FOLDER ROWS`; `check` prints the rows
made, released, held, linked, and its peak of memory in MiB.
"""

import sys
from dataclasses import replace
from pathlib import Path

import duckdb

from tests.integration.quality.builders import (
    DATE,
    INTEGER,
    NUMBER,
    TIMESTAMP,
    column,
    contract,
    relation,
    table_spec,
)
from tests.support.lean import without_pandas
from tests.support.peak import peak_mib
from tinhdata.contracts.model import Reference
from tinhdata.quality import CheckContext, Limits, ReferenceValues, check, compile_checks

OF = contract(
    [
        column("ma", pattern="HS[0-9]{10}"),
        column("dinh_danh", required=True, pattern="0[0-9]{11}"),
        column("ho_ten"),
        column("ngay_sinh", DATE),
        column("gioi", allowed=("Nam", "Nữ")),
        replace(column("xa"), reference=Reference("don-vi", "ma")),
        column("thu_tuc"),
        column("nop", TIMESTAMP),
        column("tra", TIMESTAMP),
        column("phi", NUMBER, minimum=0),
        column("trang_thai"),
        column("so", INTEGER),
    ],
    ("ma",),
)


def make(folder: Path, rows: int) -> None:
    """Write `rows` raw rows: every 1000th has a bad day, every 2000th repeats the one before."""
    with duckdb.connect(":memory:", config={"memory_limit": "300MiB", "threads": 2}) as connection:
        connection.execute(
            f"""COPY (SELECT n AS _record, n + 1 AS _first, n + 1 AS _last,
            'HS' || printf('%010d', i) AS ma,
            '0' || printf('%011d', hash(i) % 100000000000) AS dinh_danh,
            'Nguyễn Thị ' || ['An', 'Bình', 'Hà'][1 + CAST(i % 3 AS INT)] AS ho_ten,
            CASE WHEN i % 1000 = 0 THEN '31/02/1990' ELSE
            strftime(DATE '1930-01-01' + CAST(i % 30000 AS INT), '%d/%m/%Y') END AS ngay_sinh,
            ['Nam', 'Nữ'][1 + CAST(i % 2 AS INT)] AS gioi, printf('%05d', 5000 + i % 92) AS xa,
            '1.0' || printf('%05d', i % 2500) AS thu_tuc,
            strftime(TIMESTAMP '2024-01-01' + to_minutes(CAST(hash(i) % 900000 AS INT)),
            '%d/%m/%Y %H:%M') AS nop, '2026-01-02 03:04:05' AS tra,
            (i % 900 + 100) || '.500,5' AS phi, 'DA_TRA' AS trang_thai, (i % 1000) || '.0' AS so
            FROM (SELECT n, CASE WHEN n % 2000 = 1 AND n > 1 THEN n - 2 ELSE n END AS i
            FROM range(1, {rows + 1}) r(n)))
            TO '{folder / "rows.parquet"}' (FORMAT parquet)"""
        )


def measure(folder: Path) -> None:
    """Check the rows and print what became of them."""
    units = relation(folder / "units.parquet", {"ma": [f"{5000 + n:05d}" for n in range(92)]})
    result = check(
        compile_checks(OF, "0" * 64),
        folder / "rows.parquet",
        table_spec(OF, ("xa",)),
        CheckContext("dlv_1", references={"xa": ReferenceValues(units, "rel_1")}),
        folder / "out",
        Limits(memory_mb=200),
    )
    peak = peak_mib()
    counts = (result.made, result.released, result.quarantined, result.linked, peak)
    sys.stdout.write(" ".join(str(number) for number in counts))


if __name__ == "__main__":
    without_pandas()
    _, verb, where, *more = sys.argv
    if verb == "make":
        make(Path(where), int(more[0]))
    else:
        measure(Path(where))
