"""The table of the data API's measurements: twelve columns, Vietnamese text, the same every time.

One file of CSV is what each peer loads; our store is made of it by a delivery with every check.
"""

import csv
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import duckdb
import psycopg
import yaml
from tests.data.expectations import PACK
from tests.support.small_pack import small_pack

from benchmarks.harness import ROOT
from tinhdata.access import Actor, ActorKind, Role
from tinhdata.bootstrap import install_pack, open_platform
from tinhdata.settings import Settings

DATASET = "ho-so-do-thu"
UNITS = "danh-muc-don-vi-hanh-chinh"
FORM = 2
"""Raised when the table or the store changes, so that what lies ready is made anew."""

COLUMNS: tuple[tuple[str, str, dict[str, object]], ...] = (
    ("ma_ho_so", "string", {"pattern": "HS[0-9]{9}"}),
    ("ma_xa", "string", {}),
    ("ten_xa", "string", {}),
    ("nguoi_nop", "string", {"maxLength": 100}),
    ("dia_chi", "string", {"maxLength": 200}),
    ("linh_vuc", "string", {}),
    ("trang_thai", "string", {}),
    ("ngay_nop", "date", {}),
    ("ngay_tra", "timestamp", {}),
    ("phi", "number", {"minimum": 0}),
    ("so_trang", "integer", {"minimum": 0}),
    ("ghi_chu", "string", {}),
)
NAMES = tuple(name for name, _, _ in COLUMNS)
TEXTS = ("ma_ho_so", "ma_xa", "ten_xa", "nguoi_nop", "dia_chi", "linh_vuc", "trang_thai", "ghi_chu")

FAMILY = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Đỗ", "Vũ", "Đặng", "Bùi", "Dương", "Ma", "Nông")
MIDDLE = ("Văn", "Thị", "Đức", "Minh", "Thu", "Quang", "Ngọc", "Xuân", "Hữu", "Thanh")
GIVEN = (
    "An", "Bình", "Chi", "Dũng", "Đạt", "Giang", "Hạnh", "Hùng", "Khánh", "Lan", "Linh", "Long",
    "Mai", "Nam", "Ngân", "Phúc", "Quyên", "Sơn", "Tâm", "Thảo", "Tuấn", "Uyên", "Việt", "Yến",
)  # fmt: skip
STREETS = (
    "Hoàng Văn Thụ", "Lương Ngọc Quyến", "Bến Tượng", "Phan Đình Phùng", "Dinh Hoa", "Võ Nhai",
    "Định Hoá", "Minh Cầu", "Bắc Sơn", "Đội Cấn", "Chu Văn An", "Túc Duyên", "Quang Trung",
    "Phủ Liễn", "Việt Bắc", "Ga Thái", "Thống Nhất", "Cách Mạng Tháng Tám",
)  # fmt: skip
FIELDS = (
    "Đất đai", "Hộ tịch", "Đăng ký kinh doanh", "Xây dựng", "Giao thông", "Giáo dục", "Y tế",
    "Lao động", "Nông nghiệp", "Văn hoá",
)  # fmt: skip
STATES = ("Đã trả", "Đang xử lý", "Chờ bổ sung", "Từ chối")
NOTES = (
    "Hồ sơ đủ", "thieu giay to", "Bổ sung bản sao", "Trả qua bưu điện", "nộp trực tuyến",
    "Ưu tiên người có công",
)  # fmt: skip


def unit_names() -> tuple[tuple[str, str], ...]:
    """Give code and name of each commune of the pack."""
    with (PACK / "units.csv").open(encoding="utf-8", newline="") as file:
        return tuple((row["code"], row["name"]) for row in csv.DictReader(file))


