import threading
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.integration.warehouse.builders import (
    CODE,
    COUNT,
    DAILY,
    DAY,
    NAME,
    Desk,
    column,
    contract,
    desk,
    permit,
)
from tinhdata.access import (
    ANONYMOUS,
    Action,
    Actor,
    ActorKind,
    Permit,
    Resource,
    Role,
    require,
)
from tinhdata.contracts import Bilingual, Column, Contract, LogicalType, Personal
from tinhdata.vietnam import fold
from tinhdata.warehouse import (
    Change,
    DoorClosed,
    Filter,
    FilterUnfit,
    Op,
    PageUnfit,
    Query,
    Release,
    RowChangeKind,
    Sort,
    UnknownColumn,
    Value,
)
from tinhdata.warehouse.sql import folded

PLAIN = contract()
PEOPLE = (
    ("a", "Đặng Thị Hường", Decimal("1.50"), date(2025, 1, 1)),
    ("b", "Nguyễn Văn An", Decimal("-2.25"), date(2025, 6, 30)),
    ("c", "Phường Phan Đình Phùng", None, date(2024, 12, 31)),
    ("d", None, Decimal("10.00"), None),
)


@pytest.fixture(scope="module")
def read_only(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with desk(tmp_path_factory.mktemp("reading")) as made:
        made.replace(PLAIN, *PEOPLE)
        yield made


@pytest.fixture
def release(read_only: Desk) -> Release:
    found = read_only.warehouse.current(PLAIN.id)
    assert found is not None
    return found


def codes(here: Desk, release: Release, query: Query) -> str:
    return "".join(str(row[0]) for row in here.rows(release, query))


def where(column: str, op: Op, *values: str) -> Query:
    return Query(filters=(Filter(column, op, values),), sort=(Sort("code"),))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        (where("code", Op.EQ, "b"), "b"),
        (where("code", Op.NE, "b"), "acd"),
        (where("name", Op.NE, "Nguyễn Văn An"), "acd"),
        (where("code", Op.IN, "a", "d", "z"), "ad"),
        (where("amount", Op.LT, "1.5"), "b"),
        (where("amount", Op.LE, "1.5"), "ab"),
        (where("amount", Op.GT, "-3"), "abd"),
        (where("day", Op.GE, "2025-01-01"), "ab"),
        (where("day", Op.BETWEEN, "2024-12-31", "2025-01-01"), "ac"),
        (where("name", Op.CONTAINS, "phan dinh"), "c"),
        (where("name", Op.CONTAINS, "THỊ HƯỜNG"), "a"),
        (where("name", Op.STARTS, "dang"), "a"),
        (where("amount", Op.EMPTY), "c"),
        (where("amount", Op.NOT_EMPTY), "abd"),
        (Query(search="thi huong dang"), "a"),
        (Query(search="  van   an "), "b"),
        (Query(search="%"), ""),
        (Query(search="phuong nguyen"), ""),
        (Query(sort=(Sort("amount", descending=True),)), "dabc"),
        (Query(sort=(Sort("day"), Sort("code"))), "cabd"),
        (Query(sort=(Sort("code"),), offset=1, limit=2), "bc"),
    ],
)
def test_a_query_finds_exactly_its_rows(
    read_only: Desk, release: Release, query: Query, found: str
) -> None:
    page = read_only.warehouse.read(permit(PLAIN.id), release.id, query)
    assert "".join(str(row[0]) for row in page.rows) == found
    if query.limit == 100:
        assert page.total == len(found)
    else:
        assert page.total == len(PEOPLE)


def test_a_page_holds_python_values_in_the_columns_asked_for(
    read_only: Desk, release: Release
) -> None:
    query = Query(columns=("day", "amount"), sort=(Sort("code"),), limit=1)
    page = read_only.warehouse.read(permit(PLAIN.id), release.id, query)
    assert page.rows == ((date(2025, 1, 1), Decimal("1.50")),)
    assert [c.name for c in page.columns] == ["day", "amount"]


