"""Rows as a file to download: exactly what is filtered, in five forms, in constant memory.

A file is written to disk first and sent then: a slow line holds no reader of the warehouse, and
what goes wrong while writing is an honest error instead of a file that ends too early.
"""

import os
import tempfile
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import closing
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO

from fastapi.responses import Response, StreamingResponse

from tinhdata.bootstrap import Platform
from tinhdata.contracts import AccessLevel
from tinhdata.edge.geojson import MEDIA_TYPE, geojson_lines
from tinhdata.edge.language import moment_text, say
from tinhdata.edge.plain import Columns, csv_lines, json_lines
from tinhdata.edge.rows import Opened, visible_columns
from tinhdata.edge.showing import filter_words
from tinhdata.edge.workbook import MOST_ROWS, too_many_rows, write_workbook
from tinhdata.kernel import JSON, canonical_json, sha256_hex, t
from tinhdata.warehouse import Query

_CHUNK = 1 << 18


class FileFormat(StrEnum):
    """The forms that rows can be downloaded in; the value is the ending of the file's name."""

    CSV = "csv"
    XLSX = "xlsx"
    JSON = "json"
    PARQUET = "parquet"
    GEOJSON = "geojson"


MEDIA_TYPES: Mapping[FileFormat, str] = {
    FileFormat.CSV: "text/csv; charset=utf-8",
    FileFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    FileFormat.JSON: "application/json",
    FileFormat.PARQUET: "application/vnd.apache.parquet",
    FileFormat.GEOJSON: MEDIA_TYPE,
}


def rows_file(
    platform: Platform,
    opened: Opened,
    query: Query,
    form: FileFormat,
    *,
    bom: bool,
    language: str,
    if_none_match: str | None = None,
) -> Response:
    """Answer with all rows of `query`, page or not, as a file; 304 where the reader has it.

    `bom` puts the mark before CSV that Excel needs to see UTF-8. Raises what reading raises, and
    NotForExcel where a workbook cannot hold the answer, NotOnMap where rows have no place.
    """
    tag = etag_of(opened, query, form.value, str(bom), language)
    headers = cache_headers(opened, tag)
    if is_known(if_none_match, tag):
        return Response(status_code=304, headers=headers)
    if form is FileFormat.XLSX and _total(platform, opened, query) > MOST_ROWS:
        raise too_many_rows()
    file, size = _written(platform, opened, query, form, bom, language)
    name = file_name(opened, form, language)
    headers |= {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Content-Length": str(size),
    }
    return StreamingResponse(_pieces(file), headers=headers, media_type=MEDIA_TYPES[form])


def file_name(opened: Opened, form: FileFormat, language: str = "vi") -> str:
    """Name a download: dataset, release, the mark of simulated data, and the form."""
    mark = {"vi": "-mo-phong", "en": "-simulated"}[language] if opened.contract.simulated else ""
    return f"{opened.contract.id}-r{opened.release.number}{mark}.{form.value}"


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


def is_known(if_none_match: str | None, tag: str) -> bool:
    """Say whether the reader's tags (If-None-Match) hold `tag`, by weak comparison."""
    if not if_none_match:
        return False
    wanted = tag.removeprefix("W/")
    tags = [item.strip().removeprefix("W/") for item in if_none_match.split(",")]
    return "*" in tags or wanted in tags


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
    for agency in platform.access.agencies():
        if agency.code == code:
            return agency.name.in_language(language)
    return code


def _total(platform: Platform, opened: Opened, query: Query) -> int:
    one = Query(query.columns, query.filters, query.search, query.unsearched, limit=1)
    return platform.warehouse.read(opened.permit, opened.release.id, one).total


def _written(
    platform: Platform, opened: Opened, query: Query, form: FileFormat, bom: bool, language: str
) -> tuple[BinaryIO, int]:
    """Write the file and open it; its name is gone before it is read, so nothing stays behind."""
    folder = platform.settings.store / "temporary"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(prefix="download-", dir=folder) as own:
        path = Path(own) / f"rows.{form.value}"
        writers: Mapping[FileFormat, Callable[[], object]] = {
            FileFormat.CSV: lambda: _write_csv(platform, opened, query, path, bom),
            FileFormat.JSON: lambda: _write_json(platform, opened, query, path, language),
            FileFormat.XLSX: lambda: _write_xlsx(platform, opened, query, path, language),
            FileFormat.GEOJSON: lambda: _write_geojson(platform, opened, query, path, language),
            FileFormat.PARQUET: lambda: platform.warehouse.write_parquet(
                opened.permit, opened.release.id, query, path
            ),
        }
        writers[form]()
        file = path.open("rb")
        return file, os.fstat(file.fileno()).st_size


def _write_csv(platform: Platform, opened: Opened, query: Query, path: Path, bom: bool) -> None:
    with path.open("wb") as file, closing(_batches(platform, opened, query)) as rows:
        file.writelines(csv_lines(_names(opened, query), rows, bom=bom))


def _write_json(
    platform: Platform, opened: Opened, query: Query, path: Path, language: str
) -> None:
    meta = meta_of(platform, opened, query, language)
    with path.open("wb") as file, closing(_batches(platform, opened, query)) as rows:
        file.writelines(json_lines(meta, _names(opened, query), rows))


def _write_geojson(
    platform: Platform, opened: Opened, query: Query, path: Path, language: str
) -> None:
    meta = meta_of(platform, opened, query, language)
    columns = [opened.contract.column(name) for name in _names(opened, query)]
    with path.open("wb") as file, closing(_batches(platform, opened, query)) as rows:
        file.writelines(geojson_lines(meta, columns, rows))


def _write_xlsx(
    platform: Platform, opened: Opened, query: Query, path: Path, language: str
) -> None:
    columns = [opened.contract.column(name) for name in _names(opened, query)]
    facts = _facts(platform, opened, query, language)
    with closing(_batches(platform, opened, query)) as rows:
        write_workbook(path, columns, rows, facts, language)


def _names(opened: Opened, query: Query) -> tuple[str, ...]:
    return query.columns or tuple(column.name for column in visible_columns(opened))


def _batches(platform: Platform, opened: Opened, query: Query) -> Generator[Columns, None, None]:
    with closing(platform.warehouse.stream(opened.permit, opened.release.id, query)) as batches:
        for batch in batches:
            yield [column.to_pylist() for column in batch.columns]


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while piece := file.read(_CHUNK):
            yield piece
