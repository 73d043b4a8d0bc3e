"""SQL Server: snapshot isolation, which its administrator has to allow for the database."""

from tinhdata.sources.drivers.database import Arguments, Server
from tinhdata.sources.model import DatabasePlace, SourceKind


def _arguments(_place: DatabasePlace) -> Arguments:
    return {"login_timeout": 15, "timeout": 600, "appname": "tinhdata", "charset": "UTF-8"}


SERVER = Server(
    kind=SourceKind.SQLSERVER,
    dialect="mssql+pymssql",
    module="pymssql",
    extra="sqlserver",
    port=1433,
    arguments=_arguments,
    options={"isolation_level": "SNAPSHOT"},
)
