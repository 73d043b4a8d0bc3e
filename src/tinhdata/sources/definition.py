"""A definition of a source as a person writes it: YAML or JSON -> Source, strictly.

Secrets stand in it only by reference; everything unknown, and every password in the open, is
refused. What is stored is the document itself, read again by the same code.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Annotated, Literal, TypeAlias
from urllib.parse import urlsplit

import sqlglot
import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from sqlglot import exp
from sqlglot.errors import SqlglotError

from tinhdata.kernel import JSON, JSONObject, Text, t
from tinhdata.sources.cycles import duration
from tinhdata.sources.errors import SourceInvalid
from tinhdata.sources.model import (
    AfterTaking,
    Daily,
    DatabasePlace,
    Every,
    FilePlace,
    Mode,
    Place,
    Rhythm,
    Source,
    SourceKind,
    WebPlace,
)

_SECRET = re.compile(r"env:SOURCE_SECRET_[A-Z0-9_]{1,60}|file:[A-Za-z0-9][A-Za-z0-9._-]{0,80}")
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,252}[A-Za-z0-9])?|[0-9A-Fa-f:.]{2,45}")
_HOST_KEY = re.compile(r"(ssh-[a-z0-9-]+|ecdsa-[a-z0-9-]+) [A-Za-z0-9+/=]{20,}")
_LONGEST_URL = 2_000


class _Wrong(ValueError):
    """A value that has the right type and still cannot be used; carries what to say."""

    def __init__(self, text: Text) -> None:
        super().__init__(str(text))
        self.text = text


def _secret(value: str) -> str:
    if not _SECRET.fullmatch(value):
        raise _Wrong(
            t(
                "A secret is written by reference only: env:SOURCE_SECRET_NAME or file:name of "
                "the folder keys/sources of the store."
            )
        )
    return value


def _duration(value: str) -> str:
    if duration(value) is None:
        raise _Wrong(t("“{value}” is no ISO 8601 duration such as P1D or PT15M.", value=value))
    return value


def _overlap(value: str) -> str:
    return value if value.isdecimal() else _duration(value)


def _host(value: str) -> str:
    if not _HOST.fullmatch(value):
        raise _Wrong(t("“{value}” is no host name or address.", value=value))
    return value.lower()


def _host_key(value: str) -> str:
    if not _HOST_KEY.fullmatch(value):
        raise _Wrong(
            t("The server's key is written as in known_hosts: its type, a blank, its base64.")
        )
    return value


def _url(value: str) -> str:
    try:
        parts = urlsplit(value)
        known = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        known = False
    if not known or not value.isprintable() or " " in value:
        raise _Wrong(t("The address does not begin with https:// or http:// and a host."))
    if parts.username is not None or parts.password is not None:
        raise _Wrong(
            t("The address holds a name or password; write user and password by themselves.")
        )
    if parts.fragment:
        raise _Wrong(t("The address has a part after “#”, which no server sees."))
    return value


def _time(value: str) -> str:
    if not re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]", value, re.ASCII):
        raise _Wrong(t("“{value}” is no time of the day such as 02:30.", value=value))
    return value


Secret: TypeAlias = Annotated[str, AfterValidator(_secret)]
Span: TypeAlias = Annotated[str, AfterValidator(_duration)]
Host: TypeAlias = Annotated[str, AfterValidator(_host)]
Port: TypeAlias = Annotated[int, Field(ge=1, le=65_535)]
Word: TypeAlias = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f]+$")]
Url: TypeAlias = Annotated[str, Field(max_length=_LONGEST_URL), AfterValidator(_url)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class _Schedule(_Strict):
    every: Annotated[int, Field(ge=1, le=44_640)] | None = None
    daily: Annotated[str, AfterValidator(_time)] | None = None

    def rhythm(self) -> Rhythm:
        if (self.every is None) == (self.daily is None):
            raise SourceInvalid(
                t("A schedule says either every how many minutes or daily at what time."),
                fix=t("Write {example}.", example="schedule: {every: 15}"),
                where="schedule",
            )
        if self.every is not None:
            return Every(self.every)
        hour, _, minute = (self.daily or "").partition(":")
        return Daily(int(hour), int(minute))


class _Common(_Strict):
    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{1,59}$")]
    dataset: Word
    agency: Word | None = None
    title: Annotated[str, Field(max_length=200)] = ""
    schedule: _Schedule
    cycle: Span | None = None
    grace: Span | None = None
    enabled: bool = True


class _OfDatabase(_Common):
    kind: Literal["postgresql", "mysql", "sqlserver", "oracle"]
    host: Host
    port: Port | None = None
    database: Word
    user: Word
    password: Secret | None = None
    table: Word | None = None
    table_schema: Annotated[Word | None, Field(alias="schema")] = None
    query: Annotated[str, Field(min_length=1, max_length=20_000)] | None = None
    tls: bool = False
    ca: Word | None = None
    mode: Literal["whole", "since"] = "whole"
    mark: Word | None = None
    overlap: Annotated[str, AfterValidator(_overlap)] | None = None
    columns: dict[Word, Word] = {}

    def place(self) -> Place:
        return DatabasePlace(
            host=self.host,
            port=self.port,
            database=self.database,
            user=self.user,
            password=self.password,
            table=self.table,
            schema=self.table_schema,
            query=self.query,
            tls=self.tls,
            ca=self.ca,
        )


class _OfFiles(_Common):
    kind: Literal["sftp", "ftp", "folder"]
    path: Annotated[str, Field(min_length=1, max_length=1_000, pattern=r"^[^\x00-\x1f]+$")]
    pattern: Word = "*"
    host: Host | None = None
    port: Port | None = None
    user: Word | None = None
    password: Secret | None = None
    key: Secret | None = None
    host_key: Annotated[str, AfterValidator(_host_key)] | None = None
    tls: bool = False
    ca: Word | None = None
    after: Literal["keep", "archive", "delete"] = "keep"
    archive: Word | None = None
    settle_seconds: Annotated[int, Field(ge=0, le=86_400)] = 60

    def place(self) -> Place:
        return FilePlace(
            path=self.path,
            pattern=self.pattern,
            host=self.host or "",
            port=self.port,
            user=self.user or "",
            password=self.password,
            key=self.key,
            host_key=self.host_key,
            tls=self.tls,
            ca=self.ca,
            after=AfterTaking(self.after),
            archive=self.archive,
            settle_seconds=self.settle_seconds,
        )


class _OfWeb(_Common):
    kind: Literal["http", "ckan", "tinhdata"]
    url: Url
    allowed_hosts: list[Host] = []
    user: Word | None = None
    password: Secret | None = None
    token: Secret | None = None
    ca: Word | None = None
    resource: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,100}$")] | None = None
    datastore: bool = False
    remote_dataset: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,119}$")] | None = None

    def place(self) -> Place:
        return WebPlace(
            url=self.url,
            allowed_hosts=frozenset(self.allowed_hosts),
            user=self.user,
            password=self.password,
            token=self.token,
            ca=self.ca,
            resource=self.resource,
            datastore=self.datastore,
            dataset=self.remote_dataset,
        )


_Any: TypeAlias = Annotated[_OfDatabase | _OfFiles | _OfWeb, Field(discriminator="kind")]
_ADAPTER: TypeAdapter[_OfDatabase | _OfFiles | _OfWeb] = TypeAdapter(_Any)


def parse_document(text: str) -> JSONObject:
    """Read YAML (or JSON, which is YAML) into a document; raises SourceInvalid."""
    try:
        value: JSON = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise SourceInvalid(
            t("The file is no YAML document."), fix=t("Check blanks, colons and quotes.")
        ) from error
    if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
        raise SourceInvalid(
            t("The file holds no definition of a source."),
            fix=t("Begin with the lines id, dataset, kind and schedule."),
        )
    return value


def read_definition(document: JSONObject) -> Source:
    """Give the source that `document` defines; raises SourceInvalid with the place and the fix."""
    try:
        read = _ADAPTER.validate_python(dict(document))
    except ValidationError as error:
        raise _first(error) from None
    source = Source(
        id=read.id,
        dataset=read.dataset,
        kind=SourceKind(read.kind),
        place=read.place(),
        rhythm=read.schedule.rhythm(),
        agency=read.agency,
        title=read.title,
        cycle=read.cycle,
        grace=read.grace,
        enabled=read.enabled,
    )
    if isinstance(read, _OfDatabase):
        source = replace(
            source,
            mode=Mode(read.mode),
            mark=read.mark,
            overlap=read.overlap,
            columns=MappingProxyType(dict(read.columns)),
        )
    _check_place(source)
    return source


def _first(error: ValidationError) -> SourceInvalid:
    fault = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(str(part) for part in fault["loc"][1:] or fault["loc"]) or "kind"
    cause = fault.get("ctx", {}).get("error")
    if isinstance(cause, _Wrong):
        return SourceInvalid(cause.text, where=where)
    if fault["type"] == "extra_forbidden":
        return SourceInvalid(
            t("A source of this kind has no “{place}”.", place=where),
            fix=t("Check the spelling; the guide lists what each kind has."),
            where=where,
        )
    return SourceInvalid(
        t("“{place}” of the source is missing or does not have the form it needs.", place=where),
        fix=t("Check the spelling; the guide lists what each kind has."),
        where=where,
    )


def _check_place(source: Source) -> None:
    place = source.place
    match place:
        case DatabasePlace():
            _check_table(source, place)
        case FilePlace():
            _check_files(source.kind, place)
        case WebPlace():
            _need(source.kind is not SourceKind.CKAN or place.resource, "resource")
            _need(source.kind is not SourceKind.TINHDATA or place.dataset, "remote_dataset")
            _need(place.password is None or place.user, "user")


def _check_table(source: Source, place: DatabasePlace) -> None:
    if (place.table is None) == (place.query is None):
        raise SourceInvalid(
            t("A database source names either a table or a query."),
            fix=t("Write table: or query:, not both."),
            where="table",
        )
    if place.query is not None:
        _check_query(place.query, source.kind)
    _need(source.mode is Mode.WHOLE or source.mark, "mark")
    if place.tls and source.kind in (SourceKind.SQLSERVER, SourceKind.ORACLE):
        raise SourceInvalid(
            t("Encryption towards this kind of server is set up at the driver, not here."),
            fix=t("Take tls away and set it up in the driver's own configuration."),
            where="tls",
        )


_DIALECTS = {
    SourceKind.POSTGRESQL: "postgres",
    SourceKind.MYSQL: "mysql",
    SourceKind.SQLSERVER: "tsql",
    SourceKind.ORACLE: "oracle",
}


_RUNS_AS_COMMENT = re.compile(r"/\*M?!")
"""MySQL and MariaDB run what stands in such a comment; a parser passes over it."""


def _check_query(query: str, kind: SourceKind) -> None:
    """Refuse whatever is not one plain SELECT; the connection is read-only besides."""
    try:
        found = sqlglot.parse(query, read=_DIALECTS[kind])
    except SqlglotError:
        found = []
    is_plain = (
        len(found) == 1
        and not _RUNS_AS_COMMENT.search(query)
        and isinstance(found[0], exp.Query)
        and not any(found[0].find_all(exp.Into, exp.Lock, exp.Command, exp.DML, exp.DDL))
    )
    if not is_plain:
        raise SourceInvalid(
            t("The query is not one statement that only reads."),
            fix=t("Write one SELECT without a semicolon, INTO or FOR UPDATE."),
            where="query",
        )


def _check_files(kind: SourceKind, place: FilePlace) -> None:
    if kind is SourceKind.FOLDER:
        _need(not place.host, "host")
    else:
        _need(place.host, "host")
        _need(place.user, "user")
    if kind is SourceKind.SFTP:
        _need(place.host_key, "host_key")
        _need(place.password or place.key, "password")
    _need(place.after is not AfterTaking.ARCHIVE or place.archive, "archive")


def _need(value: object, name: str) -> None:
    if not value:
        raise SourceInvalid(
            t("“{place}” of the source is missing or does not have the form it needs.", place=name),
            fix=t("Check the spelling; the guide lists what each kind has."),
            where=name,
        )
