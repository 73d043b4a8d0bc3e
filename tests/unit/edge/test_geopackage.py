"""A GeoPackage holds values with their types, places where there are any, and says what it is."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pyogrio
import shapely

from tests.support.geodata import layer_contract, text_column
from tinhdata.contracts import Column, GeometryType, LogicalType
from tinhdata.edge.geopackage import LayerFacts, write_geopackage
from tinhdata.edge.places import own_placing
from tinhdata.warehouse import Value

FACTS = LayerFacts("lop-thu", "Lớp thử", "mô phỏng", datetime(2026, 11, 2, 3, 4, 5, tzinfo=UTC))


def written(path: Path, columns: Sequence[Column], rows: Sequence[Sequence[Value]]) -> Path:
    placing = own_placing(columns)
    assert placing is not None
    batches = [list(zip(*rows, strict=True))] if rows else []
    write_geopackage(path, FACTS, columns, batches, placing, {})
    return path


def test_every_type_comes_back_as_it_was(tmp_path: Path) -> None:
    columns = (
        text_column("ten", "Tên"),
        text_column("so", "Số", LogicalType.INTEGER),
        text_column("gia", "Giá", LogicalType.NUMBER),
        text_column("mo", "Mở", LogicalType.BOOLEAN),
        text_column("ngay", "Ngày", LogicalType.DATE),
        text_column("luc", "Lúc", LogicalType.TIMESTAMP),
        text_column("fid", "Số hiệu"),
        *layer_contract(GeometryType.POINT).columns[-1:],
    )
    rows: list[tuple[Value, ...]] = [
        ("Võ Nhai", 2**53 + 1, Decimal("12.50"), True, date(2026, 9, 30),
         datetime.fromisoformat("2026-09-30T07:30"), "a", "POINT (105.5 21.5)"),
        (None, None, None, None, None, None, None, None),
    ]  # fmt: skip
    path = written(tmp_path / "a.gpkg", columns, rows)
    meta, _, shapes, values = pyogrio.raw.read(str(path))
    found = dict(zip(meta["fields"], (list(each) for each in values), strict=True))
    assert shapely.from_wkb(shapes[0]).wkt == "POINT (105.5 21.5)"
    assert shapes[1] is None
    assert found["ten"] == ["Võ Nhai", None]
    assert str(found["ngay"][0]) == "2026-09-30"
    # Seven in the morning in Việt Nam is midnight in UTC.
    assert str(found["luc"][0]).startswith("2026-09-30T00:30:00")
    assert found["fid"] == ["a", None]
    with closing(sqlite3.connect(path)) as db:
        stored = db.execute('SELECT so, gia, mo FROM "lop-thu"').fetchall()
        assert stored == [(2**53 + 1, 12.5, 1), (None, None, None)]
        about = db.execute("SELECT identifier, last_change, min_x, max_y FROM gpkg_contents")
        assert about.fetchone() == ("Lớp thử", "2026-11-02T03:04:05.000Z", 105.5, 21.5)
        assert db.execute("PRAGMA application_id").fetchone() == (0x47504B47,)
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_layer_without_rows_is_a_layer_without_a_box(tmp_path: Path) -> None:
    columns = layer_contract(GeometryType.POLYGON).columns
    path = written(tmp_path / "a.gpkg", columns, [])
    meta, _, shapes, _ = pyogrio.raw.read(str(path))
    assert len(shapes) == 0
    assert list(meta["fields"]) == ["ma", "ten"]
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("SELECT min_x FROM gpkg_contents").fetchone() == (None,)


def test_the_same_rows_give_the_same_bytes(tmp_path: Path) -> None:
    columns = layer_contract(GeometryType.POINT).columns
    rows: list[tuple[Value, ...]] = [("1", "a", "POINT (105.5 21.5)")]
    first = written(tmp_path / "a.gpkg", columns, rows).read_bytes()
    assert written(tmp_path / "b.gpkg", columns, rows).read_bytes() == first
