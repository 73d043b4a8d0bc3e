"""An address as a query: search, filters per column, order, page. Values are checked here.

`q=words` · `f.<column>=value` · `f.<column>.is=` · `f.<column>.from=` and `.to=` ·
`sort=column,-other` · `page=2`, or `cursor=` as an answer gave it.
Empty values count as not given, so that a form can send all its fields.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation

from starlette.datastructures import QueryParams

from tinhdata.contracts import Column, Contract, LogicalType
from tinhdata.edge.errors import FilterInvalid
from tinhdata.kernel import Text, t
from tinhdata.kernel.clock import VIETNAM_TIME
from tinhdata.vietnam import Number, NumberForm, fold, nfc, parse_date, parse_moment, parse_number
from tinhdata.warehouse import Filter, Op, Query, Sort

KNOWN = frozenset({"q", "sort", "page", "cursor", "release", "as_of", "bom", "limit"})
"""Parameters besides filters that an address of rows may have."""

_PREFIX = "f."
_ENDS: Mapping[str, Op] = {"from": Op.GE, "to": Op.LE}
_IS = "is"
_ORDERED = {LogicalType.INTEGER, LogicalType.NUMBER, LogicalType.DATE, LogicalType.TIMESTAMP}
_LONGEST = 300
_MOST_WORDS = 10
_MOST_FILTERS = 60
_MOST_PARAMS = 300
"""Values in one address. Each link of a page repeats all of them, so its size grows with both."""

_MOST_SORTS = 5
_MOST_PLACES = 38
"""Before and behind the point, as many as the widest number of a table can have."""
_LAST_PAGE = 1_000_000_000
_YES = {"true", "1", "co", "yes"}
_NO = {"false", "0", "khong", "no"}


def query_of(
    params: QueryParams,
    contract: Contract,
    columns: Sequence[str],
    *,
    limit: int,
    strict: bool = False,
    also: frozenset[str] = frozenset(),
) -> Query:
    """Read `params` as a query over `columns` of `contract`, `limit` rows a page.

    Raises FilterInvalid with place and fix on an unknown column, a value that does not fit, a
    wrong order or page. `strict` (for programs) also refuses parameters that mean nothing here,
    apart from those of `also`.
    """
    shown = {name: contract.column(name) for name in columns}
    filters: list[Filter] = []
    if (count := len(params.multi_items())) > _MOST_PARAMS:
        raise FilterInvalid(
            t(
                "The address has {count} filters; {most} are possible.",
                count=count,
                most=_MOST_PARAMS,
            ),
            fix=t("Take some of them away."),
        )
    for key in dict.fromkeys(params):
        values = [value.strip() for value in params.getlist(key) if value.strip()]
        if key.startswith(_PREFIX):
            filters.extend(_filters(key, values, shown))
        elif strict and key not in KNOWN | also:
            raise FilterInvalid(
                t("There is no parameter “{name}”.", name=key[:40]),
                fix=t(
                    "Filter by f.<column>=value; other parameters are: {names}.",
                    names=", ".join(sorted(KNOWN | also)),
                ),
                where=key[:40],
            )
    if len(filters) > _MOST_FILTERS:
        raise FilterInvalid(
            t(
                "The address has {count} filters; {most} are possible.",
                count=len(filters),
                most=_MOST_FILTERS,
            ),
            fix=t("Take some of them away."),
        )
    return Query(
        columns=tuple(columns),
        filters=tuple(filters),
        search=_search(params.get("q", "")),
        unsearched=tuple(name for name, column in shown.items() if column.geometry is not None),
        sort=_sort(params.get("sort", ""), shown),
        offset=(page_of(params) - 1) * limit,
        limit=limit,
        cursor=_cursor(params),
    )


def _cursor(params: QueryParams) -> str:
    cursor = params.get("cursor", "").strip()
    if cursor and params.get("page", "").strip():
        raise _unfit("page", params["page"], t("Go on by the cursor, or by the page's number."))
    return cursor


def page_of(params: QueryParams) -> int:
    """Give the page that `params` ask for, 1 where they say nothing; raises FilterInvalid."""
    text = params.get("page", "").strip() or "1"
    if not (text.isascii() and text.isdigit() and 0 < len(text) < 11):
        raise _unfit("page", text, t("Write the number of the page, from 1."))
    page = int(text)
    if not 1 <= page <= _LAST_PAGE:
        raise _unfit("page", text, t("Write the number of the page, from 1."))
    return page


def _search(text: str) -> str:
    words = text.strip()
    if "\0" in words or len(words) > _LONGEST or len(fold(words).split()) > _MOST_WORDS:
        raise _unfit("q", words, t("Search for at most {count} words.", count=_MOST_WORDS))
    return words


def _sort(text: str, shown: Mapping[str, Column]) -> tuple[Sort, ...]:
    names = [name.strip() for name in text.split(",") if name.strip()]
    if len(names) > _MOST_SORTS:
        raise _unfit("sort", text, t("Sort by at most {count} columns.", count=_MOST_SORTS))
    sorts = [Sort(name.removeprefix("-"), name.startswith("-")) for name in names]
    for sort in sorts:
        _column(sort.column, "sort", shown)
    return tuple(sorts)


def _filters(key: str, values: list[str], shown: Mapping[str, Column]) -> list[Filter]:
    name, _, end = key.removeprefix(_PREFIX).partition(".")
    column = _column(name, key, shown)
    if not column.filterable:
        raise FilterInvalid(
            t("The column “{column}” is not offered for filtering.", column=name),
            fix=t("Filter by another column, or download the rows and filter them yourself."),
            where=key[:80],
        )
    if any("\0" in value or len(value) > _LONGEST for value in values):
        raise _unfit(key, "", t("Write at most {count} letters.", count=_LONGEST))
    if not values:
        return []
    if end == _IS:
        return [_among(column, key, values)]
    if end:
        return [_end(column, key, end, value) for value in values]
    return _equal(column, key, values)


def _among(column: Column, key: str, values: list[str]) -> Filter:
    """Give the condition that the value itself, not a part of it, is one of `values`."""
    written = tuple(dict.fromkeys(_written(column, key, value) for value in values))
    return Filter(column.name, Op.IN if len(written) > 1 else Op.EQ, written)


def _end(column: Column, key: str, end: str, value: str) -> Filter:
    op = _ENDS.get(end)
    if op is None:
        raise FilterInvalid(
            t("There is no filter “{name}”.", name=key[:80]),
            fix=t(
                "A column is filtered by f.<column>, f.<column>.is, f.<column>.from and "
                "f.<column>.to."
            ),
            where=key[:80],
        )
    if column.logical_type not in _ORDERED:
        raise FilterInvalid(
            t("The column “{column}” has no from and to.", column=column.name),
            fix=t("Filter it by a part of its text, or by its value."),
            where=key,
        )
    if op is Op.LE and column.logical_type is LogicalType.TIMESTAMP and _is_day(value):
        return Filter(column.name, Op.LT, (_day_bounds(key, value)[1],))
    return Filter(column.name, op, (_written(column, key, value),))


def _equal(column: Column, key: str, values: list[str]) -> list[Filter]:
    kind = column.logical_type
    if kind is LogicalType.TIMESTAMP and any(map(_is_day, values)):
        if len(values) > 1:
            raise FilterInvalid(
                t("The column “{column}” is filtered by one day at a time.", column=column.name),
                fix=t("Take one day, or a range by from and to."),
                where=key,
            )
        first, next_day = _day_bounds(key, values[0])
        return [
            Filter(column.name, Op.GE, (first,)),
            Filter(column.name, Op.LT, (next_day,)),
        ]
    if kind is not LogicalType.STRING or column.allowed:
        return [_among(column, key, values)]
    return [Filter(column.name, Op.CONTAINS, (value,)) for value in values]


def _column(name: str, where: str, shown: Mapping[str, Column]) -> Column:
    column = shown.get(name)
    if column is None:
        raise FilterInvalid(
            t("There is no column {column} here.", column=name[:40] or "-"),
            fix=t("The columns are: {columns}.", columns=", ".join(shown)),
            where=where[:80],
        )
    return column


def _written(column: Column, key: str, value: str) -> str:
    """Give `value` in the plain form of the column's type; raises FilterInvalid."""
    match column.logical_type:
        case LogicalType.INTEGER:
            return _integer(key, value)
        case LogicalType.NUMBER:
            return _number(key, value)
        case LogicalType.BOOLEAN:
            return _boolean(key, value)
        case LogicalType.DATE:
            return _day(key, value).isoformat()
        case LogicalType.TIMESTAMP:
            return _moment(key, value).isoformat()
        case LogicalType.STRING:
            return nfc(value)


