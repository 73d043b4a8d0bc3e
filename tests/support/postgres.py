"""Starts a real PostgreSQL for tests: the machine's own, or Debian's unpacked under var/tools.

It listens on a free loopback port, keeps its data in a temporary folder, and ends with the process
that started it, however that ends.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import psycopg
from psycopg import sql

from tests.support.daemons import free_port, other_user, run, wait_until, within_reach

_ROOT = Path(__file__).resolve().parents[2]
_TOOLS = _ROOT / "var" / "tools"
_HELP = "No PostgreSQL was found and none could be unpacked. Run: sudo apt-get install postgresql"
_USER = "tester"
# Only the just-in-time compiler needs these, and they are larger than all the rest.
_NOT_NEEDED = ("libllvm", "libz3", "postgresql-common", "perl", "ssl-cert", "openssl")

# The server ends when our end of its standard input is closed, be it by a kill -9.
_UNTIL_WE_ARE_GONE = '"$@" </dev/null & server=$!; cat >/dev/null; kill -INT $server; wait $server'


class NoPostgres(RuntimeError):
    """There is no PostgreSQL; the message holds the line to run."""


@dataclass(frozen=True, slots=True)
class Programs:
    """The folder of `postgres` and `initdb`, and what their environment must hold besides ours."""

    folder: Path
    environment: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class PostgresServer:
    """A running server."""

    port: int

    @contextmanager
    def database(self) -> Iterator[str]:
        """Give the SQLAlchemy URL of a new, empty database that is dropped afterwards."""
        name = f"test_{uuid4().hex[:12]}"
        self._run(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
        try:
            yield f"postgresql+psycopg://{_USER}@127.0.0.1:{self.port}/{name}"
        finally:
            self._run(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def is_ready(self) -> bool:
        """Say whether the server answers."""
        try:
            psycopg.connect(self._address()).close()
        except psycopg.OperationalError:
            return False
        return True

    def _run(self, statement: sql.Composed) -> None:
        with psycopg.connect(self._address(), autocommit=True) as connection:
            connection.execute(statement)

    def _address(self) -> str:
        return f"host=127.0.0.1 port={self.port} user={_USER} dbname=postgres connect_timeout=5"


@contextmanager
def postgres(programs: Programs | None = None) -> Iterator[PostgresServer]:
    """Run a server for as long as the block runs; raises NoPostgres with the line to run."""
    programs = programs or find_postgres()
    with tempfile.TemporaryDirectory(prefix="tinhdata-pg-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        user = other_user("postgres")
        if user is not None:
            if (copied := within_reach(programs.folder / "postgres", folder)) is not None:
                programs = unpacked_programs(copied)
            os.chown(folder, user, -1)
        _initialise(programs, folder, user)
        port = free_port()
        command = [
            str(programs.folder / "postgres"),
            *("-D", str(folder / "data"), "-k", str(folder), "-h", "127.0.0.1", "-p", str(port)),
            # Nothing here outlives the tests, so nothing needs to reach the disk.
            *("-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"),
            *("-c", "max_connections=60", "-c", "shared_buffers=32MB", "-c", "jit=off"),
        ]
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                ["/bin/sh", "-c", _UNTIL_WE_ARE_GONE, "sh", *command],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                cwd=folder,
                env={**os.environ, **programs.environment},
                user=user,
                extra_groups=None if user is None else [],
            )
        try:
            server = PostgresServer(port)
            if not wait_until(server.is_ready, process):
                told = (folder / "log").read_text()
                raise NoPostgres(f"PostgreSQL did not start:\n{told}")
            yield server
        finally:
            assert process.stdin is not None
            process.stdin.close()
            process.wait(timeout=30)


def find_postgres() -> Programs:
    """Give the programs on this machine, else the unpacked ones, unpacking them first if missing.

    Raises NoPostgres with the line to run where neither is possible.
    """
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    if on_path := shutil.which("postgres"):
        # A link on PATH leads to where initdb lies as well.
        installed.insert(0, Path(on_path).resolve().parent)
    for folder in installed:
        if (folder / "postgres").exists() and (folder / "initdb").exists():
            return Programs(folder, {})
    unpacked = _TOOLS / "postgresql"
    if not (unpacked / "complete").exists():
        unpack(unpacked)
    return unpacked_programs(unpacked)


def unpack(folder: Path) -> None:
    """Download Debian's PostgreSQL and what it lacks here, and unpack it into `folder`."""
    state = _TOOLS / "apt-postgresql"
    packages = state / "packages"
    for needed in (folder, packages, state / "lists/partial", state / "archives/partial"):
        needed.mkdir(parents=True, exist_ok=True)
    own = ["-o", f"Dir::State::lists={state / 'lists'}", "-o", f"Dir::Cache={state}"]
    own += ["-o", "Debug::NoLocking=1", "-o", "APT::Sandbox::User="]
    try:
        run(["apt-get", *own, "update", "-qq"], packages)
        depends = run(["apt-cache", *own, "depends", "postgresql"], packages).splitlines()
        server = next(line.split()[1] for line in depends if line.strip().startswith("Depends:"))
        wanted = ["install", "-s", "-y", "--no-install-recommends", server]
        plan = run(["apt-get", *own, *wanted], packages)
        planned = {line.split()[1] for line in plan.splitlines() if line.startswith("Inst ")}
        names = {name for name in planned if not name.startswith(_NOT_NEEDED)}
        # Where it is installed, though not to be found, the plan does not name the server.
        run(["apt-get", *own, "download", *sorted(names | {server})], packages)
        for package in sorted(packages.glob("*.deb")):
            run(["dpkg", "-x", str(package), str(folder)], packages)
    except subprocess.CalledProcessError as error:
        raise NoPostgres(f"{_HELP}\n({error}\n{error.stderr})") from error
    except (OSError, StopIteration) as error:
        raise NoPostgres(f"{_HELP}\n({error})") from error
    shutil.rmtree(state)
    (folder / "complete").touch()


def unpacked_programs(folder: Path) -> Programs:
    """Give the programs that were unpacked into `folder`; raises NoPostgres."""
    found = sorted(folder.glob("usr/lib/postgresql/*/bin/postgres"), reverse=True)
    if not found:
        raise NoPostgres(_HELP)
    libraries = [*folder.glob("usr/lib/*-linux-gnu*"), *folder.glob("lib/*-linux-gnu*")]
    return Programs(found[0].parent, {"LD_LIBRARY_PATH": ":".join(str(path) for path in libraries)})


def _initialise(programs: Programs, folder: Path, user: int | None) -> None:
    options = ["--auth=trust", f"--username={_USER}", "--encoding=UTF8", "--locale=C", "--no-sync"]
    try:
        subprocess.run(
            [str(programs.folder / "initdb"), "-D", str(folder / "data"), *options],
            cwd=folder,
            env={**os.environ, **programs.environment},
            user=user,
            extra_groups=None if user is None else [],
            check=True,
            capture_output=True,
            text=True,
        )
    except subprocess.CalledProcessError as error:
        raise NoPostgres(f"{_HELP}\n({error.stderr})") from error
