"""What a delivery of a million rows of twelve columns takes, from bytes to release and to serving.

Beside it: PostgreSQL that takes the same file with COPY and builds three indexes, and checks
nothing. Its settings here (no fsync) favour it; ours forces every file to disk.
"""

from tests.support.postgres import postgres

from benchmarks.delivery.files import plain
from benchmarks.delivery.peer import table
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
    "A CSV file of twelve columns is received, read, checked by every rule of its contract with "
    "all lines and rows accounted for, and released; then its serving cache is built. One row in a "
    "thousand is faulty and held. The peer is PostgreSQL: COPY of the same file and three indexes, "
    "without fsync, which favours it."
)


def main() -> None:
    """Measure both sides in turn."""
    given = options(__doc__ or "", rounds=5)
    rows = 20_000 if given.small else 1_000_000
    path = plain(rows)
    report = Report("delivery", "Deliveries", _ABOUT)
    with postgres() as server, server.database() as url, table(url) as peer:
        found = in_turn(
            {
                "ours": lambda: measure_module("benchmarks.delivery.ours", "replace", str(path)),
                "peer": lambda: timed(lambda: peer.load(path)),
            },
            given.rounds,
            warm=1,
        )
    _require(found["ours"], rows)
    name = "PostgreSQL COPY and 3 indexes"
    theirs = seconds(found["peer"])
    for step, limit in (("released", 2), ("ready", 3)):
        what = f"{rows:,} rows from bytes to {'release' if step == 'released' else 'serving cache'}"
        report.against(
            what, "s", _steps(found["ours"], step), name, theirs, Target(Goal.TIMES_PEER, limit)
        )
    for step in ("received", "checked"):
        report.alone(f"of that, until {step}", "s", _steps(found["ours"], step))
    report.alone("peak of memory", "MiB", peak(found["ours"]), Target(Goal.MOST, 1024))
    report.save(given)


def _steps(samples: list[Sample], step: str) -> list[float]:
    return [float(str(sample.value()[step])) for sample in samples]


def _require(samples: list[Sample], rows: int) -> None:
    """Raise ValueError where a delivery did not do what is measured."""
    for sample in samples:
        told = sample.value()
        whole = (told["made"], told["held"], told["rows"]) == (
            rows,
            rows // 1000,
            rows - rows // 1000,
        )
        if not whole or (rows >= 50_000 and not told["served"]):
            raise ValueError(f"not what was to be measured: {told}")


if __name__ == "__main__":
    main()
