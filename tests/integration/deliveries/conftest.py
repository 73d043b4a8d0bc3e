"""A new platform for each test; those about the core journey ask for `any_office`."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.deliveries.desk import Desk, desk
from tests.support.postgres import PostgresServer


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Desk]:
    with desk(tmp_path) as opened:
        yield opened
        opened.assert_accounts()


@pytest.fixture(params=["sqlite", "postgresql"])
def any_office(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    if request.param == "sqlite":
        with desk(tmp_path) as opened:
            yield opened
            opened.assert_accounts()
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    with (
        server.database() as metadata,
        server.database() as catalog,
        desk(tmp_path, metadata, catalog) as opened,
    ):
        yield opened
        opened.assert_accounts()
