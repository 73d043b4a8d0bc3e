"""A contract with a column of each type, for the tests of the edge."""

from tinhdata.contracts import (
    AccessLevel,
    Bilingual,
    Column,
    Contract,
    Importance,
    LogicalType,
    Personal,
)


def column(name: str, kind: LogicalType = LogicalType.STRING) -> Column:
    return Column(f"c-{name}", name, Bilingual(f"Cột {name}", f"Column {name}"), kind)


NAME = column("name")
KIND = Column("c-kind", "kind", Bilingual("Loại"), LogicalType.STRING, allowed=("xã", "phường"))
COUNT = column("count", LogicalType.INTEGER)
AREA = Column("c-area", "area", Bilingual("Diện tích"), LogicalType.NUMBER, decimals=2, unit="km²")
YEAR = Column("c-year", "year", Bilingual("Năm"), LogicalType.INTEGER, semantic_type="year")
DAY = column("day", LogicalType.DATE)
MOMENT = column("moment", LogicalType.TIMESTAMP)
OPEN = column("open", LogicalType.BOOLEAN)
CLOSED = Column("c-closed", "closed", Bilingual("Ghi chú"), LogicalType.STRING, filterable=False)
ALL = (NAME, KIND, COUNT, AREA, YEAR, DAY, MOMENT, OPEN, CLOSED)


def contract(
    *columns: Column,
    level: AccessLevel = AccessLevel.OPEN,
    version: str = "1.0.0",
    simulated: bool = False,
) -> Contract:
    return Contract(
        id="bo-du-lieu-thu",
        version=version,
        name=Bilingual("Bộ dữ liệu thử", "A dataset to try"),
        description=Bilingual("Để thử"),
        sector="thu",
        agency="T01",
        table="thu",
        columns=columns or ALL,
        key=((columns or ALL)[0].name,),
        access_level=level,
        importance=Importance.ORDINARY,
        data_layer="shared",
        legal_basis=(),
        simulated=simulated,
    )


def personal(base: Column, mask: str | None = None) -> Column:
    return Column(
        base.id, base.name, base.label, base.logical_type, personal=Personal.BASIC, mask=mask
    )
