"""Small contracts whose columns mean the same, or only look so."""

from types import MappingProxyType

from tinhdata.contracts import (
    AccessLevel,
    Bilingual,
    Column,
    Contract,
    Importance,
    LegalBasis,
    LogicalType,
    Reference,
)
from tinhdata.dictionary import Places, Table

_PLAIN = Table("tu-dien", MappingProxyType({}))
PLACES = Places(_PLAIN, _PLAIN, MappingProxyType({"dan-cu": "nguoi-dan"}), "chuyen-nganh")


def column(
    name: str,
    label: str,
    kind: LogicalType = LogicalType.STRING,
    *,
    unit: str | None = None,
    to: tuple[str, str] | None = None,
) -> Column:
    reference = None if to is None else Reference(*to)
    return Column(
        id=name,
        name=name,
        label=Bilingual(label),
        logical_type=kind,
        unit=unit,
        reference=reference,
    )


def contract(
    dataset: str,
    *columns: Column,
    key: tuple[str, ...] = (),
    layer: str = "original",
    sector: str = "dan-cu",
    level: AccessLevel = AccessLevel.OPEN,
) -> Contract:
    return Contract(
        id=dataset,
        version="1.0.0",
        name=Bilingual(f"Bộ {dataset} (mô phỏng)"),
        description=Bilingual(""),
        sector=sector,
        agency="A99.1",
        table=dataset.replace("-", "_"),
        columns=columns,
        key=key,
        access_level=level,
        importance=Importance.ORDINARY,
        data_layer=layer,
        legal_basis=(LegalBasis("urn:vn:luat:60/2024/QH15", "Luật Dữ liệu"),),
        update_cycle="P1M",
    )


UNITS = contract(
    "danh-muc-xa",
    column("ma", "Mã"),
    column("ten", "Tên"),
    key=("ma",),
    layer="reference",
    sector="danh-muc",
)
PEOPLE = contract(
    "dan-so",
    column("ma_xa", "Mã xã", to=("danh-muc-xa", "ma")),
    column("dan_so", "Số dân", LogicalType.INTEGER, unit="người"),
    key=("ma_xa",),
)
HOUSEHOLDS = contract(
    "ho-dan",
    column("xa", "Xã, phường", to=("danh-muc-xa", "ma")),
    column("so_ho", "Số hộ", LogicalType.INTEGER, unit="hộ"),
    column("so_dan", "Số dân", LogicalType.INTEGER, unit="người"),
    key=("xa",),
)
