import threading
from contextlib import suppress
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from tinhdata.db import Database
from tinhdata.journal import Event, EventInvalid, EventKind, Journal, JournalBroken
from tinhdata.kernel import SystemClock, new_id

KEY = b"k" * 32
COUNTED = EventKind("thing.counted", "tests", {"number": "int"})


@pytest.fixture
def journal() -> Journal:
    journal = Journal(SystemClock(), KEY)
    journal.declare([COUNTED])
    return journal


def append(database: Database, journal: Journal, number: int, actor: str = "system") -> int:
    with database.transaction() as tx:
        return journal.append(tx, Event("thing.counted", actor, "thing", {"number": number}))


def test_entries_are_numbered_from_one_and_read_back_as_they_were_written(
    database: Database, journal: Journal
) -> None:
    before = datetime.now(UTC)
    assert [append(database, journal, n) for n in (10, 20, 30)] == [1, 2, 3]
    with database.read() as tx:
        entries = journal.read(tx, after=1)
    assert [(e.sequence, e.kind, e.subject, e.data) for e in entries] == [
        (2, "thing.counted", "thing", {"number": 20}),
        (3, "thing.counted", "thing", {"number": 30}),
    ]
    assert all(before <= e.at <= datetime.now(UTC) for e in entries)


def test_a_transaction_rolled_back_leaves_neither_entry_nor_gap(
    database: Database, journal: Journal
) -> None:
    append(database, journal, 1)
    with suppress(RuntimeError), database.transaction() as tx:
        journal.append(tx, Event("thing.counted", "system", "thing", {"number": 2}))
        raise RuntimeError
    assert append(database, journal, 3) == 2
    with database.read() as tx:
        assert journal.verify(tx).entries == 2


def test_many_writers_at_once_leave_no_gap(database: Database, journal: Journal) -> None:
    def write() -> None:
        for number in range(20):
            append(database, journal, number)

    writers = [threading.Thread(target=write) for _ in range(5)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    with database.read() as tx:
        assert journal.verify(tx).entries == 100
        assert [e.sequence for e in journal.read(tx)] == list(range(1, 101))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE journal_entry SET subject = 'other' WHERE sequence = 1",
        "DELETE FROM journal_entry WHERE sequence = 2",
        "UPDATE journal_head SET sequence = 0",
        "UPDATE journal_head SET sequence = sequence",
        "DELETE FROM journal_head",
    ],
)
def test_the_database_refuses_to_alter_what_was_written(
    database: Database, journal: Journal, statement: str
) -> None:
    append(database, journal, 1)
    append(database, journal, 2)
    with (
        pytest.raises(sa.exc.DBAPIError, match="the journal is never altered"),
        database.transaction() as tx,
    ):
        tx.execute(sa.text(statement))
    with database.read() as tx:
        assert journal.verify(tx).entries == 2


def test_an_entry_cannot_be_replaced_by_inserting_over_it(
    database: Database, journal: Journal
) -> None:
    append(database, journal, 1)
    copy = "journal_entry SELECT sequence, at, kind, actor, 'other', body, leaf FROM journal_entry"
    verb = "INSERT OR REPLACE INTO" if database.is_sqlite else "INSERT INTO"
    with pytest.raises(sa.exc.DBAPIError), database.transaction() as tx:
        tx.execute(sa.text(f"{verb} {copy}"))
    if not database.is_sqlite:
        with pytest.raises(sa.exc.DBAPIError, match="never altered"), database.transaction() as tx:
            tx.execute(sa.text("TRUNCATE journal_entry"))
    with database.read() as tx:
        assert journal.verify(tx).entries == 1


TAMPERING = {
    "a column was changed": (
        "UPDATE journal_entry SET subject = 'other' WHERE sequence = 2",
        "Entry 2 was altered",
    ),
    "the bytes were changed": (
        "UPDATE journal_entry SET body = leaf WHERE sequence = 3",
        "Entry 3 was altered",
    ),
    "the hash was changed": (
        "UPDATE journal_entry SET leaf = body WHERE sequence = 1",
        "Entry 1 was altered",
    ),
    "an entry was taken out": (
        "DELETE FROM journal_entry WHERE sequence = 2",
        "Entry 2 is missing",
    ),
    "the last entry was taken out": (
        "DELETE FROM journal_entry WHERE sequence = 3",
        "after number 2 are missing",
    ),
}


@pytest.mark.parametrize("what", TAMPERING)
def test_verifying_finds_what_somebody_with_full_rights_did(
    database: Database, journal: Journal, what: str
) -> None:
    for number in range(3):
        append(database, journal, number)
    statement, said = TAMPERING[what]
    with database.transaction() as tx:
        if database.is_sqlite:
            tx.execute(sa.text("DROP TRIGGER journal_entry_no_update"))
            tx.execute(sa.text("DROP TRIGGER journal_entry_no_delete"))
        else:
            tx.execute(sa.text("ALTER TABLE journal_entry DISABLE TRIGGER ALL"))
        tx.execute(sa.text(statement))
    with database.read() as tx, pytest.raises(JournalBroken, match=said):
        journal.verify(tx)


def test_a_person_stands_in_the_journal_only_as_a_token(
    database: Database, journal: Journal
) -> None:
    person = new_id("per")
    append(database, journal, 1, actor=person)
    append(database, journal, 2, actor=person)
    append(database, journal, 3, actor="system")
    with database.read() as tx:
        first, second, third = journal.read(tx)
        stored = tx.execute(sa.text("SELECT body, actor FROM journal_entry")).all()
    assert first.actor == second.actor == journal.token(person)
    assert third.actor == "system"
    assert all(person.encode() not in bytes(body) and person != actor for body, actor in stored)
    assert Journal(SystemClock(), b"other" * 8).token(person) != first.actor


def test_entries_about_a_person_are_found_by_the_person(
    database: Database, journal: Journal
) -> None:
    person = new_id("per")
    journal.declare([EventKind("person.added", "tests", {"helpers": "id[]"})])
    with database.transaction() as tx:
        event = Event("person.added", "system", person, {"helpers": [person]})
        journal.append(tx, event)
    append(database, journal, 1)
    with database.read() as tx:
        (entry,) = journal.read(tx, subject=person)
    assert entry.data == {"helpers": [journal.token(person)]}


def test_what_nobody_declared_is_not_written(database: Database, journal: Journal) -> None:
    with pytest.raises(EventInvalid), database.transaction() as tx:
        journal.append(tx, Event("thing.unknown", "system", "thing"))
    with database.read() as tx:
        assert journal.verify(tx).entries == 0
