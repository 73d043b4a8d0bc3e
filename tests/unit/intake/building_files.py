"""Files of every kind for the tests of intake, by hand where no program here writes them."""

import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

_SPACES = " ".join(
    f'xmlns:{name}="{uri}"'
    for name, uri in (
        ("office", "urn:oasis:names:tc:opendocument:xmlns:office:1.0"),
        ("table", "urn:oasis:names:tc:opendocument:xmlns:table:1.0"),
        ("text", "urn:oasis:names:tc:opendocument:xmlns:text:1.0"),
        ("style", "urn:oasis:names:tc:opendocument:xmlns:style:1.0"),
        ("calcext", "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"),
    )
)
_HIDDEN = (
    '<style:style style:name="seen" style:family="table">'
    '<style:table-properties table:display="true"/></style:style>'
    '<style:style style:name="hidden" style:family="table">'
    '<style:table-properties table:display="false"/></style:style>'
)


def ods_cell(value: str | float | None, times: int = 1) -> str:
    """Give a cell as LibreOffice writes it; `times` is how often it repeats."""
    repeated = f' table:number-columns-repeated="{times}"' if times > 1 else ""
    if value is None:
        return f"<table:table-cell{repeated}/>"
    if isinstance(value, str):
        body = f"<text:p>{escape(value)}</text:p>"
        return f'<table:table-cell office:value-type="string"{repeated}>{body}</table:table-cell>'
    return (
        f'<table:table-cell office:value-type="float" office:value="{value}"{repeated}>'
        f"<text:p>{value}</text:p></table:table-cell>"
    )


def ods_row(cells: Iterable[str], times: int = 1) -> str:
    repeated = f' table:number-rows-repeated="{times}"' if times > 1 else ""
    return f"<table:table-row{repeated}>{''.join(cells)}</table:table-row>"


def ods_sheet(name: str, rows: Iterable[str], *, hidden: bool = False) -> str:
    style = "hidden" if hidden else "seen"
    return (
        f'<table:table table:name="{escape(name)}" table:style-name="{style}">'
        f"{''.join(rows)}</table:table>"
    )


def ods_of(path: Path, *sheets: str, manifest: str = "", kind: str = "spreadsheet") -> Path:
    """Write a spreadsheet of `sheets` at `path`."""
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {_SPACES} '
        f'office:version="1.2"><office:automatic-styles>{_HIDDEN}</office:automatic-styles>'
        f"<office:body><office:spreadsheet>{''.join(sheets)}</office:spreadsheet></office:body>"
        "</office:document-content>"
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", f"application/vnd.oasis.opendocument.{kind}")
        archive.writestr("content.xml", content)
        archive.writestr(
            "META-INF/manifest.xml", f'<?xml version="1.0"?><manifest>{manifest}</manifest>'
        )
    return path


def ods_table(path: Path, *rows: Sequence[str | float | None]) -> Path:
    """Write a spreadsheet of one sheet called Sheet1."""
    return ods_of(path, ods_sheet("Sheet1", (ods_row(map(ods_cell, row)) for row in rows)))


def json_of(path: Path, value: object) -> Path:
    path.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")
    return path


def zip_of(path: Path, files: Mapping[str, str | bytes | Path]) -> Path:
    """Write an archive of `files`, by the names they get in it."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            data = content.read_bytes() if isinstance(content, Path) else content
            archive.writestr(name, data)
    return path
