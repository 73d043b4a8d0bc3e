"""Each test of the catalogue runs on SQLite and on PostgreSQL."""

import pytest

from tests.integration.catalogue.shelves import Shelf
from tinhdata.db import Database


@pytest.fixture
def shelf(database: Database) -> Shelf:
    return Shelf(database)
