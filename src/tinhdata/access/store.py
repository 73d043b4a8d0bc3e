"""The tables of agencies, people, sessions, tries and source keys."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from tinhdata.access.model import Agency, AgencyKind, Person, Role, SourceKey
from tinhdata.contracts.model import Bilingual
from tinhdata.db import Tx, UTCDateTime, metadata

agencies = sa.Table(
    "access_agency",
    metadata,
    sa.Column("code", sa.Text, primary_key=True),
    sa.Column("name_vi", sa.Text, nullable=False),
    sa.Column("name_en", sa.Text),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("parent", sa.Text),
    sa.Column("contact", sa.Text),
)
people = sa.Table(
    "access_person",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("login", sa.Text, nullable=False, unique=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("agency", sa.Text, sa.ForeignKey(agencies.c.code)),
    sa.Column("password", sa.Text, nullable=False),
    sa.Column("is_active", sa.Boolean, nullable=False),
    sa.Column("created_at", UTCDateTime, nullable=False),
)
roles = sa.Table(
    "access_role",
    metadata,
    sa.Column("person", sa.Text, sa.ForeignKey(people.c.id), primary_key=True),
    sa.Column("role", sa.Text, primary_key=True),
)
sessions = sa.Table(
    "access_session",
    metadata,
    sa.Column("token", sa.LargeBinary, primary_key=True),
    sa.Column("id", sa.Text, nullable=False, unique=True),
    sa.Column("person", sa.Text, sa.ForeignKey(people.c.id), nullable=False, index=True),
    sa.Column("opened_at", UTCDateTime, nullable=False),
    sa.Column("seen_at", UTCDateTime, nullable=False),
)
tries = sa.Table(
    "access_try",
    metadata,
    sa.Column("subject", sa.LargeBinary, primary_key=True),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("last_at", UTCDateTime, nullable=False),
    sa.Column("paused_until", UTCDateTime, nullable=False),
)
source_keys = sa.Table(
    "access_source_key",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("secret", sa.LargeBinary, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("agency", sa.Text, sa.ForeignKey(agencies.c.code), nullable=False),
    sa.Column("datasets", sa.JSON, nullable=False),
    sa.Column("issued_at", UTCDateTime, nullable=False),
    sa.Column("expires_at", UTCDateTime, nullable=False),
    sa.Column("revoked_at", UTCDateTime),
)


@dataclass(frozen=True, slots=True)
class StoredSession:
    """A session as stored."""

    id: str
    person: str
    opened_at: datetime
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class Tries:
    """Wrong tries of one login or address."""

    failures: int
    last_at: datetime
    paused_until: datetime


def put_agency(tx: Tx, agency: Agency, *, is_new: bool) -> None:
    """Write `agency`, new or changed."""
    values = {
        "name_vi": agency.name.vi,
        "name_en": agency.name.en,
        "kind": agency.kind,
        "parent": agency.parent,
        "contact": agency.contact,
    }
    if is_new:
        tx.execute(sa.insert(agencies).values(code=agency.code, **values))
    else:
        tx.execute(sa.update(agencies).where(agencies.c.code == agency.code).values(**values))


def agency(tx: Tx, code: str) -> Agency | None:
    """Give the agency with `code`."""
    row = tx.execute(sa.select(agencies).where(agencies.c.code == code)).one_or_none()
    return None if row is None else _agency(row)


def all_agencies(tx: Tx) -> tuple[Agency, ...]:
    """Give every agency by code."""
    return tuple(_agency(row) for row in tx.execute(sa.select(agencies).order_by(agencies.c.code)))


def add_person(tx: Tx, person: Person, password: str) -> None:
    """Write a new person with the hash `password`."""
    tx.execute(
        sa.insert(people).values(
            id=person.id,
            login=person.login,
            name=person.name,
            agency=person.agency,
            password=password,
            is_active=person.is_active,
            created_at=person.created_at,
        )
    )
    put_roles(tx, person.id, person.roles)


def put_roles(tx: Tx, person_id: str, given: frozenset[Role]) -> None:
    """Give the person exactly these roles."""
    tx.execute(sa.delete(roles).where(roles.c.person == person_id))
    if given:
        rows = [{"person": person_id, "role": role} for role in sorted(given)]
        tx.execute(sa.insert(roles), rows)


def close_person(tx: Tx, person_id: str) -> None:
    """Mark the person as no longer active."""
    tx.execute(sa.update(people).where(people.c.id == person_id).values(is_active=False))


def put_password(tx: Tx, person_id: str, password: str) -> None:
    """Write the person's new hash."""
    tx.execute(sa.update(people).where(people.c.id == person_id).values(password=password))


def person_by_login(tx: Tx, login: str) -> tuple[Person, str] | None:
    """Give the person called `login` and the hash."""
    row = tx.execute(sa.select(people).where(people.c.login == login)).one_or_none()
    return None if row is None else (_person(row, _roles_of(tx, row.id)), row.password)


def person(tx: Tx, person_id: str) -> Person | None:
    """Give the person with the id."""
    row = tx.execute(sa.select(people).where(people.c.id == person_id)).one_or_none()
    return None if row is None else _person(row, _roles_of(tx, row.id))