def make_csv(path: Path, rows: int) -> None:
    """Write the table; every fifth commune's name stands there without its marks."""
    units = unit_names()
    one_of = "({})[1 + (hash(i, {}) % {})::INTEGER]".format
    parts = {
        "ma_ho_so": f"'HS' || lpad(((i * 7919) % {rows})::VARCHAR, 9, '0')",
        "ma_xa": "u.code",
        "ten_xa": "CASE WHEN hash(i, 9) % 5 = 0 THEN "
        "replace(strip_accents(lower(u.name)), 'đ', 'd') ELSE u.name END",
        "nguoi_nop": " || ' ' || ".join(
            one_of(list(words), salt, len(words))
            for words, salt in ((FAMILY, 1), (MIDDLE, 2), (GIVEN, 3), (GIVEN, 33))
        ),
        "dia_chi": "'Số ' || (1 + hash(i, 4) % 900)::VARCHAR || ' đường ' || "
        + one_of(list(STREETS), 5, len(STREETS))
        + " || ', ' || u.name",
        "linh_vuc": one_of(list(FIELDS), 6, len(FIELDS)),
        "trang_thai": f"({list(STATES)})[1 + greatest(0, (hash(i, 7) % 10)::INTEGER - 6)]",
        "ngay_nop": "DATE '2023-01-01' + (hash(i, 8) % 1000)::INTEGER",
        "ngay_tra": "strftime(TIMESTAMP '2023-01-05 07:00:00' + "
        "to_minutes((hash(i, 11) % 1400000)::BIGINT), '%Y-%m-%d %H:%M:%S')",
        "phi": "((hash(i, 12) % 100000000)::DECIMAL(18, 2) / 100)::DECIMAL(18, 2)",
        "so_trang": "hash(i, 13) % 1000",
        "ghi_chu": f"CASE WHEN hash(i, 14) % 8 > 0 THEN {one_of(list(NOTES), 15, len(NOTES))} END",
    }
    chosen = ", ".join(f"{sql} AS {name}" for name, sql in parts.items())
    con = duckdb.connect()
    con.execute("CREATE TABLE unit (number INTEGER, code VARCHAR, name VARCHAR)")
    con.executemany(
        "INSERT INTO unit VALUES (?, ?, ?)", [[n, *unit] for n, unit in enumerate(units)]
    )
    con.execute(
        f"COPY (SELECT {chosen} FROM range({rows}) r(i) "
        f"JOIN unit u ON u.number = (hash(i, 0) % {len(units)})::INTEGER ORDER BY i) "
        f"TO '{path}' (FORMAT csv, HEADER)"
    )
    con.close()


def make_store(folder: Path, table: Path) -> None:
    """Deliver the table into a new store, publish it and let its cache be made."""
    pack = make_pack(folder / "pack")
    settings = Settings(
        store=folder / "store", pack=pack, demo=True, upload_limit_mb=4_096, memory_mb=800
    )
    platform = open_platform(settings)
    try:
        install_pack(platform)
        agency = platform.registry.active(DATASET).contract.agency
        officer = Actor("per_load", "", ActorKind.PERSON, frozenset({Role.OFFICER}), agency)
        sent = platform.deliveries.receive(officer, DATASET, _pieces(table), table.name)
        platform.work.run_until_idle("load")
        platform.deliveries.publish(officer, sent.delivery.id)
        platform.work.run_until_idle("load")
        release = platform.warehouse.current(DATASET)
        if release is None or not platform.warehouse.has_cache(release):
            raise RuntimeError("the table was not released, or its cache was not made")
    finally:
        platform.close()


def make_pack(folder: Path) -> Path:
    """Copy the province's pack with its units and the table's contract."""
    small_pack(folder, {UNITS})
    (units,) = (folder / "contracts").rglob("*.yaml")
    contract = _contract(yaml.safe_load(units.read_text(encoding="utf-8")))
    target = units.with_name(f"{DATASET}.yaml")
    target.write_text(yaml.safe_dump(contract, allow_unicode=True), encoding="utf-8")
    return folder


