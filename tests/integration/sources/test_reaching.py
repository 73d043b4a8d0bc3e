"""What happens when a place cannot be reached, refuses, or lacks its secret: told, never leaked."""

import json
import socket
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.integration.deliveries.desk import STRANGER
from tests.integration.deliveries.packing import LIST as LIST_DATASET
from tests.integration.sources.databases import LIST, MariaDBSource, TableSource
from tests.integration.sources.yard import OFFICER, OPERATOR, Yard, yard
from tests.support.mariadb import MariaDBServer
from tests.support.postgres import PostgresServer
from tinhdata.kernel import Refused
from tinhdata.sources import AlarmKind, Outcome, SourceBusy, SourceInvalid, SourceUnknown
from tinhdata.work import WorkState

PASSWORD = "chi-minh-ta-biet"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def everything_stored(office: Yard) -> str:
    """Give every cell of the metadata database as text."""
    found = []
    with office.platform.db.read() as tx:
        for table in sa.inspect(tx).get_table_names():
            found += [repr(tuple(row)) for row in tx.execute(sa.text(f'SELECT * FROM "{table}"'))]
    return "\n".join(found)


def test_a_server_that_is_down_is_tried_again_and_then_told(
    office: Yard, town: TableSource, capsys: pytest.CaptureFixture[str]
) -> None:
    town.run(LIST, "INSERT INTO danh_sach VALUES ('M1', 'Một', 1, NULL)")
    right = town.document(dataset=LIST_DATASET, table="danh_sach")
    secret = office.secret("csdl", PASSWORD)
    name = office.add({**right, "port": free_port(), "password": secret})
    run = office.pull(name)
    assert (run.outcome, run.problem_code) == (Outcome.FAILED, "source-unreachable")
    assert run.attempts == 8
    assert [a.kind for a in office.sources.get(OPERATOR, name).alarms] == [AlarmKind.FAILING]
    office.add({**right, "password": secret})
    office.pulled(name)
    assert office.sources.get(OPERATOR, name).alarms == ()
    assert PASSWORD not in everything_stored(office) + capsys.readouterr().out


def test_a_wrong_password_is_not_tried_again_and_stands_nowhere(
    office: Yard, mariadb_server: MariaDBServer, capsys: pytest.CaptureFixture[str]
) -> None:
    with mariadb_server.database() as database:
        base = MariaDBSource(mariadb_server.url(database))
        document = base.document(dataset=LIST_DATASET, table="danh_sach")
        name = office.add({**document, "password": office.secret("csdl", PASSWORD)})
        run = office.pull(name)
    assert (run.outcome, run.problem_code) == (Outcome.FAILED, "source-denied")
    assert run.attempts == 1
    assert PASSWORD not in everything_stored(office) + capsys.readouterr().out


def test_a_table_that_is_not_there_is_said(office: Yard, base: TableSource) -> None:
    password = sa.make_url(base.url).password
    secret = {"password": office.secret("csdl", str(password))} if password else {}
    name = office.add({**base.document(dataset=LIST_DATASET, table="khong_co"), **secret})
    run = office.pull(name)
    assert run.problem_code == "source-unfit"
    assert "khong_co" in str(run.problem)


def test_a_secret_that_others_may_read_is_not_opened(office: Yard, town: TableSource) -> None:
    document = town.document(dataset=LIST_DATASET, table="danh_sach")
    name = office.add({**document, "password": office.secret("csdl", PASSWORD)})
    (office.store / "keys" / "sources" / "csdl").chmod(0o640)
    assert office.pull(name).problem_code == "secret-missing"


def test_a_secret_of_the_environment_that_is_not_set_is_said(
    office: Yard, town: TableSource
) -> None:
    document = town.document(dataset=LIST_DATASET, table="danh_sach")
    name = office.add({**document, "password": "env:SOURCE_SECRET_KHONG_CO"})
    run = office.pull(name)
    assert run.problem_code == "secret-missing"
    assert "SOURCE_SECRET_KHONG_CO" in str(run.problem)


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        ({"password": PASSWORD}, "password"),
        ({"password": "env:PATH"}, "password"),
        ({"password": "file:../access.key"}, "password"),
        ({"query": "DELETE FROM danh_sach", "table": None}, "query"),
        ({"mode": "since"}, "mark"),
        ({"schedule": {"daily": "24:10"}}, "schedule.daily"),
        ({"khong_biet": 1}, "khong_biet"),
    ],
)
def test_a_definition_that_cannot_be_used_is_refused_with_its_place(
    office: Yard, town: TableSource, wrong: dict[str, object], where: str
) -> None:
    document = {**town.document(dataset=LIST_DATASET, table="danh_sach"), **wrong}
    with pytest.raises(SourceInvalid) as refused:
        office.add({k: v for k, v in document.items() if v is not None})  # type: ignore[misc] # values as a person may write them
    assert refused.value.where == where
    assert PASSWORD not in str(refused.value)
    assert PASSWORD not in everything_stored(office)


