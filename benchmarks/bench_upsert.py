"""What changing and adding ten thousand rows by key in a table of a million takes.

Beside it: PostgreSQL's INSERT ... ON CONFLICT of the same rows, over COPY into a temporary table,
with three indexes. It changes rows in place and checks nothing; ours reads and checks a file, makes
an immutable release, and keeps the one before.
"""

from itertools import count
from pathlib import Path

from tests.support.postgres import postgres

from benchmarks.delivery.files import changed, plain
from benchmarks.delivery.peer import Table, table
from benchmarks.harness import (
    Goal,
    Report,
    Sample,
    Target,
    in_turn,
    measure_module,
    options,
    peak,
    seconds,
    timed,
)

_ABOUT = (
    "A CSV file with rows by key, half of them known and half new, all over the table, is "
    "received, checked and released over a table of twelve columns. The peer is PostgreSQL: COPY "
    "into a temporary table, INSERT … ON CONFLICT DO UPDATE, three indexes, without fsync."
)


def main() -> None:
    """Measure both sides in turn."""
    given = options(__doc__ or "", rounds=5)
    rows, changes = (50_000, 1_000) if given.small else (1_000_000, 10_000)
    base = plain(rows)
    report = Report("upsert", "Changes by key", _ABOUT)
    seeds = count(1)
    ours = ("benchmarks.delivery.ours", "upsert", str(base), str(changed(rows, changes, 0)))
    with postgres() as server, server.database() as url, table(url) as peer:
        peer.load(base, keyed=True)
        found = in_turn(
            {
                "ours": lambda: measure_module(*ours),
                "peer": lambda: _upserted(peer, changed(rows, changes, next(seeds))),
            },
            given.rounds,
            warm=1,
        )
    told = [sample.value() for sample in found["ours"]]
    name, theirs = "PostgreSQL ON CONFLICT", seconds(found["peer"])
    target = Target(Goal.TIMES_PEER, 5)
    whole = [float(str(each["released"])) for each in told]
    release = [float(str(each["released"])) - float(str(each["checked"])) for each in told]
    what = f"{changes:,} rows into {rows:,}, from bytes to release"
    report.against(what, "s", whole, name, theirs, target)
    report.against("of that, the release alone", "s", release, name, theirs)
    report.alone("peak of memory, the delivery of the table included", "MiB", peak(found["ours"]))
    report.tried(
        "rewriting the million rows with the engine, any compression",
        "no better: most of it is building dictionaries anew",
    )
    report.tried(
        "rewriting them in Arrow with dictionaries kept as they are",
        "quicker with lz4, but files twice as large, so not taken; no better with zstd",
    )
    report.tried(
        "counting what changes once, at the check", "spares the release one reading of the table"
    )
    report.save(given)


def _upserted(peer: Table, path: Path) -> Sample:
    return timed(lambda: peer.upsert(path))


if __name__ == "__main__":
    main()
