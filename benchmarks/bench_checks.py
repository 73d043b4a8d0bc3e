"""What the checks take: 5M rows x 12 columns x 8 rules beside rules written by hand in polars.

All failing rows come out with all their reasons, and they have to be those of the peer. Larger is
25M rows, for memory alone; pandera and Great Expectations stand beside at 1M rows.
"""

from pathlib import Path

import duckdb

from benchmarks.checks.rows import make
from benchmarks.harness import (
    ROOT,
    Goal,
    Report,
    Sample,
    Target,
    cpu,
    in_turn,
    measure_module,
    options,
    peak,
    seconds,
)

_ABOUT = (
    "Text as intake leaves it, 12 columns, 8 rules (required, pattern, key, list, two ranges, "
    "reference, a comparison of columns); every failing row is written with every reason. The "
    "first peer is written by hand in streaming polars and does what a check has to do to text of "
    "strangers: cleans cells, counts what it changed, tries the usual writings of dates and "
    "numbers. The second knows beforehand how each column is written and cleans nothing. The "
    "failing rows and their reasons are compared with the peer's, one by one, before anything is "
    "printed. CPU is that of the whole process, its start included."
)
_HELD = "5,000,000 rows, what fails with all reasons"
_WORK = ROOT / "var" / "bench" / "checks"
_OURS, _PEERS = "benchmarks.checks.ours", "benchmarks.checks.by_polars"
_MEMORY = {"5M": "250", "25M": "476"}
"""Of DuckDB, in MiB (476 are 500 MB): the peak of the process is what the targets speak of."""
_SAME = (("held", "cleaning"), ("held", "text"), ("all", "split"))
"""Which of our ways has to find the very rows of which of the peer's."""


def main() -> None:
    """Measure, compare what was found, save."""
    given = options(__doc__ or "", rounds=3)
    big, bigger, small = (
        (50_000, 100_000, 20_000) if given.small else (5_000_000, 25_000_000, 10**6)
    )
    rows, more, few = (_rows(number) for number in (big, bigger, small))
    report = Report("checks", "Checks", _ABOUT)
    found = in_turn(
        {
            "ours": lambda: measure_module(_OURS, str(rows), "held", _MEMORY["5M"]),
            "all": lambda: measure_module(_OURS, str(rows), "all", _MEMORY["5M"]),
            "text": lambda: measure_module(_PEERS, str(rows), "text", peer=True),
            "split": lambda: measure_module(_PEERS, str(rows), "split", peer=True),
            "cleaning": lambda: measure_module(_PEERS, str(rows), "cleaning", peer=True),
        },
        given.rounds,
    )
    for ways in _SAME:
        _require_same(rows, *ways)
    once = Target(Goal.TIMES_PEER, 1)
    ours, cleaning = found["ours"], found["cleaning"]
    report.against(f"{_HELD}: CPU", "s", cpu(ours), "polars that cleans", cpu(cleaning), once)
    knowing = cpu(found["text"])
    report.against(f"{_HELD}: CPU", "s", cpu(ours), "polars that knows the writing", knowing, once)
    report.against(f"{_HELD}: time", "s", seconds(ours), "polars that cleans", seconds(cleaning))
    # A megabyte of the targets has 1,000,000 bytes, one of the kernel's reports is a mebibyte.
    report.alone(f"{_HELD}: peak of memory", "MB", _megabytes(ours), Target(Goal.MOST, 500))
    report.against(
        f"{_HELD}: peak of memory",
        "MB",
        _megabytes(ours),
        "polars that cleans",
        _megabytes(cleaning),
    )
    report.against(
        "5,000,000 rows, the good rows sorted for the table, too: CPU",
        "s",
        cpu(found["all"]),
        "polars that cleans and splits",
        cpu(found["split"]),
        once,
    )
    _bigger(report, more)
    _beside(report, few, given.rounds)
    report.save(given)


def _bigger(report: Report, rows: Path) -> None:
    one = measure_module(_OURS, str(rows), "held", _MEMORY["25M"])
    limit = Target(Goal.MOST, 650)
    report.alone("25,000,000 rows: peak of memory", "MB", _megabytes([one]), limit)
    report.alone("25,000,000 rows: CPU", "s", [one.cpu])


def _beside(report: Report, rows: Path, rounds: int) -> None:
    found = in_turn(
        {
            "ours": lambda: measure_module(_OURS, str(rows), "held", _MEMORY["5M"]),
            "pandera": lambda: measure_module("benchmarks.checks.by_pandera", str(rows), peer=True),
            "great": lambda: measure_module(
                "benchmarks.checks.by_great_expectations", str(rows), peer=True
            ),
        },
        rounds,
    )
    _require_as_many(rows, [*found["pandera"], *found["great"]])
    for key, name in (("pandera", "pandera over polars"), ("great", "Great Expectations")):
        for unit, measured in (("s", cpu), ("MiB", peak)):
            what = "CPU" if unit == "s" else "peak of memory"
            report.against(
                f"1,000,000 rows: {what}", unit, measured(found["ours"]), name, measured(found[key])
            )


def _rows(number: int) -> Path:
    folder = _WORK / str(number)
    make(folder, number)
    return folder


def _megabytes(samples: list[Sample]) -> list[float]:
    return [mib * 1024 * 1024 / 1e6 for mib in peak(samples)]


_OUR_REASONS = (
    "SELECT _record, regexp_replace(unnest(_rules), '^(minimum|maximum):', 'range:') AS rule"
    " FROM read_parquet('{folder}/ours_{way}/quarantine.parquet')"
)
_PEERS_REASONS = (
    "SELECT _record, unnest(_reasons) AS rule FROM read_parquet('{folder}/polars_{way}.parquet')"
)


def _require_same(folder: Path, our_way: str, peers_way: str) -> None:
    """Raise ValueError where a row or a reason is found by one side only."""
    ours, theirs = (
        f"(SELECT _record, string_split(rule, ':')[1] || ':' || string_split(rule, ':')[2] AS rule"
        f" FROM ({query.format(folder=folder, way=way)}))"
        for query, way in ((_OUR_REASONS, our_way), (_PEERS_REASONS, peers_way))
    )
    with duckdb.connect(":memory:") as connection:
        query = f"SELECT count(*) FROM ({ours} EXCEPT {theirs} UNION ALL ({theirs} EXCEPT {ours}))"
        (differing,) = connection.execute(query).fetchone() or (None,)
        (reasons,) = connection.execute(f"SELECT count(*) FROM {ours}").fetchone() or (0,)
    if differing or not reasons:
        raise ValueError(f"{differing} of {reasons} reasons are found by one side only")


def _require_as_many(folder: Path, samples: list[Sample]) -> None:
    with duckdb.connect(":memory:") as connection:
        query = f"SELECT count(*) FROM ({_OUR_REASONS.format(folder=folder, way='held')})"
        (reasons,) = connection.execute(query).fetchone() or (0,)
    for sample in samples:
        if sample.value()["reasons"] != reasons:
            raise ValueError(f"{sample.printed} is not our {reasons} reasons")


if __name__ == "__main__":
    main()
