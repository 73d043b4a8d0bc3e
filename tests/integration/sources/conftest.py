"""A platform that pulls, and real databases to pull from."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.integration.sources.databases import MariaDBSource, PostgresSource, TableSource
from tests.integration.sources.yard import Yard, yard
from tests.support.mariadb import MariaDBServer, NoMariaDB, mariadb
from tests.support.postgres import PostgresServer


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Yard]:
    folder = tmp_path / "giao-nhan"
    folder.mkdir()
    with yard(tmp_path, folders=(folder,)) as opened:
        yield opened
        opened.assert_accounts()


@pytest.fixture(scope="session")
def mariadb_server() -> Iterator[MariaDBServer]:
    with ExitStack() as stack:
        try:
            server = stack.enter_context(mariadb())
        except NoMariaDB as missing:
            pytest.skip(f"NOT TESTED AGAINST MARIADB: {missing}")
        yield server


@pytest.fixture(params=["postgresql", "mariadb"])
def base(request: pytest.FixtureRequest) -> Iterator[TableSource]:
    """Give a real, empty database of each kind that tests can start."""
    if request.param == "postgresql":
        server: PostgresServer = request.getfixturevalue("postgres_server")
        with server.database() as url:
            yield PostgresSource(url)
    else:
        maria: MariaDBServer = request.getfixturevalue("mariadb_server")
        with maria.database() as name:
            yield MariaDBSource(maria.url(name))


@pytest.fixture
def town(postgres_server: PostgresServer) -> Iterator[TableSource]:
    """Give one real, empty database, where the kind of server makes no difference."""
    with postgres_server.database() as url:
        yield PostgresSource(url)
