"""Runs what each capability declares: a new database gets today's tables, an old one each step.

A new database is made from the tables as they are now and marked as being at the newest number of
each owner; an existing one runs the steps it has not seen, in order of their numbers. Both must end
the same, which a test compares for every released schema.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations

from tinhdata.db.engine import Database, Tx
from tinhdata.db.schema import metadata
from tinhdata.kernel import Problem, t

_applied = sa.Table(
    "schema_migration",
    metadata,
    sa.Column("owner", sa.Text, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
)


@dataclass(frozen=True, slots=True)
class Migration:
    """Step `number` (from 2 on) of the tables of `owner`; 1 is the first table set itself."""

    owner: str
    number: int
    upgrade: Callable[[Operations], None]


class SchemaTooNew(Problem):
    """The database was written by a newer version of the program."""

    code = "schema-too-new"


def migrate(database: Database, steps: Sequence[Migration]) -> None:
    """Bring the tables of `database` to what the code expects; raises SchemaTooNew."""
    with database.transaction() as tx:
        if not sa.inspect(tx).has_table(_applied.name):
            metadata.create_all(tx)
            _mark(tx, steps)
            return
        known = {(step.owner, step.number) for step in steps}
        done = {(row.owner, row.number) for row in tx.execute(sa.select(_applied))}
        if unknown := sorted(done - known):
            raise SchemaTooNew(
                t(
                    "The database has seen step {step}, which this version does not know.",
                    step=f"{unknown[-1][0]} {unknown[-1][1]}",
                ),
                fix=t("Install the newer version again, or restore a backup made by this one."),
            )
        # A capability that is new in this version brings its whole table set.
        metadata.create_all(tx)
        pending = sorted(
            (s for s in steps if (s.owner, s.number) not in done), key=lambda s: (s.number, s.owner)
        )
        operations = Operations(MigrationContext.configure(tx))
        for step in pending:
            step.upgrade(operations)
        _mark(tx, pending)


def _mark(tx: Tx, steps: Sequence[Migration]) -> None:
    if steps:
        tx.execute(sa.insert(_applied), [{"owner": s.owner, "number": s.number} for s in steps])
