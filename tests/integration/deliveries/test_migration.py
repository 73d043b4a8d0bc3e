"""A dataset under a second version of its contract, from the file to the reader and back."""

from dataclasses import replace
from datetime import date, timedelta

from tests.integration.deliveries.desk import APPROVER, COLLEAGUE, Desk
from tests.integration.deliveries.packing import (
    LIST,
    LIST_SET,
    READINGS,
    READINGS_SET,
    Col,
    Set,
)
from tinhdata.access import Action, system_permit
from tinhdata.contracts import Contract
from tinhdata.deliveries import State
from tinhdata.kernel import Text
from tinhdata.warehouse import CellChange, Release

HEADER = "Trạm,Ngày đo,Giá trị"


def renamed(column: Col, name: str) -> Col:
    """Give the column under another name; its id stays."""
    return replace(column, name=name, id=column.name)


def next_readings() -> Set:
    """Give the readings with two columns renamed, one added, and another order."""
    tram, ngay, gia_tri = READINGS_SET.columns
    columns = (renamed(gia_tri, "so_do"), Col("ghi_chu", "Ghi chú"), ngay, renamed(tram, "ma_tram"))
    return replace(READINGS_SET, version="2.0.0", columns=columns)


def contract_of(office: Desk, release: Release) -> Contract:
    return office.platform.registry.by_hash(release.contract_hash).contract


def test_an_appended_dataset_keeps_its_old_periods_under_the_new_names(office: Desk) -> None:
    office.published(office.send(READINGS, HEADER, "T1,05/01/2026,10", "T1,06/01/2026,20"))
    first = office.current(READINGS)
    office.registered(next_readings())
    # Until something is delivered under it the release stands as it was published.
    assert office.current(READINGS) == first
    assert office.rows(READINGS, "tram", "gia_tri") == [("T1", 10), ("T1", 20)]
    office.clock.move(timedelta(hours=1))
    sent = office.send(READINGS, f"{HEADER},Ghi chú", "T1,05/02/2026,30,mới")
    assert sent.change is not None
    assert (sent.change.base, sent.change.inserted, sent.change.unchanged) == (2, 1, 2)
    office.published(sent)
    second = office.current(READINGS)
    now = office.rows(READINGS, "ma_tram", "ngay", "so_do", "ghi_chu")
    assert now == [
        ("T1", date(2026, 1, 5), 10, None),
        ("T1", date(2026, 1, 6), 20, None),
        ("T1", date(2026, 2, 5), 30, "mới"),
    ]
    # The release before is read under its own contract, by number and by moment.
    assert office.rows(READINGS, "tram", "gia_tri", release=first.id) == [("T1", 10), ("T1", 20)]
    assert contract_of(office, first).version == "1.0.0"
    assert contract_of(office, second).version == "2.0.0"
    moment = office.clock.now() - timedelta(minutes=30)
    assert office.platform.warehouse.as_of(READINGS, moment).id == first.id
    # A comparison across the rename sees what came, and nothing else.
    permit = system_permit(Action.READ_ROWS, READINGS, "test")
    found = office.platform.warehouse.diff(permit, first.id, second.id)
    assert (found.counts.inserted, found.counts.updated, found.counts.unchanged) == (1, 0, 2)
    assert office.journal_kinds().count("release.migrated") == 1
    # Withdrawn, the table has its old names again.
    office.deliveries.withdraw(APPROVER, second.id, "Nhầm hợp đồng.", "Luật Dữ liệu, Điều 13")
    assert office.current(READINGS).id == first.id
    assert office.rows(READINGS, "tram", "gia_tri") == [("T1", 10), ("T1", 20)]
    assert office.journal_kinds().count("release.migrated") == 2


def test_a_replaced_dataset_renames_drops_and_adds_with_its_next_delivery(office: Desk) -> None:
    office.published(office.send(LIST, "Mã số,Tên gọi,Số lượng,Ngày ghi", "M1,Một,1,05/01/2026"))
    first = office.current(LIST)
    ma, ten, so, _ngay = LIST_SET.columns
    columns = (renamed(ten, "ten_goi"), ma, so, Col("loai", "Loại"))
    office.registered(replace(LIST_SET, version="2.0.0", columns=columns, custom={}))
    sent = office.send(LIST, "Mã số,Tên gọi,Số lượng,Loại", "M1,Một,2,A", "M2,Hai,3,B")
    office.published(sent)
    second = office.current(LIST)
    assert office.rows(LIST) == [("Một", "M1", 2, "A"), ("Hai", "M2", 3, "B")]
    permit = system_permit(Action.READ_ROWS, LIST, "test")
    (changed, added) = office.platform.warehouse.diff(permit, first.id, second.id).rows
    # The name did not change, only what its column is called; the dropped day is not compared.
    assert changed.cells == (CellChange("so", 1, 2), CellChange("loai", None, "A"))
    assert added.key == ("M2",)
    assert office.rows(LIST, release=first.id) == [("M1", "Một", 1, date(2026, 1, 5))]


