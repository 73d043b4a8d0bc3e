"""Real databases as the province's offices have them: filled by hand, read by the platform."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import sqlalchemy as sa

from tinhdata.kernel import JSON

READINGS = """
CREATE TABLE so_do (
  tram VARCHAR(20) NOT NULL, ngay DATE NOT NULL, gia_tri DECIMAL(9,3),
  cap_nhat TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6), PRIMARY KEY (tram, ngay)
)"""
LIST = (
    "CREATE TABLE danh_sach (ma VARCHAR(20) PRIMARY KEY, ten VARCHAR(200), so INTEGER, ngay DATE)"
)


@dataclass(frozen=True)
class TableSource:
    """A database that a test fills, and how a definition names it."""

    url: str
    kind: ClassVar[str]

    def run(self, *statements: str) -> None:
        """Run statements in one transaction."""
        engine = sa.create_engine(self.url, poolclass=sa.NullPool)
        with engine.begin() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)

    def rows(self, query: str) -> Sequence[tuple[object, ...]]:
        engine = sa.create_engine(self.url, poolclass=sa.NullPool)
        with engine.connect() as connection:
            return [tuple(row) for row in connection.exec_driver_sql(query)]

    def document(self, **more: JSON) -> Mapping[str, JSON]:
        """Give a definition that reads from here."""
        found = sa.make_url(self.url)
        document: dict[str, JSON] = {
            "id": "nguon",
            "kind": self.kind,
            "host": found.host,
            "port": found.port,
            "database": found.database,
            "user": found.username,
        }
        return {**document, **more}


@dataclass(frozen=True)
class PostgresSource(TableSource):
    kind: ClassVar[str] = "postgresql"


@dataclass(frozen=True)
class MariaDBSource(TableSource):
    kind: ClassVar[str] = "mysql"
