"""Three datasets that can be asked in SQL, and the layers around a question, each to be taken away.

`PEOPLE` has a column that nobody outside sees and one that is masked; `MANY` is large enough for
questions that take too much.
"""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import sqlglot
from sqlglot import exp

from tests.integration.warehouse.builders import Desk, column, contract, desk
from tinhdata.access import ANONYMOUS, Action, Permit, Resource, require
from tinhdata.contracts import Column, Contract, LogicalType, Personal
from tinhdata.kernel import quote_identifier, quote_literal
from tinhdata.warehouse import Answer, Bounds, Release, StagedFile
from tinhdata.warehouse.asking import (
    Named,
    Source,
    answer,
    chosen,
    locked,
    named,
    read,
    restricted,
)
from tinhdata.warehouse.model import Change
from tinhdata.warehouse.sql import files_relation


def _kept(name: str, *, mask: str | None = None, kind: LogicalType = LogicalType.STRING) -> Column:
    return Column(
        f"c-{name}",
        name,
        column(name).label,
        kind,
        personal=None if mask else Personal.SENSITIVE,
        mask=mask,
    )


PEOPLE = contract(
    column("code"),
    column("name"),
    column("commune"),
    _kept("citizen"),
    _kept("phone", mask="last-four"),
    column("amount", LogicalType.NUMBER, decimals=2),
    column("born", LogicalType.DATE),
    dataset="ho-so-thu",
)
COMMUNES = contract(
    column("code"), column("name"), column("people", LogicalType.INTEGER), dataset="xa-thu"
)
MANY = contract(
    column("code"),
    column("word"),
    column("count", LogicalType.INTEGER),
    dataset="nhieu-dong",
)
CITIZENS = ("001085012345", "019190067890", "019203011111")
PHONES = ("0912345678", "0987654321", "0333222111")
_PEOPLE = (
    ("a", "Đặng Thị Hường", "05512", CITIZENS[0], PHONES[0], Decimal("1.50"), date(1985, 2, 3)),
    ("b", "Nguyễn Văn An", "05512", CITIZENS[1], PHONES[1], Decimal("-2.25"), date(1990, 6, 30)),
    ("c", "Trần Thị Bích", "05533", CITIZENS[2], PHONES[2], None, date(2003, 12, 31)),
)
_COMMUNES = (("05512", "Phường Phan Đình Phùng", 41_200), ("05533", "Xã Võ Nhai", 9_800))
MANY_ROWS = 20_000

BOUNDS = Bounds(rows=1_000, bytes=1 << 20, seconds=20, memory_mb=64)
"""Bounds in which nothing ends but by the layer that is tried."""


@dataclass
class Asked:
    """Releases that can be asked, and for each the permit of anyone and the files behind it."""

    here: Desk
    releases: dict[str, Release]

    def permit(self, dataset: Contract) -> Permit:
        return require(ANONYMOUS, Action.READ_ROWS, Resource.of(dataset), "a question")

    def path(self, dataset: str) -> str:
        """Give the file of the dataset, as someone might know it."""
        (path,) = self.here.warehouse._reading._paths(self.releases[dataset])
        return path

    def source(self, name: str) -> Source:
        dataset = next(c for c in (PEOPLE, COMMUNES, MANY) if c.id == name)
        reading = self.here.warehouse._reading
        return reading.source(self.permit(dataset), self.releases[name])

    def bare_source(self, name: str) -> Source:
        """Give the dataset as the files hold it, which no permit of a reader does."""
        release = self.releases[name]
        columns = release.shape.columns
        relation = files_relation([self.path(name)], columns)
        return Source(relation, tuple(c.name for c in columns), (Path(self.path(name)),))


@contextlib.contextmanager
def asked(folder: Path) -> Iterator[Asked]:
    with desk(folder) as here:
        releases = {
            PEOPLE.id: here.replace(PEOPLE, *_PEOPLE),
            COMMUNES.id: here.replace(COMMUNES, *_COMMUNES),
            MANY.id: here.publish(MANY, Change.replace(), [_many(here)]),
        }
        yield Asked(here, releases)


def _many(here: Desk) -> StagedFile:
    spec = here.warehouse.spec(MANY)
    path = here.folder / "many.parquet"
    ids = ", ".join(f"{quote_identifier(c.name)}: {c.field_id}" for c in spec.columns)
    with contextlib.closing(duckdb.connect()) as connection:
        connection.execute(
            f"COPY (SELECT 'dlv_x' AS _delivery, i AS _record, NULL::VARCHAR AS _warnings, "
            f"'k' || i AS code, 'từ số ' || (i * 7919) % {MANY_ROWS} AS word, i AS count "
            f"FROM range(1, {MANY_ROWS + 1}) r(i)) TO {quote_literal(str(path))} "
            f"(FORMAT parquet, FIELD_IDS {{{ids}}})"
        )
    return StagedFile(path, MANY_ROWS)


# -- the layers, and what stands in their place when one is taken away

Parse = Callable[[str], exp.Query]
Name = Callable[[exp.Query], Named]
Lock = Callable[[Sequence[Path], Bounds], duckdb.DuckDBPyConnection]
Run = Callable[[duckdb.DuckDBPyConnection, str, Bounds], Answer]


@dataclass(frozen=True)
class Layers:
    """The five layers in a row; `bare` shows the files whole, without any permit."""

    read: Parse = read
    name: Name = named
    bare: bool = False
    lock: Lock = locked
    run: Run = answer
    bounds: Bounds = BOUNDS

    def ask(self, here: Asked, question: str) -> Answer:
        understood = self.name(self.read(question))
        give = here.bare_source if self.bare else here.source
        known = {name: give(name) for name in here.releases}
        sources = chosen(understood, known)
        sql = restricted(understood, sources, self.bounds.rows)
        paths = [path for name in here.releases for path in here.source(name).paths]
        with contextlib.closing(self.lock(paths, self.bounds)) as connection:
            return self.run(connection, sql, self.bounds)


def parsed_only(text: str) -> exp.Query:
    """Take whatever the parser understands, the last of several."""
    last = sqlglot.parse(text, dialect="duckdb")[-1]
    assert isinstance(last, exp.Query)
    return last


def named_by_one_set(query: exp.Query) -> Named:
    """Tell tables from WITHs by one set of names over the whole question, and check no other."""
    query = query.copy()
    ctes = {cte.alias for cte in query.find_all(exp.CTE)}
    known = {PEOPLE.id, COMMUNES.id, MANY.id}
    tables = [t for t in query.find_all(exp.Table) if t.name not in ctes and t.name in known]
    written = tuple(table.name for table in tables)
    for at, table in enumerate(tables):
        if not table.alias:
            alias = exp.to_identifier(table.name, quoted=True)
            table.set("alias", exp.TableAlias(this=alias))
        table.set("this", exp.to_identifier(f"table_{at}", quoted=True))
    return Named(query, written)


def unlocked(_paths: Sequence[Path], _bounds: Bounds) -> duckdb.DuckDBPyConnection:
    """Open the engine as it comes."""
    return duckdb.connect()


def unbounded(connection: duckdb.DuckDBPyConnection, sql: str, _bounds: Bounds) -> Answer:
    """Run the question to its end, whatever it takes."""
    rows = connection.execute(sql).fetchall()
    return Answer((), tuple(rows), is_cut=False)
