"""A process that publishes one period after the other until it is stopped: `worker.py FOLDER NAME`.

Prints a line for each release once it is recorded.
"""

import sys
import time
from datetime import date, timedelta
from itertools import count
from pathlib import Path

from tests.integration.warehouse.builders import DAILY, Row, desk
from tinhdata.warehouse import Change, ChangeCounts, NewRelease

FIRST = date(2025, 1, 1)
ROWS = 50


def rows_of(day: date, writer: str) -> list[Row]:
    return [(f"{writer}{number:03}", day, number) for number in range(ROWS)]


def main(folder: Path, writer: str) -> None:
    with desk(folder) as here:
        for number in count():
            with here.warehouse.lock(DAILY.id):
                base = here.warehouse.current(DAILY.id)
                before = base.rows if base else 0
                day = FIRST + timedelta(days=before // ROWS)
                files = [here.stage(DAILY, rows_of(day, writer), day.isoformat())]
                change = Change.append(frozenset({day.isoformat()}))
                made = here.warehouse.commit(DAILY, base, change, files)
                counts = ChangeCounts(before, ROWS, 0, 0, before, before + ROWS)
                with here.db.transaction() as tx:
                    new = NewRelease(made, "a" * 64, _delivery(number), counts, "system:worker")
                    release = here.warehouse.record(tx, new)
            print(release.number, day.isoformat(), writer, flush=True)  # noqa: T201 -- the report
            time.sleep(0.05)  # so that another writer gets its turn


def _delivery(number: int) -> str:
    return f"dlv_{number:026}"


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
