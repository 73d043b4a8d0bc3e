"""Counts of use on both databases: in batches, added up over restarts, folded, without people."""

import threading
import time
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from tinhdata.db import Database
from tinhdata.kernel import FixedClock
from tinhdata.usage import Act, Sum, Usage, Use

NOW = datetime(2026, 9, 30, 20, tzinfo=UTC)  # already the 1st of October in Việt Nam
VIEW = Use("dan-so", Act.VIEW, "page")
FILE = Use("dan-so", Act.DOWNLOAD, "csv")
ROBOT = Use("dan-so", Act.VIEW, "page", by_robot=True)
OTHER = Use("truong-hoc", Act.CALL, "rest")


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


@pytest.fixture
def usage(database: Database, clock: FixedClock) -> Usage:
    return Usage(database, clock, every=3_600)


def rows(database: Database) -> int:
    with database.read() as tx:
        return int(tx.execute(sa.text("SELECT count(*) FROM usage_day")).scalar_one())


def test_what_is_noted_is_added_to_the_day_of_viet_nam_and_survives_a_restart(
    usage: Usage, database: Database, clock: FixedClock
) -> None:
    for use in (VIEW, VIEW, FILE, ROBOT, OTHER):
        usage.note(use)
    assert rows(database) == 0
    usage.close()
    assert rows(database) == 4
    again = Usage(database, clock, every=3_600)
    again.note(VIEW)
    assert again.write() == 1
    (view,) = (count for count in again.of_dataset("dan-so", 1) if count.use == VIEW)
    assert (view.day, view.times) == (date(2026, 10, 1), 3)
    assert again.by_dataset(30) == {
        "dan-so": Sum(views=3, downloads=1, robots=1),
        "truong-hoc": Sum(calls=1),
    }
    clock.move(timedelta(days=1))
    assert again.of_dataset("dan-so", 1) == ()
    assert len(again.of_dataset("dan-so", 2)) == 3


def test_many_threads_lose_no_count_and_make_no_more_rows(usage: Usage, database: Database) -> None:
    def read() -> None:
        for _ in range(500):
            usage.note(VIEW)
        usage.write()

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert usage.by_dataset(1)["dan-so"].views == 2_000
    assert rows(database) == 1


def test_days_of_long_ago_are_folded_into_months_and_nothing_is_lost(
    usage: Usage, database: Database, clock: FixedClock
) -> None:
    for _ in range(60):
        usage.note(VIEW)
        clock.move(timedelta(days=1))
    usage.write()
    assert rows(database) == 60
    clock.move(timedelta(days=500))
    assert usage.sweep() == 60
    assert usage.sweep() == 0
    assert rows(database) == 2
    assert usage.by_dataset(1_000)["dan-so"].views == 60


def test_counts_are_written_by_themselves_in_one_batch(
    database: Database, clock: FixedClock
) -> None:
    usage = Usage(database, clock, every=0.05)
    for _ in range(10_000):
        usage.note(VIEW)
    until = time.monotonic() + 20
    while rows(database) == 0 and time.monotonic() < until:
        time.sleep(0.05)
    usage.close()
    assert rows(database) == 1
    assert usage.by_dataset(1)["dan-so"].views == 10_000


def test_a_database_that_is_away_costs_no_count(database: Database, clock: FixedClock) -> None:
    usage = Usage(database, clock, every=3_600)
    usage.note(VIEW)
    with database.transaction() as tx:
        tx.execute(sa.text("ALTER TABLE usage_day RENAME TO usage_away"))
    assert usage.write() == 0
    with database.transaction() as tx:
        tx.execute(sa.text("ALTER TABLE usage_away RENAME TO usage_day"))
    assert usage.write() == 1
    usage.close()


def test_nothing_that_tells_of_a_person_is_kept(database: Database, usage: Usage) -> None:
    usage.note(VIEW)
    usage.close()
    with database.read() as tx:
        columns = {column["name"] for column in sa.inspect(tx).get_columns("usage_day")}
    assert columns == {"day", "dataset", "act", "form", "by_robot", "times"}
