"""What follows for the open catalogue from contract, release, statistics and check. Pure."""

from collections.abc import Sequence
from datetime import date, datetime

from tinhdata.access import Agency, Permit
from tinhdata.contracts import AccessLevel, Column, Contract
from tinhdata.contracts.model import LogicalType
from tinhdata.deliveries import CheckReport
from tinhdata.standards.model import (
    LastRelease,
    Publication,
    PublishedFile,
    QualityFigure,
    Span,
)
from tinhdata.standards.vocabularies import formats
from tinhdata.warehouse import ColumnStatistics, Release, Value

_PLACES = "geojson"
_TIMES = {LogicalType.DATE, LogicalType.TIMESTAMP}


def open_columns(contract: Contract, permit: Permit) -> tuple[Column, ...]:
    """Give the columns of `contract` that anyone may read under `permit`."""
    shown = permit.columns
    return tuple(c for c in contract.columns if shown is None or c.name in shown)


def forms_of(columns: Sequence[Column]) -> tuple[PublishedFile, ...]:
    """Give the files that rows with these columns are published as."""
    has_place = any(column.geometry for column in columns)
    return tuple(PublishedFile(form) for form in formats() if form != _PLACES or has_place)


def prospective(contract: Contract, contract_hash: str, agency: Agency | None) -> Publication:
    """Give what `contract` would say in the catalogue once a first release is out."""
    columns: tuple[Column, ...] = ()
    if contract.access_level is AccessLevel.OPEN:
        columns = tuple(c for c in contract.columns if c.in_open_data and c.personal is None)
    files = forms_of(columns) if columns else ()
    return Publication(contract, contract_hash, agency, columns=columns, files=files)


def time_column(contract: Contract, columns: Sequence[Column]) -> Column | None:
    """Give the column that says when rows are from: the period's, else a year or day of the key."""
    if contract.period is not None:
        return next((c for c in columns if c.name == contract.period.column), None)
    candidates = sorted(columns, key=lambda column: column.name not in contract.key)
    for column in candidates:
        is_filled = column.required or column.name in contract.key
        if is_filled and (column.semantic_type == "year" or column.logical_type in _TIMES):
            return column
    return None


def span_of(column: Column | None, statistics: Sequence[ColumnStatistics]) -> Span | None:
    """Give from when to when rows reach by the least and largest value of `column`."""
    if column is None:
        return None
    for found in statistics:
        if found.column.name == column.name:
            first, last = _day(found.minimum), _day(found.maximum)
            return Span(first, last) if first and last else None
    return None


def _day(value: Value) -> str | None:
    """Write a year, month or day in the form of XML Schema; None for anything else."""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int) and not isinstance(value, bool) and 1000 <= value <= 9999:
        return str(value)
    if isinstance(value, str):
        return _written(value.strip())
    return None


def _written(text: str) -> str | None:
    if len(text) == 4 and text.isdecimal():
        return text
    try:
        if len(text) == 7:
            return date.fromisoformat(f"{text}-01").isoformat()[:7]
        return date.fromisoformat(text).isoformat() if len(text) == 10 else None
    except ValueError:
        return None


def figures_of(report: CheckReport | None) -> tuple[QualityFigure, ...]:
    """Give the measured dimensions of a check; what was not measured is left out, not made up."""
    measures = report.measures if report else ()
    return tuple(
        QualityFigure(each.dimension, each.numerator, each.denominator)
        for each in measures
        if each.numerator is not None and each.denominator
    )


def last_release(release: Release) -> LastRelease:
    """Give what the catalogue says of a release."""
    return LastRelease(release.id, release.number, release.rows, release.published_at)
