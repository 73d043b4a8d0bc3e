"""Rows as the datastore gives them: datastore_search, datastore_info, datastore_search_sql."""

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from json.encoder import encode_basestring
from urllib.parse import urlencode

from tinhdata.access import ANONYMOUS
from tinhdata.api.ckan import params as read
from tinhdata.api.ckan.asking_rows import RowsAsked, require_known, rows_asked
from tinhdata.api.ckan.envelope import around_rows
from tinhdata.api.ckan.params import Params
from tinhdata.api.ckan.problems import invalid, not_allowed, of_problem
from tinhdata.api.ckan.shelf import Shelf
from tinhdata.contracts import Column
from tinhdata.edge.plain import json_text, plain
from tinhdata.edge.questions import ask
from tinhdata.edge.rows import Opened, visible_columns
from tinhdata.kernel import JSON, Problem
from tinhdata.warehouse import NUMBER, RECORDS_LIMIT, Field, Records, UnknownColumn, Value

SEARCH = "datastore_search"
SEARCH_SQL = "datastore_search_sql"
_FORMS = ("objects", "lists", "csv", "tsv")
_TYPES: Mapping[str, str] = {
    "VARCHAR": "text", "BIGINT": "int8", "DOUBLE": "float8", "DECIMAL": "numeric",
    "BOOLEAN": "bool", "DATE": "date", "TIMESTAMP": "timestamp",
}  # fmt: skip
_ANSWER_TYPES: Mapping[str, str] = {
    "integer": "int8", "number": "numeric", "boolean": "bool", "date": "date",
    "timestamp": "timestamp", "time": "time", "interval": "interval",
}  # fmt: skip
_SYSTEM_TABLES = ("pg_", "_table", "information_schema", "duckdb_", "sqlite_")


def open_rows(shelf: Shelf, resource_id: str) -> Opened:
    """Open the rows that a resource's id names; raises not_found and what opening raises."""
    record, _ = shelf.record_of_resource(resource_id)
    return shelf.kept.opened(record)


def datastore_search(shelf: Shelf, params: Params) -> bytes:
    """Give a page of rows that meet the filters and hold the words, with their number."""
    resource_id = read.required(params, "resource_id", "id")
    require_known(params)
    form = read.text(params, "records_format", "objects")
    if form not in _FORMS:
        raise invalid({"records_format": [f"Value must be one of {list(_FORMS)}"]})
    asked = rows_asked(open_rows(shelf, resource_id), params)
    found = records(shelf, asked)
    result: dict[str, JSON] = {
        "include_total": asked.query.counts,
        "limit": asked.query.limit,
        "records_format": form,
        "resource_id": resource_id,
        "total_estimation_threshold": None,
        **_said_again(params),
        "fields": fields_of(asked, found),
        "_links": _links(params, asked),
    }
    if found.total is not None:
        result |= {"total": found.total, "total_was_estimated": False}
    following = _following(asked, found)
    if following is not None and read.yes(params, "include_next_page", default=True):
        result["next_page"] = {NUMBER: {"gt": following}}
    return around_rows(shelf.site, SEARCH, result, written(found, form))


def records(shelf: Shelf, asked: RowsAsked) -> Records:
    """Read the rows that are asked for; raises invalid for what does not fit a column."""
    opened = asked.opened
    try:
        return shelf.platform.warehouse.records(opened.permit, opened.release.id, asked.query)
    except UnknownColumn as error:
        raise invalid({"fields": [str(error.text)]}) from error
    except Problem as problem:
        raise of_problem(problem, shelf.language, "filters") from problem


def fields_of(asked: RowsAsked, found: Records) -> list[dict[str, JSON]]:
    """Give name and type of each column, with what the dictionary says about it."""
    known = {column.name: column for column in visible_columns(asked.opened)}
    said: list[dict[str, JSON]] = []
    for column in found.columns:
        kind = "int" if column.name == NUMBER else _TYPES[column.sql_type.partition("(")[0]]
        field: dict[str, JSON] = {"id": column.name, "type": kind}
        if column.name in known:
            field["info"] = _info(known[column.name])
        said.append(field)
    return said


def _info(column: Column) -> dict[str, JSON]:
    said = {"label": column.label.vi, "notes": column.description.vi, "unit": column.unit}
    return {name: value for name, value in said.items() if value}


def written(found: Records, form: str) -> str:
    """Write the rows as JSON: objects, lists, or a text of lines."""
    names = [column.name for column in found.columns]
    if form in {"csv", "tsv"}:
        return json.dumps(lines(found.rows, "," if form == "csv" else "\t"), ensure_ascii=False)
    return written_rows(names, found.rows, as_lists=form == "lists")


