"""Deliveries and releases to decide about, made by hand."""

from dataclasses import replace
from datetime import UTC, datetime

from tinhdata.contracts import (
    AccessLevel,
    Bilingual,
    Column,
    Contract,
    DeliveryMode,
    Importance,
    LogicalType,
    Period,
    PeriodUnit,
    Severity,
)
from tinhdata.deliveries import CheckReport, Delivery, Kind, State
from tinhdata.kernel import Text
from tinhdata.quality import BatchFinding
from tinhdata.warehouse import ChangeCounts, Release, ReleaseKind, ReleaseState, TableShape

MOMENT = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
NOTHING_FOUND = CheckReport((), (), (), (), (), (), "", "", "")
CRITICAL = replace(
    NOTHING_FOUND, findings=(BatchFinding("batch", Severity.CRITICAL, Text("No rows.")),)
)


def delivery(
    name: str,
    state: State = State.CHECKED,
    *,
    sha256: str = "a",
    contract: str = "c1",
    kind: Kind = Kind.DELIVERY,
    periods: tuple[str, ...] = (),
    report: CheckReport | None = NOTHING_FOUND,
) -> Delivery:
    return Delivery(
        id=name,
        dataset="bo-du-lieu",
        kind=kind,
        state=state,
        contract_hash=contract,
        sender="per_1",
        received_at=MOMENT,
        changed_at=MOMENT,
        sha256=sha256,
        periods=periods,
        report=report,
    )


def release(
    number: int,
    base: int | None = None,
    *,
    kind: ReleaseKind = ReleaseKind.DELIVERY,
    state: ReleaseState = ReleaseState.SUPERSEDED,
) -> Release:
    return Release(
        id=f"rel_{number}",
        dataset="bo-du-lieu",
        number=number,
        kind=kind,
        state=state,
        contract_hash="c1",
        delivery_id=f"dlv_{number}",
        snapshot_id=number,
        base_id=None if base is None else f"rel_{base}",
        rows=0,
        counts=ChangeCounts(0, 0, 0, 0, 0, 0),
        content_hash="",
        shape=TableShape((), ()),
        published_at=MOMENT,
        published_by="per_1",
        files=(),
    )


def appended(*, key: tuple[str, ...], unique: tuple[str, ...] = ()) -> Contract:
    """A dataset with a station, a day, which gives the period, and a number of its own."""
    names = ("tram", "ngay", "so")
    return Contract(
        id="bo-du-lieu",
        version="1.0.0",
        name=Bilingual("Bộ dữ liệu"),
        description=Bilingual("Để thử"),
        sector="thu",
        agency="T01",
        table="bang",
        columns=tuple(
            Column(n, n, Bilingual(n), LogicalType.STRING, unique=n in unique) for n in names
        ),
        key=key,
        access_level=AccessLevel.OPEN,
        importance=Importance.ORDINARY,
        data_layer="transaction",
        legal_basis=(),
        mode=DeliveryMode.APPEND,
        period=Period("ngay", PeriodUnit.MONTH),
    )
