"""The whole life of a table on SQLite and on PostgreSQL, metadata and Iceberg's catalog alike."""

import threading
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.integration.warehouse.builders import COUNT, DAILY, DAY, Desk, column, contract, desk
from tinhdata.warehouse import Change, ChangeCounts, ReleaseState

MONDAY, TUESDAY = date(2025, 3, 3), date(2025, 3, 4)


@pytest.fixture
def there(tmp_path: Path, database_url: str) -> Iterator[Desk]:
    with desk(tmp_path, database_url) as made:
        yield made


def test_a_table_lives_through_append_crash_withdrawal_and_sweep(there: Desk) -> None:
    first = there.append(DAILY, "2025-03-03", ("x", MONDAY, 1))
    lost = there.stage(DAILY, [("lost", TUESDAY, 0)], "2025-03-04")
    there.commit(DAILY, Change.append(frozenset({"2025-03-04"})), [lost])
    mistake = there.append(DAILY, "2025-03-04", ("wrong", TUESDAY, 0))
    there.clock.move(timedelta(minutes=1))
    there.withdraw(mistake)
    last = there.append(DAILY, "2025-03-04", ("x", TUESDAY, 2))
    assert there.rows(last) == [("x", MONDAY, 1), ("x", TUESDAY, 2)]
    assert last.counts == ChangeCounts(1, 1, 0, 0, 1, 2)
    assert [release.state for release in there.warehouse.releases(DAILY.id)] == [
        ReleaseState.CURRENT,
        ReleaseState.WITHDRAWN,
        ReleaseState.SUPERSEDED,
    ]
    there.clock.move(timedelta(days=3650))
    assert there.warehouse.sweep(timedelta(days=1)).snapshots == 1
    assert there.warehouse.verify() == ()
    assert there.rows(first) == [("x", MONDAY, 1)]
    with there.db.read() as tx:
        there.journal.verify(tx)


def test_new_columns_get_one_field_id_each_however_many_ask(there: Desk) -> None:
    wide = contract(*(column(f"c{n}") for n in range(20)), DAY, COUNT, key=("c0",))
    found: list[tuple[int, ...]] = []
    start = threading.Barrier(4)

    def ask() -> None:
        start.wait()
        found.append(tuple(c.field_id for c in there.warehouse.spec(wide).columns))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [tuple(range(1, 26))] * 4