def written_rows(
    names: Sequence[str], rows: Sequence[Sequence[Value]], *, as_lists: bool = False
) -> str:
    """Write rows as a JSON list of objects, or of lists; numbers keep every digit."""
    opening, closing = ("[", "]") if as_lists else ("{", "}")
    keys = ["" if as_lists else f"{json_text(name)}:" for name in names]
    # Column by column, since values of one column are written in one way.
    written = [
        [key + cell for cell in _cells(column)]
        for key, column in zip(keys, zip(*rows, strict=True), strict=bool(rows))
    ]
    return (
        "["
        + ",\n".join(opening + ",".join(row) + closing for row in zip(*written, strict=True))
        + "]"
    )


def _cells(values: Sequence[Value]) -> Iterable[str]:
    first = next((value for value in values if value is not None), None)
    if isinstance(first, str):
        return ["null" if v is None else encode_basestring(str(v)) for v in values]
    if isinstance(first, int) and not isinstance(first, bool):
        return ["null" if v is None else str(v) for v in values]
    return map(json_text, values)


def lines(rows: Iterable[Sequence[Value]], delimiter: str) -> str:
    """Write rows as lines of text."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=delimiter, lineterminator="\n")
    writer.writerows([plain(value) for value in row] for row in rows)
    return buffer.getvalue()


def _said_again(params: Params) -> dict[str, JSON]:
    """Give the parameters that CKAN repeats in its answer."""
    said: dict[str, JSON] = {}
    for name in ("q", "full_text", "distinct", "plain", "language", "sort", "fields"):
        if params.get(name) not in (None, ""):
            said[name] = params[name]
    if params.get("filters"):
        said["filters"] = read.mapping(params, "filters")
    if params.get("offset"):
        said["offset"] = read.whole(params, "offset", 0, 2**31)
    return said


def _links(params: Params, asked: RowsAsked) -> dict[str, JSON]:
    """Give the addresses of the first page and the next one, as CKAN did up to 2.11."""
    kept = {name: value for name, value in params.items() if name != "offset"}
    offset, limit = asked.query.offset, asked.query.limit or 0
    found: dict[str, JSON] = {
        "start": _link(kept),
        "next": _link({**kept, "offset": offset + limit}),
    }
    if offset > 0:
        found["prev"] = _link({**kept, "offset": max(offset - limit, 0)})
    return found


def _link(params: Params) -> str:
    said = {
        name: value if isinstance(value, str) else json.dumps(value)
        for name, value in params.items()
        if value is not None
    }
    return f"/api/3/action/{SEARCH}?{urlencode(said)}"


def _following(asked: RowsAsked, found: Records) -> int | None:
    """Give the number of the last row, where the next page begins after it."""
    query = asked.query
    is_by_number = not query.distinct and all(sort.column == NUMBER for sort in query.sort)
    is_full = query.limit is not None and len(found.rows) == query.limit > 0
    names = [column.name for column in found.columns]
    if not (is_by_number and is_full and NUMBER in names):
        return None
    if any(sort.descending for sort in query.sort):
        return None
    return int(str(found.rows[-1][names.index(NUMBER)]))


def datastore_info(shelf: Shelf, params: Params) -> JSON:
    """Give how many rows a resource has, and what each of its columns is."""
    resource_id = read.required(params, "id", "resource_id")
    opened = open_rows(shelf, resource_id)
    columns = {column.name: column for column in opened.release.shape.columns}
    return {
        "meta": {
            "id": resource_id,
            "count": opened.release.rows,
            "table_type": "BASE TABLE",
            "size": sum(file.size for file in opened.release.files),
            "release": opened.release.number,
        },
        "fields": [
            {
                "id": column.name,
                "type": _TYPES[columns[column.name].sql_type.partition("(")[0]],
                "info": _info(column),
                "schema": {
                    "native_type": _TYPES[columns[column.name].sql_type.partition("(")[0]],
                    "notnull": column.required or column.name in opened.contract.key,
                    "uidx_index": None,
                    "index_name": None,
                    "is_index": column.name in opened.contract.key,
                },
            }
            for column in visible_columns(opened)
        ],
    }


def datastore_search_sql(shelf: Shelf, params: Params) -> bytes:
    """Answer one SELECT over open datasets; a table is named by a resource's id, in quotes."""
    sql = read.required(params, "sql")
    try:
        asked = ask(
            shelf.platform,
            ANONYMOUS,
            sql,
            RECORDS_LIMIT,
            lambda name: _dataset_of(shelf, name),
        )
    except Problem as problem:
        raise of_problem(problem, shelf.language, "query") from problem
    answer = asked.answer
    fields: list[JSON] = [_field(each) for each in answer.fields]
    result: dict[str, JSON] = {"sql": sql, "fields": fields}
    if answer.is_cut:
        result["records_truncated"] = True
    rows = written_rows([field.name for field in answer.fields], answer.rows)
    return around_rows(shelf.site, SEARCH_SQL, result, rows)


def _field(field: Field) -> dict[str, JSON]:
    return {"id": field.name, "type": _ANSWER_TYPES.get(field.type, "text")}


def _dataset_of(shelf: Shelf, name: str) -> str:
    if name.startswith(_SYSTEM_TABLES):
        raise not_allowed("Not authorized to access system tables")
    return shelf.record_of_resource(name.replace("_", "-"))[0].dataset
