"""Small contracts, rows files and tables for the tests of quality."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from tinhdata.contracts.model import (
    AccessLevel,
    Bilingual,
    Column,
    Contract,
    Importance,
    LogicalType,
    Relation,
    TableColumn,
    TableSpec,
    sql_type,
)
from tinhdata.quality.checking import check
from tinhdata.quality.model import CheckContext, CheckResult, Limits
from tinhdata.quality.rules import compile_checks

STRING, INTEGER, NUMBER = LogicalType.STRING, LogicalType.INTEGER, LogicalType.NUMBER
BOOLEAN, DATE, TIMESTAMP = LogicalType.BOOLEAN, LogicalType.DATE, LogicalType.TIMESTAMP

Cell = str | None


def column(
    name: str,
    logical_type: LogicalType = STRING,
    *,
    label: str | None = None,
    required: bool = False,
    unique: bool = False,
    minimum: int | Decimal | None = None,
    maximum: int | Decimal | None = None,
    min_length: int | None = None,
    max_length: int | None = None,
    pattern: str | None = None,
    allowed: tuple[str, ...] = (),
    decimals: int | None = None,
    semantic_type: str | None = None,
    date_formats: tuple[str, ...] = (),
    missing_values: tuple[str, ...] = (),
) -> Column:
    return Column(
        id=name,
        name=name,
        label=Bilingual(label or name),
        logical_type=logical_type,
        required=required,
        unique=unique,
        minimum=minimum,
        maximum=maximum,
        min_length=min_length,
        max_length=max_length,
        pattern=pattern,
        allowed=allowed,
        decimals=decimals,
        semantic_type=semantic_type,
        date_formats=date_formats,
        missing_values=missing_values,
    )


def contract(columns: Sequence[Column], key: tuple[str, ...] = ()) -> Contract:
    return Contract(
        id="bang-thu",
        version="1.0.0",
        name=Bilingual("Bảng thử"),
        description=Bilingual("Bảng để thử"),
        sector="thu",
        agency="H00.1",
        table="bang_thu",
        columns=tuple(columns),
        key=key,
        access_level=AccessLevel.OPEN,
        importance=Importance.ORDINARY,
        data_layer="reference",
        legal_basis=(),
    )


def table_spec(of: Contract, sort_by: tuple[str, ...] = ()) -> TableSpec:
    system = (
        TableColumn("_delivery", "VARCHAR", 1),
        TableColumn("_record", "BIGINT", 2),
        TableColumn("_warnings", "VARCHAR", 3),
    )
    own = tuple(
        TableColumn(each.name, sql_type(each), number) for number, each in enumerate(of.columns, 10)
    )
    return TableSpec(of.id, (*system, *own), sort_by)


def write_rows(path: Path, of: Contract, rows: Sequence[Sequence[Cell]]) -> Path:
    """Write a rows file as intake does; row n stands on line n + 1, after a header."""
    numbers = range(1, len(rows) + 1)
    lines = pa.array([number + 1 for number in numbers], pa.int64())
    columns: dict[str, pa.Array] = {
        "_record": pa.array(numbers, pa.int64()),
        "_first": lines,
        "_last": lines,
    }
    for place, name in enumerate(of.column_names):
        columns[name] = pa.array([row[place] for row in rows], pa.string())
    pq.write_table(pa.table(columns), path)
    return path


def write_rejects(path: Path, rejects: Sequence[tuple[int, str, str, str]]) -> Path:
    """Write a file of rejected units: line, code, stored text, raw line."""
    table = pa.table(
        {
            "_first": pa.array([reject[0] for reject in rejects], pa.int64()),
            "_last": pa.array([reject[0] for reject in rejects], pa.int64()),
            "code": pa.array([reject[1] for reject in rejects], pa.string()),
            "params": pa.array([reject[2] for reject in rejects], pa.string()),
            "raw": pa.array([reject[3] for reject in rejects], pa.string()),
        }
    )
    pq.write_table(table, path)
    return path


def relation(path: Path, columns: Mapping[str, Sequence[object]]) -> Relation:
    """Write rows of another dataset and give them as a relation."""
    pq.write_table(pa.table({name: list(values) for name, values in columns.items()}), path)
    return Relation(f"read_parquet('{path}')", tuple(columns))


def run(
    folder: Path,
    of: Contract,
    rows: Sequence[Sequence[Cell]],
    context: CheckContext | None = None,
    sort_by: tuple[str, ...] = (),
) -> CheckResult:
    """Check `rows` under `of` in a folder of their own."""
    folder.mkdir(parents=True, exist_ok=True)
    return check(
        compile_checks(of, "0" * 64),
        write_rows(folder / "rows.parquet", of, rows),
        table_spec(of, sort_by),
        context or CheckContext(delivery="dlv_1"),
        folder / "out",
        Limits(memory_mb=200, threads=2),
    )


def good_rows(result: CheckResult) -> list[dict[str, object]]:
    """Read the released rows of every file, in the order they stand there."""
    return [row for file in result.good for row in pq.read_table(file.path).to_pylist()]


def held_rows(result: CheckResult) -> list[dict[str, object]]:
    """Read what waits."""
    if result.quarantine is None:
        return []
    return [dict(row) for row in pq.read_table(result.quarantine.path).to_pylist()]


def ask(query: str) -> list[tuple[object, ...]]:
    """Ask DuckDB a question about files."""
    with duckdb.connect(":memory:") as connection:
        return connection.execute(query).fetchall()
