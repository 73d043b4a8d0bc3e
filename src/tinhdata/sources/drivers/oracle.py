"""Oracle: a read-only transaction, which sees the database as it stood when it began."""

from tinhdata.sources.drivers.database import Arguments, Server
from tinhdata.sources.model import DatabasePlace, SourceKind


def _arguments(_place: DatabasePlace) -> Arguments:
    return {"tcp_connect_timeout": 15, "expire_time": 1}


SERVER = Server(
    kind=SourceKind.ORACLE,
    dialect="oracle+oracledb",
    module="oracledb",
    extra="oracle",
    port=1521,
    arguments=_arguments,
    is_service=True,
    begin=("SET TRANSACTION READ ONLY",),
)
