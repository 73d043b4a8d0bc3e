"""Rows as a file to download: exactly what is filtered, in seven forms, in constant memory.

All rows of open data lie ready as files. Any other is written to disk first and sent then: a slow
line holds no reader of the warehouse, and what goes wrong while writing is an honest error instead
of a file that ends too early.
"""

import base64
import gzip
import hashlib
import os
import tempfile
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from enum import StrEnum
from io import BufferedIOBase
from pathlib import Path
from typing import BinaryIO

from fastapi.responses import Response, StreamingResponse

from tinhdata.access import AccessNotFound
from tinhdata.bootstrap import Platform
from tinhdata.contracts import AccessLevel, Bilingual
from tinhdata.edge import geopackage
from tinhdata.edge.geojson import MEDIA_TYPE, geojson_lines, not_on_map
from tinhdata.edge.language import moment_text, say
from tinhdata.edge.places import Coordinates, Placing, coordinates_of, placing_of
from tinhdata.edge.plain import Columns, json_head
from tinhdata.edge.rows import Opened, visible_columns
from tinhdata.edge.sending import Asked, SentFile, Unchanging, is_known, send_file
from tinhdata.edge.showing import filter_words
from tinhdata.edge.workbook import MOST_ROWS, too_many_rows, write_workbook
from tinhdata.kernel import JSON, canonical_json, sha256_hex, t
from tinhdata.warehouse import Query, StaticFile, StaticForm, TextForm

__all__ = [
    "MEDIA_TYPES",
    "FileFormat",
    "cache_headers",
    "checksum_of",
    "etag_of",
    "file_name",
    "is_file",
    "is_known",
    "meta_of",
    "rows_file",
]

_BOM = b"\xef\xbb\xbf"
_PIECE = 1 << 20
_GZIP_LEVEL = 1
"""A file made to order is compressed while somebody waits for it."""


class FileFormat(StrEnum):
    """The forms that rows can be downloaded in; the value is the ending of the file's name."""

    CSV = "csv"
    XLSX = "xlsx"
    JSON = "json"
    JSONL = "jsonl"
    PARQUET = "parquet"
    GEOJSON = "geojson"
    GEOPACKAGE = "gpkg"


MEDIA_TYPES: Mapping[FileFormat, str] = {
    FileFormat.CSV: "text/csv; charset=utf-8",
    FileFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    FileFormat.JSON: "application/json",
    FileFormat.JSONL: "application/x-ndjson",
    FileFormat.PARQUET: "application/vnd.apache.parquet",
    FileFormat.GEOJSON: MEDIA_TYPE,
    FileFormat.GEOPACKAGE: geopackage.MEDIA_TYPE,
}


_TEXTS = frozenset({FileFormat.CSV, FileFormat.JSON, FileFormat.JSONL, FileFormat.GEOJSON})
"""Forms that are sent compressed to readers who take them so; the others are sent as they are."""

_LAYERS = frozenset({FileFormat.GEOJSON, FileFormat.GEOPACKAGE})
"""Forms in which each row has its place."""


def rows_file(
    platform: Platform,
    opened: Opened,
    query: Query,
    form: FileFormat,
    *,
    bom: bool,
    language: str,
    asked: Asked | None = None,
) -> Response:
    """Answer with all rows of `query`, page or not, as a file; 304 where the reader has it.

    A file of all rows that lies ready is sent whole or in part, as `asked`. `bom` puts the mark
    before CSV that Excel needs to see UTF-8. Raises what reading raises, and NotForExcel where a
    workbook cannot hold the answer, NotOnMap where rows have no place.
    """
    asked = asked or Asked()
    bom = bom and form is FileFormat.CSV
    shown_as = {
        "Content-Disposition": f'attachment; filename="{file_name(opened, form, language)}"'
    }
    if (ready := _ready(platform, opened, query, form, asked, bom, shown_as)) is not None:
        return ready
    packed = form in _TEXTS and asked.takes_gzip
    layer = _layer(platform, opened, query) if form in _LAYERS else None
    said = (
        form.value,
        str(bom),
        language,
        "gzip" if packed else "",
        *(layer.marks if layer else ()),
    )
    tag = etag_of(opened, query, *said)
    headers = cache_headers(opened, tag)
    _add_encoding(headers, form, packed)
    if is_known(asked.if_none_match, tag):
        return Response(status_code=304, headers=headers)
    headers |= shown_as
    if asked.is_head:
        # How long it is would be known only when it is written.
        return StreamingResponse(iter(()), headers=headers, media_type=MEDIA_TYPES[form])
    if form is FileFormat.XLSX and _total(platform, opened, query) > MOST_ROWS:
        raise too_many_rows()
    file, size = _written(platform, opened, query, form, bom, packed, language, layer)
    headers["Repr-Digest"] = _digest(file)
    return SentFile(file, range(size), 200, headers, MEDIA_TYPES[form])


