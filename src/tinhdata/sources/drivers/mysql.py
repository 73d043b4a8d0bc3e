"""MySQL and MariaDB: a consistent snapshot that may not write, with unbuffered cursors."""

import ssl

from tinhdata.sources.drivers.database import Arguments, Server
from tinhdata.sources.model import DatabasePlace, SourceKind


def _arguments(place: DatabasePlace) -> Arguments:
    found: Arguments = {
        "connect_timeout": 15,
        "read_timeout": 120,
        "write_timeout": 60,
        "init_command": "SET time_zone = '+07:00'",
        "program_name": "tinhdata",
    }
    if place.tls:
        # A ready context, since with bare options the driver may check no certificate at all.
        found["ssl"] = ssl.create_default_context(cafile=place.ca)
    return found


def _forget(connection: object) -> None:
    # An unbuffered result reads to its end when it is thrown away, which a cut line has not got.
    result = getattr(connection, "_result", None)
    if result is not None:
        result.unbuffered_active = False


SERVER = Server(
    kind=SourceKind.MYSQL,
    dialect="mysql+pymysql",
    module="pymysql",
    extra="mysql",
    port=3306,
    arguments=_arguments,
    forget=_forget,
    query={"charset": "utf8mb4"},
    begin=(
        "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ",
        "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY",
    ),
)
