"""dBASE tables (.dbf) of Shapefiles: numbers with their digits as written, letters by content.

A table of dBASE keeps numbers as text; whoever reads them as numbers loses 1.50 and 007.
"""

import codecs
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from tinhdata.intake.errors import FileRefused
from tinhdata.intake.layers import damaged_layer
from tinhdata.kernel import Text, t

_SAMPLE = 20_000
_DELETED = b"*"
_SINGLE_BYTE = "cp1252"
"""Old Vietnamese letters are read as these first; `vietnam` knows what they mean."""

_CODE_PAGES = {"65001": "utf-8", "1258": "cp1258", "88591": "cp1252", "8859-1": "cp1252"}


class DBFField(NamedTuple):
    """A column: its name, kind (C, N, F, D, L ...) and where it stands in a record."""

    name: bytes
    kind: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class DBFRecord:
    """A record as text; `cells` is empty in one that was deleted in the program it came from."""

    cells: tuple[str, ...]
    is_deleted: bool = False


class DBFTable:
    """The table at `path`. `code_page` is what a .cpg beside it says, `chosen` a person's word."""

    def __init__(self, path: Path, code_page: str, chosen: str | None = None) -> None:
        """Read its head; raises FileRefused where that is none."""
        self._path = path
        with path.open("rb") as file:
            head = file.read(32)
            if len(head) < 32:
                raise damaged_layer()
            self.records, self._head, self._length = struct.unpack_from("<IHH", head, 4)
            self._fields = _fields(file.read(max(self._head - 32, 0)))
        whole = self._head + self.records * self._length
        if not self._fields or self._length < 1 or path.stat().st_size < whole:
            raise damaged_layer()
        if self._fields[-1].end > self._length:
            raise damaged_layer()
        self.cut = 0
        self.codec = _codec(chosen) or self._found(code_page)

    @property
    def names(self) -> tuple[str, ...]:
        """Give the names of the columns."""
        return tuple(self._letters(field.name.rstrip(b" \0")) for field in self._fields)

    @property
    def numeric(self) -> tuple[bool, ...]:
        """Say which columns hold numbers."""
        return tuple(field.kind in "NFIBOY+" for field in self._fields)

    def rows(self) -> Iterator[DBFRecord]:
        """Give the records in their order."""
        for record in self._raw():
            if record[:1] == _DELETED:
                yield DBFRecord((), is_deleted=True)
            else:
                cells = (
                    self._cell(field, record[field.start : field.end]) for field in self._fields
                )
                yield DBFRecord(tuple(cells))

    def notes(self) -> tuple[Text, ...]:
        """Say what a person should know of the letters, once the rows were gone through."""
        if not self.cut:
            return ()
        return (
            t(
                "{count} texts of the Shapefile were cut off in the middle of a letter when it was "
                "made: its columns are too narrow for them.",
                count=self.cut,
            ),
        )

    def _raw(self) -> Iterator[bytes]:
        with self._path.open("rb") as file:
            file.seek(self._head)
            for _number in range(self.records):
                yield file.read(self._length)

    def _found(self, code_page: str) -> str:
        """Say how letters are written: UTF-8 if all are, else as the .cpg says, else one byte."""
        texts = [field for field in self._fields if field.kind == "C"]
        is_utf8 = True
        for at, record in enumerate(self._raw()):
            if at == _SAMPLE or not is_utf8:
                break
            is_utf8 = all(_is_utf8(record[field.start : field.end]) for field in texts)
        is_utf8 = is_utf8 and all(_is_utf8(field.name) for field in self._fields)
        if is_utf8:
            return "utf-8"
        named = _codec(code_page)
        return named if named and named != "utf-8" else _SINGLE_BYTE

    def _cell(self, field: DBFField, raw: bytes) -> str:
        if field.kind == "C":
            return self._letters(raw.rstrip(b" \0"))
        text = raw.decode("latin-1").strip(" \0")
        match field.kind:
            case "D":
                return _day(text)
            case "L":
                return {"T": "true", "Y": "true", "F": "false", "N": "false"}.get(text.upper(), "")
            case "I" if len(raw) == 4:
                return str(struct.unpack("<i", raw)[0])
            case _:
                return text

    def _letters(self, raw: bytes) -> str:
        if self.codec == "utf-8":
            try:
                return raw.decode("utf-8")
            except UnicodeDecodeError as error:
                if error.reason == "unexpected end of data":
                    self.cut += 1
                    return raw[: error.start].decode("utf-8")
        return raw.decode(self.codec, "replace" if self.codec == "utf-8" else "surrogateescape")


def _fields(head: bytes) -> tuple[DBFField, ...]:
    fields = []
    start = 1
    for at in range(0, len(head) - 31, 32):
        if head[at] == 0x0D:
            break
        name, kind, width = head[at : at + 11], chr(head[at + 11]), head[at + 16]
        if kind == "C":  # programs of today write long texts with a second byte of width
            width += head[at + 17] << 8
        fields.append(DBFField(name.partition(b"\0")[0], kind, start, start + width))
        start += width
    return tuple(fields)


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.rstrip(b" \0").decode("utf-8")
    except UnicodeDecodeError as error:
        return error.reason == "unexpected end of data"
    return True


def _codec(name: str | None) -> str | None:
    """Give the codec that `name` means, None where it means none that is known."""
    word = (name or "").strip().lower().removeprefix("ansi").strip(" -_")
    word = _CODE_PAGES.get(word, word)
    if not word or len(word) > 40:
        return None
    if word in ("tcvn3", "vni", "misread-utf8"):
        return _SINGLE_BYTE
    for tried in (word, f"cp{word}"):
        try:
            found = codecs.lookup(tried).name
            b"\xc3\xa0".decode(found, "surrogateescape")
        except (LookupError, ValueError):
            continue
        return found
    return None


def _day(text: str) -> str:
    """Write 20251231 as 2025-12-31; zeros and blanks are no day."""
    if not text.strip("0 "):
        return ""
    is_plain = len(text) == 8 and text.isdecimal()
    return f"{text[:4]}-{text[4:6]}-{text[6:]}" if is_plain else text


def require_whole(count: int, table: DBFTable) -> None:
    """Demand as many shapes as records; raises FileRefused where parts are of two files."""
    if count != table.records:
        raise FileRefused(
            "parts-differ",
            t(
                "The Shapefile has {shapes} shapes but {records} records: its parts are not of one "
                "file.",
                shapes=count,
                records=table.records,
            ),
            t("Export the layer again and put all its parts (.shp .shx .dbf .prj) into one ZIP."),
        )
