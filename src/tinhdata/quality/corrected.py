"""Mended rows beside the rows that passed: what they are checked against, and what still fails."""

# ruff: noqa: S608 -- names and literals are quoted by the kernel, values bound

from collections.abc import Mapping, Sequence

import pyarrow.parquet as pq

from tinhdata.access import Permit
from tinhdata.contracts.model import Contract, Relation, TableSpec
from tinhdata.kernel import quote_identifier, quote_literal
from tinhdata.quality.held import stored_items
from tinhdata.quality.model import CheckResult, GoodFile, Reason
from tinhdata.quality.showing import fill_reason
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
    result: CheckResult, contract: Contract, permit: Permit, language: str
) -> Mapping[int, tuple[Reason, ...]]:
    """Give, per record that fails in `result`, its reasons in words as `permit` shows values."""
    if result.quarantine is None:
        return {}
    rows = pq.read_table(result.quarantine.path)
    return {
        item.record: tuple(
            fill_reason(reason, contract, item.cells, item.first, item.last, permit, language)
            for reason in item.reasons
        )
        for item in stored_items(rows, contract)
        if item.record is not None
    }


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