def test_only_the_operator_adds_and_only_the_owner_sees(office: Yard, town: TableSource) -> None:
    document = {**town.document(dataset=LIST_DATASET, table="danh_sach"), "schedule": {"every": 5}}
    with pytest.raises(Refused):
        office.sources.add(OFFICER, document)
    office.add(document)
    assert [view.source.id for view in office.sources.list(OFFICER)] == ["nguon"]
    assert office.sources.list(STRANGER) == ()
    for verb in (office.sources.pull, office.sources.pause, office.sources.test):
        with pytest.raises(SourceUnknown):
            verb(STRANGER, "nguon")
    with pytest.raises(Refused):
        office.sources.remove(OFFICER, "nguon")


def test_a_source_delivers_to_no_other_dataset_and_publishes_nothing(
    office: Yard, town: TableSource
) -> None:
    document = town.document(dataset=LIST_DATASET, table="danh_sach", agency="T02")
    with pytest.raises(Refused):
        office.add(document)


def test_asking_twice_is_one_pull(office: Yard, town: TableSource) -> None:
    town.run(LIST, "INSERT INTO danh_sach VALUES ('M1', 'Một', 1, NULL)")
    name = office.add(town.document(dataset=LIST_DATASET, table="danh_sach"))
    first, second = (office.sources.pull(OPERATOR, name) for _ in range(2))
    assert first == second


def test_a_worker_that_lost_its_lease_keeps_the_next_one_waiting(
    office: Yard, town: TableSource
) -> None:
    town.run(LIST, "INSERT INTO danh_sach VALUES ('M1', 'Một', 1, NULL)")
    name = office.add(town.document(dataset=LIST_DATASET, table="danh_sach"))
    office.platform.work.run_until_idle("tests")
    work = office.sources.pull(OPERATOR, name)
    with office.spool.held(name):
        office.platform.work.run_once("tests")
        run = office.sources.run_of(work)
        assert run is not None
        assert run.problem_code == SourceBusy.code
        assert office.state_of_work(name) is WorkState.WAITING
    office.later(minutes=1)
    office.platform.work.run_until_idle("tests")
    assert office.state_of_work(name) is WorkState.DONE


def test_a_missed_rhythm_is_made_up_for_by_one_pull(office: Yard, town: TableSource) -> None:
    town.run(LIST, "INSERT INTO danh_sach VALUES ('M1', 'Một', 1, NULL)")
    document = town.document(dataset=LIST_DATASET, table="danh_sach")
    office.sources.add(OPERATOR, {**document, "schedule": {"every": 15}})
    office.platform.work.run_until_idle("tests")
    office.later(hours=10)
    office.platform.work.run_until_idle("tests")
    runs = office.sources.runs(OPERATOR, "nguon")
    assert [run.outcome for run in runs.items] == [Outcome.UNCHANGED, Outcome.DELIVERED]
    view = office.sources.get(OPERATOR, "nguon")
    assert view.next_due is not None
    assert timedelta(0) < view.next_due - office.clock.now() <= timedelta(minutes=15)


def test_a_paused_source_is_not_pulled_and_not_missed(office: Yard, town: TableSource) -> None:
    document = town.document(dataset=LIST_DATASET, table="danh_sach", cycle="P1D", grace="PT1H")
    name = office.sources.add(OPERATOR, {**document, "schedule": {"every": 15}}).id
    office.sources.pause(OFFICER, name)
    office.later(days=9)
    office.platform.work.run_until_idle("tests")
    view = office.sources.get(OPERATOR, name)
    assert (view.enabled, view.alarms, view.last_run) == (False, (), None)


