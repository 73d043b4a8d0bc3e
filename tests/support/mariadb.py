"""Starts a real MariaDB for tests: the machine's own, or Debian's unpacked under var/tools.

It listens on a free loopback port, keeps its data in a temporary folder, and ends with the process
that started it, however that ends.
"""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import sqlalchemy as sa

from tests.support.daemons import free_port, other_user, unpack, wait_until, within_reach

_ROOT = Path(__file__).resolve().parents[2]
_TOOLS = _ROOT / "var" / "tools"
_HELP = "No MariaDB was found and none could be unpacked. Run: sudo apt-get install mariadb-server"
_PACKAGES = ("mariadb-server-core", "mariadb-common", "libaio1", "liburing2")
USER, PASSWORD = "tester", "chi-de-thu"

# The server ends when our end of its standard input is closed, be it by a kill -9.
_UNTIL_WE_ARE_GONE = '"$@" </dev/null & server=$!; cat >/dev/null; kill -TERM $server; wait $server'


class NoMariaDB(RuntimeError):
    """There is no MariaDB; the message holds the line to run."""


@dataclass(frozen=True, slots=True)
class Programs:
    """The server, the folder of its messages and SQL files, and where its libraries lie."""

    server: Path
    share: Path
    libraries: str


@dataclass(frozen=True, slots=True)
class MariaDBServer:
    """A running server."""

    port: int
    socket: Path

    @contextmanager
    def database(self) -> Iterator[str]:
        """Give the name of a new, empty database that is dropped afterwards."""
        name = f"test_{uuid4().hex[:12]}"
        self._run(f"CREATE DATABASE {name} CHARACTER SET utf8mb4")
        try:
            yield name
        finally:
            self._run(f"DROP DATABASE {name}")

    def url(self, database: str) -> str:
        """Give the SQLAlchemy URL of a database, for the one who fills it."""
        return f"mysql+pymysql://{USER}:{PASSWORD}@127.0.0.1:{self.port}/{database}?charset=utf8mb4"

    def is_ready(self) -> bool:
        """Say whether the server answers."""
        try:
            self._run("SELECT 1")
        except sa.exc.OperationalError:
            return False
        return True

    def _run(self, statement: str) -> None:
        engine = sa.create_engine(self.url(""), poolclass=sa.NullPool)
        with engine.connect() as connection:
            connection.exec_driver_sql(statement)


@contextmanager
def mariadb() -> Iterator[MariaDBServer]:
    """Run a server for as long as the block runs; raises NoMariaDB with the line to run."""
    programs = find_mariadb()
    with tempfile.TemporaryDirectory(prefix="tinhdata-maria-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        user = other_user("mysql")
        if (copied := within_reach(programs.server, folder)) is not None:
            programs = _unpacked(copied)
        (folder / "data").mkdir()
        (folder / "grants.sql").write_text(_grants(programs))
        if user is not None:
            for path in (folder, folder / "data", folder / "grants.sql"):
                os.chown(path, user, -1)
        environment = {**os.environ, "LD_LIBRARY_PATH": programs.libraries}
        common = [
            *(
                "--no-defaults",
                f"--datadir={folder / 'data'}",
                f"--lc-messages-dir={_lc(programs)}",
            ),
            *("--innodb-flush-log-at-trx-commit=0", "--innodb-buffer-pool-size=32M"),
            *(
                "--innodb-log-file-size=8M",
                "--performance-schema=OFF",
                "--character-set-server=utf8mb4",
            ),
        ]
        with (folder / "log").open("wb") as log:
            _bootstrap(programs, common, folder, user, environment, log)
            port = free_port()
            listening = [f"--port={port}", "--bind-address=127.0.0.1", f"--socket={folder / 's'}"]
            process = subprocess.Popen(
                [
                    "/bin/sh",
                    "-c",
                    _UNTIL_WE_ARE_GONE,
                    "sh",
                    str(programs.server),
                    *common,
                    *listening,
                ],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                cwd=folder,
                env=environment,
                user=user,
                extra_groups=None if user is None else [],
            )
        try:
            server = MariaDBServer(port, folder / "s")
            if not wait_until(server.is_ready, process):
                told = (folder / "log").read_text()[-3000:]
                raise NoMariaDB(f"MariaDB did not start:\n{told}")
            yield server
        finally:
            assert process.stdin is not None
            process.stdin.close()
            process.wait(timeout=60)


def find_mariadb() -> Programs:
    """Give the programs on this machine, else the unpacked ones, unpacking them first if missing.

    Raises NoMariaDB with the line to run where neither is possible.
    """
    for name in ("/usr/sbin/mariadbd", "/usr/sbin/mysqld"):
        if Path(name).exists() and Path("/usr/share/mysql/mysql_system_tables.sql").exists():
            return Programs(Path(name), Path("/usr/share/mysql"), "")
    unpacked = _TOOLS / "mariadb"
    if not (unpacked / "complete").exists():
        try:
            unpack(unpacked, *_PACKAGES)
        except (subprocess.CalledProcessError, OSError) as error:
            told = getattr(error, "stderr", "")
            raise NoMariaDB(f"{_HELP}\n({error}\n{told})") from error
    return _unpacked(unpacked)


def _unpacked(folder: Path) -> Programs:
    server = folder / "usr/sbin/mariadbd"
    if not server.exists():
        raise NoMariaDB(_HELP)
    libraries = [*folder.glob("usr/lib/*-linux-gnu*"), *folder.glob("lib/*-linux-gnu*")]
    return Programs(server, folder / "usr/share/mysql", ":".join(str(path) for path in libraries))


def _grants(programs: Programs) -> str:
    """Give the SQL that makes the system tables and the one account of the tests."""
    files = ("mysql_system_tables.sql", "mysql_system_tables_data.sql", "fill_help_tables.sql")
    parts = [
        (programs.share / name).read_text()
        for name in files
        if name != "fill_help_tables.sql" and (programs.share / name).exists()
    ]
    account = (
        f"CREATE USER '{USER}'@'%' IDENTIFIED BY '{PASSWORD}';\n"
        f"GRANT ALL PRIVILEGES ON *.* TO '{USER}'@'%' WITH GRANT OPTION;\n"
    )
    return "\n".join(
        ["CREATE DATABASE IF NOT EXISTS mysql;", "USE mysql;", *parts, "FLUSH PRIVILEGES;", account]
    )


def _bootstrap(
    programs: Programs,
    common: list[str],
    folder: Path,
    user: int | None,
    environment: dict[str, str],
    log: object,
) -> None:
    with (folder / "grants.sql").open("rb") as statements:
        done = subprocess.run(
            [str(programs.server), *common, "--bootstrap"],
            stdin=statements,
            capture_output=True,
            text=True,
            cwd=folder,
            env=environment,
            user=user,
            extra_groups=None if user is None else [],
            check=False,
        )
    if done.returncode != 0:
        raise NoMariaDB(f"{_HELP}\n({done.stderr[-2000:]})")


def _lc(programs: Programs) -> Path:
    return programs.share
