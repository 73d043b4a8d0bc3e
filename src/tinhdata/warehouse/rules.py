"""Pure decisions of the warehouse: field ids, which files stay, which release is whose, counts."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import pairwise
from pathlib import Path

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
from tinhdata.warehouse.errors import (
    ColumnTypeChanged,
    CountsWrong,
    ReleaseWithdrawn,
    StorePathUnfit,
)
from tinhdata.warehouse.model import (
    Change,
    ChangeCounts,
    ChangeKind,
    DataFile,
    Migration,
    Release,
    ReleaseState,
    TableShape,
)

_UNFIT = "#?*[]{}%"
"""Letters that mean something in the places of files or tables."""

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
    if change.kind is ChangeKind.ADD or (change.kind is ChangeKind.APPEND and not change.periods):
        return False
    if change.kind is ChangeKind.UPSERT:
        return None
    if file.period is None or file.period_by is None or file.period_by != period_by:
        return None
    return file.period in change.periods


def widens(old: str, new: str) -> bool:
    """Say whether each value of the SQL type `old` means the same in the type `new`.

    Text is not among them: a number kept as 5000 has lost the zero of 05000 already.
    """
    before, after = old.partition("(")[0], new.partition("(")[0]
    if before == after == "DECIMAL":
        return _decimals(old) <= _decimals(new)
    return (before, after) in _WIDER


_WIDER = frozenset(
    {("BIGINT", "DECIMAL"), ("BIGINT", "DOUBLE"), ("DECIMAL", "DOUBLE"), ("DATE", "TIMESTAMP")}
)


def _decimals(sql_type: str) -> int:
    return int(sql_type.rstrip(")").rpartition(",")[2])


def carried(
    now: TableShape, kept: TableShape, owners: Mapping[int, str]
) -> tuple[TableColumn, ...]:
    """Give the columns of `now` as they are found in files of the shape `kept`.

    That is by field id. A column whose type grew wider since has a new field, which those files do
    not hold: there it is read from the field that it had, as the wider type. `owners` names the
    column, by its stable id, that each field id belongs to.
    """
    found = [(column, _before(column, kept, owners)) for column in now.columns]
    return tuple(
        replace(column, field_id=old.field_id)
        if old is not None and widens(old.sql_type, column.sql_type)
        else column
        for column, old in found
    )


def refuse_lost_columns(kept: TableShape, now: TableShape, owners: Mapping[int, str]) -> None:
    """Raise ColumnTypeChanged where a column of `now` would be empty in the rows that stay.

    A column that changed its type has a new field, which old files do not hold; only a wider type
    can be read from the old one. A column with an id of its own is new: there nothing is lost.
    """
    for column in now.columns:
        old = _before(column, kept, owners)
        if old is not None and not widens(old.sql_type, column.sql_type):
            raise ColumnTypeChanged(
                t(
                    "Column {column} is now {new}, not {old}, and rows of the last release would "
                    "stay beside the new ones.",
                    column=column.name,
                    new=column.sql_type,
                    old=old.sql_type,
                ),
                fix=t(
                    "Deliver all periods once in one file, or give the column a new id in the "
                    "contract: rows that stay are then empty in it."
                ),
            )


def _before(column: TableColumn, kept: TableShape, owners: Mapping[int, str]) -> TableColumn | None:
    """Give the field that `column` had in `kept` under another type, None if it has the same."""
    owner = owners.get(column.field_id)
    if owner is None or any(each.field_id == column.field_id for each in kept.columns):
        return None
    return next((each for each in kept.columns if owners.get(each.field_id) == owner), None)


def migration(old: TableShape, new: TableShape, owners: Mapping[int, str]) -> Migration:
    """Say what differs between the tables of two releases, columns matched by their stable id."""
    before = {owners.get(c.field_id, c.name): c for c in data_columns(old)}
    after = {owners.get(c.field_id, c.name): c for c in data_columns(new)}
    both = [(before[owner], after[owner]) for owner in before if owner in after]
    return Migration(
        added=len(after) - len(both),
        dropped=len(before) - len(both),
        renamed=sum(one.name != other.name for one, other in both),
        retyped=sum(one.sql_type != other.sql_type for one, other in both),
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


def releases_to_serve(releases: Sequence[Release], before: datetime) -> frozenset[str]:
    """Say which of a dataset's releases may keep a cache: the current one, and those until lately.

    `before` is the moment since which a release must have been current for that.
    """
    served = sorted(
        (release for release in releases if release.state is not ReleaseState.WITHDRAWN),
        key=lambda release: release.number,
    )
    ended = {old.id: new.published_at for old, new in pairwise(served)}
    return frozenset(
        release.id
        for release in served
        if release.state is ReleaseState.CURRENT or ended.get(release.id, before) > before
    )


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


def require_plain(root: Path) -> None:
    """Refuse a store whose path the engine's statements could not name; raises StorePathUnfit."""
    if any(letter in str(root) for letter in _UNFIT):
        raise StorePathUnfit(
            t(
                "The store's folder {folder} holds one of the characters {letters}.",
                folder=str(root),
                letters=_UNFIT,
            ),
            fix=t("Choose a folder whose path has none of them; blanks and accents are fine."),
        )
