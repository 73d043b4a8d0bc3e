"""What reading a workbook of 100,000 rows takes, beside python-calamine alone.

Ours tries the file out in a process of its own first, looks for errors, percentages and formulas
without value, matches the header, and accounts for every row.
"""

import tempfile
from pathlib import Path

from tests.support.big_delivery import DATASET, make_pack

from benchmarks.delivery.files import workbook
from benchmarks.harness import (
    Goal,
    Report,
    Sample,
    Target,
    cpu,
    in_turn,
    measure_module,
    options,
    peak,
)

_ABOUT = (
    "A workbook of twelve columns (texts, numbers, moments) is understood and read into rows of "
    "text. The peer is python-calamine alone: every row of the sheet as Python values."
)


def main() -> None:
    """Measure both sides in turn."""
    given = options(__doc__ or "", rounds=5)
    rows = 5_000 if given.small else 100_000
    path = workbook(rows)
    report = Report("xlsx", "Workbooks", _ABOUT)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        pack = make_pack(folder / "pack")
        (contract,) = (pack / "contracts").rglob(f"{DATASET}.yaml")
        ours = ("benchmarks.delivery.reading", str(contract), str(path), str(folder / "rows"))
        found = in_turn(
            {
                "ours": lambda: measure_module(*ours),
                "peer": lambda: measure_module("benchmarks.delivery.calamine", str(path)),
            },
            given.rounds,
            warm=1,
        )
    name, target = "python-calamine", Target(Goal.TIMES_PEER, 1.5)
    mine, theirs = _seconds(found["ours"]), _seconds(found["peer"])
    report.against(f"{rows:,} rows understood and read", "s", mine, name, theirs, target)
    report.against("CPU of the whole process", "s", cpu(found["ours"]), name, cpu(found["peer"]))
    report.alone("peak of memory", "MiB", peak(found["ours"]))
    report.tried(
        "one cell after the other, tried out and loaded for every look",
        "about twice the CPU of what is measured here",
    )
    report.tried(
        "columns at once, loaded once, the trial beside the search for errors",
        "taken; what is left is the trial of the file in a process of its own, as dear as the peer "
        "alone, the search for errors, formulas and percentages, loading, and columns of text",
    )
    report.save(given)


def _seconds(samples: list[Sample]) -> list[float]:
    return [float(str(sample.value()["seconds"])) for sample in samples]


if __name__ == "__main__":
    main()
