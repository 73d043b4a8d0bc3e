"""Opens what a check reads under the names that its statements use: rows, rejects, references.

The names: `rows_in`, `rejects_in`, `waived`, `replaced`, `existing`, `reference_<bit>`.
"""

# ruff: noqa: S608 -- names and literals are quoted by the kernel, values bound

from collections.abc import Sequence
from pathlib import Path

import duckdb
import pyarrow as pa

from tinhdata.contracts.model import TableSpec
from tinhdata.kernel import quote_identifier, quote_literal
from tinhdata.quality import statements as sql
from tinhdata.quality.dirt import dirty_records
from tinhdata.quality.model import CheckContext, CheckPlan, Rule

_NO_REJECTS = (
    "(SELECT NULL::BIGINT AS _first, NULL::BIGINT AS _last, NULL::VARCHAR AS code, "
    "NULL::VARCHAR AS params, NULL::VARCHAR AS raw WHERE false)"
)


def open_relations(
    db: duckdb.DuckDBPyConnection,
    plan: CheckPlan,
    rows: Path,
    context: CheckContext,
    seen: Sequence[str],
) -> None:
    """Make rows, rejects, waived records and rows that stay known to `db`.

    `seen` are the columns of which it is seen beforehand which cells may need cleaning.
    """
    _open_rows(db, rows, seen)
    rejects = _NO_REJECTS if context.rejects is None else _parquet(context.rejects)
    db.execute(f"CREATE VIEW rejects_in AS SELECT * FROM {rejects}")
    db.execute("CREATE TEMP TABLE waived (_record BIGINT)")
    db.execute("INSERT INTO waived SELECT unnest(?::BIGINT[])", [sorted(context.waived)])
    db.execute(f"SET VARIABLE delivery = {quote_literal(context.delivery)}")
    db.execute(f"SET VARIABLE since = {quote_literal(context.since)}")
    db.execute(f"SET VARIABLE start_record = {int(context.start_record)}")
    if context.existing is not None:
        db.execute("CREATE TEMP TABLE replaced (_period VARCHAR)")
        db.execute(f"CREATE TEMP VIEW existing AS {sql.staying_rows(plan, context.existing)}")


def _open_rows(db: duckdb.DuckDBPyConnection, rows: Path, seen: Sequence[str]) -> None:
    """Make the rows known, each with whether a text of it may need cleaning."""
    records = dirty_records(rows, seen)
    if records is None or not len(records):
        known = f"SELECT *, {records is None} AS _dirty FROM {_parquet(rows)}"
    else:
        given = pa.table([records], ["_record"])
        db.register("dirty_given", given)
        db.execute("CREATE TEMP TABLE dirty AS SELECT _record FROM dirty_given")
        db.unregister("dirty_given")
        known = (
            f"SELECT r.*, d._record IS NOT NULL AS _dirty FROM {_parquet(rows)} r "
            "LEFT JOIN dirty d ON r._record = d._record"
        )
    db.execute(f"CREATE VIEW rows_in AS {known}")


def open_reference(
    db: duckdb.DuckDBPyConnection,
    plan: CheckPlan,
    rule: Rule,
    spec: TableSpec,
    context: CheckContext,
) -> None:
    """Make the values that the column of the reference `rule` may have known to `db`, each once."""
    column = plan.contract.column(rule.columns[0])
    if column.reference is None:
        raise ValueError(f"{rule.id} is a reference rule on a column without a reference")
    kind = next(each.sql_type for each in spec.columns if each.name == column.name)
    target = quote_identifier(column.reference.column)
    source = context.references[column.name].relation.sql
    db.execute(
        f"CREATE TEMP TABLE reference_{rule.bit} AS SELECT DISTINCT _value FROM "
        f"(SELECT try_cast({target} AS {kind}) AS _value FROM {source}) WHERE _value IS NOT NULL"
    )


def _parquet(path: Path) -> str:
    return f"read_parquet({quote_literal(str(path))})"
