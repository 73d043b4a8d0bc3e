"""Shown beside: the same rules as a pandera schema over polars, read beforehand by the peer's code.

Run in the peers' environment as `python -m benchmarks.checks.by_pandera FOLDER`. All failures are
gathered (`lazy=True`); it prints how many rows and how many reasons it found.
"""

import datetime as dt
import json
import sys
from pathlib import Path

import pandera.polars as pa
import polars as pl
from pandera.errors import SchemaErrors

from benchmarks.checks.by_polars import cleaned


def main(folder: Path) -> None:
    """Validate the rows of `folder` and print what failed."""
    units = pl.read_parquet(folder / "units.parquet")["ma_xa"].to_list()
    rows = cleaned(pl.scan_parquet(folder / "rows.parquet")).collect(engine="streaming")
    schema = pa.DataFrameSchema(
        {
            "ho_so_id": pa.Column(str, unique=True),
            "cccd": pa.Column(str, pa.Check.str_matches("^[0-9]{12}$")),
            "gioi_tinh": pa.Column(str, pa.Check.isin(["Nam", "Nữ", "Khác"]), nullable=True),
            "ma_xa": pa.Column(str, pa.Check.isin(units), nullable=True),
            "phi": pa.Column(float, pa.Check.in_range(0, 5_000_000), nullable=True),
            "ngay_sinh": pa.Column(
                pl.Date,
                pa.Check.in_range(dt.date(1900, 1, 1), dt.date(2026, 11, 23)),
                nullable=True,
            ),
        },
        checks=pa.Check(
            lambda data: data.lazyframe.select(
                (pl.col("ngay_tra") >= pl.col("ngay_nop")).fill_null(value=True)
            )
        ),
    )
    try:
        schema.validate(rows, lazy=True)
        failures = 0
    except SchemaErrors as found:
        failures = len(found.failure_cases)
    sys.stdout.write(json.dumps({"reasons": failures}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
