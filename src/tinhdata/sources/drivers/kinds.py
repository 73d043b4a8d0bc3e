"""Which driver serves which kind of place, opened with its secrets."""

from collections.abc import Mapping
from contextlib import AbstractContextManager, closing, nullcontext
from pathlib import Path
from types import MappingProxyType

from tinhdata.kernel import t
from tinhdata.sources.drivers import mysql, oracle, postgresql, sqlserver
from tinhdata.sources.drivers.ckan import CKAN
from tinhdata.sources.drivers.database import Server
from tinhdata.sources.drivers.folder import Folder
from tinhdata.sources.drivers.ftp import FTP
from tinhdata.sources.drivers.http import HTTPFile
from tinhdata.sources.drivers.remote import FileDriver
from tinhdata.sources.drivers.sftp import SFTP
from tinhdata.sources.drivers.tinhdata import Instance
from tinhdata.sources.drivers.web import Credentials, Web
from tinhdata.sources.errors import SourceInvalid
from tinhdata.sources.model import FilePlace, Source, SourceKind, WebPlace
from tinhdata.sources.secrets import Secrets

SERVERS: Mapping[SourceKind, Server] = MappingProxyType(
    {each.SERVER.kind: each.SERVER for each in (postgresql, mysql, sqlserver, oracle)}
)


def open_files(
    source: Source,
    secrets: Secrets,
    *,
    private_hosts: frozenset[str],
    folders: tuple[Path, ...],
) -> AbstractContextManager[FileDriver]:
    """Open the place of a source that gives files; raises the Problems of `errors`."""
    place = source.place
    if isinstance(place, FilePlace):
        return _folder_or_server(source.kind, place, secrets, folders)
    if isinstance(place, WebPlace):
        return _web(source.kind, place, secrets, private_hosts)
    raise SourceInvalid(t("This kind of source has no files."))


def _folder_or_server(
    kind: SourceKind, place: FilePlace, secrets: Secrets, folders: tuple[Path, ...]
) -> AbstractContextManager[FileDriver]:
    if kind is SourceKind.FOLDER:
        return nullcontext(Folder(place, folders))
    password = secrets.open(place.password) if place.password else None
    if kind is SourceKind.FTP:
        return closing(FTP(place, password))
    key = secrets.open(place.key) if place.key else None
    return closing(SFTP(place, password, key))


def _web(
    kind: SourceKind, place: WebPlace, secrets: Secrets, private_hosts: frozenset[str]
) -> AbstractContextManager[FileDriver]:
    web = Web(
        place.url,
        Credentials(
            user=place.user,
            password=secrets.open(place.password) if place.password else None,
            token=secrets.open(place.token) if place.token else None,
            scheme="" if kind is SourceKind.CKAN else "Bearer ",
        ),
        allowed_hosts=place.allowed_hosts,
        private_hosts=private_hosts,
        ca=place.ca,
    )
    if kind is SourceKind.CKAN:
        return closing(CKAN(web, place))
    if kind is SourceKind.TINHDATA:
        return closing(Instance(web, place))
    return closing(HTTPFile(web, place.url))
