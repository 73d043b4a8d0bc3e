"""PostgreSQL: a repeatable read that may not write, with named cursors."""

from tinhdata.sources.drivers.database import Arguments, Server
from tinhdata.sources.model import DatabasePlace, SourceKind


def _arguments(place: DatabasePlace) -> Arguments:
    found: Arguments = {
        "connect_timeout": 15,
        "keepalives_idle": 30,
        "keepalives_interval": 10,
        "keepalives_count": 3,
        "tcp_user_timeout": 60_000,
        "application_name": "tinhdata",
    }
    if place.tls:
        found |= {"sslmode": "verify-full", "sslrootcert": place.ca or "system"}
    return found


SERVER = Server(
    kind=SourceKind.POSTGRESQL,
    dialect="postgresql+psycopg",
    module="psycopg",
    extra="postgres",
    port=5432,
    arguments=_arguments,
    options={"isolation_level": "REPEATABLE READ", "postgresql_readonly": True},
    # As statements, since a connection pooler in between takes no options at the start.
    begin=("SET LOCAL TimeZone = 'Asia/Ho_Chi_Minh'", "SET LOCAL lock_timeout = '60s'"),
)
