"""PostgreSQL: a repeatable read that may not write, with named cursors."""

from tinhdata.sources.drivers.database import Arguments, Server
from tinhdata.sources.model import DatabasePlace, SourceKind


def _arguments(place: DatabasePlace) -> Arguments:
    found: Arguments = {
        "connect_timeout": 15,
        "options": "-c TimeZone=Asia/Ho_Chi_Minh -c DateStyle=ISO -c lock_timeout=60s",
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
)