def checksum_of(
    platform: Platform, opened: Opened, query: Query, form: FileFormat, language: str
) -> Response:
    """Answer with the SHA-256 of the file that `rows_file` gives uncompressed, and its name.

    Raises what `rows_file` raises.
    """
    file = rows_file(platform, opened, query, form, bom=False, language=language)
    if isinstance(file, SentFile):
        file.close()
    said = file.headers["Repr-Digest"].removeprefix("sha-256=:").removesuffix(":")
    line = f"{base64.b64decode(said).hex()}  {file_name(opened, form, language)}\n"
    headers = {name: file.headers[name] for name in ("Cache-Control", "Vary")}
    return Response(line, media_type="text/plain; charset=utf-8", headers=headers)


def _digest(file: BinaryIO) -> str:
    """Give the hash of all bytes of `file` as `Repr-Digest` has it (RFC 9530), and rewind it."""
    digest = hashlib.sha256()
    while piece := file.read(_PIECE):
        digest.update(piece)
    file.seek(0)
    return f"sha-256=:{base64.b64encode(digest.digest()).decode()}:"


@dataclass(frozen=True, slots=True)
class _Layer:
    """How rows get their places, and where the codes among them lie."""

    placing: Placing
    coordinates: Mapping[str, Coordinates]
    marks: tuple[str, ...]
    """What the places depend on besides the rows, for the tag of the answer."""


def _layer(platform: Platform, opened: Opened, query: Query) -> _Layer:
    """Find how the chosen columns say where rows lie; raises NotOnMap where they do not."""
    columns = [opened.contract.column(name) for name in _names(opened, query)]
    placing = placing_of(platform, columns)
    if placing is None:
        raise not_on_map()
    if placing.register is None:
        return _Layer(placing, {}, ())
    coordinates = coordinates_of(platform, placing.register)
    return _Layer(placing, coordinates, (placing.register.opened.release.id,))


def _ready(
    platform: Platform,
    opened: Opened,
    query: Query,
    form: FileFormat,
    asked: Asked,
    bom: bool,
    shown_as: Mapping[str, str],
) -> Response | None:
    """Answer with the file of all rows that was made after the release, if there is one."""
    packed = form is FileFormat.CSV and asked.takes_gzip and not bom
    static = StaticForm.CSV_GZIP if packed else _STATIC.get(form)
    if static is None or not _is_everything(opened, query):
        return None
    found = platform.open_files.find(opened.permit, opened.release, static)
    if found is None:
        return None
    prefix = _BOM if bom else b""
    tag = f'"{found.sha256[:32]}{"-bom" if bom else ""}"'
    headers = cache_headers(opened, tag) | dict(shown_as)
    _add_encoding(headers, form, packed)
    if not bom:
        digest = base64.b64encode(bytes.fromhex(found.sha256)).decode()
        headers["Repr-Digest"] = f"sha-256=:{digest}:"
    what = Unchanging(found.size + len(prefix), tag, opened.release.published_at)
    if platform.settings.accel_redirect and not bom and not what.is_had(asked):
        return _by_server_in_front(platform, found, headers | what.headers(), MEDIA_TYPES[form])
    try:
        file = found.path.open("rb")
    except OSError:  # removed just now
        return None
    return send_file(file, what, asked, headers, MEDIA_TYPES[form], prefix)


_STATIC = {FileFormat.CSV: StaticForm.CSV, FileFormat.PARQUET: StaticForm.PARQUET}


def _by_server_in_front(
    platform: Platform, found: StaticFile, headers: Mapping[str, str], media_type: str
) -> Response:
    """Have nginx send the file, or the part of it that was asked for."""
    where = f"{(platform.settings.accel_redirect or '').rstrip('/')}/{found.place}"
    return Response(headers={**headers, "X-Accel-Redirect": where}, media_type=media_type)


def _is_everything(opened: Opened, query: Query) -> bool:
    asks_less = query.filters or query.search or query.sort
    return not asks_less and query.columns in (None, _names(opened, Query()))