def test_every_type_comes_back_as_it_was_stored(here: Desk) -> None:
    typed = contract(
        CODE,
        column("whole", LogicalType.INTEGER),
        column("real", LogicalType.NUMBER),
        column("exact", LogicalType.NUMBER, decimals=3),
        column("yes", LogicalType.BOOLEAN),
        column("day", LogicalType.DATE),
        column("moment", LogicalType.TIMESTAMP),
    )
    moment = datetime(2025, 7, 1, 14, 30, 15)  # noqa: DTZ001 -- stored without a zone
    row: tuple[Value, ...] = (
        "x", 2**62, 0.1, Decimal("1.125"), True, date(2025, 7, 1), moment,
    )  # fmt: skip
    release = here.replace(typed, row)
    assert here.rows(release) == [row]
    for name, value in (
        ("whole", str(2**62)),
        ("real", "0.1"),
        ("exact", "1.125"),
        ("yes", "true"),
        ("day", "2025-07-01"),
        ("moment", "2025-07-01T14:30:15"),
    ):
        assert here.rows(release, where(name, Op.EQ, value)) == [row]


@pytest.mark.parametrize(
    ("column", "op", "values"),
    [
        ("amount", Op.EQ, ("mười",)),
        ("amount", Op.EQ, ("NaN",)),
        ("day", Op.EQ, ("31/12/2025",)),
        ("day", Op.EQ, ("2025-02-30",)),
        ("day", Op.CONTAINS, ("2025",)),
        ("code", Op.EQ, ()),
        ("code", Op.BETWEEN, ("a",)),
        ("code", Op.EMPTY, ("a",)),
    ],
)
def test_a_filter_that_does_not_fit_its_column_is_refused_with_a_fix(
    read_only: Desk, release: Release, column: str, op: Op, values: tuple[str, ...]
) -> None:
    with pytest.raises(FilterUnfit) as refused:
        read_only.rows(release, where(column, op, *values))
    assert refused.value.fix is not None


def test_unknown_columns_and_pages_out_of_range_are_refused(
    read_only: Desk, release: Release
) -> None:
    for query in (
        Query(columns=("secret",)),
        where("secret", Op.EMPTY),
        Query(sort=(Sort("secret"),)),
    ):
        with pytest.raises(UnknownColumn, match="secret"):
            read_only.rows(release, query)
    for query in (Query(limit=0), Query(limit=10_001), Query(offset=-1)):
        with pytest.raises(PageUnfit):
            read_only.rows(release, query)


def test_values_are_never_read_as_sql(read_only: Desk, release: Release) -> None:
    evil = "x' OR 1=1 --"
    assert read_only.rows(release, where("code", Op.EQ, evil)) == []
    assert read_only.rows(release, Query(search=evil)) == []


def test_the_door_opens_only_to_a_permit_for_rows_of_this_dataset(
    read_only: Desk, release: Release
) -> None:
    for wrong in (permit("another"), permit(PLAIN.id, Action.READ_RAW)):
        with pytest.raises(DoorClosed):
            read_only.warehouse.read(wrong, release.id, Query())
        with pytest.raises(DoorClosed):
            read_only.warehouse.relation(wrong, release.id)
        with pytest.raises(DoorClosed):
            read_only.warehouse.stream(wrong, release.id, Query())
        with pytest.raises(DoorClosed):
            read_only.warehouse.diff(wrong, release.id, release.id)
        with pytest.raises(DoorClosed):
            read_only.warehouse.statistics(wrong, release.id)


def secret(name: str, mask: str, kind: LogicalType = LogicalType.STRING) -> Column:
    return Column(f"c-{name}", name, Bilingual(name), kind, personal=Personal.BASIC, mask=mask)


