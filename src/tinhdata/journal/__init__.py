"""The journal: one append-only list of facts, gap-free, hashed, never altered.

Owners declare their kinds of events; a value of a cell, a name or free text never stands in it.
"""

from tinhdata.journal.errors import EventInvalid, JournalBroken
from tinhdata.journal.model import Entry, Event, EventKind, Verified
from tinhdata.journal.rules import PERSON_PREFIX
from tinhdata.journal.service import Journal
from tinhdata.journal.standing import Standing

__all__ = [
    "PERSON_PREFIX",
    "Entry",
    "Event",
    "EventInvalid",
    "EventKind",
    "Journal",
    "JournalBroken",
    "Standing",
    "Verified",
]