def _add_encoding(headers: dict[str, str], form: FileFormat, packed: bool) -> None:
    if form in _TEXTS:
        headers["Vary"] += ", Accept-Encoding"
    if packed:
        headers["Content-Encoding"] = "gzip"


def file_name(opened: Opened, form: FileFormat, language: str = "vi") -> str:
    """Name a download: dataset, release, the mark of simulated data, and the form."""
    mark = {"vi": "-mo-phong", "en": "-simulated"}[language] if opened.contract.simulated else ""
    return f"{opened.contract.id}-r{opened.release.number}{mark}.{form.value}"


def is_file(path: str) -> bool:
    """Say whether the address `path` leads to a file of rows."""
    name, _, ending = path.rpartition("/")[2].partition(".")
    is_named = name in {"rows", "download"} or "/download/" in path
    return is_named and ending in MEDIA_TYPES


def etag_of(opened: Opened, query: Query, *form: str) -> str:
    """Give the weak tag of an answer: the release's content, the permit, the question, the form."""
    permit = opened.permit
    question: JSON = {
        "release": [opened.release.id, opened.release.content_hash, opened.contract_hash],
        "columns": None if permit.columns is None else sorted(permit.columns),
        "masks": dict(permit.masks),
        "query": repr(asdict(query)),
        "form": list(form),
    }
    return f'W/"{sha256_hex(canonical_json(question))[:32]}"'


def cache_headers(opened: Opened, tag: str) -> dict[str, str]:
    """Say who may keep an answer: everyone that of open data, asking each time whether it stands.

    Asking each time is what makes a withdrawal take effect at once.
    """
    is_open = opened.contract.access_level is AccessLevel.OPEN and opened.permit.rule == "open-rows"
    kept = "public, no-cache" if is_open else "private, no-store"
    return {
        "ETag": tag,
        "Cache-Control": kept,
        "Vary": "Accept-Language, Authorization, Cookie",
    }


def meta_of(platform: Platform, opened: Opened, query: Query, language: str) -> dict[str, JSON]:
    """Say what rows are: dataset, release, date, agency, licence, filter, simulated or not."""
    contract, release = opened.contract, opened.release
    return {
        "dataset": contract.id,
        "name": contract.name.in_language(language),
        "release": release.number,
        "release_id": release.id,
        "published_at": release.published_at.isoformat(),
        "agency": contract.agency,
        "agency_name": _agency_name(platform, contract.agency, language),
        "licence": contract.licence,
        "contract_version": contract.version,
        "contract_hash": opened.contract_hash,
        "simulated": contract.simulated,
        "filter": list(filter_words(query, contract, language)),
    }


def _facts(
    platform: Platform, opened: Opened, query: Query, language: str
) -> list[tuple[str, str]]:
    contract, release = opened.contract, opened.release
    filters = "; ".join(filter_words(query, contract, language))
    agency = f"{_agency_name(platform, contract.agency, language)} ({contract.agency})"
    facts = [
        (t("Dataset"), contract.name.in_language(language)),
        (t("Id of the dataset"), contract.id),
        (t("Release"), str(release.number)),
        (t("Published on"), moment_text(release.published_at, language)),
        (t("Agency"), agency),
        (t("Licence"), contract.licence or say(t("not stated"), language)),
        (t("Rows chosen"), filters or say(t("none, all rows"), language)),
    ]
    if contract.simulated:
        facts.insert(0, (t("Simulated data"), say(_SIMULATED, language)))
    return [(say(name, language), value) for name, value in facts]


_SIMULATED = t("The rows were made up to show how it works; they say nothing about the province.")


def _agency_name(platform: Platform, code: str, language: str) -> str:
    def named() -> Bilingual:
        try:
            return platform.access.agency(code).name
        except AccessNotFound:
            return Bilingual(code)

    return platform.standing.remembered(("agency", code), named).in_language(language)


def _total(platform: Platform, opened: Opened, query: Query) -> int:
    one = Query(query.columns, query.filters, query.search, query.unsearched, limit=1)
    return platform.warehouse.read(opened.permit, opened.release.id, one).total


