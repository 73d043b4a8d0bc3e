"""Small contracts and files for the tests of intake."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tinhdata.contracts import (
    AccessLevel,
    Bilingual,
    Column,
    Contract,
    Importance,
    Layout,
    LogicalType,
)
from tinhdata.intake import ReadingChoice, Staged, Understanding, read, understand

TEXT = LogicalType.STRING
NUMBER = LogicalType.NUMBER
INTEGER = LogicalType.INTEGER
DATE = LogicalType.DATE
MOMENT = LogicalType.TIMESTAMP


def column(
    name: str,
    label: str,
    kind: LogicalType = TEXT,
    *,
    synonyms: tuple[str, ...] = (),
    required: bool = False,
    position: int | None = None,
    unit: str | None = None,
) -> Column:
    return Column(
        id=name,
        name=name,
        label=Bilingual(label),
        logical_type=kind,
        synonyms=synonyms,
        required=required,
        position=position,
        unit=unit,
    )


def contract_of(columns: Iterable[Column], layout: Layout | None = None) -> Contract:
    columns = tuple(columns)
    return Contract(
        id="du-lieu-thu",
        version="1.0.0",
        name=Bilingual("Dữ liệu thử", "Test data"),
        description=Bilingual("Dữ liệu để thử"),
        sector="thu",
        agency="H00",
        table="du_lieu_thu",
        columns=columns,
        key=(columns[0].name,),
        access_level=AccessLevel.OPEN,
        importance=Importance.ORDINARY,
        data_layer="curated",
        legal_basis=(),
        layout=layout or Layout(),
    )


def harvest(layout: Layout | None = None) -> Contract:
    """Three columns: name, area, day."""
    return contract_of(
        [
            column("ten", "Tên xã", required=True),
            column("dien_tich", "Diện tích", NUMBER, unit="ha"),
            column("ngay", "Ngày báo cáo", DATE),
        ],
        layout,
    )


@dataclass(frozen=True)
class Reading:
    """A file understood and read, with its rows and rejects in memory."""

    understanding: Understanding
    staged: Staged
    rows: list[dict[str, object]]
    rejects: list[dict[str, object]]

    def column(self, name: str) -> list[object]:
        return [row[name] for row in self.rows]


def read_file(
    path: Path, contract: Contract, choice: ReadingChoice | None = None, out: Path | None = None
) -> Reading:
    understanding = understand(path, path.name, contract, choice)
    staged = read(path, contract, understanding, out or path.parent / f"{path.name}.staged")
    assert staged.account.is_balanced
    return Reading(
        understanding,
        staged,
        pq.read_table(staged.rows.path).to_pylist(),
        pq.read_table(staged.rejects.path).to_pylist(),
    )


def read_text(folder: Path, text: str | bytes, contract: Contract) -> Reading:
    path = folder / "tep.csv"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return read_file(path, contract)


def real_data(*parts: str) -> Path:
    """Find a file of the real data, or skip the test saying what is missing."""
    beside = Path(__file__).resolve().parents[3].parent / "shared" / "real-data"
    root = Path(os.environ.get("TINHDATA_REAL_DATA", beside))
    path = root.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"the real file {'/'.join(parts)} is not on this machine")
    return path