CITIZENS = contract(
    CODE,
    secret("number", "last-four"),
    secret("person", "first-letters"),
    secret("born", "year", LogicalType.DATE),
    secret("phone", "token"),
    secret("note", "hide"),
    dataset="cong-dan-thu",
)
CITIZEN = ("a", "019088001234", "Đặng Thị Hường", date(1988, 4, 30), "0912345678", "bí mật")


def approver(of: Contract) -> Permit:
    actor = Actor("per_1", "A", ActorKind.PERSON, frozenset({Role.APPROVER}), of.agency)
    return require(actor, Action.READ_ROWS, Resource.of(of), "test")


def test_masked_columns_show_only_what_their_mask_lets_through(here: Desk) -> None:
    release = here.replace(CITIZENS, CITIZEN)
    page = here.warehouse.read(approver(CITIZENS), release.id, Query())
    code, number, person, born, phone, note = page.rows[0]
    assert (code, number, born, note) == ("a", "••••••••1234", "1988", None)
    assert person == "Đ••• T•• H••••"
    assert isinstance(phone, str)
    assert "0912345678" not in phone
    assert len(phone) == 20


def test_filters_and_search_see_only_masked_values(here: Desk) -> None:
    release = here.replace(CITIZENS, CITIZEN)
    allowed = approver(CITIZENS)
    for query in (
        Query(search="huong"),
        where("number", Op.EQ, "019088001234"),
        where("note", Op.EQ, "bí mật"),
        where("phone", Op.STARTS, "0912345678"),
    ):
        assert here.warehouse.read(allowed, release.id, query).total == 0
    assert here.warehouse.read(allowed, release.id, where("born", Op.EQ, "1988")).total == 1


def test_tokens_are_equal_for_equal_values_only(here: Desk) -> None:
    other = ("b", *CITIZEN[1:4], "0911111111", None)
    release = here.replace(CITIZENS, CITIZEN, ("c", *CITIZEN[1:]), other)
    query = Query(columns=("phone",), sort=(Sort("code"),))
    first, second, third = here.warehouse.read(approver(CITIZENS), release.id, query).rows
    assert first == third
    assert first != second


def test_the_public_never_sees_personal_columns_anywhere(here: Desk) -> None:
    release = here.replace(CITIZENS, CITIZEN)
    second = here.replace(CITIZENS, ("a", "019088009999", *CITIZEN[2:]))
    public = require(ANONYMOUS, Action.READ_ROWS, Resource.of(CITIZENS), "portal")
    page = here.warehouse.read(public, release.id, Query())
    assert [c.name for c in page.columns] == ["code"]
    with pytest.raises(UnknownColumn):
        here.warehouse.read(public, release.id, Query(columns=("number",)))
    assert [s.column.name for s in here.warehouse.statistics(public, release.id)] == ["code"]
    assert set(here.warehouse.relation(public, release.id).columns) == {
        "_delivery", "_record", "_warnings", "code",
    }  # fmt: skip
    changed = here.warehouse.diff(public, release.id, second.id)
    assert changed.counts.updated == 1
    assert changed.rows[0].cells == ()


def test_pages_of_equal_values_neither_overlap_nor_miss_a_row(here: Desk) -> None:
    rows = [(f"{n:03}", "same", None, None) for n in range(250)]
    release = here.replace(PLAIN, *rows)
    seen = []
    for offset in range(0, 250, 40):
        seen += here.rows(release, Query(sort=(Sort("name"),), offset=offset, limit=40))
    assert sorted(str(row[0]) for row in seen) == [row[0] for row in rows]


def test_a_stream_gives_all_filtered_rows_as_arrow(here: Desk) -> None:
    rows = [(f"{n:05}", "x" if n % 2 else "y", None, None) for n in range(3000)]
    release = here.replace(PLAIN, *rows)
    query = Query(columns=("code",), filters=(Filter("name", Op.EQ, ("x",)),), limit=10)
    schema = here.warehouse.schema(permit(PLAIN.id), release.id, query)
    table = pa.Table.from_batches(
        here.warehouse.stream(permit(PLAIN.id), release.id, query), schema
    )
    assert table.num_rows == 1500
    assert table.schema == schema


