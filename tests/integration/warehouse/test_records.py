"""Rows by number: the same from files and from the cache, in one file or several, by pages."""

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

import pytest

from tests.integration.warehouse.big_tables import (
    BY_MONTH,
    PLAIN,
    SORTS,
    cache,
    cached_desk,
    in_parts,
    rows,
)
from tests.integration.warehouse.builders import Desk, Row, permit
from tests.integration.warehouse.test_reading import CITIZEN, CITIZENS, approver
from tests.integration.warehouse.test_serving import without_cache
from tinhdata.access import ANONYMOUS, Action, Resource, require
from tinhdata.vietnam import fold
from tinhdata.warehouse import (
    NUMBER,
    Condition,
    DoorClosed,
    Every,
    Filter,
    FilterUnfit,
    Op,
    PageUnfit,
    Records,
    RecordsQuery,
    Release,
    Some,
    Sort,
    UnknownColumn,
    Words,
)

ROWS = 400


@pytest.fixture(scope="module", params=["one file", "several files"])
def table(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Desk, Release]]:
    with cached_desk(tmp_path_factory.mktemp("records")) as made:
        if request.param == "one file":
            yield made, made.replace(PLAIN, *rows(ROWS, 3))
        else:
            yield made, in_parts(made, BY_MONTH, 3, 140)


def read(table: tuple[Desk, Release], asked: RecordsQuery) -> Records:
    here, release = table
    return here.warehouse.records(permit(release.dataset), release.id, asked)


def equal(column: str, *values: str) -> Filter:
    return Filter(column, Op.IN if len(values) > 1 else Op.EQ, values)


Meets = Callable[[Mapping[str, object]], bool]
CONDITIONS: list[tuple[Condition, Meets]] = [
    (Every(()), lambda _: True),
    (Some(()), lambda _: False),
    (equal("commune", "Võ Nhai"), lambda r: r["commune"] == "Võ Nhai"),
    (
        Some((equal("commune", "Z"), Filter("commune", Op.EMPTY))),
        lambda r: r["commune"] in {"Z", None},
    ),
    (
        Every((equal("yes", "true"), Some((equal("whole", "1", "2"), equal("person", "É"))))),
        lambda r: r["yes"] is True and (r["whole"] in {1, 2} or r["person"] == "É"),
    ),
    (Words("vo nhai"), lambda r: "vo" in words_of(r) and "nhai" in words_of(r)),
    (Words("huong", "person"), lambda r: "huong" in fold(str(r["person"] or ""))),
    (Words("1", "whole"), lambda r: r["whole"] is not None and "1" in str(r["whole"])),
    (Filter(NUMBER, Op.GT, ("250",)), lambda r: int(str(r[NUMBER])) > 250),
    (Filter(NUMBER, Op.LE, ("17",)), lambda r: int(str(r[NUMBER])) <= 17),
    (Filter(NUMBER, Op.GT, ("99999",)), lambda _: False),
    (equal(NUMBER, "3", "5", "8000"), lambda r: r[NUMBER] in {3, 5}),
    (
        Every((Filter(NUMBER, Op.GE, ("100",)), equal("commune", "Đại Từ"))),
        lambda r: int(str(r[NUMBER])) >= 100 and r["commune"] == "Đại Từ",
    ),
]


def words_of(row: Mapping[str, object]) -> str:
    return " ".join(fold(str(row[name])) for name in ("code", "commune", "person") if row[name])


def told(found: Records) -> str:
    """What an answer says; NaN is not equal to itself, its text is."""
    return repr((found.rows, found.total, found.columns))


@pytest.mark.parametrize("number", range(len(CONDITIONS)))
def test_a_condition_leaves_the_rows_that_meet_it_wherever_they_are_read(
    table: tuple[Desk, Release], number: int
) -> None:
    condition, meets = CONDITIONS[number]
    everything = read(table, RecordsQuery(limit=5_000))
    names = [column.name for column in everything.columns]
    rows_ = [dict(zip(names, row, strict=True)) for row in everything.rows]
    assert [row[NUMBER] for row in rows_] == list(range(1, table[1].rows + 1))
    wanted = [tuple(row.values()) for row in rows_ if meets(row)]
    asked = RecordsQuery(where=condition, limit=5_000)
    cache(*table)
    cached = read(table, asked)
    without_cache(*table)
    plain = read(table, asked)
    assert told(cached) == told(plain)
    assert repr(list(plain.rows)) == repr(wanted)
    assert plain.total == len(wanted)
    assert read(table, replace(asked, counts=False)).total is None


