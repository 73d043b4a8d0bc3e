"""The metadata database: one engine, short transactions, the migrations of each capability."""

from tinhdata.db.engine import Database, Tx, after_commit
from tinhdata.db.migrations import Migration, SchemaTooNew, migrate
from tinhdata.db.schema import UTCDateTime, metadata

__all__ = [
    "Database",
    "Migration",
    "SchemaTooNew",
    "Tx",
    "UTCDateTime",
    "after_commit",
    "metadata",
    "migrate",
]
