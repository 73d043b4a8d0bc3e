"""Pure decisions of the warehouse: field ids, which files stay, which release is whose, counts."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from tinhdata.contracts.model import (
    SYSTEM_COLUMNS,
    Column,
    Contract,
    PeriodUnit,
    TableColumn,
    TableSpec,
    sql_type,
)
from tinhdata.kernel import t
from tinhdata.warehouse.errors import ColumnTypeChanged, CountsWrong, ReleaseWithdrawn
from tinhdata.warehouse.model import (
    Change,
    ChangeCounts,
    ChangeKind,
    DataFile,
    Release,
    ReleaseState,
    TableShape,
)

SYSTEM_FIELDS: tuple[TableColumn, ...] = tuple(
    TableColumn(name, type_, number)
    for number, (name, type_) in enumerate(SYSTEM_COLUMNS.items(), start=1)
)
"""The system columns have the same field ids in every table."""

FieldKey = tuple[str, str]
"""A column's stable id and its SQL type: together they own one Iceberg field id for ever."""


def field_key(column: Column) -> FieldKey:
    """Give what owns the field id of `column`: a new type is a new field, a new name is not."""
    return column.id, sql_type(column)


def new_fields(contract: Contract, known: Mapping[FieldKey, int]) -> Mapping[FieldKey, int]:
    """Give numbers, after all ever given, to the columns of `contract` without a field id."""
    highest = max([*known.values(), len(SYSTEM_FIELDS)])
    missing = [key for c in contract.columns if (key := field_key(c)) not in known]
    return {key: highest + step for step, key in enumerate(missing, start=1)}


def table_spec(contract: Contract, known: Mapping[FieldKey, int]) -> TableSpec:
    """Compile the stored table of `contract`; raises KeyError where a field id is missing."""
    columns = tuple(
        TableColumn(column.name, sql_type(column), known[field_key(column)])
        for column in contract.columns
    )
    return TableSpec(contract.id, SYSTEM_FIELDS + columns, contract.filter_key or contract.key)


def table_shape(contract: Contract, spec: TableSpec) -> TableShape:
    """Give what reading and comparing releases under `contract` needs to keep."""
    period, unit = None, PeriodUnit.VALUE
    if contract.period is not None:
        period, unit = contract.period.column, contract.period.unit
    return TableShape(spec.columns, contract.key, period, unit)


def data_columns(shape: TableShape) -> tuple[TableColumn, ...]:
    """Give the contract's columns of `shape`, without those of the platform."""
    return tuple(column for column in shape.columns if column.name not in SYSTEM_COLUMNS)


def dropped_whole(change: Change, file: DataFile, period_by: str | None) -> bool | None:
    """Say whether `change` drops all rows of `file`; None if only its rows can tell.

    `period_by` is how the contract forms periods now; a file whose period was formed otherwise may
    hold rows of several.
    """
    if change.kind is ChangeKind.REPLACE:
        return True
    if change.kind is ChangeKind.ADD or not change.periods:
        return False
    if file.period is None or file.period_by is None or file.period_by != period_by:
        return None
    return file.period in change.periods


def refuse_lost_columns(kept: TableShape, now: TableShape) -> None:
    """Raise ColumnTypeChanged where a column of `now` would be empty in the rows that stay.

    A column that changed its type has a new field, which old files do not hold.
    """
    before = {column.name: column for column in kept.columns}
    known = {column.field_id for column in kept.columns}
    for column in now.columns:
        old = before.get(column.name)
        if old is not None and column.field_id not in known:
            raise ColumnTypeChanged(
                t(
                    "Column {column} has another type than in the last release, and rows of that "
                    "release would stay beside the new ones.",
                    column=column.name,
                ),
                fix=t("Deliver the whole table once under the new contract, then append again."),
            )


def content_hash(files: Iterable[DataFile]) -> str:
    """Give one hash for the content of a release: SHA-256 over the sorted hashes of its files."""
    lines = "\n".join(sorted(file.sha256 for file in files))
    return hashlib.sha256(lines.encode()).hexdigest()


def require_counts(counts: ChangeCounts, rows: int) -> None:
    """Raise CountsWrong unless `counts` add up to the `rows` that were stored (DESIGN.md 2)."""
    adds_up = (
        counts.rows == rows
        and counts.rows == counts.base + counts.inserted - counts.deleted
        and counts.base == counts.deleted + counts.updated + counts.unchanged
    )
    if not adds_up:
        raise CountsWrong(
            t(
                "The table holds {rows} rows, but base {base} + inserted {inserted} - deleted "
                "{deleted} is {sum}.",
                rows=rows,
                base=counts.base,
                inserted=counts.inserted,
                deleted=counts.deleted,
                sum=counts.base + counts.inserted - counts.deleted,
            ),
            fix=t(
                "Nothing was published. Check the delivery again; tell the operator if it stays."
            ),
        )


def current_after_withdrawal(releases: Sequence[Release], withdrawn: Release) -> Release | None:
    """Say which release is current once `withdrawn`, the current one, is gone."""
    left = [
        release
        for release in releases
        if release.number < withdrawn.number and release.state is not ReleaseState.WITHDRAWN
    ]
    return max(left, key=lambda release: release.number, default=None)


def current_at(releases: Iterable[Release], moment: datetime) -> Release | None:
    """Say which release was current at `moment`, withdrawn since or not."""
    there = [
        release
        for release in releases
        if release.published_at <= moment
        and (release.withdrawal is None or release.withdrawal.at > moment)
    ]
    return max(there, key=lambda release: release.number, default=None)


def require_served(release: Release) -> Release:
    """Give `release`, or raise ReleaseWithdrawn."""
    if release.state is ReleaseState.WITHDRAWN:
        raise ReleaseWithdrawn(
            t(
                "Release {number} of {dataset} was withdrawn and is served no more.",
                number=release.number,
                dataset=release.dataset,
            ),
            fix=t("Read the current release; the reason stands on the withdrawn one's page."),
        )
    return release
