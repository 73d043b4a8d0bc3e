"""Makes the rows: text as intake leaves it, the same for the same number of rows, faults seeded."""

import sys
from pathlib import Path

import duckdb

COMMUNES = 92

# A draw in [0, 1) of row i that is the same in every run; `salt` makes draws of one row differ.
_DRAW = "(hash(i, {salt}) % 1000000) / 1000000.0"


def _draw(salt: int) -> str:
    return _DRAW.format(salt=salt)


def _typed(rows: int) -> str:
    return f"""
    SELECT i AS _record, i + 1 AS _first, i + 1 AS _last,
      'HS' || printf('%010d', CASE WHEN i > 1 AND {_draw(1)} < 0.0002 THEN i - 1 ELSE i END)
        AS ho_so_id,
      CASE WHEN {_draw(2)} < 0.002 THEN NULL
           WHEN {_draw(3)} < 0.003 THEN 'CC' || (hash(i, 4) % 1000000)
           ELSE printf('%012d', CAST(hash(i, 5) % 1000000000000 AS BIGINT)) END AS cccd,
      ['Nguyễn', 'Trần', 'Lê', 'Phạm', 'Hoàng', 'Vũ', 'Nông', 'Ma', 'Triệu', 'Lý']
        [1 + CAST(hash(i, 6) % 10 AS INT)] || ' ' ||
      ['Văn', 'Thị', 'Đức', 'Minh', 'Ngọc', 'Hữu'][1 + CAST(hash(i, 7) % 6 AS INT)] || ' ' ||
      ['An', 'Bình', 'Chi', 'Dũng', 'Giang', 'Hà', 'Khánh', 'Lan', 'Mai', 'Nam', 'Oanh', 'Phúc',
       'Quân', 'Sơn', 'Tuấn', 'Yến'][1 + CAST(hash(i, 8) % 16 AS INT)] AS ho_ten,
      CASE WHEN {_draw(9)} < 0.0005 THEN DATE '2027-01-01' + CAST(hash(i, 10) % 300 AS INT)
           ELSE DATE '1930-01-01' + CAST(hash(i, 11) % 30000 AS INT) END AS ngay_sinh,
      CASE WHEN {_draw(12)} < 0.001 THEN 'nam '
           ELSE ['Nam', 'Nữ'][1 + CAST(hash(i, 13) % 2 AS INT)] END AS gioi_tinh,
      CASE WHEN {_draw(14)} < 0.002 THEN '99999'
           ELSE printf('%05d', CAST(5000 + hash(i, 15) % {COMMUNES} AS INT)) END AS ma_xa,
      '1.0' || printf('%05d', CAST(hash(i, 16) % 2500 AS INT)) AS ma_thu_tuc,
      ngay_nop, ngay_nop + to_days(15) AS ngay_hen,
      CASE WHEN {_draw(17)} < 0.1 THEN NULL
           WHEN {_draw(18)} < 0.001 THEN ngay_nop - to_days(1)
           ELSE ngay_nop + to_hours(CAST(hash(i, 19) % 400 AS INT)) END AS ngay_tra,
      CASE WHEN {_draw(20)} < 0.001 THEN -1 ELSE 1000 * CAST(hash(i, 21) % 5000 AS BIGINT) END
        AS phi,
      ['TIEP_NHAN', 'DANG_XU_LY', 'DA_TRA', 'TU_CHOI'][1 + CAST(hash(i, 22) % 4 AS INT)]
        AS trang_thai
    FROM (SELECT i, TIMESTAMP '2024-01-01' + to_minutes(CAST(hash(i, 23) % 1000000 AS INT))
          AS ngay_nop FROM range(1, {rows + 1}) r(i))
    """


def make(folder: Path, rows: int) -> None:
    """Write `rows.parquet` (text) and `units.parquet`."""
    folder.mkdir(parents=True, exist_ok=True)
    if (folder / "units.parquet").exists():
        return
    with duckdb.connect(":memory:", config={"memory_limit": "600MiB", "threads": 2}) as connection:
        text = (
            f"SELECT * REPLACE (strftime(ngay_sinh, '%d/%m/%Y') AS ngay_sinh, "
            "strftime(ngay_nop, '%Y-%m-%d %H:%M:%S') AS ngay_nop, "
            "strftime(ngay_hen, '%Y-%m-%d %H:%M:%S') AS ngay_hen, "
            "strftime(ngay_tra, '%Y-%m-%d %H:%M:%S') AS ngay_tra, phi::VARCHAR AS phi) "
            f"FROM ({_typed(rows)})"
        )
        options = "(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 51200)"
        connection.execute(f"COPY ({text}) TO '{folder / 'rows.parquet'}' {options}")
        connection.execute(
            f"COPY (SELECT printf('%05d', 5000 + n) AS ma_xa FROM range({COMMUNES}) r(n)) "
            f"TO '{folder / 'units.parquet'}' (FORMAT parquet)"
        )


if __name__ == "__main__":
    make(Path(sys.argv[1]), int(sys.argv[2]))