def make_sqlite(path: Path, table: Path) -> None:
    """Load the table into SQLite as Datasette wants it: an index each, and full-text search."""
    kinds = {"phi": "REAL", "so_trang": "INTEGER"}
    columns = ", ".join(f"{name} {kinds.get(name, 'TEXT')}" for name in NAMES)
    con = sqlite3.connect(path)
    con.execute(f"CREATE TABLE rows (id INTEGER PRIMARY KEY, {columns})")
    marks = ", ".join("?" * len(NAMES))
    with table.open(encoding="utf-8", newline="") as file:
        reader = csv.reader(file)
        next(reader)
        con.executemany(
            f"INSERT INTO rows ({', '.join(NAMES)}) VALUES ({marks})",
            ([value or None for value in row] for row in reader),
        )
    for column in NAMES:
        con.execute(f"CREATE INDEX by_{column} ON rows ({column})")
    # The one that people filter by most, as our contract declares.
    con.execute("CREATE INDEX by_place_and_day ON rows (ma_xa, ngay_nop)")
    con.execute("CREATE INDEX by_field_and_state ON rows (linh_vuc, trang_thai)")
    con.execute(
        f'CREATE VIRTUAL TABLE rows_fts USING fts5({", ".join(TEXTS)}, content="rows", '
        'content_rowid="id", tokenize="unicode61 remove_diacritics 2")'
    )
    con.execute("INSERT INTO rows_fts (rows_fts) VALUES ('rebuild')")
    con.execute("ANALYZE")
    con.commit()
    con.close()


def make_postgres(address: str, table: Path) -> None:
    """Load the table into PostgreSQL with the right btree indexes."""
    kinds = {
        "phi": "numeric(18, 2)", "so_trang": "bigint", "ngay_nop": "date", "ngay_tra": "timestamp",
    }  # fmt: skip
    columns = ", ".join(f"{name} {kinds.get(name, 'text')}" for name in NAMES)
    with psycopg.connect(address, autocommit=True) as con:
        con.execute(f"CREATE TABLE rows (id bigserial PRIMARY KEY, {columns})")
        copy = f"COPY rows ({', '.join(NAMES)}) FROM STDIN (FORMAT csv, HEADER)"
        with table.open("rb") as file, con.cursor().copy(copy) as to:
            while piece := file.read(1 << 20):
                to.write(piece)
        con.execute("CREATE UNIQUE INDEX ON rows (ma_ho_so)")
        for columns in ("ma_xa, ngay_nop", "linh_vuc, trang_thai", "phi", "ngay_nop", "so_trang"):
            con.execute(f"CREATE INDEX ON rows ({columns})")
        con.execute("VACUUM ANALYZE rows")


def ready(name: str, rows: int) -> tuple[Path, bool]:
    """Give the folder that keeps what `name` makes of so many rows, and whether it is made."""
    folder = ROOT / "var" / "bench" / f"api-{FORM}-{rows}" / name
    if (folder / "ready").exists():
        return folder, True
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder, False


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(1 << 20):
            yield piece


def _contract(units: dict[str, object]) -> dict[str, object]:
    properties = []
    for name, kind, options in COLUMNS:
        shown: dict[str, object] = {
            "id": name,
            "name": name,
            "businessName": name.replace("_", " "),
            "logicalType": kind,
            "required": name != "ghi_chu",
            "classification": "public",
            "description": f"Cột {name} của bảng đo.",
        }
        if options:
            shown["logicalTypeOptions"] = options
        if name == "ma_ho_so":
            shown |= {"primaryKey": True, "primaryKeyPosition": 1, "unique": True}
        if name == "phi":
            shown["customProperties"] = [{"property": "decimals", "value": 2}]
        properties.append(shown)
    schema = [{"id": "ho_so", "name": "ho_so", "businessName": "Hồ sơ", "properties": properties}]
    custom = {str(p["property"]): p["value"] for p in _listed(units["customProperties"])}
    custom |= {"secondPerson": False, "filterKey": ["ma_xa", "ngay_nop"], "simulated": True}
    custom.pop("labels", None)
    return {
        "apiVersion": "v3.1.0",
        "kind": "DataContract",
        "id": DATASET,
        "version": "1.0.0",
        "status": "active",
        "name": "Hồ sơ để đo (mô phỏng)",
        "domain": units["domain"],
        "description": units["description"],
        "schema": schema,
        "slaProperties": [{"property": "frequency", "value": 1, "unit": "y"}],
        "customProperties": [{"property": k, "value": v} for k, v in custom.items()],
    }


def _listed(value: object) -> list[dict[str, object]]:
    if not isinstance(value, list):
        raise TypeError("custom properties come as a list")
    return value