def plain_value(column: Column, where: str, value: str) -> str:
    """Give what a person wrote for `column` in the plain form of its type; raises FilterInvalid."""
    return _written(column, where, value)


def _integer(key: str, value: str) -> str:
    number = Decimal(_number(key, value))
    if number != number.to_integral_value() or abs(number) >= 2**63:
        raise _unfit(key, value, t("Write a whole number such as 1250."))
    return str(int(number))


def _number(key: str, value: str) -> str:
    try:
        number = Decimal(value) if len(value) < 40 else Decimal("NaN")
    except InvalidOperation:
        # People write 12,5; a point is always that of the plain form here.
        read = parse_number(value, NumberForm.VIETNAMESE)
        number = read.value if isinstance(read, Number) else Decimal("NaN")
    # Written out in full, a number such as 1e-199999999 would fill the memory.
    if not number.is_finite() or (number and not -_MOST_PLACES <= number.adjusted() < _MOST_PLACES):
        raise _unfit(key, value, t("Write a number with a point, such as 12.5."))
    return format(number, "f")


def _boolean(key: str, value: str) -> str:
    word = fold(value)
    if word not in _YES | _NO:
        raise _unfit(key, value, t("Write true or false."))
    return "true" if word in _YES else "false"


def _day(key: str, value: str) -> date:
    read = parse_date(value)
    if not isinstance(read, date):
        raise _unfit(key, value, t("Write the date as year-month-day, such as 2025-07-01."))
    return read


def _moment(key: str, value: str) -> datetime:
    read = parse_moment(value, VIETNAM_TIME)
    if not isinstance(read, datetime):
        raise _unfit(key, value, t("Write the moment as 2025-07-01T14:30."))
    try:
        return read.astimezone(VIETNAM_TIME).replace(tzinfo=None)
    except OverflowError as error:
        # The first and the last day of the calendar have no moment in every zone.
        raise _unfit(key, value, t("Write the moment as 2025-07-01T14:30.")) from error


def _is_day(value: str) -> bool:
    return isinstance(parse_date(value), date) and ":" not in value


def _day_bounds(key: str, value: str) -> tuple[str, str]:
    day = _day(key, value)
    if day >= date.max:
        raise _unfit(key, value, t("Write the date as year-month-day, such as 2025-07-01."))
    first = datetime.combine(day, time.min)
    return first.isoformat(), (first + timedelta(days=1)).isoformat()


def _unfit(where: str, value: str, fix: Text) -> FilterInvalid:
    return FilterInvalid(
        t("“{value}” does not fit here.", value=value[:60]), fix=fix, where=where[:80]
    )