def test_a_stream_that_is_stopped_early_gives_its_reader_back(here: Desk) -> None:
    release = here.replace(PLAIN, *PEOPLE)
    for _ in range(20):
        stream = here.warehouse.stream(permit(PLAIN.id), release.id, Query())
        next(stream)
        stream.close()
    assert codes(here, release, Query(sort=(Sort("code"),))) == "abcd"


def test_a_relation_can_be_read_by_another_connection(read_only: Desk, release: Release) -> None:
    relation = read_only.warehouse.relation(permit(PLAIN.id), release.id)
    found = duckdb.connect().execute(f"SELECT count(*), max(code) FROM {relation.sql}").fetchall()
    assert found == [(4, "d")]
    assert relation.columns[3:] == PLAIN.column_names


def test_a_relation_of_a_release_without_rows_has_its_columns(here: Desk) -> None:
    release = here.replace(PLAIN)
    relation = here.warehouse.relation(permit(PLAIN.id), release.id)
    assert duckdb.connect().execute(f"SELECT amount FROM {relation.sql}").fetchall() == []


def test_readers_see_whole_releases_while_a_writer_works(here: Desk) -> None:
    def rows(number: int) -> list[tuple[Value, ...]]:
        return [(f"{n:04}", str(number), None, None) for n in range(200)]

    here.replace(PLAIN, *rows(0))
    stop, wrong = threading.Event(), []

    def read() -> None:
        while not stop.is_set():
            current = here.warehouse.current(PLAIN.id)
            assert current is not None
            found = {row[1] for row in here.rows(current, Query(limit=1000))}
            if len(found) != 1:
                wrong.append(found)

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    try:
        for number in range(1, 6):
            here.replace(PLAIN, *rows(number))
    finally:
        stop.set()
        for reader in readers:
            reader.join()
    assert wrong == []


def test_a_difference_names_rows_cells_and_counts(here: Desk) -> None:
    first = here.replace(PLAIN, *PEOPLE)
    a, b, c, _ = PEOPLE
    second = here.replace(PLAIN, a, ("b", "Nguyễn Văn Ân", b[2], None), c, ("e", "Mới", None, None))
    found = here.warehouse.diff(permit(PLAIN.id), first.id, second.id)
    assert [(row.kind.value, row.key) for row in found.rows] == [
        ("updated", ("b",)),
        ("deleted", ("d",)),
        ("inserted", ("e",)),
    ]
    assert [(cell.column, cell.old, cell.new) for cell in found.rows[0].cells] == [
        ("name", "Nguyễn Văn An", "Nguyễn Văn Ân"),
        ("day", date(2025, 6, 30), None),
    ]
    assert (found.counts, found.total) == (second.counts, 3)
    only = here.warehouse.diff(permit(PLAIN.id), first.id, second.id, RowChangeKind.DELETED)
    assert [row.key for row in only.rows] == [("d",)]
    assert only.total == 1


def test_pages_of_a_difference_follow_the_key(here: Desk) -> None:
    first = here.replace(PLAIN)
    second = here.replace(PLAIN, *[(f"{n:02}", None, None, None) for n in range(25)])
    allowed = permit(PLAIN.id)
    keys = []
    for offset in (0, 10, 20):
        page = here.warehouse.diff(allowed, first.id, second.id, offset=offset, limit=10)
        keys += [row.key[0] for row in page.rows]
    assert keys == [f"{n:02}" for n in range(25)]


def test_rows_that_publishing_would_change_can_be_seen_before(here: Desk) -> None:
    here.append(DAILY, "2025-03-03", ("x", date(2025, 3, 3), 1))
    base = here.append(DAILY, "2025-03-04", ("x", date(2025, 3, 4), 2))
    files = [here.stage(DAILY, [("x", date(2025, 3, 4), 5)], "2025-03-04")]
    change = Change.append(frozenset({"2025-03-04"}))
    seen = here.warehouse.preview_rows(permit(DAILY.id), DAILY, base, change, files)
    assert [(c.old, c.new) for c in seen.rows[0].cells] == [(2, 5)]
    assert seen.total == 1


