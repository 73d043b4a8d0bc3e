"""The last check of the whole catalogue in the metadata database."""

import sqlalchemy as sa

from tinhdata.contracts import Severity
from tinhdata.db import Tx, UTCDateTime, metadata
from tinhdata.kernel import JSON, Text
from tinhdata.standards.model import CatalogueCheck, CheckedDataset, Complaint

_checks = sa.Table(
    "standards_check",
    metadata,
    sa.Column("at", UTCDateTime, primary_key=True),
    sa.Column("seconds", sa.Float, nullable=False),
    sa.Column("checked", sa.Integer, nullable=False),
    sa.Column("failed", sa.Integer, nullable=False),
    sa.Column("datasets", sa.JSON, nullable=False),
)


def keep_check(tx: Tx, check: CatalogueCheck) -> None:
    """Write a check in the place of the last one; the journal keeps the figures of all."""
    tx.execute(sa.delete(_checks))
    tx.execute(
        sa.insert(_checks).values(
            at=check.at,
            seconds=check.seconds,
            checked=check.checked,
            failed=check.failed,
            datasets=[_written(each) for each in check.datasets],
        )
    )


def last_check(tx: Tx) -> CatalogueCheck | None:
    """Read the last check."""
    row = tx.execute(sa.select(_checks)).first()
    if row is None:
        return None
    datasets = tuple(
        CheckedDataset(each["dataset"], tuple(map(_complaint, each["complaints"])))
        for each in row.datasets
    )
    return CatalogueCheck(row.at, row.seconds, row.checked, row.failed, datasets)


def _written(checked: CheckedDataset) -> JSON:
    return {
        "dataset": checked.dataset,
        "complaints": [
            {
                "rule": complaint.rule,
                "severity": complaint.severity.value,
                "text": complaint.text.to_json(),
                "fix": complaint.fix.to_json() if complaint.fix else None,
            }
            for complaint in checked.complaints
        ],
    }


def _complaint(stored: dict[str, JSON]) -> Complaint:
    fix = stored["fix"]
    return Complaint(
        str(stored["rule"]),
        Severity(str(stored["severity"])),
        Text.from_json(stored["text"]),
        None if fix is None else Text.from_json(fix),
    )
