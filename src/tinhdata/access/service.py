"""Agencies, people, sessions and source keys. Whether an actor may use a verb is decided outside.

`by` is always the id of the actor, as decided about by `require` before the call.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import TypeAlias

from tinhdata.access import credentials, limits, store
from tinhdata.access.credentials import Passwords
from tinhdata.access.errors import AccessNotFound, AccountInvalid, LoginTaken
from tinhdata.access.events import EVENT_KINDS
from tinhdata.access.limits import SignInLimits
from tinhdata.access.model import (
    Actor,
    ActorKind,
    Agency,
    IssuedKey,
    Person,
    Role,
    Session,
    SessionToken,
    SourceKey,
)
from tinhdata.access.sessions import Sessions, actor_of
from tinhdata.db import Database, Tx
from tinhdata.journal import PERSON_PREFIX, Event, Journal
from tinhdata.kernel import Clock, canonical_json, new_id, sha256_hex, t

OnAgency: TypeAlias = Callable[[Tx, Agency], None]
"""Called in the transaction that registers or changes an agency."""

_LONGEST_KEY_LIFE = timedelta(days=366)


class Access:
    """Who there is, who is signed in, and which programs may deliver.

    `secret` (32 bytes or more, from the store) keys what is derived from tokens and addresses.
    """

    def __init__(
        self,
        db: Database,
        journal: Journal,
        clock: Clock,
        secret: bytes,
        sign_in_limits: SignInLimits | None = None,
        on_agency: tuple[OnAgency, ...] = (),
    ) -> None:
        if len(secret) < 32:
            raise ValueError("the secret of access has at least 32 bytes")
        journal.declare(EVENT_KINDS)
        self._db = db
        self._journal = journal
        self._clock = clock
        self._limits = sign_in_limits or SignInLimits()
        self._on_agency = on_agency
        self._passwords = Passwords()
        self._sessions = Sessions(db, journal, clock, secret, self._passwords, self._limits)

    # -- agencies ------------------------------------------------------------------------------

    def add_agency(self, tx: Tx, by: str, agency: Agency) -> bool:
        """Register `agency` or take over what changed; say whether anything did."""
        known = store.agency(tx, agency.code)
        if known == agency:
            return False
        store.put_agency(tx, agency, is_new=known is None)
        for hook in self._on_agency:
            hook(tx, agency)
        kind = "agency.registered" if known is None else "agency.changed"
        data = {"kind": agency.kind.value, "parent": agency.parent, "record": _record(agency)}
        self._journal.append(tx, Event(kind, by, agency.code, data))
        return True

    def agencies(self) -> tuple[Agency, ...]:
        """Give every agency by code."""
        with self._db.read() as tx:
            return store.all_agencies(tx)

    def agency(self, code: str) -> Agency:
        """Give the agency with `code`; raises AccessNotFound."""
        with self._db.read() as tx:
            return self._agency(tx, code)

    # -- people --------------------------------------------------------------------------------

    def add_person(
        self,
        by: str,
        login: str,
        name: str,
        password: str,
        roles: frozenset[Role],
        agency: str | None,
    ) -> Person:
        """Make an account; raises AccountInvalid, LoginTaken, AccessNotFound (the agency)."""
        login = limits.normal_login(login)
        limits.check_login(login)
        limits.check_password(login, password, self._limits)
        _check_roles(roles, agency)
        hashed = self._passwords.hash(password)
        person = Person(
            new_id(PERSON_PREFIX.removesuffix("_")),
            login,
            name.strip(),
            agency,
            roles,
            is_active=True,
            created_at=self._clock.now(),
        )
        with self._db.transaction() as tx:
            if agency is not None:
                self._agency(tx, agency)
            if store.person_by_login(tx, login) is not None:
                raise LoginTaken(login)
            store.add_person(tx, person, hashed)
            self._append_person(tx, "person.added", by, person)
        return person

    def people(self) -> tuple[Person, ...]:
        """Give everyone with an account, by login."""
        with self._db.read() as tx:
            return store.all_people(tx)

    def person(self, person_id: str) -> Person:
        """Give the person; raises AccessNotFound."""
        with self._db.read() as tx:
            return self._person(tx, person_id)

    def actor(self, login: str) -> Actor:
        """Give the active person called `login` as an actor; raises AccessNotFound.

        For the command line, where the operating system has checked who it is.
        """
        with self._db.read() as tx:
            found = store.person_by_login(tx, limits.normal_login(login))
        if found is None or not found[0].is_active:
            raise AccessNotFound(t("There is no active person {login}.", login=login))
        return actor_of(found[0])

    def set_roles(self, by: str, person_id: str, roles: frozenset[Role]) -> Person:
        """Give the person exactly `roles`, from the next request on."""
        with self._db.transaction() as tx:
            _check_roles(roles, self._person(tx, person_id).agency)
            store.put_roles(tx, person_id, roles)
            person = self._person(tx, person_id)
            self._append_person(tx, "person.changed", by, person)
        return person

    def close_person(self, by: str, person_id: str) -> None:
        """Close the account and its sessions; what the person did stays."""
        with self._db.transaction() as tx:
            self._person(tx, person_id)
            store.close_person(tx, person_id)
            store.close_sessions_of(tx, person_id)
            self._journal.append(tx, Event("person.closed", by, person_id))

    def change_password(
        self, login: str, old: str, new: str, address: str, keep: str | None = None
    ) -> None:
        """Change one's own password; every session but that of the token `keep` ends.

        Raises SignInRefused or SignInPaused for a wrong `old`, AccountInvalid for a bad `new`.
        """
        limits.check_password(login, new, self._limits)
        person = self._sessions.checked(login, old, address)
        self._put_password(person.id, person, new, keep)

    def reset_password(self, by: str, person_id: str, new: str) -> None:
        """Give a person a new password; all his sessions end."""
        person = self.person(person_id)
        limits.check_password(person.login, new, self._limits)
        self._put_password(by, person, new, None)

    # -- sessions ------------------------------------------------------------------------------

    def sign_in(
        self, login: str, password: str, address: str, previous: str | None = None
    ) -> SessionToken:
        """Open a session with a new token; raises SignInRefused or SignInPaused.

        `address` is where the try comes from, `previous` the token of a session that ends with it.
        """
        return self._sessions.open(login, password, address, previous)

    def session(self, token: str) -> Session | None:
        """Give the living session of `token`, and with it the actor and his CSRF token."""
        return self._sessions.current(token)

    def sign_out(self, token: str) -> None:
        """End the session of `token`."""
        self._sessions.close(token)

    # -- source keys ---------------------------------------------------------------------------

    def add_source_key(
        self, by: str, name: str, agency: str, datasets: frozenset[str], lasts: timedelta
    ) -> IssuedKey:
        """Issue a key with which a program delivers to `datasets` for `agency`.

        Raises AccountInvalid for no dataset or a life of more than a year, AccessNotFound.
        """
        if not datasets or not timedelta(0) < lasts <= _LONGEST_KEY_LIFE:
            raise AccountInvalid(
                t("A source key names at least one dataset and lasts at most a year."),
                fix=t("Name the datasets and choose an earlier end."),
            )
        key_id, secret = credentials.new_source_key()
        now = self._clock.now()
        key = SourceKey(key_id, name.strip(), agency, datasets, now, now + lasts, None)
        with self._db.transaction() as tx:
            self._agency(tx, agency)
            store.add_source_key(tx, key, credentials.token_hash(secret))
            data = {
                "agency": agency,
                "datasets": sorted(datasets),
                "expires": key.expires_at.isoformat(),
            }
            self._journal.append(tx, Event("key.issued", by, _key_actor(key_id), data))
        return IssuedKey(key, secret)

    def source_keys(self) -> tuple[SourceKey, ...]:
        """Give every source key, the newest first."""
        with self._db.read() as tx:
            return store.all_source_keys(tx)

    def revoke_source_key(self, by: str, key_id: str) -> None:
        """End the key at once; raises AccessNotFound. A revoked key stays as it is."""
        with self._db.transaction() as tx:
            found = store.source_key(tx, key_id)
            if found is None:
                raise AccessNotFound(t("There is no source key {key}.", key=key_id))
            if found[0].revoked_at is None:
                store.revoke_source_key(tx, key_id, self._clock.now())
                self._journal.append(tx, Event("key.revoked", by, _key_actor(key_id)))

    def actor_of_key(self, secret: str) -> Actor | None:
        """Give the actor that the key `secret` stands for, None where it is not valid (now)."""
        key_id = credentials.source_key_id(secret)
        if key_id is None:
            return None
        with self._db.read() as tx:
            found = store.source_key(tx, key_id)
        if found is None or not credentials.same(found[1], credentials.token_hash(secret)):
            return None
        key = found[0]
        if key.revoked_at is not None or key.expires_at <= self._clock.now():
            return None
        kind = ActorKind.SOURCE
        return Actor(_key_actor(key.id), key.name, kind, frozenset(), key.agency, key.datasets)

    def sweep(self) -> None:
        """Forget sessions that are over and wrong tries that no longer count."""
        with self._db.transaction() as tx:
            limit = self._limits
            store.sweep(tx, self._clock.now(), limit.idle, limit.absolute, limit.forgotten_after)

    def _agency(self, tx: Tx, code: str) -> Agency:
        found = store.agency(tx, code)
        if found is None:
            raise AccessNotFound(t("There is no agency {code}.", code=code))
        return found

    def _person(self, tx: Tx, person_id: str) -> Person:
        found = store.person(tx, person_id)
        if found is None:
            raise AccessNotFound(t("There is no person {person}.", person=person_id))
        return found

    def _put_password(self, by: str, person: Person, new: str, keep: str | None) -> None:
        hashed = self._passwords.hash(new)
        kept = None if keep is None else credentials.token_hash(keep)
        with self._db.transaction() as tx:
            store.put_password(tx, person.id, hashed)
            store.close_sessions_of(tx, person.id, kept)
            self._journal.append(tx, Event("person.password-changed", by, person.id))

    def _append_person(self, tx: Tx, kind: str, by: str, person: Person) -> None:
        data = {"agency": person.agency, "roles": sorted(role.value for role in person.roles)}
        self._journal.append(tx, Event(kind, by, person.id, data))


def _check_roles(roles: frozenset[Role], agency: str | None) -> None:
    if agency is None and roles & {Role.OFFICER, Role.APPROVER}:
        raise AccountInvalid(
            t("Officers and approvers work for an agency."),
            fix=t("Choose the agency."),
            where="agency",
        )


def _record(agency: Agency) -> str:
    # Without the contact: it may be a person's, and a hash of a telephone number is soon guessed.
    return sha256_hex(
        canonical_json(
            {
                "code": agency.code,
                "vi": agency.name.vi,
                "en": agency.name.en,
                "kind": agency.kind.value,
                "parent": agency.parent,
            }
        )
    )


def _key_actor(key_id: str) -> str:
    return f"key_{key_id}"