def test_any_order_and_page_is_the_same_from_the_cache_and_from_the_files(
    table: tuple[Desk, Release],
) -> None:
    luck = random.Random(7)
    queries = [
        RecordsQuery(
            columns=luck.choice((None, ("commune", "whole"), (NUMBER, "day"))),
            where=luck.choice(CONDITIONS)[0],
            sort=tuple(luck.sample(SORTS, luck.choice((0, 1, 2))))
            + luck.choice(((), (Sort(NUMBER, descending=True),))),
            offset=luck.choice((0, 0, 9, 300)),
            limit=luck.choice((1, 20, 500)),
        )
        for _ in range(60)
    ]
    cache(*table)
    cached = [told(read(table, query)) for query in queries]
    without_cache(*table)
    for query, found in zip(queries, cached, strict=True):
        assert told(read(table, query)) == found, query


def test_pages_by_number_go_through_all_rows_once(table: tuple[Desk, Release]) -> None:
    for make in (cache, without_cache):
        make(*table)
        seen: list[Row] = []
        after = 0
        while page := read(
            table, RecordsQuery(where=Filter(NUMBER, Op.GT, (str(after),)), limit=37)
        ).rows:
            seen += page
            after = int(str(page[-1][0]))
        assert repr(seen) == repr(list(read(table, RecordsQuery(limit=5_000)).rows))


def test_distinct_rows_are_counted_and_sorted(table: tuple[Desk, Release]) -> None:
    every = read(table, RecordsQuery(columns=("commune",), limit=5_000)).rows
    asked = RecordsQuery(columns=("commune",), distinct=True, sort=(Sort("commune", True),))
    found = read(table, asked)
    assert found.total == len(set(every)) == len(found.rows)
    assert set(found.rows) == set(every)
    assert found.rows[-1] == (None,)
    page = read(table, replace(asked, limit=2, offset=1))
    assert page.rows == found.rows[1:3]
    with pytest.raises(UnknownColumn):
        read(table, replace(asked, sort=(Sort("person"),)))


def test_a_stream_begins_at_its_offset_and_ends_at_its_limit(table: tuple[Desk, Release]) -> None:
    here, release = table

    def streamed(asked: RecordsQuery) -> list[object]:
        batches = here.warehouse.stream_records(permit(release.dataset), release.id, asked)
        return [value for batch in batches for value in batch.column(0).to_pylist()]

    assert streamed(RecordsQuery(limit=None)) == list(range(1, release.rows + 1))
    assert streamed(RecordsQuery(limit=3, offset=5)) == [6, 7, 8]
    assert streamed(RecordsQuery(limit=None, where=equal(NUMBER, "9"))) == [9]


@pytest.mark.parametrize(
    ("asked", "problem"),
    [
        (RecordsQuery(columns=("nothing",)), UnknownColumn),
        (RecordsQuery(where=equal("nothing", "1")), UnknownColumn),
        (RecordsQuery(sort=(Sort("nothing"),)), UnknownColumn),
        (RecordsQuery(where=equal("whole", "x")), FilterUnfit),
        (RecordsQuery(where=equal(NUMBER, "x")), FilterUnfit),
        (RecordsQuery(where=Words("x", "nothing")), UnknownColumn),
        (RecordsQuery(limit=99_999), PageUnfit),
        (RecordsQuery(offset=-1), PageUnfit),
    ],
)
def test_what_does_not_fit_is_refused(
    table: tuple[Desk, Release], asked: RecordsQuery, problem: type[Exception]
) -> None:
    with pytest.raises(problem):
        read(table, asked)


def test_only_what_a_permit_shows_can_be_read_filtered_and_sorted_by(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    with cached_desk(tmp_path_factory.mktemp("kept")) as here:
        release = here.replace(CITIZENS, CITIZEN)
        anyone = require(ANONYMOUS, Action.READ_ROWS, Resource.of(CITIZENS), "test")
        some = approver(CITIZENS)
        for make in (cache, without_cache):
            make(here, release)
            found = here.warehouse.records(anyone, release.id, RecordsQuery())
            assert [column.name for column in found.columns] == [NUMBER, "code"]
            for asked in (
                RecordsQuery(columns=("number",)),
                RecordsQuery(where=equal("number", "019088001234")),
                RecordsQuery(where=Words("019088001234", "number")),
                RecordsQuery(sort=(Sort("number"),)),
            ):
                with pytest.raises(UnknownColumn):
                    here.warehouse.records(anyone, release.id, asked)
            for hidden in (Words("huong"), Words("019088001234"), equal("number", "019088001234")):
                masked = here.warehouse.records(some, release.id, RecordsQuery(where=hidden))
                assert masked.total == 0
            shown = here.warehouse.records(some, release.id, RecordsQuery(columns=("number",)))
            assert shown.rows == (("••••••••1234",),)
        with pytest.raises(DoorClosed):
            here.warehouse.records(permit("another"), release.id, RecordsQuery())