def test_a_key_that_stays_published_is_seen_under_its_new_name(office: Desk) -> None:
    # Without the period in the key, a station may come once over all months.
    once = replace(READINGS_SET, columns=(
        READINGS_SET.columns[0], replace(READINGS_SET.columns[1], key=0), READINGS_SET.columns[2]
    ))  # fmt: skip
    office.registered(replace(once, version="2.0.0"))
    office.published(office.send(READINGS, HEADER, "T1,05/01/2026,10"))
    tram, ngay, gia_tri = once.columns
    columns = (renamed(tram, "ma_tram"), ngay, gia_tri)
    office.registered(replace(once, version="3.0.0", columns=columns))
    again = office.send(READINGS, HEADER, "T1,05/02/2026,10", "T2,05/02/2026,10")
    assert (again.rows.waiting, again.rows.quarantined) == (1, 1)
    assert {r.rule for r in office.items(again)[0].reasons} == {"existing-key"}


def test_a_wider_type_takes_the_rows_that_stay_along(office: Desk) -> None:
    counted = replace(READINGS_SET, columns=(
        *READINGS_SET.columns[:2], Col("gia_tri", "Giá trị", "integer")
    ))  # fmt: skip
    office.registered(replace(counted, version="2.0.0"))
    office.published(office.send(READINGS, HEADER, "T1,05/01/2026,10"))
    office.registered(replace(READINGS_SET, version="3.0.0"))
    office.published(office.send(READINGS, HEADER, 'T1,05/02/2026,"10,5"'))
    assert [float(str(value)) for (value,) in office.rows(READINGS, "gia_tri")] == [10.0, 10.5]


def test_a_type_that_cannot_hold_what_stays_is_refused_at_the_check_with_advice(
    office: Desk,
) -> None:
    office.published(office.send(READINGS, HEADER, "T1,05/01/2026,10"))
    texts = (*READINGS_SET.columns[:2], Col("gia_tri", "Giá trị"))
    office.registered(replace(READINGS_SET, version="2.0.0", columns=texts))
    refused = office.send(READINGS, HEADER, "T1,05/02/2026,cao")
    assert refused.state is State.REFUSED
    assert refused.problem is not None
    assert "new id" in str(refused.problem)
    assert isinstance(refused.problem.params["fix"], Text)
    # A file with every period replaces all that stays, so it may say it in the new type.
    whole = office.send(READINGS, HEADER, "T1,05/01/2026,thấp", "T1,05/02/2026,cao")
    office.published(whole)
    assert office.rows(READINGS, "gia_tri") == [("thấp",), ("cao",)]


def test_a_column_with_an_id_of_its_own_is_empty_in_the_rows_that_stay(office: Desk) -> None:
    office.published(office.send(READINGS, HEADER, "T1,05/01/2026,10"))
    texts = (*READINGS_SET.columns[:2], Col("gia_tri", "Giá trị", id="muc_do"))
    office.registered(replace(READINGS_SET, version="2.0.0", columns=texts))
    office.published(office.send(READINGS, HEADER, "T1,05/02/2026,cao"))
    assert office.rows(READINGS, "gia_tri") == [(None,), ("cao",)]


def test_cells_are_mended_beside_rows_that_stay_from_the_contract_before(office: Desk) -> None:
    office.published(office.send(READINGS, HEADER, "T1,05/01/2026,10"))
    office.registered(next_readings())
    sent = office.send(READINGS, HEADER, "T1,05/02/2026,30", "T2,05/02/2026,5000", by=COLLEAGUE)
    (item,) = office.open_items(sent)
    office.mend(sent, item, "so_do", "50")
    assert office.deliveries.mended(COLLEAGUE, sent.id).passing == (item,)
    office.published(sent)
    assert office.rows(READINGS, "ma_tram", "so_do") == [("T1", 10), ("T1", 30), ("T2", 50)]
