"""Mended rows beside the rows that passed: what they are checked against, and what still fails."""

# ruff: noqa: S608 -- names and literals are quoted by the kernel, values bound

from collections.abc import Mapping, Sequence

import pyarrow.parquet as pq

from tinhdata.access import Permit
from tinhdata.contracts.model import Contract, Relation, TableSpec
from tinhdata.kernel import quote_identifier, quote_literal
from tinhdata.quality.held import StoredItem, stored_items
from tinhdata.quality.model import CheckResult, GoodFile, Reason
from tinhdata.quality.places import FilePart, place_of
from tinhdata.quality.showing import fill_reason, seen_cells
from tinhdata.quality.statements import period_text


def rows_beside(
    contract: Contract, spec: TableSpec, good: Sequence[GoodFile], base: Relation | None
) -> Relation | None:
    """Give the rows that a table will hold beside corrections: `good` and what stays of `base`.

    What stays are the rows outside of the periods of `good`; `base` is None where nothing stays.
    """
    columns = tuple(column.name for column in spec.columns)
    names = ", ".join(quote_identifier(name) for name in columns)
    parts: list[str] = []
    if good:
        files = ", ".join(quote_literal(str(file.path)) for file in good)
        parts.append(f"SELECT {names} FROM read_parquet([{files}])")
    if base is not None:
        where = _outside(contract, good)
        shared = ", ".join(
            quote_identifier(name) if name in base.columns else f"NULL AS {quote_identifier(name)}"
            for name in columns
        )
        parts.append(f"SELECT {shared} FROM {base.sql} WHERE {where}")
    return Relation(f"({' UNION ALL '.join(parts)})", columns) if parts else None


def still_failing(
    result: CheckResult,
    contract: Contract,
    permit: Permit,
    language: str,
    parts: Sequence[FilePart] = (),
) -> Mapping[int, tuple[Reason, ...]]:
    """Give, per record that fails in `result`, its reasons in words as `permit` shows values.

    `parts` are the sheets or files of the delivery that the rows came with.
    """
    items = _failing(result, contract)
    return {
        item.record: _worded(item, contract, permit, language, parts)
        for item in items
        if item.record is not None
    }


def failing_lines(
    result: CheckResult, contract: Contract, permit: Permit, language: str
) -> Mapping[int, tuple[Reason, ...]]:
    """Give the same per line of the file in which a row, or what never became one, begins."""
    return {
        item.first: _worded(item, contract, permit, language) for item in _failing(result, contract)
    }


def _failing(result: CheckResult, contract: Contract) -> tuple[StoredItem, ...]:
    if result.quarantine is None:
        return ()
    return stored_items(pq.read_table(result.quarantine.path), contract)


def _worded(
    item: StoredItem,
    contract: Contract,
    permit: Permit,
    language: str,
    parts: Sequence[FilePart] = (),
) -> tuple[Reason, ...]:
    cells = seen_cells(item.cells, permit)
    place = place_of(parts, item.first, item.last)
    return tuple(
        fill_reason(reason, contract, cells, place, permit, language) for reason in item.reasons
    )


def same_rows(checked: Sequence[GoodFile], now: Sequence[GoodFile]) -> bool:
    """Say whether files hold the rows that those of an earlier check hold; lost ones do not."""
    # Columns and not tables: whether a field may be empty depends on the rows looked at beside it.
    return len(checked) == len(now) and all(
        old.path.is_file() and pq.read_table(old.path).columns == pq.read_table(new.path).columns
        for old, new in zip(checked, now, strict=True)
    )


def _outside(contract: Contract, good: Sequence[GoodFile]) -> str:
    period = period_text(contract)
    gone = ", ".join(quote_literal(file.period) for file in good if file.period is not None)
    return "true" if period is None or not gone else f"{period} NOT IN ({gone})"
