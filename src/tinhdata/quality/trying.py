"""What a check of other rules says beside an earlier one: rows in both, samples, empty cells.

For trying a contract out on rows that were judged before; it decides nothing and keeps nothing.
"""

# ruff: noqa: S608 -- names and literals are quoted by the kernel, values bound

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from tinhdata.access import Permit
from tinhdata.contracts.model import Contract, Relation
from tinhdata.kernel import quote_identifier, quote_literal
from tinhdata.quality.files import sync_file
from tinhdata.quality.held import stored_items
from tinhdata.quality.model import CheckResult, Reason
from tinhdata.quality.places import place_of
from tinhdata.quality.showing import fill_reason, seen_cells


@dataclass(frozen=True, slots=True)
class HeldApart:
    """Rows that wait in only one of two checks."""

    only_now: int
    only_before: int


@dataclass(frozen=True, slots=True)
class SampleReason:
    """A reason why one row waits, worded in each language that was asked for."""

    line: int
    reasons: Mapping[str, Reason]


def held_apart(now: Path | None, before: Path | None, *, by_line: bool) -> HeldApart:
    """Count the rows that wait in one of two quarantine files only, None where none waits.

    Rows are the same by their record number, or by the line they begin in where the two checks
    counted records in different ways.
    """
    key = "_first" if by_line else "_record"
    sides = {
        "here": "SELECT NULL::BIGINT AS k WHERE false" if now is None else _rows(now, key),
        "there": "SELECT NULL::BIGINT AS k WHERE false" if before is None else _rows(before, key),
    }
    with contextlib.closing(duckdb.connect(":memory:")) as connection:
        for name, query in sides.items():
            connection.execute(f"CREATE TEMP TABLE {name} AS {query}")
        only_now = _count(connection, "here ANTI JOIN there USING (k)")
        return HeldApart(only_now, _count(connection, "there ANTI JOIN here USING (k)"))


def samples(
    result: CheckResult,
    contract: Contract,
    permit: Permit,
    rules: Sequence[str],
    most: int,
    languages: Sequence[str] = ("vi", "en"),
) -> Mapping[str, tuple[SampleReason, ...]]:
    """Give for each of `rules` the first `most` rows it holds, worded as `permit` shows values."""
    if result.quarantine is None:
        return {}
    source = f"read_parquet({quote_literal(str(result.quarantine.path))})"
    found: dict[str, tuple[SampleReason, ...]] = {}
    with contextlib.closing(duckdb.connect(":memory:")) as connection:
        for rule in rules:
            rows = connection.sql(
                f"SELECT * FROM {source} WHERE list_contains(_rules, ?) ORDER BY _item LIMIT ?",
                params=[rule, most],
            )
            found[rule] = tuple(
                SampleReason(
                    item.first,
                    {
                        language: fill_reason(
                            reason,
                            contract,
                            seen_cells(item.cells, permit),
                            place_of((), item.first, item.last),
                            permit,
                            language,
                        )
                        for language in languages
                    },
                )
                for item in stored_items(rows.to_arrow_reader(most).read_all(), contract)
                for reason in item.reasons
                if reason.rule == rule
            )
    return found


def empty_cells(rows: Path, contract: Contract) -> tuple[int, Mapping[str, int]]:
    """Count the rows of a rows file, and per column of `contract` those without a value."""
    names = contract.column_names
    counts = ", ".join(f"count({quote_identifier(name)})" for name in names)
    with contextlib.closing(duckdb.connect(":memory:")) as connection:
        ((total, *filled),) = connection.execute(
            f"SELECT count(*), {counts} FROM read_parquet({quote_literal(str(rows))})"
        ).fetchall()
    return total, {name: total - count for name, count in zip(names, filled, strict=True)}


def text_rows(relation: Relation, contract: Contract, path: Path) -> int:
    """Write the rows of `relation` as a rows file that a check reads, numbers in English form."""
    names = ", ".join(
        f"CAST({quote_identifier(name)} AS VARCHAR) AS {quote_identifier(name)}"
        for name in contract.column_names
    )
    number = "row_number() OVER ()"
    with contextlib.closing(duckdb.connect(":memory:")) as connection:
        connection.execute(
            f"COPY (SELECT {number} AS _record, {number} AS _first, {number} AS _last, {names} "
            f"FROM {relation.sql}) TO {quote_literal(str(path))} (FORMAT parquet)"
        )
    sync_file(path)
    return int(pq.read_metadata(path).num_rows)


def renamed_rows(rows: Path, names: Mapping[str, str], contract: Contract, path: Path) -> None:
    """Write a rows file anew with the columns of `contract`; `names` gives what each was called.

    A column that was not there is empty.
    """
    columns = ", ".join(
        f"{quote_identifier(names[name]) if name in names else 'CAST(NULL AS VARCHAR)'} "
        f"AS {quote_identifier(name)}"
        for name in contract.column_names
    )
    with contextlib.closing(duckdb.connect(":memory:")) as connection:
        connection.execute(
            f"COPY (SELECT _record, _first, _last, {columns} "
            f"FROM read_parquet({quote_literal(str(rows))})) TO {quote_literal(str(path))} "
            "(FORMAT parquet)"
        )
    sync_file(path)


def _rows(file: Path, key: str) -> str:
    return (
        f"SELECT {key} AS k FROM read_parquet({quote_literal(str(file))}) "
        f"WHERE _kind = 'row' AND {key} IS NOT NULL"
    )


def _count(connection: duckdb.DuckDBPyConnection, source: str) -> int:
    return int(connection.execute(f"SELECT count(*) FROM {source}").fetchall()[0][0])
