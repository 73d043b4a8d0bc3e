import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.datastructures import QueryParams

from tests.unit.edge.contracts import contract
from tinhdata.edge.errors import FilterInvalid
from tinhdata.edge.filters import query_of
from tinhdata.warehouse import Filter, Op, Query, Sort

CONTRACT = contract()
NAMES = CONTRACT.column_names


def read(address: str, *, strict: bool = False) -> Query:
    return query_of(QueryParams(address), CONTRACT, NAMES, limit=50, strict=strict)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("f.name=song cong", [Filter("name", Op.CONTAINS, ("song cong",))]),
        ("f.kind=xã", [Filter("kind", Op.EQ, ("xã",))]),
        ("f.kind=xã&f.kind=phường", [Filter("kind", Op.IN, ("xã", "phường"))]),
        ("f.count=12", [Filter("count", Op.EQ, ("12",))]),
        ("f.area.from=12,5", [Filter("area", Op.GE, ("12.5",))]),
        ("f.area.from=1.5&f.area.to=2", [
            Filter("area", Op.GE, ("1.5",)), Filter("area", Op.LE, ("2",))]),
        ("f.day=31/12/2025", [Filter("day", Op.EQ, ("2025-12-31",))]),
        ("f.day.to=2025-12-31", [Filter("day", Op.LE, ("2025-12-31",))]),
        ("f.open=có", [Filter("open", Op.EQ, ("true",))]),
        ("f.open=false", [Filter("open", Op.EQ, ("false",))]),
        ("f.moment=2025-12-31", [
            Filter("moment", Op.GE, ("2025-12-31T00:00:00",)),
            Filter("moment", Op.LT, ("2026-01-01T00:00:00",))]),
        ("f.moment.to=2025-12-31", [Filter("moment", Op.LT, ("2026-01-01T00:00:00",))]),
        ("f.moment.from=2025-12-31T08:30", [Filter("moment", Op.GE, ("2025-12-31T08:30:00",))]),
        ("f.moment.from=2025-12-31T01:30Z", [Filter("moment", Op.GE, ("2025-12-31T08:30:00",))]),
        ("f.name=&f.count.from=&q=", []),
    ],
)  # fmt: skip
def test_an_address_becomes_typed_conditions(address: str, expected: list[Filter]) -> None:
    assert list(read(address.replace("+", "%2B")).filters) == expected


def test_search_order_and_page_are_read() -> None:
    query = read("q=phuong+mo&sort=name,-area&page=3")
    assert (query.search, query.offset, query.limit) == ("phuong mo", 100, 50)
    assert query.sort == (Sort("name"), Sort("area", descending=True))
    assert query.columns == NAMES


@pytest.mark.parametrize(
    ("address", "where"),
    [
        ("f.secret=1", "f.secret"),
        ("f.moment=2025-12-30&f.moment=2025-12-31", "f.moment"),
        ("f._delivery=dlv_1", "f._delivery"),
        ('f.name"%3B DROP TABLE x--=1', 'f.name"; DROP TABLE x--'),
        ("f.name.like=x", "f.name.like"),
        ("f.name.from=a", "f.name.from"),
        ("f.closed=x", "f.closed"),
        ("f.count=zwölf", "f.count"),
        ("f.count=1.5", "f.count"),
        ("f.count=99999999999999999999", "f.count"),
        ("f.area=NaN", "f.area"),
        ("f.area=1e999", "f.area"),
        ("f.area=Infinity", "f.area"),
        ("f.day=31/02/2026", "f.day"),
        ("f.moment=9999-12-31", "f.moment"),
        ("f.moment.from=9999-12-31T23:59:59-12:00", "f.moment.from"),
        ("f.moment=0001-01-01T00:00:00%2B14:00", "f.moment"),
        ("f.open=maybe", "f.open"),
        ("f.name=%00", "f.name"),
        ("f.name=" + "x" * 400, "f.name"),
        ("sort=secret", "sort"),
        ("sort=name,count,area,day,moment,open", "sort"),
        ("page=0", "page"),
        ("page=-1", "page"),
        ("page=٣", "page"),
        ("page=99999999999999", "page"),
        ("q=" + "a+" * 30, "q"),
        ("q=%00", "q"),
    ],
)
def test_what_does_not_fit_is_refused_with_place_and_fix(address: str, where: str) -> None:
    with pytest.raises(FilterInvalid) as refused:
        read(address)
    assert refused.value.where == where
    assert refused.value.fix is not None


def test_an_address_has_only_so_many_values() -> None:
    assert read("&".join(f"f.count={number}" for number in range(300))).filters
    with pytest.raises(FilterInvalid):
        read("&".join(f"f.count={number}" for number in range(301)))
    with pytest.raises(FilterInvalid):
        read("&".join(f"utm={number}" for number in range(301)))


def test_programs_are_told_of_parameters_that_mean_nothing_and_people_are_not() -> None:
    assert read("utm_source=letter").filters == ()
    with pytest.raises(FilterInvalid):
        read("name=x", strict=True)
    assert read("release=3&as_of=2025-07-01&bom=1", strict=True).filters == ()


@settings(max_examples=200, deadline=None)
@given(
    key=st.sampled_from([f"f.{name}{end}" for name in NAMES for end in ("", ".from", ".to", ".x")]),
    value=st.text(max_size=60),
)
def test_no_value_breaks_the_reader_of_addresses(key: str, value: str) -> None:
    with contextlib.suppress(FilterInvalid):
        query = query_of(QueryParams([(key, value)]), CONTRACT, NAMES, limit=10)
        assert all(item.column in NAMES for item in query.filters)
