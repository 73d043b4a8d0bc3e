"""Shown beside: the same rules as a Great Expectations suite over a pandas frame.

Run in the peers' environment as `python -m benchmarks.checks.by_great_expectations FOLDER`, with
every failing value asked for (`COMPLETE`). It prints how many reasons it found.
"""

import json
import sys
from pathlib import Path

import great_expectations as gx
import great_expectations.expectations as gxe
import pandas as pd
import polars as pl

from benchmarks.checks.by_polars import cleaned

_DAYS = ("1900-01-01", "2026-11-23")


def main(folder: Path) -> None:
    """Validate the rows of `folder` and print what failed."""
    units = pl.read_parquet(folder / "units.parquet")["ma_xa"].to_list()
    read = cleaned(pl.scan_parquet(folder / "rows.parquet")).collect(engine="streaming")
    days = pl.selectors.date().cast(pl.Datetime("us"))
    rows = pd.DataFrame({name: read[name].to_list() for name in read.columns})
    for name in read.with_columns(days).select(pl.selectors.datetime()).columns:
        rows[name] = pd.to_datetime(rows[name])
    context = gx.get_context(mode="ephemeral")
    source = context.data_sources.add_pandas("rows")
    batch = source.add_dataframe_asset("rows").add_batch_definition_whole_dataframe("all")
    first, last = map(pd.Timestamp, _DAYS)
    suite = context.suites.add(
        gx.ExpectationSuite(
            "rules",
            expectations=[
                gxe.ExpectColumnValuesToNotBeNull(column="cccd"),
                gxe.ExpectColumnValuesToMatchRegex(column="cccd", regex="^[0-9]{12}$"),
                gxe.ExpectColumnValuesToBeUnique(column="ho_so_id"),
                gxe.ExpectColumnValuesToBeInSet(
                    column="gioi_tinh", value_set=["Nam", "Nữ", "Khác"]
                ),
                gxe.ExpectColumnValuesToBeBetween(column="phi", min_value=0, max_value=5_000_000),
                gxe.ExpectColumnValuesToBeInSet(column="ma_xa", value_set=units),
                gxe.ExpectColumnValuesToBeBetween(
                    column="ngay_sinh", min_value=first, max_value=last
                ),
                gxe.ExpectColumnPairValuesAToBeGreaterThanB(
                    column_A="ngay_tra",
                    column_B="ngay_nop",
                    or_equal=True,
                    ignore_row_if="either_value_is_missing",
                ),
            ],
        )
    )
    found = batch.get_batch({"dataframe": rows}).validate(suite, result_format="COMPLETE")
    reasons = sum(int(each.result.get("unexpected_count", 0)) for each in found.results)
    sys.stdout.write(json.dumps({"reasons": reasons}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
