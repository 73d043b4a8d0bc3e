"""The registers of databases and datasets, and the search over them.

A record is written in the transaction that changes what it describes: of a contract or a release.
"""

from tinhdata.catalogue.errors import NoSuchRecord
from tinhdata.catalogue.model import DatabaseEntry, DatabaseKind, DatasetRecord, Hit, LastRelease
from tinhdata.catalogue.service import Catalogue

__all__ = [
    "Catalogue",
    "DatabaseEntry",
    "DatabaseKind",
    "DatasetRecord",
    "Hit",
    "LastRelease",
    "NoSuchRecord",
]
