"""Tables of real PostgreSQL and MariaDB servers: whole, by a mark, late rows, changed columns."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

import pytest
import sqlalchemy as sa

from tests.integration.deliveries.packing import LIST as LIST_DATASET
from tests.integration.deliveries.packing import READINGS as READINGS_DATASET
from tests.integration.sources.databases import LIST, READINGS, TableSource
from tests.integration.sources.yard import OFFICER, OPERATOR, Yard
from tinhdata.access import Action, system_permit
from tinhdata.deliveries import State
from tinhdata.intake import ReadingChoice
from tinhdata.kernel import JSON
from tinhdata.sources import AlarmKind, Outcome, SourceKind, SourceUnfit, store
from tinhdata.sources.drivers.database import snapshot
from tinhdata.sources.drivers.kinds import SERVERS
from tinhdata.sources.drivers.selecting import Selection
from tinhdata.sources.model import DatabasePlace


def source(office: Yard, base: TableSource, **more: JSON) -> str:
    password = sa.make_url(base.url).password
    secret: dict[str, JSON] = {}
    if password:
        secret["password"] = office.secret("csdl", str(password))
    return office.add(base.document(**secret, **more))


def listed(office: Yard, base: TableSource, **more: JSON) -> str:
    base.run(LIST, "INSERT INTO danh_sach VALUES ('M1', 'Một', 1, '2026-01-05')")
    return source(office, base, dataset=LIST_DATASET, table="danh_sach", **more)


def readings(office: Yard, base: TableSource, **more: JSON) -> str:
    base.run(
        READINGS,
        "INSERT INTO so_do VALUES ('A', '2026-09-01', 1.200, '2026-09-01 08:00:00'),"
        " ('B', '2026-09-02', 999.000, '2026-09-02 08:00:00'),"
        " ('A', '2026-10-01', 1.500, '2026-10-01 08:00:00')",
    )
    return source(
        office,
        base,
        dataset=READINGS_DATASET,
        table="so_do",
        mode="since",
        mark="cap_nhat",
        **more,
    )


def looked_at(office: Yard, name: str) -> datetime:
    with office.platform.db.read() as tx:
        stored = store.get(tx, name)
    assert stored is not None
    assert stored.mark is not None
    assert stored.mark.pulled_at is not None
    return stored.mark.pulled_at


def test_a_whole_table_becomes_a_delivery_in_the_name_of_its_source(
    office: Yard, base: TableSource
) -> None:
    name = listed(office, base)
    delivery = office.brought(name)
    assert delivery.sender == "source:nguon"
    assert delivery.source == "source:nguon"
    assert delivery.sender_agency == "T01"
    office.accept(delivery)
    assert office.keys(LIST_DATASET, "ma", "ten", "so") == {("M1", "Một", 1)}


def test_the_same_rows_make_no_second_delivery(office: Yard, town: TableSource) -> None:
    name = listed(office, town)
    office.pulled(name)
    assert office.pull(name).outcome is Outcome.UNCHANGED
    town.run("INSERT INTO danh_sach VALUES ('M2', 'Hai', NULL, NULL)")
    office.pulled(name)
    assert office.keys(LIST_DATASET, "ma") == {("M1",), ("M2",)}
    town.run("DELETE FROM danh_sach WHERE ma = 'M1'")
    office.pulled(name)
    assert office.keys(LIST_DATASET, "ma") == {("M2",)}


def test_numbers_of_a_database_are_never_taken_for_thousands(
    office: Yard, base: TableSource
) -> None:
    office.pulled(readings(office, base))
    assert office.keys(READINGS_DATASET, "tram", "gia_tri") == {
        ("A", Decimal("1.2")),
        ("B", Decimal("999.0")),
        ("A", Decimal("1.5")),
    }


def test_only_the_periods_that_changed_are_pulled(office: Yard, base: TableSource) -> None:
    name = readings(office, base)
    assert set(office.pulled(name).periods) == {"2026-09", "2026-10"}
    base.run("INSERT INTO so_do VALUES ('C', '2026-10-02', 3, '2026-10-02 09:00:00')")
    second = office.pulled(name)
    assert set(second.periods) == {"2026-10"}
    assert second.rows.made == 2
    assert {row[0] for row in office.rows(READINGS_DATASET, "tram")} == {"A", "B", "C"}


def test_a_row_with_the_mark_of_the_last_one_is_not_lost(office: Yard, base: TableSource) -> None:
    name = readings(office, base)
    office.pulled(name)
    base.run("INSERT INTO so_do VALUES ('E', '2026-10-03', 5, '2026-10-01 08:00:00')")
    office.pulled(name)
    assert ("E",) in {row[:1] for row in office.rows(READINGS_DATASET, "tram")}


def test_a_row_changed_twice_within_a_tick_of_its_clock_is_not_lost(
    office: Yard, town: TableSource
) -> None:
    name = readings(office, town)
    office.pulled(name)
    town.run(
        "UPDATE so_do SET gia_tri = 7, cap_nhat = '2026-10-01 08:00:00'"
        " WHERE tram = 'A' AND ngay = '2026-10-01'"
    )
    office.later(minutes=1)
    office.pulled(name)
    assert Decimal(7) in {row[0] for row in office.rows(READINGS_DATASET, "gia_tri")}


def test_a_change_committed_late_below_the_mark_is_not_lost(
    office: Yard, town: TableSource
) -> None:
    name = readings(office, town)
    office.pulled(name)
    town.run(
        "UPDATE so_do SET gia_tri = 8, cap_nhat = '2026-10-01 07:58:00'"
        " WHERE tram = 'A' AND ngay = '2026-10-01'"
    )
    office.pulled(name)
    assert Decimal(8) in {row[0] for row in office.rows(READINGS_DATASET, "gia_tri")}


def test_a_deleted_row_is_deleted_here_too(office: Yard, base: TableSource) -> None:
    name = readings(office, base)
    office.pulled(name)
    base.run(
        "DELETE FROM so_do WHERE tram = 'B'",
    )
    base.run("INSERT INTO so_do VALUES ('D', '2026-09-30', 4, '2026-10-04 09:00:00')")
    office.pulled(name)
    assert {row[0] for row in office.rows(READINGS_DATASET, "tram")} == {"A", "D"}


def test_a_period_without_rows_is_said_and_stays(office: Yard, town: TableSource) -> None:
    name = readings(office, town)
    office.pulled(name)
    town.run("DELETE FROM so_do WHERE ngay < '2026-10-01'")
    run = office.pull(name)
    assert run.outcome is Outcome.UNCHANGED
    assert "2026-09" in str(run.notes[0])
    assert len(office.rows(READINGS_DATASET, "tram")) == 3


def test_when_nothing_can_come_late_any_more_rows_are_not_read_again(
    office: Yard, town: TableSource
) -> None:
    name = readings(office, town)
    office.pulled(name)
    for minutes in (1, 20, 20):
        assert office.pull(name).outcome is Outcome.UNCHANGED
        office.later(minutes=minutes)
    # Rows that were read and found the same move the moment of the last look.
    before = looked_at(office, name)
    assert office.pull(name).outcome is Outcome.UNCHANGED
    assert looked_at(office, name) == before


def test_periods_that_nobody_has_published_yet_go_along_with_the_next_delivery(
    office: Yard, town: TableSource
) -> None:
    name = readings(office, town)
    first = office.brought(name)
    town.run("INSERT INTO so_do VALUES ('C', '2026-10-02', 3, '2026-10-02 09:00:00')")
    second = office.brought(name)
    assert set(second.periods) == set(first.periods) == {"2026-09", "2026-10"}
    office.accept(second)
    assert office.get(first.id).state is State.SUPERSEDED
    assert len(office.rows(READINGS_DATASET, "tram")) == 4


def test_a_delivery_that_was_sent_back_comes_again_with_the_next_change(
    office: Yard, town: TableSource
) -> None:
    name = readings(office, town)
    first = office.brought(name)
    office.deliveries.return_delivery(OFFICER, first.id, "Số liệu tháng 9 chưa chốt")
    assert office.pull(name).outcome is Outcome.UNCHANGED
    town.run("UPDATE so_do SET gia_tri = 2, cap_nhat = '2026-10-05' WHERE ngay = '2026-10-01'")
    office.pulled(name)
    assert len(office.rows(READINGS_DATASET, "tram")) == 3


def test_a_renamed_column_is_a_question_and_the_mark_does_not_move(
    office: Yard, base: TableSource
) -> None:
    name = listed(office, base)
    office.pulled(name)
    base.run(
        "ALTER TABLE danh_sach RENAME COLUMN ten TO ghi_chu",
        "INSERT INTO danh_sach VALUES ('M2', 'Hai', 2, NULL)",
    )
    asked = office.brought(name)
    assert asked.state is State.CHOOSING
    (alarm,) = office.sources.get(OPERATOR, name).alarms
    assert alarm.kind is AlarmKind.CHANGED
    assert "ten" in str(alarm.text)
    assert "ghi_chu" in str(alarm.text)
    waiting = office.sources.waiting_for(OFFICER)
    assert [(source.id, each.kind) for source, each in waiting] == [(name, AlarmKind.CHANGED)]
    # The same again is the same delivery; nothing piles up.
    assert office.pull(name).outcome is Outcome.UNCHANGED
    base.run("ALTER TABLE danh_sach RENAME COLUMN ghi_chu TO ten")
    office.pulled(name)
    assert office.sources.get(OPERATOR, name).alarms == ()
    assert office.keys(LIST_DATASET, "ma", "ten") == {("M1", "Một"), ("M2", "Hai")}


def test_what_a_person_has_said_of_changed_columns_counts_once_it_is_published(
    office: Yard, town: TableSource
) -> None:
    name = listed(office, town)
    office.pulled(name)
    town.run("ALTER TABLE danh_sach RENAME COLUMN ten TO ghi_chu")
    asked = office.brought(name)
    assert asked.understanding is not None
    assert asked.understanding.header is not None
    at = asked.understanding.header.names.index("ghi_chu")
    choice = replace(asked.choice or ReadingChoice(), mapping={"ten": at})
    office.deliveries.choose(OFFICER, asked.id, choice)
    assert office.settled(asked.id).state is State.UNCHANGED
    assert office.pull(name).outcome is Outcome.UNCHANGED
    assert office.sources.get(OPERATOR, name).alarms == ()
    # The question was answered once; the next change is read by the answer.
    town.run("INSERT INTO danh_sach VALUES ('M2', 'Hai', 2, NULL)")
    office.pulled(name)
    assert office.keys(LIST_DATASET, "ma", "ten") == {("M1", "Một"), ("M2", "Hai")}


def test_a_column_of_another_type_is_told_to_the_owner(office: Yard, base: TableSource) -> None:
    name = listed(office, base)
    office.pulled(name)
    change = (
        "ALTER COLUMN so TYPE VARCHAR(9)" if base.kind == "postgresql" else "MODIFY so VARCHAR(9)"
    )
    base.run(f"ALTER TABLE danh_sach {change}", "UPDATE danh_sach SET so = 'nhiều'")
    delivery = office.brought(name)
    assert delivery.rows.quarantined == 1
    assert [a.kind for a in office.sources.get(OPERATOR, name).alarms] == [AlarmKind.CHANGED]


def test_a_new_column_is_noted_and_alarms_nobody(office: Yard, town: TableSource) -> None:
    name = listed(office, town)
    office.pulled(name)
    town.run(
        "ALTER TABLE danh_sach ADD COLUMN ghi_chu VARCHAR(9)",
        "INSERT INTO danh_sach VALUES ('M2', 'Hai', 2, NULL, 'x')",
    )
    office.pulled(name)
    assert office.sources.get(OPERATOR, name).alarms == ()


def test_columns_that_the_contract_has_no_place_for_are_not_fetched(
    office: Yard, town: TableSource
) -> None:
    town.run(
        "CREATE TABLE danh_sach (ma VARCHAR(9) PRIMARY KEY, ten VARCHAR(9), so INTEGER, ngay DATE,"
        " so_cccd VARCHAR(12))",
        "INSERT INTO danh_sach VALUES ('M1', 'Một', 1, NULL, '001099000001')",
    )
    name = source(office, town, dataset=LIST_DATASET, table="danh_sach")
    delivery = office.brought(name)
    permit = system_permit(Action.READ_RAW, LIST_DATASET, "test")
    content = office.platform.landing.path(permit, delivery.sha256 or "").read_text()
    assert content.splitlines() == ["ma,ten,so,ngay", "M1,Một,1,"]


def test_a_stored_query_is_read_like_a_table(office: Yard, base: TableSource) -> None:
    base.run(LIST, "INSERT INTO danh_sach VALUES ('M1', 'Một', 1, NULL), ('M2', 'Hai', 2, NULL)")
    query = "SELECT ma AS khoa, ten, so, ngay FROM danh_sach WHERE so > 1"
    columns: dict[str, JSON] = {"ma": "khoa", "ten": "ten", "so": "so", "ngay": "ngay"}
    name = source(office, base, dataset=LIST_DATASET, query=query, columns=columns)
    office.pulled(name)
    assert office.keys(LIST_DATASET, "ma") == {("M2",)}


def test_what_is_committed_while_rows_are_read_belongs_to_the_next_pull(
    base: TableSource,
) -> None:
    base.run(LIST, "INSERT INTO danh_sach VALUES ('M1', 'Một', 1, NULL)")
    found = sa.make_url(base.url)
    place = DatabasePlace(
        found.host or "", found.port, found.database or "", found.username or "", None, "danh_sach"
    )
    selection = Selection(place, ("ma",), key=("ma",))
    password = None if found.password is None else str(found.password)
    with snapshot(SERVERS[SourceKind(base.kind)], place, password) as view:
        assert view.seen(selection, None).groups[""].count == 1
        base.run("INSERT INTO danh_sach VALUES ('M2', 'Hai', 2, NULL)")
        assert [row for _, row in view.rows(selection, None)] == [("M1",)]


def test_nothing_can_be_written_through_a_pull(base: TableSource) -> None:
    base.run(LIST)
    found = sa.make_url(base.url)
    place = DatabasePlace(
        found.host or "",
        found.port,
        found.database or "",
        found.username or "",
        None,
        query="SELECT ma FROM danh_sach",
    )
    password = None if found.password is None else str(found.password)
    with (
        pytest.raises(SourceUnfit),
        snapshot(SERVERS[SourceKind(base.kind)], place, password) as view,
    ):
        view._connection.exec_driver_sql("INSERT INTO danh_sach VALUES ('M9', 'x', 1, NULL)")
    assert base.rows("SELECT * FROM danh_sach") == []