def test_repeated_keys_are_still_counted_so_that_they_add_up(here: Desk) -> None:
    here.replace(PLAIN, ("a", "1", None, None), ("a", "2", None, None))
    second = here.replace(PLAIN, ("a", "1", None, None), ("a", "3", None, None), PEOPLE[1])
    counts = second.counts
    assert (counts.base, counts.rows) == (2, 3)
    assert (counts.inserted, counts.updated, counts.unchanged) == (1, 1, 1)


def test_statistics_say_what_columns_hold(here: Desk) -> None:
    wide = contract(CODE, NAME, COUNT, DAY)
    rows = [
        (f"{n:03}", "lẻ" if n % 2 else "chẵn", n, date(2025, 1, 1 + n % 28)) for n in range(100)
    ]
    release = here.replace(wide, *rows, ("x", None, None, None))
    for _ in range(2):  # computed, then read back
        figures = {s.column.name: s for s in here.warehouse.statistics(permit(wide.id), release.id)}
        name, number, day = figures["name"], figures["count"], figures["day"]
        assert (name.rows, name.empty) == (101, 1)
        assert [(share.value, share.rows) for share in name.top] == [("chẵn", 50), ("lẻ", 50)]
        assert (number.minimum, number.maximum) == (0, 99)
        assert sum(share.rows for share in number.histogram) == 100
        assert (day.minimum, day.maximum) == (date(2025, 1, 1), date(2025, 1, 28))
        days = [row[3] for row in rows]
        for share in day.histogram:
            assert isinstance(share.value, date)
            assert isinstance(share.end, date)
            assert share.rows == sum(share.value <= each < share.end for each in days)
        assert sum(share.rows for share in day.histogram) == 100
        assert day.histogram[0].value == date(2025, 1, 1)


def test_statistics_are_given_though_the_store_takes_no_writes(here: Desk) -> None:
    release = here.replace(contract(CODE, COUNT), ("a", 1), ("b", 3))
    with here.db.transaction() as tx:
        refuse = "BEFORE INSERT ON release_statistics BEGIN SELECT RAISE(ABORT, 'full'); END"
        tx.exec_driver_sql(f"CREATE TRIGGER full {refuse}")
    figures = here.warehouse.statistics(permit(release.dataset), release.id)
    assert [s.maximum for s in figures if s.column.name == "count"] == [3]


@pytest.mark.parametrize("words", ["500 m²", "M2", "½ nhà", "№", "Ⅱ", "５００", "m\u00b2"])
def test_a_text_is_found_by_its_own_words_also_those_with_odd_letters(
    here: Desk, words: str
) -> None:
    release = here.replace(contract(CODE, NAME), ("a", "500 m², ½ nhà № Ⅱ, ao m2"), ("b", "khác"))
    shown = permit(release.dataset)
    assert here.warehouse.read(shown, release.id, Query(search=words)).total == 1
    contains = Filter("name", Op.CONTAINS, (words,))
    assert here.warehouse.read(shown, release.id, Query(filters=(contains,))).total == 1


@settings(max_examples=60, deadline=None)
@given(
    st.text(
        alphabet=st.sampled_from("aăâbcdđeêghiklmnoôơpqrstuưvxyÀẢÃÁẠẦẤẬẮẰĐÊỆỄƠỜỢƯỪỰỲÝỶ 1.-"),
        max_size=20,
    )
)
def test_a_stored_text_is_folded_as_the_words_of_a_search_are(text: str) -> None:
    with duckdb.connect() as connection:
        found = connection.execute(f"SELECT {folded('CAST(? AS VARCHAR)')}", [text]).fetchall()
    assert " ".join(str(found[0][0]).split()) == fold(text)
