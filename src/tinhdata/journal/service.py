"""Writing and reading the journal. It owns the order of facts, not their meaning."""

from collections.abc import Iterable

from tinhdata.db import Tx
from tinhdata.journal import rules, store
from tinhdata.journal.errors import EventInvalid, JournalBroken
from tinhdata.journal.model import Entry, Event, EventKind, Verified
from tinhdata.kernel import JSON, Clock, Text, t

_CHUNK = 5_000


class Journal:
    """One append-only list of facts. `key` turns ids of persons into tokens."""

    def __init__(self, clock: Clock, key: bytes) -> None:
        if len(key) < 32:
            raise ValueError("the journal's key has at least 32 bytes")
        self._clock = clock
        self._key = key
        self._kinds: dict[str, EventKind] = {}

    def declare(self, kinds: Iterable[EventKind]) -> None:
        """Make `kinds` known; the same declaration twice is fine, another one is EventInvalid."""
        for kind in kinds:
            rules.check_kind(kind)
            known = self._kinds.setdefault(kind.name, kind)
            if known.owner != kind.owner or dict(known.fields) != dict(kind.fields):
                raise EventInvalid(f"{kind.name} is already declared by {known.owner}")

    @property
    def kinds(self) -> tuple[EventKind, ...]:
        """Give the declared kinds by name."""
        return tuple(self._kinds[name] for name in sorted(self._kinds))

    def append(self, tx: Tx, event: Event) -> int:
        """Write `event` with the transaction `tx` and give its number; raises EventInvalid.

        Appending serialises transactions from here to their end, so append late in them.
        """
        kind = self._kinds.get(event.kind)
        if kind is None:
            raise EventInvalid(f"nobody declared the event kind {event.kind!r}")
        rules.check_event(kind, event)
        written = Event(
            event.kind,
            actor=self.token(event.actor),
            subject=self.token(event.subject),
            data={name: self._hidden(value) for name, value in event.data.items()},
        )
        sequence = store.next_sequence(tx)
        at = self._clock.now()
        body = rules.entry_bytes(sequence, at, written)
        store.add(tx, sequence, at, written, body, rules.leaf_hash(body))
        return sequence

    def token(self, actor: str) -> str:
        """Give what stands in the journal for `actor`: a token for persons, else the id itself."""
        hidden = self._hidden(actor)
        return hidden if isinstance(hidden, str) else actor

    def read(
        self,
        tx: Tx,
        after: int = 0,
        limit: int = 1_000,
        *,
        kind: str | None = None,
        subject: str | None = None,
    ) -> tuple[Entry, ...]:
        """Give up to `limit` entries after number `after`, optionally of one kind or subject."""
        hidden = None if subject is None else self.token(subject)
        found = store.rows(tx, after, limit, kind, hidden)
        return tuple(rules.read_entry(row[5], row[6]) for row in found)

    def verify(self, tx: Tx) -> Verified:
        """Re-compute numbers and hashes of all entries; raises JournalBroken at the first fault."""
        expected = 0
        for row in store.in_chunks(tx, _CHUNK):
            expected += 1
            if row[0] != expected:
                raise _broken(t("Entry {number} is missing.", number=expected))
            if not _stands(row):
                text = t("Entry {number} was altered after it was written.", number=expected)
                raise _broken(text)
        if store.head_sequence(tx) != expected:
            text = t("The last entries after number {number} are missing.", number=expected)
            raise _broken(text)
        return Verified(entries=expected)

    def _hidden(self, value: JSON) -> JSON:
        return rules.without_persons(self._key, value)


def _stands(row: store.StoredRow) -> bool:
    sequence, at, kind, actor, subject, body, leaf = row
    if rules.leaf_hash(body) != leaf:
        return False
    try:
        entry = rules.read_entry(body, leaf)
    except (ValueError, KeyError, TypeError):
        return False
    said = (entry.sequence, entry.at, entry.kind, entry.actor, entry.subject)
    # The columns are copies for searching; one that disagrees with the hashed bytes is a lie.
    rebuilt = rules.entry_bytes(sequence, at, Event(kind, actor, subject, entry.data))
    return said == (sequence, at, kind, actor, subject) and rebuilt == body


def _broken(text: Text) -> JournalBroken:
    return JournalBroken(
        text,
        fix=t("Stop writing, keep the database as it is, and compare it with the last backup."),
    )
