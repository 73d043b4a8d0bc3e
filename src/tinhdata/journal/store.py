"""The journal's two tables: the entries, and the head that numbers them without a gap.

Triggers on both engines refuse to change or delete an entry. They stop mistakes and curious hands;
someone who owns the file is exposed by `verify` and, later, by the signed tree.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import TypeAlias

import sqlalchemy as sa

from tinhdata.db import Tx, UTCDateTime, metadata
from tinhdata.journal.model import Event

entries = sa.Table(
    "journal_entry",
    metadata,
    sa.Column("sequence", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("at", UTCDateTime, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Column("leaf", sa.LargeBinary, nullable=False),
    sa.Index(None, "kind", "sequence"),
    sa.Index(None, "subject", "sequence"),
)
head = sa.Table(
    "journal_head",
    metadata,
    sa.Column("id", sa.SmallInteger, primary_key=True, autoincrement=False),
    sa.Column("sequence", sa.BigInteger, nullable=False),
)

_FIRST_HEAD = "INSERT INTO journal_head (id, sequence) VALUES (1, 0)"
_SQLITE_ENTRY = (
    """CREATE TRIGGER journal_entry_no_update BEFORE UPDATE ON journal_entry
       BEGIN SELECT RAISE(ABORT, 'the journal is never altered'); END""",
    """CREATE TRIGGER journal_entry_no_delete BEFORE DELETE ON journal_entry
       BEGIN SELECT RAISE(ABORT, 'the journal is never altered'); END""",
    # INSERT OR REPLACE deletes without asking the delete trigger.
    """CREATE TRIGGER journal_entry_no_replace BEFORE INSERT ON journal_entry
       WHEN EXISTS (SELECT 1 FROM journal_entry WHERE sequence = NEW.sequence)
       BEGIN SELECT RAISE(ABORT, 'the journal is never altered'); END""",
)
_SQLITE_HEAD = (
    """CREATE TRIGGER journal_head_counts BEFORE UPDATE ON journal_head
       WHEN NEW.sequence <> OLD.sequence + 1 OR NEW.id <> OLD.id
       BEGIN SELECT RAISE(ABORT, 'the journal is never altered'); END""",
    """CREATE TRIGGER journal_head_no_delete BEFORE DELETE ON journal_head
       BEGIN SELECT RAISE(ABORT, 'the journal is never altered'); END""",
)
_POSTGRES_ENTRY = (
    """CREATE OR REPLACE FUNCTION journal_refuse() RETURNS trigger LANGUAGE plpgsql AS
       $$ BEGIN RAISE EXCEPTION 'the journal is never altered'; END $$""",
    """CREATE TRIGGER journal_entry_no_change BEFORE UPDATE OR DELETE ON journal_entry
       FOR EACH ROW EXECUTE FUNCTION journal_refuse()""",
    """CREATE TRIGGER journal_entry_no_truncate BEFORE TRUNCATE ON journal_entry
       FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse()""",
)
_POSTGRES_HEAD = (
    """CREATE OR REPLACE FUNCTION journal_count() RETURNS trigger LANGUAGE plpgsql AS
       $$ BEGIN
         IF TG_OP <> 'UPDATE' OR NEW.sequence <> OLD.sequence + 1 OR NEW.id <> OLD.id THEN
           RAISE EXCEPTION 'the journal is never altered';
         END IF;
         RETURN NEW;
       END $$""",
    """CREATE TRIGGER journal_head_counts BEFORE UPDATE OR DELETE ON journal_head
       FOR EACH ROW EXECUTE FUNCTION journal_count()""",
)


def _after_create(table: sa.Table, statements: tuple[str, ...], dialect: str | None = None) -> None:
    for statement in statements:
        ddl = sa.DDL(statement)  # type: ignore[no-untyped-call]  # SQLAlchemy leaves it untyped
        sa.event.listen(table, "after_create", ddl.execute_if(dialect=dialect))


_after_create(entries, _SQLITE_ENTRY, "sqlite")
_after_create(entries, _POSTGRES_ENTRY, "postgresql")
_after_create(head, (_FIRST_HEAD,))
_after_create(head, _SQLITE_HEAD, "sqlite")
_after_create(head, _POSTGRES_HEAD, "postgresql")


def next_sequence(tx: Tx) -> int:
    """Take the next number; the head row stays locked until `tx` ends, so no number is lost."""
    taken = tx.execute(
        sa.update(head)
        .where(head.c.id == 1)
        .values(sequence=head.c.sequence + 1)
        .returning(head.c.sequence)
    )
    return int(taken.scalar_one())


def head_sequence(tx: Tx) -> int:
    """Give the number of the last entry, 0 where there is none."""
    return int(tx.execute(sa.select(head.c.sequence).where(head.c.id == 1)).scalar_one())


def add(tx: Tx, sequence: int, at: datetime, event: Event, body: bytes, leaf: bytes) -> None:
    """Write one entry."""
    tx.execute(
        sa.insert(entries).values(
            sequence=sequence,
            at=at,
            kind=event.kind,
            actor=event.actor,
            subject=event.subject,
            body=body,
            leaf=leaf,
        )
    )


StoredRow: TypeAlias = tuple[int, datetime, str, str, str, bytes, bytes]


def rows(
    tx: Tx, after: int, limit: int, kind: str | None = None, subject: str | None = None
) -> tuple[StoredRow, ...]:
    """Give up to `limit` stored rows after the number `after`, in order."""
    query = sa.select(entries).where(entries.c.sequence > after)
    if kind is not None:
        query = query.where(entries.c.kind == kind)
    if subject is not None:
        query = query.where(entries.c.subject == subject)
    query = query.order_by(entries.c.sequence).limit(limit)
    return tuple(
        (r.sequence, r.at, r.kind, r.actor, r.subject, bytes(r.body), bytes(r.leaf))
        for r in tx.execute(query)
    )


def in_chunks(tx: Tx, size: int) -> Iterator[StoredRow]:
    """Give every stored row in order, `size` at a time, so that memory stays small."""
    after = 0
    while chunk := rows(tx, after, size):
        yield from chunk
        after = chunk[-1][0]
