"""Sources that are pulled in a rhythm: databases, files of servers, addresses; never a secret kept.

Each pull that finds something is an ordinary delivery in the name of its source. It owns when, from
where and how far; what the bytes mean and whether they are published belongs to `deliveries`.
"""

from tinhdata.sources.definition import parse_document, read_definition
from tinhdata.sources.drivers.web import Credentials, Web
from tinhdata.sources.errors import (
    AddressForbidden,
    DriverMissing,
    SecretMissing,
    SourceBusy,
    SourceChanging,
    SourceDenied,
    SourceInvalid,
    SourcePostponed,
    SourceUnfit,
    SourceUnknown,
    SourceUnreachable,
)
from tinhdata.sources.model import (
    Alarm,
    AlarmKind,
    Daily,
    Every,
    Look,
    Mode,
    Outcome,
    RemoteFile,
    Run,
    SeenColumn,
    Source,
    SourceKind,
    SourceView,
)
from tinhdata.sources.parts import OnAlarm, SourceParts
from tinhdata.sources.secrets import Secrets
from tinhdata.sources.service import Sources
from tinhdata.sources.spool import Spool

__all__ = [
    "AddressForbidden",
    "Alarm",
    "AlarmKind",
    "Credentials",
    "Daily",
    "DriverMissing",
    "Every",
    "Look",
    "Mode",
    "OnAlarm",
    "Outcome",
    "RemoteFile",
    "Run",
    "SecretMissing",
    "Secrets",
    "SeenColumn",
    "Source",
    "SourceBusy",
    "SourceChanging",
    "SourceDenied",
    "SourceInvalid",
    "SourceKind",
    "SourceParts",
    "SourcePostponed",
    "SourceUnfit",
    "SourceUnknown",
    "SourceUnreachable",
    "SourceView",
    "Sources",
    "Spool",
    "Web",
    "parse_document",
    "read_definition",
]
