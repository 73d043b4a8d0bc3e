"""Signing in and out: the pauses after wrong tries, and the sessions that right ones open."""

from datetime import datetime, timedelta

from tinhdata.access import credentials, limits, store
from tinhdata.access.credentials import Passwords
from tinhdata.access.errors import SignInPaused, SignInRefused
from tinhdata.access.limits import SignInLimits
from tinhdata.access.model import Actor, ActorKind, Person, Session, SessionToken
from tinhdata.db import Database, Tx
from tinhdata.journal import Event, Journal
from tinhdata.kernel import Clock, new_id

_TOUCH = timedelta(minutes=1)


class Sessions:
    """Who is signed in. Part of `Access`, which others talk to."""

    def __init__(
        self,
        db: Database,
        journal: Journal,
        clock: Clock,
        secret: bytes,
        passwords: Passwords,
        limits: SignInLimits,
    ) -> None:
        self._db = db
        self._journal = journal
        self._clock = clock
        self._secret = secret
        self._passwords = passwords
        self._limits = limits

    def open(self, login: str, password: str, address: str, previous: str | None) -> SessionToken:
        """Check the password and open a session, closing the one of the token `previous`."""
        person = self.checked(login, password, address)
        token, now = credentials.new_token(), self._clock.now()
        stored = store.StoredSession(new_id("ses"), person.id, opened_at=now, seen_at=now)
        with self._db.transaction() as tx:
            if previous is not None:
                self._close(tx, previous)
            store.add_session(tx, credentials.token_hash(token), stored)
            self._journal.append(tx, Event("session.opened", person.id, stored.id))
        return SessionToken(token, limits.session_ends(now, now, self._limits))

    def checked(self, login: str, password: str, address: str) -> Person:
        """Give the person whose name and password these are; raises SignInRefused, SignInPaused.

        The try is counted before it is judged, so that many at once do not pass uncounted.
        """
        login = limits.normal_login(login)
        by_login = credentials.keyed(self._secret, "tries-login", login)
        by_address = credentials.keyed(self._secret, "tries-address", address)
        with self._db.transaction() as tx:
            self._count(tx, by_login, self._limits.tries_per_login)
            self._count(tx, by_address, self._limits.tries_per_address)
            found = store.person_by_login(tx, login)
        matches = self._passwords.matches(None if found is None else found[1], password)
        with self._db.transaction() as tx:
            if found is not None and matches and found[0].is_active:
                store.clear_tries(tx, by_login)
                self._uncount(tx, by_address, self._limits.tries_per_address)
                if self._passwords.is_outdated(found[1]):
                    store.put_password(tx, found[0].id, self._passwords.hash(password))
                return found[0]
            actor = "anonymous" if found is None else found[0].id
            self._journal.append(tx, Event("session.failed", actor, "sign-in"))
        raise SignInRefused

    def current(self, token: str) -> Session | None:
        """Give the session of `token`, None where there is none or it is over."""
        hashed, now = credentials.token_hash(token), self._clock.now()
        with self._db.read() as tx:
            stored = store.session(tx, hashed)
            person = None if stored is None else store.person(tx, stored.person)
        if stored is None or person is None or not person.is_active:
            return None
        if limits.session_ends(stored.opened_at, stored.seen_at, self._limits) <= now:
            return None
        # Not each request writes: a tenth of the idle time is exact enough.
        if now - stored.seen_at >= min(_TOUCH, self._limits.idle / 10):
            with self._db.transaction() as tx:
                store.touch_session(tx, hashed, now)
        return Session(
            id=stored.id,
            actor=actor_of(person),
            csrf=credentials.keyed(self._secret, "csrf", token).hex(),
            expires_at=limits.session_ends(stored.opened_at, now, self._limits),
        )

    def close(self, token: str) -> None:
        """Close the session of `token`; nothing happens where there is none."""
        with self._db.transaction() as tx:
            self._close(tx, token)

    def _close(self, tx: Tx, token: str) -> None:
        hashed = credentials.token_hash(token)
        stored = store.session(tx, hashed)
        if stored is not None:
            store.close_session(tx, hashed)
            self._journal.append(tx, Event("session.closed", stored.person, stored.id))

    def _count(self, tx: Tx, subject: bytes, allowed: int) -> None:
        now = self._clock.now()
        known = self._tries(tx, subject, now)
        if known.paused_until > now:
            raise SignInPaused(max(1, round((known.paused_until - now).total_seconds())))
        self._put(tx, subject, known.failures + 1, allowed, now)

    def _uncount(self, tx: Tx, subject: bytes, allowed: int) -> None:
        now = self._clock.now()
        failures = self._tries(tx, subject, now).failures - 1
        if failures > 0:
            self._put(tx, subject, failures, allowed, now)
        else:
            store.clear_tries(tx, subject)

    def _tries(self, tx: Tx, subject: bytes, now: datetime) -> store.Tries:
        known = store.tries_of(tx, subject, now)
        if now - known.last_at > self._limits.forgotten_after:
            return store.Tries(0, now, now)
        return known

    def _put(self, tx: Tx, subject: bytes, failures: int, allowed: int, now: datetime) -> None:
        until = now + limits.pause_after(failures, allowed, self._limits)
        store.put_tries(tx, subject, store.Tries(failures, now, until))


def actor_of(person: Person) -> Actor:
    """Give `person` as an actor."""
    return Actor(person.id, person.name, ActorKind.PERSON, person.roles, person.agency)
