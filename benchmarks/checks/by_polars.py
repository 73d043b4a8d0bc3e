"""The peer: the same rules written by hand in streaming polars, over the same text.

Run in the peers' environment as `python by_polars.py FOLDER [WAY]`. As `text` it knows beforehand
how every column is written, cleans nothing and counts nothing. `cleaning` takes what the platform
takes: stray blanks, letters written apart, the usual writings of dates and numbers; and it counts
the cells it changed. `split` is `cleaning` that writes the good rows, too, sorted as they are
stored.
"""

import datetime as dt
import sys
from pathlib import Path

import polars as pl

RULES = ("required:cccd", "pattern:cccd", "key", "allowed:gioi_tinh", "range:phi",
         "reference:ma_xa", "range:ngay_sinh", "row:tra-sau-nop")  # fmt: skip


def _parsed(rows: pl.LazyFrame) -> pl.LazyFrame:
    moment = "%Y-%m-%d %H:%M:%S"
    return rows.with_columns(
        pl.col("ngay_sinh").str.to_date("%d/%m/%Y", strict=False),
        pl.col("ngay_nop").str.to_datetime(moment, strict=False),
        pl.col("ngay_hen").str.to_datetime(moment, strict=False),
        pl.col("ngay_tra").str.to_datetime(moment, strict=False),
        pl.col("phi").cast(pl.Float64, strict=False),
    )


_TEXTS = ("ho_so_id", "cccd", "ho_ten", "gioi_tinh", "ma_xa", "ma_thu_tuc", "trang_thai")
_DATES = ("ngay_sinh", "ngay_nop", "ngay_hen", "ngay_tra")


def _cleaned(rows: pl.LazyFrame) -> pl.LazyFrame:
    cells = (*_TEXTS, *_DATES, "phi")
    invisible = "[\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff\x00-\x08\x0b-\x1f\x7f-\x9f]"
    clean = [
        pl.col(cell)
        .str.normalize("NFC")
        .str.replace_all(invisible, "")
        .str.replace_all("[\\s\u00a0]+", " ")
        .str.strip_chars()
        .replace("", None)
        .alias(f"_{cell}")
        for cell in cells
    ]
    changed = [pl.col(f"_{c}").ne_missing(pl.col(c)).sum().alias(f"changed_{c}") for c in cells]
    rows = rows.with_columns(clean)
    return rows.with_columns(changed).drop(cells).rename({f"_{cell}": cell for cell in cells})


def _read(rows: pl.LazyFrame) -> pl.LazyFrame:
    def moment(cell: str) -> pl.Expr:
        forms = ("%d/%m/%Y", "%Y-%m-%d", "%Y-%m-%d %H:%M:%S", "%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M")
        return pl.coalesce(
            pl.col(cell).str.to_datetime(form, strict=False, exact=True) for form in forms
        )

    number = pl.col("phi").str.replace("^[+]", "").cast(pl.Float64, strict=False)
    return rows.with_columns(
        moment("ngay_sinh").cast(pl.Date), *(moment(cell) for cell in _DATES[1:]), number
    )


def _fails(units: list[str]) -> list[pl.Expr]:
    col = pl.col
    fails = (
        col("cccd").is_null() | (col("cccd").str.strip_chars() == ""),
        ~col("cccd").str.contains("^[0-9]{12}$"),
        col("ho_so_id").is_duplicated(),
        ~col("gioi_tinh").is_in(["Nam", "Nữ", "Khác"]),
        ~col("phi").is_between(0, 5_000_000),
        ~col("ma_xa").is_in(units),
        ~col("ngay_sinh").is_between(dt.date(1900, 1, 1), dt.date(2026, 11, 23)),
        col("ngay_tra") < col("ngay_nop"),
    )
    return [fail.fill_null(False).alias(name) for fail, name in zip(fails, RULES, strict=True)]


def cleaned(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Clean and read rows of text as `cleaning` does; without the counts of changed cells."""
    return _read(_cleaned(rows)).drop(pl.selectors.starts_with("changed_"))


def main(folder: Path, way: str) -> None:
    """Write the failing rows of `folder` with every reason to `polars_{way}.parquet`."""
    units = pl.read_parquet(folder / "units.parquet")["ma_xa"].to_list()
    if way in ("cleaning", "split"):
        rows = _read(_cleaned(pl.scan_parquet(folder / "rows.parquet")))
    else:
        rows = _parsed(pl.scan_parquet(folder / "rows.parquet"))
    judged = rows.with_columns(_fails(units))
    reasons = pl.concat_list([pl.when(pl.col(name)).then(pl.lit(name)) for name in RULES])
    bad = judged.filter(pl.any_horizontal(RULES)).with_columns(_reasons=reasons.list.drop_nulls())
    sinks = [bad.drop(RULES).sink_parquet(folder / f"polars_{way}.parquet", lazy=True)]
    if way == "split":
        good = judged.filter(~pl.any_horizontal(RULES)).drop(RULES).sort("ma_xa", "_record")
        sinks.append(good.sink_parquet(folder / "polars_good.parquet", lazy=True))
    pl.collect_all(sinks, engine="streaming")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else "text")