def _written(
    platform: Platform,
    opened: Opened,
    query: Query,
    form: FileFormat,
    bom: bool,
    packed: bool,
    language: str,
    layer: _Layer | None,
) -> tuple[BinaryIO, int]:
    """Write the file and open it; its name is gone before it is read, so nothing stays behind."""
    folder = platform.settings.store / "temporary"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(prefix="download-", dir=folder) as own:
        path = Path(own) / f"rows.{form.value}"
        if form in _TEXTS:
            with _sink(path, packed) as file:
                file.write(_BOM if bom else b"")
                _write_text(platform, opened, query, form, file, language, layer)
        elif form is FileFormat.XLSX:
            _write_xlsx(platform, opened, query, path, language)
        elif layer is not None:
            _write_geopackage(platform, opened, query, path, language, layer)
        else:
            platform.warehouse.write_parquet(opened.permit, opened.release.id, query, path)
        written = path.open("rb")
        return written, os.fstat(written.fileno()).st_size


@contextmanager
def _sink(path: Path, packed: bool) -> Iterator[BufferedIOBase]:
    with path.open("wb") as file:
        if not packed:
            yield file
            return
        with gzip.GzipFile("", "wb", _GZIP_LEVEL, file, mtime=0) as packer:
            yield packer


def _write_text(
    platform: Platform,
    opened: Opened,
    query: Query,
    form: FileFormat,
    file: BufferedIOBase,
    language: str,
    layer: _Layer | None,
) -> None:
    if layer is not None:
        _write_geojson(platform, opened, query, file, language, layer)
        return
    writers: Mapping[FileFormat, Callable[[], None]] = {
        FileFormat.CSV: lambda: _write_lines(platform, opened, query, TextForm.CSV, file),
        FileFormat.JSONL: lambda: _write_lines(platform, opened, query, TextForm.JSONL, file),
        FileFormat.JSON: lambda: _write_json(platform, opened, query, file, language),
    }
    writers[form]()


def _write_lines(
    platform: Platform, opened: Opened, query: Query, form: TextForm, file: BufferedIOBase
) -> None:
    texts = platform.warehouse.texts(opened.permit, opened.release.id, query, form)
    with closing(texts) as pieces:
        file.writelines(pieces)


def _write_json(
    platform: Platform, opened: Opened, query: Query, file: BufferedIOBase, language: str
) -> None:
    file.write(json_head(meta_of(platform, opened, query, language)))
    texts = platform.warehouse.texts(opened.permit, opened.release.id, query, TextForm.JSON)
    with closing(texts) as pieces:
        # Each row has a comma before it; the first one has nothing to be parted from.
        surplus = 1
        for piece in pieces:
            file.write(memoryview(piece)[surplus:])
            surplus = 0 if len(piece) else surplus
    file.write(b"\n]}\n")


def _write_geojson(
    platform: Platform,
    opened: Opened,
    query: Query,
    file: BufferedIOBase,
    language: str,
    layer: _Layer,
) -> None:
    meta = meta_of(platform, opened, query, language)
    columns = [opened.contract.column(name) for name in _names(opened, query)]
    with closing(_batches(platform, opened, query)) as rows:
        file.writelines(geojson_lines(meta, columns, rows, layer.placing, layer.coordinates))


def _write_geopackage(
    platform: Platform,
    opened: Opened,
    query: Query,
    path: Path,
    language: str,
    layer: _Layer,
) -> None:
    contract, release = opened.contract, opened.release
    facts = _facts(platform, opened, query, language)
    about = geopackage.LayerFacts(
        contract.id,
        contract.name.in_language(language),
        "\n".join(f"{name}: {value}" for name, value in facts),
        release.published_at,
    )
    columns = [contract.column(name) for name in _names(opened, query)]
    with closing(_batches(platform, opened, query)) as rows:
        geopackage.write_geopackage(path, about, columns, rows, layer.placing, layer.coordinates)


def _write_xlsx(
    platform: Platform, opened: Opened, query: Query, path: Path, language: str
) -> None:
    columns = [opened.contract.column(name) for name in _names(opened, query)]
    facts = _facts(platform, opened, query, language)
    permit, release = opened.permit, opened.release.id
    write_workbook(
        path,
        columns,
        lambda form: platform.warehouse.sheet(permit, release, query, form),
        facts,
        language,
        opened.release.published_at,
    )


def _names(opened: Opened, query: Query) -> tuple[str, ...]:
    return query.columns or tuple(column.name for column in visible_columns(opened))


def _batches(platform: Platform, opened: Opened, query: Query) -> Generator[Columns, None, None]:
    with closing(platform.warehouse.stream(opened.permit, opened.release.id, query)) as batches:
        for batch in batches:
            yield [column.to_pylist() for column in batch.columns]
