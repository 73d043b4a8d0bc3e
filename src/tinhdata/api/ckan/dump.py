"""/datastore/dump: all rows that meet the filters as one file, with a name that says what it is.

Written to disk first and sent then, as every file of rows: a slow line holds no reader.
"""

import csv
import io
import json
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO
from xml.sax.saxutils import escape, quoteattr

from fastapi.responses import Response, StreamingResponse

from tinhdata.api.ckan import params as read
from tinhdata.api.ckan.asking_rows import KNOWN, RowsAsked, require_known, rows_asked
from tinhdata.api.ckan.datastore import fields_of, open_rows, records
from tinhdata.api.ckan.params import Params
from tinhdata.api.ckan.problems import invalid, not_found
from tinhdata.api.ckan.shelf import Shelf
from tinhdata.edge.files import FileFormat, cache_headers, rows_file
from tinhdata.edge.plain import json_text, plain
from tinhdata.edge.rows import visible_columns
from tinhdata.edge.sending import Asked, is_known
from tinhdata.kernel import JSON, canonical_json, sha256_hex
from tinhdata.warehouse import NUMBER, Query, Value

_FORMS: Mapping[str, str] = {
    "csv": "text/csv; charset=utf-8",
    "tsv": "text/tab-separated-values; charset=utf-8",
    "json": "application/json",
    "xml": "text/xml; charset=utf-8",
}
_KNOWN = frozenset({"format", "bom"}) | KNOWN
_CHUNK = 1 << 18

Row = tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class _Shown:
    """The names of the columns, and what the answer says of each."""

    names: tuple[str, ...]
    fields: list[dict[str, JSON]]


def dump(shelf: Shelf, resource_id: str, params: Params, sent: Asked) -> Response:
    """Answer with the rows as a file; 304 where the reader has it already."""
    form = read.text(params, "format", "csv")
    if form not in _FORMS:
        raise invalid({"format": [f"Value must be one of {list(_FORMS)}"]})
    require_known(params, _KNOWN)
    opened = open_rows(shelf, resource_id)
    asked = rows_asked(opened, {**params, "include_total": False}, most=None)
    bom = read.yes(params, "bom")
    tag = _tag(asked, form, bom)
    headers = cache_headers(opened, tag)
    if is_known(sent.if_none_match, tag):
        return Response(status_code=304, headers=headers)
    file, size = _written(shelf, asked, form, bom)
    headers |= {
        "Content-Disposition": f'attachment; filename="{_name(asked, form)}"',
        "Content-Length": str(size),
    }
    return StreamingResponse(_pieces(file), headers=headers, media_type=_FORMS[form])


def download(shelf: Shelf, resource_id: str, asked: Asked) -> Response:
    """Answer with a file of the current release, whole; raises not_found."""
    _, form = shelf.record_of_resource(resource_id)
    if form not in {each.value for each in FileFormat}:
        raise not_found(f'Not found: Resource "{resource_id[:100]}" was not found.')
    opened = open_rows(shelf, resource_id)
    whole = Query(columns=tuple(column.name for column in visible_columns(opened)))
    return rows_file(
        shelf.platform,
        opened,
        whole,
        FileFormat(form),
        bom=False,
        language=shelf.language,
        asked=asked,
    )


def _tag(asked: RowsAsked, form: str, bom: bool) -> str:
    opened = asked.opened
    said: JSON = [
        opened.release.id,
        opened.release.content_hash,
        opened.contract_hash,
        repr(asked.query),
        form,
        bom,
    ]
    return f'W/"{sha256_hex(canonical_json(said))[:32]}"'


def _name(asked: RowsAsked, form: str) -> str:
    opened = asked.opened
    mark = "-mo-phong" if opened.contract.simulated else ""
    return f"{opened.contract.id}-r{opened.release.number}{mark}.{form}"


def _written(shelf: Shelf, asked: RowsAsked, form: str, bom: bool) -> tuple[BinaryIO, int]:
    """Write the file and open it; its name is gone before it is read, so nothing stays behind."""
    folder = shelf.platform.settings.store / "temporary"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    warehouse, opened = shelf.platform.warehouse, asked.opened
    shown = _shown(shelf, asked)
    with tempfile.TemporaryDirectory(prefix="dump-", dir=folder) as own:
        path = Path(own) / "rows"
        batches = warehouse.stream_records(opened.permit, opened.release.id, asked.query)
        with path.open("wb") as file, closing(batches):
            rows = (
                row
                for batch in batches
                for row in zip(*(column.to_pylist() for column in batch.columns), strict=True)
            )
            if bom:
                file.write(b"\xef\xbb\xbf")
            file.writelines(piece.encode() for piece in _WRITERS[form](shown, rows))
        found = path.open("rb")
        return found, os.fstat(found.fileno()).st_size


def _shown(shelf: Shelf, asked: RowsAsked) -> _Shown:
    """Ask for no row, to learn what the columns are, and whether the question fits at all."""
    found = records(shelf, replace(asked, query=replace(asked.query, limit=0, offset=0)))
    return _Shown(tuple(column.name for column in found.columns), fields_of(asked, found))


def _separated(delimiter: str) -> Callable[[_Shown, Iterator[Row]], Iterator[str]]:
    def write(shown: _Shown, rows: Iterator[Row]) -> Iterator[str]:
        buffer = io.StringIO()
        writer = csv.writer(buffer, delimiter=delimiter, lineterminator="\r\n")
        writer.writerow(shown.names)
        for row in rows:
            writer.writerow([plain(value) for value in row])
            if buffer.tell() > _CHUNK:
                yield buffer.getvalue()
                buffer.seek(0)
                buffer.truncate()
        yield buffer.getvalue()

    return write


def _json(shown: _Shown, rows: Iterator[Row]) -> Iterator[str]:
    yield f'{{\n  "fields": {json.dumps(shown.fields, ensure_ascii=False)},\n  "records": ['
    separator = "\n    "
    for row in rows:
        yield f"{separator}[{','.join(map(json_text, row))}]"
        separator = ",\n    "
    yield "\n]}\n"


def _xml(shown: _Shown, rows: Iterator[Row]) -> Iterator[str]:
    """Write rows as CKAN does: an element per cell, without those that are empty."""
    at = shown.names.index(NUMBER) if NUMBER in shown.names else None
    yield "<data>\n"
    for row in rows:
        number = "" if at is None else f" _id={quoteattr(str(row[at]))}"
        cells = "".join(
            f"<{name}>{escape(_clean(value))}</{name}>"
            for name, value in zip(shown.names, row, strict=True)
            if name != NUMBER and value is not None
        )
        yield f"<row{number}>{cells}</row>\n"
    yield "</data>\n"


def _clean(value: Value) -> str:
    """Write a value without the characters that no XML may hold."""
    text = plain(value) or ""
    return "".join(letter for letter in text if letter >= " " or letter in "\t\n\r")


_WRITERS: Mapping[str, Callable[[_Shown, Iterator[Row]], Iterator[str]]] = {
    "csv": _separated(","),
    "tsv": _separated("\t"),
    "json": _json,
    "xml": _xml,
}


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while piece := file.read(_CHUNK):
            yield piece