def all_people(tx: Tx) -> tuple[Person, ...]:
    """Give everyone by login."""
    given: dict[str, set[Role]] = {}
    for row in tx.execute(sa.select(roles)):
        given.setdefault(row.person, set()).add(Role(row.role))
    found = tx.execute(sa.select(people).order_by(people.c.login))
    return tuple(_person(row, frozenset(given.get(row.id, ()))) for row in found)


def add_session(tx: Tx, token: bytes, session: StoredSession) -> None:
    """Write a new session under the hash of its token."""
    tx.execute(
        sa.insert(sessions).values(
            token=token,
            id=session.id,
            person=session.person,
            opened_at=session.opened_at,
            seen_at=session.seen_at,
        )
    )


def session(tx: Tx, token: bytes) -> StoredSession | None:
    """Give the session with the token's hash."""
    row = tx.execute(sa.select(sessions).where(sessions.c.token == token)).one_or_none()
    return None if row is None else StoredSession(row.id, row.person, row.opened_at, row.seen_at)


def touch_session(tx: Tx, token: bytes, now: datetime) -> None:
    """Note that the session is in use."""
    tx.execute(sa.update(sessions).where(sessions.c.token == token).values(seen_at=now))


def close_session(tx: Tx, token: bytes) -> None:
    """Forget the session."""
    tx.execute(sa.delete(sessions).where(sessions.c.token == token))


def close_sessions_of(tx: Tx, person_id: str, keep: bytes | None = None) -> None:
    """Forget the person's sessions, all but the one with the token's hash `keep`."""
    ended = sa.delete(sessions).where(sessions.c.person == person_id)
    if keep is not None:
        ended = ended.where(sessions.c.token != keep)
    tx.execute(ended)


def sweep(tx: Tx, now: datetime, idle: timedelta, absolute: timedelta, memory: timedelta) -> None:
    """Forget sessions that are over and tries that no longer count."""
    is_over = sa.or_(sessions.c.seen_at < now - idle, sessions.c.opened_at < now - absolute)
    tx.execute(sa.delete(sessions).where(is_over))
    tx.execute(sa.delete(tries).where(tries.c.last_at < now - memory))


def tries_of(tx: Tx, subject: bytes, now: datetime) -> Tries:
    """Give the wrong tries of `subject`, which nobody else may count until `tx` ends.

    The row is made first: what is not there cannot be locked, and many first tries would pass.
    """
    none = _insert(tx).values(subject=subject, failures=0, last_at=now, paused_until=now)
    tx.execute(none.on_conflict_do_nothing())
    query = sa.select(tries).where(tries.c.subject == subject).with_for_update()
    row = tx.execute(query).one()
    return Tries(row.failures, row.last_at, row.paused_until)


def put_tries(tx: Tx, subject: bytes, counted: Tries) -> None:
    """Write the wrong tries of `subject`, as given by `tries_of` in the same transaction."""
    tx.execute(
        sa.update(tries)
        .where(tries.c.subject == subject)
        .values(
            failures=counted.failures,
            last_at=counted.last_at,
            paused_until=counted.paused_until,
        )
    )


def clear_tries(tx: Tx, subject: bytes) -> None:
    """Forget the wrong tries of `subject`."""
    tx.execute(sa.delete(tries).where(tries.c.subject == subject))


def add_source_key(tx: Tx, key: SourceKey, secret: bytes) -> None:
    """Write a new key under the hash of its secret."""
    tx.execute(
        sa.insert(source_keys).values(
            id=key.id,
            secret=secret,
            name=key.name,
            agency=key.agency,
            datasets=sorted(key.datasets),
            issued_at=key.issued_at,
            expires_at=key.expires_at,
        )
    )


def source_key(tx: Tx, key_id: str) -> tuple[SourceKey, bytes] | None:
    """Give the key with `key_id` and the hash of its secret."""
    row = tx.execute(sa.select(source_keys).where(source_keys.c.id == key_id)).one_or_none()
    return None if row is None else (_source_key(row), bytes(row.secret))


def all_source_keys(tx: Tx) -> tuple[SourceKey, ...]:
    """Give every key, the newest first."""
    newest = source_keys.c.issued_at.desc(), source_keys.c.id
    return tuple(_source_key(r) for r in tx.execute(sa.select(source_keys).order_by(*newest)))


def revoke_source_key(tx: Tx, key_id: str, now: datetime) -> None:
    """Mark the key as revoked."""
    tx.execute(sa.update(source_keys).where(source_keys.c.id == key_id).values(revoked_at=now))


_Row = sa.Row[tuple[object, ...]]


def _roles_of(tx: Tx, person_id: str) -> frozenset[Role]:
    found = tx.execute(sa.select(roles.c.role).where(roles.c.person == person_id))
    return frozenset(Role(role) for role in found.scalars())


def _insert(tx: Tx) -> sqlite.Insert | postgresql.Insert:
    return sqlite.insert(tries) if tx.dialect.name == "sqlite" else postgresql.insert(tries)


def _agency(row: _Row) -> Agency:
    kind = AgencyKind(row.kind)
    return Agency(row.code, Bilingual(row.name_vi, row.name_en), kind, row.parent, row.contact)


def _person(row: _Row, given: frozenset[Role]) -> Person:
    return Person(row.id, row.login, row.name, row.agency, given, row.is_active, row.created_at)


def _source_key(row: _Row) -> SourceKey:
    return SourceKey(
        id=row.id,
        name=row.name,
        agency=row.agency,
        datasets=frozenset(row.datasets),
        issued_at=row.issued_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
    )
