"""The serving cache: the same answers as the files give, and a life of its own beside them."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest

from tests.integration.warehouse.big_tables import (
    BY_MONTH,
    COLUMNS,
    PLAIN,
    cache,
    cached_desk,
    in_parts,
    rows,
    some_query,
)
from tests.integration.warehouse.builders import Desk, column, contract, permit
from tests.integration.warehouse.test_reading import CITIZEN, CITIZENS, approver
from tinhdata.access import ANONYMOUS, Action, Resource, require
from tinhdata.kernel import new_id
from tinhdata.warehouse import (
    Aggregate,
    CursorUnfit,
    Filter,
    GroupBy,
    GroupQuery,
    Groups,
    GroupsUnfit,
    Measure,
    Op,
    Part,
    Query,
    Release,
    ReleaseWithdrawn,
    RowsPage,
    Sort,
    UnknownColumn,
    Wishes,
)

ROWS = 600


@pytest.fixture(scope="module")
def big(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Desk, Release]]:
    with cached_desk(tmp_path_factory.mktemp("big")) as made:
        yield made, made.replace(PLAIN, *rows(ROWS, 1))


@pytest.fixture(scope="module")
def monthly(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Desk, Release]]:
    with cached_desk(tmp_path_factory.mktemp("monthly")) as made:
        yield made, in_parts(made, BY_MONTH, 4, 200)


def folder(here: Desk, dataset: str) -> Path:
    return here.warehouse_folder / "cache" / dataset


def without_cache(here: Desk, release: Release) -> None:
    for path in folder(here, release.dataset).glob("*.json"):
        path.unlink()
    assert not here.warehouse.has_cache(release)


def told(page: RowsPage) -> tuple[object, ...]:
    """What a page says; NaN is not equal to itself, its text is."""
    return (repr(page.rows), page.total, page.offset, page.next, page.previous, page.columns)


def both_ways(here: Desk, release: Release, queries: list[Query]) -> None:
    dataset = release.dataset
    cache(here, release)
    cached = [told(here.warehouse.read(permit(dataset), release.id, query)) for query in queries]
    assert here.warehouse.has_cache(release)
    without_cache(here, release)
    for query, found in zip(queries, cached, strict=True):
        assert told(here.warehouse.read(permit(dataset), release.id, query)) == found, query


def test_any_query_gives_the_same_rows_and_totals_from_the_cache_and_from_the_files(
    big: tuple[Desk, Release],
) -> None:
    luck = random.Random(20)
    both_ways(*big, [some_query(luck) for _ in range(90)])


def test_the_same_holds_for_a_release_in_several_segments(monthly: tuple[Desk, Release]) -> None:
    luck = random.Random(21)
    both_ways(*monthly, [some_query(luck) for _ in range(90)])


def test_a_letter_that_only_the_last_of_many_rows_has_is_found(tmp_path: Path) -> None:
    place = [each.name for each in COLUMNS].index("code")
    made = rows(6_000, 5)
    made[-1] = (*made[-1][:place], "Zz-Ơ", *made[-1][place + 1 :])
    with cached_desk(tmp_path) as here:
        release = here.replace(PLAIN, *made)
        cache(here, release)
        for words, found in (("zz", 1), ("zz-o", 1), ("q", 0), ("w", 0)):
            query = Query(filters=(Filter("code", Op.CONTAINS, (words,)),))
            assert here.warehouse.read(permit(PLAIN.id), release.id, query).total == found


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("kind", ["big", "monthly"])
@pytest.mark.parametrize("is_cached", [True, False])
def test_cursors_go_through_all_rows_once_and_back_again(
    request: pytest.FixtureRequest, kind: str, seed: int, is_cached: bool
) -> None:
    here, release = request.getfixturevalue(kind)
    if is_cached:
        cache(here, release)
    else:
        without_cache(here, release)
    luck = random.Random(seed)
    query = replace(some_query(luck), offset=0, limit=luck.choice((60, 97)))
    read = here.warehouse.read
    whole = read(permit(release.dataset), release.id, replace(query, limit=5_000))
    page = read(permit(release.dataset), release.id, query)
    pages = [page]
    while page.next is not None:
        page = read(permit(release.dataset), release.id, replace(query, cursor=page.next))
        pages.append(page)
    assert repr([row for page in pages for row in page.rows]) == repr(list(whole.rows))
    assert [page.offset for page in pages] == [
        sum(len(before.rows) for before in pages[:number]) for number in range(len(pages))
    ]
    for before in reversed(pages[:-1]):
        assert page.previous is not None
        page = read(permit(release.dataset), release.id, replace(query, cursor=page.previous))
        assert told(page)[:3] == told(before)[:3]
    assert page.previous is None


def test_a_cursor_of_another_question_or_release_is_refused(big: tuple[Desk, Release]) -> None:
    here, release = big
    read = here.warehouse.read
    query = Query(sort=(Sort("amount"),), limit=10)
    cursor = read(permit(PLAIN.id), release.id, query).next
    assert cursor is not None
    for other in (
        replace(query, sort=(Sort("amount", descending=True),)),
        replace(query, search="an"),
        replace(query, filters=(Filter("yes", Op.EQ, ("true",)),)),
    ):
        with pytest.raises(CursorUnfit, match="other conditions"):
            read(permit(PLAIN.id), release.id, replace(other, cursor=cursor))
    for wrong in ("x", "é", cursor[:-6], "W10", cursor + "A" * 300):
        with pytest.raises(CursorUnfit):
            read(permit(PLAIN.id), release.id, replace(query, cursor=wrong))
    # Another number of rows, or fewer columns, is the same question.
    other = replace(query, limit=3, columns=("code",), cursor=cursor)
    assert len(read(permit(PLAIN.id), release.id, other).rows) == 3


def groups(here: Desk, release: Release, asked: GroupQuery) -> Groups:
    return here.warehouse.groups(permit(release.dataset), release.id, asked)


MEASURES = (
    Measure(Aggregate.COUNT),
    Measure(Aggregate.COUNT, "amount"),
    Measure(Aggregate.SUM, "amount"),
    Measure(Aggregate.AVERAGE, "whole"),
    Measure(Aggregate.MINIMUM, "day"),
    Measure(Aggregate.MAXIMUM, "person"),
)


@pytest.mark.parametrize(
    "by",
    [
        (GroupBy("commune"),),
        (GroupBy("yes"), GroupBy("commune")),
        (GroupBy("moment", Part.DAY), GroupBy("whole")),
        (GroupBy("day", Part.MONTH),),
    ],
)
def test_groups_are_the_same_from_cache_and_files_and_add_up(
    monthly: tuple[Desk, Release], by: tuple[GroupBy, ...]
) -> None:
    here, release = monthly
    only_yes = Query(filters=(Filter("yes", Op.EQ, ("true",)),))
    asked = [
        GroupQuery(query, by, MEASURES, sort, offset, limit)
        for query in (Query(), Query(search="huong"), only_yes)
        for sort in ((), (Sort("count", descending=True),), (Sort("sum:amount"),))
        for offset, limit in ((0, 1000), (1, 2), (5000, 10))
    ]
    cache(here, release)
    cached = [groups(here, release, each) for each in asked]
    without_cache(here, release)
    assert [groups(here, release, each) for each in asked] == cached
    first = cached[0]
    assert sum(int(str(row[len(by)])) for row in first.rows) == first.total_rows == release.rows
    assert len(first.rows) == first.total


def test_groups_without_a_value_are_groups_and_come_last(big: tuple[Desk, Release]) -> None:
    here, release = big
    found = groups(here, release, GroupQuery(Query(), (GroupBy("commune"),), MEASURES[:1]))
    assert [row[0] for row in found.rows][-2:] == ["Z", None]
    # Đ stands after D, and marks decide where nothing else does.
    assert [row[0] for row in found.rows][:2] == ["Đại Từ", "dinh hoa"]


@pytest.mark.parametrize(
    ("by", "measures", "sort"),
    [
        ((), MEASURES[:1], ()),
        ((GroupBy("commune"),), (), ()),
        ((GroupBy("commune"),) * 2, MEASURES[:1], ()),
        ((GroupBy("commune"),), (Measure(Aggregate.SUM, "person"),), ()),
        ((GroupBy("commune"),), (Measure(Aggregate.SUM),), ()),
        ((GroupBy("person", Part.YEAR),), MEASURES[:1], ()),
        ((GroupBy("commune"),), MEASURES[:1], (Sort("amount"),)),
    ],
)
def test_groups_that_cannot_be_had_are_refused_with_a_fix(
    big: tuple[Desk, Release],
    by: tuple[GroupBy, ...],
    measures: tuple[Measure, ...],
    sort: tuple[Sort, ...],
) -> None:
    with pytest.raises(GroupsUnfit) as refused:
        groups(*big, GroupQuery(Query(), by, measures, sort))
    assert refused.value.fix is not None


# -- the permit


def people(here: Desk) -> Release:
    other = ("b", "019088004321", "Ma Thị Lan", date(1990, 1, 2), "0987654321", "kín")
    release = here.replace(CITIZENS, CITIZEN, other)
    cache(here, release, Wishes(looked_up=("number", "person")))
    return release


def test_the_cache_shows_nothing_that_the_permit_hides(tmp_path: Path) -> None:
    with cached_desk(tmp_path) as here:
        release = people(here)
        public = require(ANONYMOUS, Action.READ_ROWS, Resource.of(CITIZENS), "portal")
        page = here.warehouse.read(public, release.id, Query())
        assert [c.name for c in page.columns] == ["code"]
        assert page.rows == (("a",), ("b",))
        assert here.warehouse.read(public, release.id, Query(search="huong")).total == 0
        for query in (Query(columns=("number",)), Query(sort=(Sort("person"),))):
            with pytest.raises(UnknownColumn):
                here.warehouse.read(public, release.id, query)
        asked = GroupQuery(Query(), (GroupBy("person"),), (Measure(Aggregate.COUNT),))
        with pytest.raises(UnknownColumn):
            here.warehouse.groups(public, release.id, asked)
        assert here.warehouse.has_cache(release)


def test_masks_lie_over_the_cache_too_in_filters_search_order_and_groups(tmp_path: Path) -> None:
    with cached_desk(tmp_path) as here:
        release = people(here)
        allowed = approver(CITIZENS)
        read = here.warehouse.read
        page = read(allowed, release.id, Query(sort=(Sort("person"),)))
        assert [row[1:3] for row in page.rows] == [
            ("••••••••1234", "Đ••• T•• H••••"),
            ("••••••••4321", "M• T•• L••"),
        ]
        for query in (
            Query(search="huong"),
            Query(filters=(Filter("number", Op.EQ, ("019088001234",)),)),
            Query(filters=(Filter("person", Op.CONTAINS, ("dang",)),)),
        ):
            assert read(allowed, release.id, query).total == 0
        asked = GroupQuery(Query(), (GroupBy("person"),), (Measure(Aggregate.MAXIMUM, "number"),))
        found = here.warehouse.groups(allowed, release.id, asked)
        assert [row[0] for row in found.rows] == ["Đ••• T•• H••••", "M• T•• L••"]
        assert here.warehouse.has_cache(release)


# -- the life of the cache


def test_an_appended_period_makes_its_own_segment_and_no_other(tmp_path: Path) -> None:
    with cached_desk(tmp_path) as here:
        first = here.append(BY_MONTH, "2025-01", *rows(1, 1, date(2025, 1, 1), 28))
        cache(here, first)
        before = {path: path.stat().st_mtime_ns for path in segments(here)}
        second = here.append(BY_MONTH, "2025-02", *rows(2, 2, date(2025, 2, 1), 28))
        cache(here, second)
        assert {path: path.stat().st_mtime_ns for path in before} == before
        assert len(segments(here)) == 2
        # February once more: January's segment serves on.
        third = here.append(BY_MONTH, "2025-02", *rows(3, 3, date(2025, 2, 1), 28))
        cache(here, third)
        assert {path: path.stat().st_mtime_ns for path in before} == before
        assert here.warehouse.read(permit(BY_MONTH.id), third.id, Query()).total == 4


def segments(here: Desk) -> list[Path]:
    return sorted(folder(here, BY_MONTH.id).glob("*.duckdb"))


def test_a_small_release_gets_statistics_and_no_cache(here: Desk) -> None:
    release = here.replace(PLAIN, *rows(20, 5))
    here.warehouse.prepare(release.id, Wishes())
    assert not here.warehouse.has_cache(release)
    assert not folder(here, PLAIN.id).exists()
    counted = here.warehouse.statistics(permit(PLAIN.id), release.id)
    assert [figures.rows for figures in counted] == [20] * len(COLUMNS)


def test_statistics_are_there_before_the_first_reader(tmp_path: Path) -> None:
    with cached_desk(tmp_path) as here:
        release = here.replace(PLAIN, *rows(50, 5))
        cache(here, release)
        for path in (here.warehouse_folder / "tables").rglob("*.parquet"):
            path.unlink()  # so nobody can work anything out any more
        found = here.warehouse.statistics(permit(PLAIN.id), release.id)
        assert {figures.rows for figures in found} == {50}
        # and the cache alone answers what is asked of the rows
        assert here.warehouse.read(permit(PLAIN.id), release.id, Query(search="an")).total > 0


def test_a_cache_that_is_deleted_is_asked_for_again_and_the_files_answer(tmp_path: Path) -> None:
    with cached_desk(tmp_path) as here:
        release = here.replace(PLAIN, *rows(100, 6))
        wanted: list[str] = []
        here.warehouse.on_missing_cache(lambda release: wanted.append(release.id))
        cache(here, release)
        assert here.warehouse.read(permit(PLAIN.id), release.id, Query()).total == 100
        assert wanted == []
        for path in folder(here, PLAIN.id).iterdir():
            path.unlink()
        for _ in range(3):
            assert here.warehouse.read(permit(PLAIN.id), release.id, Query(search="an")).rows
        assert wanted == [release.id]
        cache(here, release)


@pytest.mark.parametrize("damage", ["list", "short", "scribbled", "blocks", "gone", "empty"])
def test_a_damaged_cache_is_thrown_away_and_the_files_answer(tmp_path: Path, damage: str) -> None:
    with cached_desk(tmp_path) as here:
        release = here.replace(PLAIN, *rows(3_000, 7))
        cache(here, release)
        (database,) = folder(here, PLAIN.id).glob("*.duckdb")
        (listed,) = folder(here, PLAIN.id).glob("*.json")
        match damage:
            case "list":
                listed.write_text("{")
            case "short":
                database.write_bytes(database.read_bytes()[:5_000])
            case "scribbled":
                database.write_bytes(b"x" * database.stat().st_size)
            case "blocks":
                data = bytearray(database.read_bytes())
                for place in range(20_000, len(data), 4_096):
                    data[place] ^= 0xFF
                database.write_bytes(bytes(data))
            case "gone":
                database.unlink()
            case "empty":
                with duckdb.connect(str(database)) as opened:
                    opened.execute("DROP TABLE rows")
        query = Query(filters=(Filter("commune", Op.CONTAINS, ("nhai",)),), sort=(Sort("person"),))
        found = here.warehouse.read(permit(PLAIN.id), release.id, query)
        assert not here.warehouse.has_cache(release)
        cache(here, release)
        assert told(here.warehouse.read(permit(PLAIN.id), release.id, query)) == told(found)


def test_a_withdrawn_release_is_served_by_no_cache_at_once(tmp_path: Path) -> None:
    with cached_desk(tmp_path) as here:
        old = here.replace(PLAIN, *rows(30, 8))
        cache(here, old)
        new = here.replace(PLAIN, *rows(40, 9))
        cache(here, new)
        assert here.withdraw(new) is not None
        with pytest.raises(ReleaseWithdrawn):
            here.warehouse.read(permit(PLAIN.id), new.id, Query())
        assert here.warehouse.read(permit(PLAIN.id), old.id, Query()).total == 30
        assert here.warehouse.tidy_caches(timedelta(days=1)) == 1
        assert not here.warehouse.has_cache(new)
        assert here.warehouse.has_cache(old)


def test_caches_of_old_releases_go_after_a_grace(tmp_path: Path) -> None:
    with cached_desk(tmp_path) as here:
        old = here.replace(PLAIN, *rows(30, 8))
        cache(here, old)
        here.clock.move(timedelta(days=30))
        new = here.replace(PLAIN, *rows(40, 9))
        cache(here, new)
        here.clock.move(timedelta(hours=12))
        assert here.warehouse.tidy_caches(timedelta(days=1)) == 0
        assert here.warehouse.has_cache(old)
        here.clock.move(timedelta(hours=13))
        assert here.warehouse.tidy_caches(timedelta(days=1)) == 1
        assert not here.warehouse.has_cache(old)
        assert here.warehouse.has_cache(new)
        assert len(list(folder(here, PLAIN.id).glob("*.duckdb"))) == 1
        assert here.warehouse.read(permit(PLAIN.id), old.id, Query()).total == 30


def test_a_renamed_column_keeps_its_segment_and_a_new_one_rebuilds_it(tmp_path: Path) -> None:
    with cached_desk(tmp_path) as here:
        cache(here, here.append(BY_MONTH, "2025-01", *rows(50, 1, date(2025, 1, 1), 28)))
        (first,) = segments(here)
        renamed = replace(COLUMNS[1], name="xa")
        after = replace(BY_MONTH, columns=(COLUMNS[0], renamed, *COLUMNS[2:]))
        second = here.append(after, "2025-02", *rows(50, 2, date(2025, 2, 1), 28))
        cache(here, second)
        query = Query(filters=(Filter("xa", Op.CONTAINS, ("vo nhai",)),))
        both_ways(here, second, [query, Query(sort=(Sort("xa"),))])
        assert first in segments(here)
        wider = contract(
            *after.columns, column("note"),
            key=after.key, period=after.period, dataset=after.id,
        )  # fmt: skip
        longer = [(*row, f"ghi chú {n}") for n, row in enumerate(rows(50, 3, date(2025, 3, 1), 28))]
        third = here.append(wider, "2025-03", *longer)
        both_ways(here, third, [Query(search="ghi 7"), Query(sort=(Sort("note"),))])


@pytest.mark.parametrize("delay", [0.0, 0.05, 0.1, 0.2, 0.35])
def test_a_maker_that_is_killed_leaves_nothing_that_is_read(tmp_path: Path, delay: float) -> None:
    with cached_desk(tmp_path) as here:
        release = here.replace(PLAIN, *rows(2_000, 10))
        command = [sys.executable, "-m", "tests.integration.warehouse.cache_maker", str(tmp_path)]
        maker = subprocess.Popen([*command, release.id], stdout=subprocess.PIPE, text=True)
        try:
            assert maker.stdout is not None
            assert maker.stdout.readline() == "making\n"
            time.sleep(delay)
            os.kill(maker.pid, signal.SIGKILL)
        finally:
            maker.kill()
            maker.wait()
            assert maker.stdout is not None
            maker.stdout.close()
        query = Query(search="huong", sort=(Sort("amount"),))
        found = here.warehouse.read(permit(PLAIN.id), release.id, query)
        cache(here, release)
        assert told(here.warehouse.read(permit(PLAIN.id), release.id, query)) == told(found)
        # Segments that the maker finished and no list names any more are for tidying, not making.
        here.warehouse.tidy_caches(timedelta(days=1))
        names = {path.name for path in folder(here, PLAIN.id).iterdir()}
        assert len(names) == 2, names
        assert here.warehouse.has_cache(release)


def test_a_segment_that_no_list_names_goes_when_the_caches_are_tidied(tmp_path: Path) -> None:
    with cached_desk(tmp_path) as here:
        release = here.replace(PLAIN, *rows(30, 8))
        cache(here, release)
        (named,) = folder(here, PLAIN.id).glob("*.duckdb")
        left = named.with_name(f"{new_id('seg')}.duckdb")
        left.write_bytes(named.read_bytes())
        assert here.warehouse.tidy_caches(timedelta(days=1)) == 0
        assert list(folder(here, PLAIN.id).glob("*.duckdb")) == [named]
        assert here.warehouse.has_cache(release)
