"""A large delivery through the whole platform, measured in a process of its own.

Run as `python -m tests.support.big_delivery FOLDER ROWS`; prints one JSON object: seconds per step,
rows, and the peak of resident memory in MiB.
"""

import json
import sys
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import yaml

from tests.data.expectations import PACK
from tests.support.peak import peak_mib
from tests.support.small_pack import small_pack
from tinhdata.access import Actor, ActorKind, Role
from tinhdata.bootstrap import Platform, install_pack, open_platform
from tinhdata.settings import Settings

DATASET = "ho-so-thu-tai"
UNITS = "danh-muc-don-vi-hanh-chinh"
_COLUMNS: tuple[tuple[str, str, dict[str, object]], ...] = (
    ("ma", "string", {"pattern": "HS[0-9]{10}"}),
    ("dinh_danh", "string", {"pattern": "0[0-9]{11}"}),
    ("ho_ten", "string", {"maxLength": 100}),
    ("ngay_sinh", "date", {}),
    ("gioi_tinh", "string", {}),
    ("ma_xa", "string", {}),
    ("thu_tuc", "string", {"pattern": "[0-9]\\.[0-9]{6}"}),
    ("ngay_nop", "timestamp", {}),
    ("ngay_tra", "timestamp", {}),
    ("phi", "number", {"minimum": 0}),
    ("trang_thai", "string", {}),
    ("so_trang", "integer", {"minimum": 0, "maximum": 100000}),
)


def make_pack(folder: Path) -> Path:
    """Copy the province's pack with two datasets: its units, and one of twelve columns."""
    small_pack(folder, {UNITS})
    (units,) = (folder / "contracts").rglob("*.yaml")
    contract = _contract(yaml.safe_load(units.read_text()))
    target = units.with_name(f"{DATASET}.yaml")
    target.write_text(yaml.safe_dump(contract, allow_unicode=True))
    return folder


def make_csv(rows: int) -> Iterator[bytes]:
    """Give the file in pieces: every 1000th row has a day that is not in the calendar."""
    yield (",".join(name for name, _, _ in _COLUMNS) + "\n").encode()
    codes = [line.split(",")[0] for line in (PACK / "units.csv").read_text().splitlines()[1:]]
    for start in range(1, rows + 1, 10_000):
        lines = []
        for i in range(start, min(start + 10_000, rows + 1)):
            born = (
                "31/02/1990"
                if i % 1000 == 0
                else f"{i % 28 + 1:02}/{i % 12 + 1:02}/19{i % 70 + 20}"
            )
            lines.append(
                f"HS{i:010},0{i * 7919 % 10**11:011},Người mô phỏng {i % 977},{born},"
                f"{'Nam' if i % 2 else 'Nữ'},{codes[i % len(codes)]},1.0{i % 25000:05},"
                f"{i % 28 + 1:02}/{i % 12 + 1:02}/2025 {i % 24:02}:{i % 60:02},"
                f"2026-01-{i % 28 + 1:02} 03:04:05,{i % 900 + 100}500,DA_TRA,{i % 1000}\n"
            )
        yield "".join(lines).encode()


def _contract(units: dict[str, object]) -> dict[str, object]:
    properties = []
    for name, kind, options in _COLUMNS:
        shown: dict[str, object] = {
            "id": name,
            "name": name,
            "businessName": name.replace("_", " "),
            "logicalType": kind,
            "required": name != "ngay_tra",
            "classification": "public",
            "description": f"Cột {name} của bộ dữ liệu thử tải.",
        }
        if options:
            shown["logicalTypeOptions"] = options
        if name == "ma":
            shown |= {"primaryKey": True, "primaryKeyPosition": 1, "unique": True}
        if name == "ma_xa":
            shown["relationships"] = [{"type": "foreignKey", "to": f"{UNITS}.ma"}]
        properties.append(shown)
    schema = [{"id": "ho_so", "name": "ho_so", "businessName": "Hồ sơ", "properties": properties}]
    custom = {str(p["property"]): p["value"] for p in _custom(units)}
    custom |= {"secondPerson": False, "filterKey": ["ma_xa"], "simulated": True}
    custom.pop("labels", None)
    return {
        "apiVersion": "v3.1.0",
        "kind": "DataContract",
        "id": DATASET,
        "version": "1.0.0",
        "status": "active",
        "name": "Hồ sơ thử tải (mô phỏng)",
        "domain": units["domain"],
        "description": units["description"],
        "schema": schema,
        "slaProperties": [{"property": "frequency", "value": 1, "unit": "y"}],
        "customProperties": [{"property": k, "value": v} for k, v in custom.items()],
    }


def _custom(units: dict[str, object]) -> list[dict[str, object]]:
    found = units["customProperties"]
    assert isinstance(found, list)
    return found


def deliver(platform: Platform, rows: int) -> dict[str, object]:
    """Deliver, check and publish `rows` rows; give what it took."""
    agency = platform.registry.active(DATASET).contract.agency
    officer = Actor("per_load", "", ActorKind.PERSON, frozenset({Role.OFFICER}), agency)
    moments = [time.perf_counter()]
    received = platform.deliveries.receive(officer, DATASET, make_csv(rows), "thu-tai.csv")
    moments.append(time.perf_counter())
    platform.work.run_until_idle("load")
    moments.append(time.perf_counter())
    platform.deliveries.publish(officer, received.delivery.id)
    platform.work.run_until_idle("load")
    moments.append(time.perf_counter())
    done = platform.deliveries.get(officer, received.delivery.id)
    took = [round(after - before, 2) for before, after in pairwise(moments)]
    return {
        "state": done.state.value,
        "made": done.rows.made,
        "released": done.rows.released,
        "quarantined": done.rows.quarantined,
        "seconds": dict(zip(("receive", "check", "publish"), took, strict=True)),
        "peak_mib": peak_mib(),
    }


def main() -> None:
    """Measure one delivery as the command line says."""
    folder, rows = Path(sys.argv[1]), int(sys.argv[2])
    settings = Settings(store=folder / "store", pack=make_pack(folder / "pack"), demo=True)
    platform = open_platform(settings)
    try:
        install_pack(platform)
        sys.stdout.write(json.dumps(deliver(platform, rows)) + "\n")
    finally:
        platform.close()


if __name__ == "__main__":
    main()
