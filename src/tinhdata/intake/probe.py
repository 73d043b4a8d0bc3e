"""What a file is, by its first bytes: the name is only a hope. Everything unreadable is refused."""

from pathlib import Path

from tinhdata.intake import odf, ole, shapefile
from tinhdata.intake.errors import FileRefused, damaged, locked
from tinhdata.intake.geojson import is_geojson
from tinhdata.intake.json_kind import json_kind
from tinhdata.intake.model import FileKind
from tinhdata.intake.ooxml import part_names
from tinhdata.kernel import Text, t

_HEAD = 8192
_MARKUP = (b"<html", b"<!doctype html", b"<table", b"<?xml", b"<workbook", b"<head", b"<body")
_FOREIGN = (
    (b"%PDF-", t("a PDF document")),
    (b"\x89PNG", t("a picture")),
    (b"\xff\xd8\xff", t("a picture")),
    (b"GIF8", t("a picture")),
    (b"Rar!", t("an archive")),
    (b"7z\xbc\xaf", t("an archive")),
    (b"\x1f\x8b", t("an archive")),
    (b"{\\rtf", t("a text document")),
    (b"SQLite format 3", t("a database")),
)
_PARQUET = b"PAR1"
_SQLITE = b"SQLite format 3\0"
_GEOPACKAGE = (b"GPKG", b"GP10", b"GP11")
"""The application ids of GeoPackage (OGC 12-128r19, requirement 2)."""
_SAVE_AS = t("Open it in Excel and save it as “Excel Workbook (*.xlsx)”, then send that file.")
_TABLE_WANTED = t(
    "Send the table itself: a workbook (.xlsx, .xls, .ods), CSV, JSON, Parquet, or a ZIP of these."
)
_DOCUMENTS = (
    ("xl/workbook.bin", t("a binary workbook (.xlsb)")),
    ("word/document.xml", t("a Word document")),
    ("ppt/presentation.xml", t("a presentation")),
)


def kind_of(path: Path) -> FileKind:
    """Say what the file at `path` is; raises FileRefused where it is no table that can be read."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if not head:
        raise FileRefused(
            "empty",
            t("The file is empty: it has no bytes at all."),
            t("Look whether the right file was chosen, and send it again."),
        )
    if head.startswith(ole.MAGIC):
        return _old_workbook(path)
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _archive(path)
    if head.startswith(_PARQUET):
        return FileKind.PARQUET
    if geo := _geodata(head):
        return geo
    _refuse_foreign(head)
    return json_kind(path) or FileKind.TEXT


def _geodata(head: bytes) -> FileKind | None:
    """Say which file of features begins with `head`; None where it is none."""
    if head.startswith(_SQLITE) and head[68:72] in _GEOPACKAGE:
        return FileKind.GEOPACKAGE
    if head.startswith(shapefile.MAGIC):
        raise shapefile.lone_part()
    return FileKind.GEOJSON if is_geojson(head) else None


def _refuse_foreign(head: bytes) -> None:
    for magic, what in _FOREIGN:
        if head.startswith(magic):
            raise _no_table(what)
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if start.startswith(_MARKUP):
        raise FileRefused(
            "markup",
            t("The file is a web page or XML that only carries the name of a table."),
            _SAVE_AS,
        )
    if _is_binary(head):
        raise _no_table(t("a file that holds no text"))


def _is_binary(head: bytes) -> bool:
    """Say whether the bytes are no text: control bytes everywhere, and not as UTF-16 has them."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return False
    zeros = head.count(0)
    is_wide = zeros * 3 > len(head) and (not head[::2].count(0) or not head[1::2].count(0))
    controls = sum(byte < 32 and byte not in b"\t\n\r\f\x1a\x1b" for byte in head)
    return controls * 10 > len(head) and not is_wide


def _no_table(what: Text) -> FileRefused:
    return FileRefused(
        "not-a-table", t("The file is {what}, not a table.", what=what), _TABLE_WANTED
    )


def _archive(path: Path) -> FileKind:
    names = part_names(path)
    if "xl/workbook.xml" in names:
        return FileKind.XLSX
    if shapefile.has_shapefile(names):
        return FileKind.SHAPEFILE
    if "content.xml" in names and ("mimetype" in names or "META-INF/manifest.xml" in names):
        return _open_document(path)
    if "encrypted-package" in names and "mimetype" in names:
        raise locked()
    for part, what in _DOCUMENTS:
        if part in names:
            refused = _no_table(what)
            is_fixable = part == "xl/workbook.bin"
            fix = _SAVE_AS if is_fixable else _TABLE_WANTED
            raise FileRefused(refused.reason, refused.text, fix)
    return FileKind.ZIP


def _open_document(path: Path) -> FileKind:
    if odf.is_spreadsheet(path):
        return FileKind.ODS
    raise _no_table(t("an OpenDocument file"))


def _old_workbook(path: Path) -> FileKind:
    try:
        streams = ole.streams(path.read_bytes())
    except ValueError as error:
        raise damaged() from error
    if "EncryptedPackage" in streams:
        raise locked()
    workbook = streams.get("Workbook") or streams.get("Book")
    if workbook is None:
        raise _no_table(
            t("a Word document") if "WordDocument" in streams else t("another document")
        )
    if ole.is_locked(workbook):
        raise locked()
    return FileKind.XLS