def test_silence_beyond_the_cycle_alarms_the_owner_and_ends_by_itself(
    office: Yard, town: TableSource
) -> None:
    town.run(LIST, "INSERT INTO danh_sach VALUES ('M1', 'Một', 1, NULL)")
    document = town.document(dataset=LIST_DATASET, table="danh_sach", cycle="P1D", grace="PT6H")
    name = office.add(document)
    office.pulled(name)
    office.later(hours=29)
    office.platform.work.run_until_idle("tests")
    assert office.sources.get(OPERATOR, name).alarms == ()
    office.later(hours=2)
    office.platform.work.run_until_idle("tests")
    (alarm,) = office.sources.get(OPERATOR, name).alarms
    assert alarm.kind is AlarmKind.SILENT
    assert [each.kind for _, each in office.sources.waiting_for(OFFICER)] == [AlarmKind.SILENT]
    assert office.sources.waiting_for(STRANGER) == ()
    town.run("INSERT INTO danh_sach VALUES ('M2', 'Hai', 2, NULL)")
    office.pulled(name)
    assert office.sources.get(OPERATOR, name).alarms == ()
    kinds = office.journal_kinds()
    assert kinds.count("sources.silent") == kinds.count("sources.heard") == 1


def test_removing_a_source_leaves_what_it_delivered(office: Yard, town: TableSource) -> None:
    town.run(LIST, "INSERT INTO danh_sach VALUES ('M1', 'Một', 1, NULL)")
    name = office.add(town.document(dataset=LIST_DATASET, table="danh_sach"))
    delivery = office.pulled(name)
    office.sources.remove(OPERATOR, name)
    with pytest.raises(SourceUnknown):
        office.sources.get(OPERATOR, name)
    assert office.get(delivery.id).source == "source:nguon"
    assert office.keys(LIST_DATASET, "ma") == {("M1",)}


def test_the_journal_holds_codes_and_counts_only(office: Yard, town: TableSource) -> None:
    town.run(LIST, "INSERT INTO danh_sach VALUES ('M1', 'Nguyễn Thị Hoà', 1, NULL)")
    office.pulled(office.add(town.document(dataset=LIST_DATASET, table="danh_sach")))
    with office.platform.db.read() as tx:
        found = [e for e in office.platform.journal.read(tx, 0, 10_000) if "source" in e.kind]
    assert {entry.kind for entry in found} == {"sources.added", "sources.pulled"}
    pulled = next(entry for entry in found if entry.kind == "sources.pulled")
    assert (pulled.data["rows"], pulled.data["outcome"]) == (1, "delivered")
    assert "Nguyễn" not in json.dumps([dict(entry.data) for entry in found], ensure_ascii=False)


def test_who_listens_is_told_when_an_alarm_begins_and_ends(office: Yard, town: TableSource) -> None:
    town.run(LIST, "INSERT INTO danh_sach VALUES ('M1', 'Một', 1, NULL)")
    document = town.document(dataset=LIST_DATASET, table="danh_sach", cycle="P1D", grace="PT1H")
    told, heard = office.told_alarms()
    name = told.add({**document, "port": free_port()})
    told.pull(name)
    told.later(days=2)
    told.platform.work.run_until_idle("tests")
    assert heard == [(name, "failing", True), (name, "silent", True)]
    told.sources.pause(OFFICER, name)
    told.sources.remove(OPERATOR, name)
    assert heard[2:] == [(name, "silent", False), (name, "failing", False)]


def test_sources_stand_in_a_database_server_as_well(
    tmp_path: Path, postgres_server: PostgresServer, town: TableSource
) -> None:
    town.run(LIST, "INSERT INTO danh_sach VALUES ('M1', 'Một', 1, NULL)")
    with (
        postgres_server.database() as metadata,
        yard(tmp_path, database_url=metadata) as office,
    ):
        name = office.add(town.document(dataset=LIST_DATASET, table="danh_sach", cycle="P1D"))
        office.pulled(name)
        assert office.pull(name).outcome is Outcome.UNCHANGED
        town.run("ALTER TABLE danh_sach RENAME COLUMN ten TO khac")
        office.pull(name)
        office.later(days=3)
        office.platform.work.run_until_idle("tests")
        kinds = {alarm.kind for alarm in office.sources.get(OPERATOR, name).alarms}
        assert kinds == {AlarmKind.CHANGED, AlarmKind.SILENT}
        assert office.sources.runs(OPERATOR, name).total >= 3
        office.sources.remove(OPERATOR, name)
        office.assert_accounts()


def test_a_failed_pull_leaves_no_work_for_anybody(office: Yard, town: TableSource) -> None:
    name = office.add(town.document(dataset=LIST_DATASET, table="khong_co"))
    assert office.pull(name).outcome is Outcome.FAILED
    assert office.state_of_work(name) is WorkState.DONE
