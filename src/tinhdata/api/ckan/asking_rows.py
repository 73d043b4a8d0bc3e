"""Parameters of the datastore as a question for rows: fields, filters, words, order, page."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tinhdata.api.ckan import params as read
from tinhdata.api.ckan.params import Params
from tinhdata.api.ckan.problems import invalid
from tinhdata.edge.rows import Opened, visible_columns
from tinhdata.kernel import JSON
from tinhdata.warehouse import (
    NUMBER,
    RECORDS_LIMIT,
    Condition,
    Every,
    Filter,
    Op,
    RecordsQuery,
    Some,
    Sort,
    Words,
)

ROWS = 100
KNOWN = frozenset(
    {"resource_id", "id", "filters", "q", "full_text", "distinct", "plain", "language", "limit",
     "offset", "fields", "sort", "include_total", "total_estimation_threshold", "records_format",
     "include_next_page"}
)  # fmt: skip
_LONGEST = 1_000
_ODD = re.compile("[\0\ud800-\udfff]")
"""What no text of a table holds and the engine does not take."""
_MOST_CONDITIONS = 200
_DEEPEST = 10
_MOST_SORTS = 10
_OPS: Mapping[str, Op] = {
    "eq": Op.EQ, "ne": Op.NE, "gt": Op.GT, "gte": Op.GE, "lt": Op.LT, "lte": Op.LE, "in": Op.IN,
}  # fmt: skip
_NOT_A_WORD = str.maketrans("&|!():*'\"<>", " " * 11)


@dataclass(frozen=True, slots=True)
class RowsAsked:
    """What a request asks of the rows of `opened`, and the names that it may use."""

    opened: Opened
    query: RecordsQuery


def rows_asked(opened: Opened, params: Params, *, most: int | None = RECORDS_LIMIT) -> RowsAsked:
    """Read `params` as a question for rows of `opened`; raises invalid as CKAN does.

    `most` is the largest page; None where all rows may be asked for.
    """
    names = (NUMBER, *(column.name for column in visible_columns(opened)))
    distinct = read.yes(params, "distinct")
    fields = read.listed(params, "fields") or [n for n in names if not distinct or n != NUMBER]
    _require(fields, names, "fields")
    if most is None:
        limit = None if not params.get("limit") else read.whole(params, "limit", 0, 2**31)
    else:
        limit = read.whole(params, "limit", ROWS, most)
    conditions = [*_filters(params, names), *_words(params, names)]
    return RowsAsked(
        opened,
        RecordsQuery(
            columns=tuple(dict.fromkeys(fields)),
            where=conditions[0] if len(conditions) == 1 else Every(tuple(conditions)),
            unsearched=tuple(
                column.name for column in visible_columns(opened) if column.geometry is not None
            ),
            distinct=distinct,
            sort=_sort(params, fields if distinct else names),
            offset=read.whole(params, "offset", 0, 2**31),
            limit=limit,
            counts=read.yes(params, "include_total", default=True),
        ),
    )


def require_known(params: Params, known: frozenset[str] = KNOWN) -> None:
    """Raise invalid where a parameter means nothing: a misspelt filter must not give all rows."""
    unknown = [name for name in params if name not in known]
    if unknown:
        raise invalid({n[:40]: [f"The input field {n[:40]} was not expected."] for n in unknown})


def _require(wanted: Sequence[str], names: Sequence[str], field: str) -> None:
    for name in wanted:
        if name not in names:
            raise invalid({field: [f'field "{name[:60]}" not in table']})


# -- filters


def _filters(params: Params, names: Sequence[str]) -> list[Condition]:
    filters = read.mapping(params, "filters")
    budget = [_MOST_CONDITIONS]
    return _all_of(filters, names, budget, 0)


def _all_of(
    filters: Mapping[str, JSON], names: Sequence[str], budget: list[int], depth: int
) -> list[Condition]:
    found: list[Condition] = []
    for name, value in filters.items():
        if name in {"$and", "$or"}:
            found.append(_joined(name, value, names, budget, depth))
        elif name not in names:
            raise invalid({"filters": [f"Unknown field: {name[:60]}"]})
        else:
            found += _of_column(name, value, budget)
    return found


def _joined(
    kind: str, value: JSON, names: Sequence[str], budget: list[int], depth: int
) -> Condition:
    if not isinstance(value, list) or not all(isinstance(each, Mapping) for each in value):
        raise invalid({"filters": [f"{kind} needs a list of filters"]})
    if depth >= _DEEPEST:
        raise invalid({"filters": ["Too many levels"]})
    parts = tuple(
        Every(tuple(_all_of(each, names, budget, depth + 1)))
        for each in value
        if isinstance(each, Mapping)
    )
    return Every(parts) if kind == "$and" else Some(parts)


def _of_column(name: str, value: JSON, budget: list[int]) -> list[Condition]:
    if isinstance(value, Mapping):
        return [_range(name, op, end, budget) for op, end in value.items()]
    if isinstance(value, list) and not value:
        return []
    return [_equal(name, value, budget)]


def _range(name: str, op: str, value: JSON, budget: list[int]) -> Condition:
    if op not in _OPS:
        raise invalid({"filters": [f"Unsupported filter operation: {op[:40]}"]})
    if op in {"eq", "in"}:
        return _equal(name, value, budget)
    _spend(budget, 1)
    return Filter(name, _OPS[op], (_text(value),))


def _equal(name: str, value: JSON, budget: list[int]) -> Condition:
    values = value if isinstance(value, list) else [value]
    _spend(budget, len(values))
    filled = tuple(dict.fromkeys(_text(each) for each in values if each is not None))
    parts: list[Condition] = []
    if filled:
        parts.append(Filter(name, Op.IN if len(filled) > 1 else Op.EQ, filled))
    if len(filled) < len(values) and None in values:
        parts.append(Filter(name, Op.EMPTY))
    return parts[0] if len(parts) == 1 else Some(tuple(parts))


def _spend(budget: list[int], count: int) -> None:
    budget[0] -= count
    if budget[0] < 0:
        raise invalid({"filters": [f"More than {_MOST_CONDITIONS} values"]})


def _text(value: JSON) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | Mapping) or value is None:
        raise invalid({"filters": ["A filter compares with a text or a number"]})
    text = str(value)
    if len(text) > _LONGEST or _ODD.search(text):
        raise invalid({"filters": ["A value is too long, or no text"]})
    return text


# -- words


def _words(params: Params, names: Sequence[str]) -> list[Condition]:
    found: list[Condition] = []
    for field in ("q", "full_text"):
        asked = params.get(field)
        if isinstance(asked, str) and asked.lstrip().startswith("{"):
            try:
                asked = json.loads(asked)
            except (ValueError, RecursionError) as error:
                raise invalid({field: ["Cannot parse JSON"]}) from error
        if isinstance(asked, Mapping):
            for name, text in asked.items():
                if name not in names:
                    raise invalid({field: [f'field "{name[:60]}" not in table']})
                found.append(Words(_plain(field, str(text)), name))
        elif asked not in (None, ""):
            found.append(Words(_plain(field, read.text(params, field))))
    return found


def _plain(field: str, text: str) -> str:
    """Give words without the signs of a text search of PostgreSQL; any part of a word is found."""
    if len(text) > _LONGEST or _ODD.search(text):
        raise invalid({field: ["The text is too long, or no text"]})
    return text.translate(_NOT_A_WORD)


# -- order


def _sort(params: Params, names: Sequence[str]) -> tuple[Sort, ...]:
    parts = read.listed(params, "sort")
    if len(parts) > _MOST_SORTS:
        raise invalid({"sort": ["Too many fields"]})
    return tuple(_sort_of(part, names) for part in parts)


def _sort_of(part: str, names: Sequence[str]) -> Sort:
    words = part.split()
    name = words[0].strip('"') if words else ""
    _require([name], names, "sort")
    way = words[1].lower() if len(words) > 1 else "asc"
    rest = " ".join(words[2:]).lower()
    if way not in {"asc", "desc"} or rest not in {"", "nulls last", "nulls first"}:
        raise invalid({"sort": [f"Invalid sort: {part[:60]}"]})
    return Sort(name, way == "desc")
