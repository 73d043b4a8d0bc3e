"""The nouns of feedback: what people tell or ask, how it stands, and who follows what."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from tinhdata.notify import Channel
from tinhdata.warehouse import Filter


class Kind(StrEnum):
    """What sort of item it is."""

    REPORT = "report"
    """An error in a dataset, a column or a cell."""
    REQUEST = "request"
    """Data that somebody wants and does not find."""
    REUSE = "reuse"
    """Something that was made of the data, for the gallery."""
    QUESTION = "question"
    """A contribution to the discussion of a dataset."""


class State(StrEnum):
    """Where an item stands. Its text is public from OPEN on."""

    WAITING = "waiting"
    OPEN = "open"
    DONE = "done"
    REFUSED = "refused"


PUBLIC = frozenset({State.OPEN, State.DONE})
"""States in which everyone reads what was written; of the others only that there is something."""


@dataclass(frozen=True, slots=True)
class Place:
    """What of a dataset is meant: nothing more, a column, or a cell of the row with `key`."""

    column: str | None = None
    key: tuple[str, ...] = ()
    release: int | None = None


@dataclass(frozen=True, slots=True)
class NewItem:
    """What a visitor sends. `mail` is where the answer goes; it is forgotten with the answer."""

    kind: Kind
    title: str
    text: str
    datasets: tuple[str, ...] = ()
    place: Place = field(default_factory=Place)
    agency: str | None = None
    """Whom it is for; of an item about a dataset its owner, whatever is said here."""
    author: str = ""
    url: str = ""
    mail: str = field(default="", repr=False)
    language: str = "vi"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the agency said in the end. A refusal names its legal basis."""

    at: datetime
    by: str
    text: str
    legal_basis: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """A report, request, reuse or question, with its clock."""

    id: str
    kind: Kind
    state: State
    title: str
    text: str
    datasets: tuple[str, ...]
    place: Place
    agency: str | None
    author: str
    url: str
    received_at: datetime
    due: date | None
    """Last day for the answer, None where the calendar does not reach so far."""
    votes: int = 0
    opened_at: datetime | None = None
    answer: Answer | None = None

    @property
    def dataset(self) -> str | None:
        """Give the dataset that it is about, None where it is about none or several."""
        return self.datasets[0] if len(self.datasets) == 1 else None

    @property
    def is_public(self) -> bool:
        """Say whether everyone may read what was written."""
        return self.state in PUBLIC

    def is_late(self, today: date) -> bool:
        """Say whether the answer is overdue."""
        return self.answer is None and self.due is not None and today > self.due


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Working days for the answer to each kind of item; of the pack, with their legal basis."""

    days: Mapping[Kind, int]
    basis: Mapping[Kind, str]


@dataclass(frozen=True, slots=True)
class SavedFilter:
    """The rows that a follow is about: conditions and words as the read door takes them."""

    filters: tuple[Filter, ...] = ()
    search: str = ""

    @property
    def is_empty(self) -> bool:
        """Say whether it means every row."""
        return not self.filters and not self.search


class FollowState(StrEnum):
    """Where a follow stands; a mail address confirms first that it wants this."""

    UNCONFIRMED = "unconfirmed"
    ACTIVE = "active"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class NewFollow:
    """What somebody wants to be told of: a dataset, or the rows of a saved filter.

    `address` is within the portal: where the rows are read that the filter means.
    """

    dataset: str
    channel: Channel
    recipient: str = field(repr=False)
    language: str = "vi"
    saved: SavedFilter = field(default_factory=SavedFilter)
    address: str = ""


@dataclass(frozen=True, slots=True)
class Follow:
    """A follow as it stands. Mail address, secret and token are forgotten when it ends."""

    id: str
    dataset: str
    channel: Channel
    recipient: str = field(repr=False)
    language: str
    saved: SavedFilter
    address: str
    state: FollowState
    since: datetime
    token: str = field(repr=False)
    """Who knows it may confirm and end the follow."""
    secret: str = field(repr=False)
    """Signs the messages of a webhook."""
    last_release: str | None = None


@dataclass(frozen=True, slots=True)
class Timed:
    """When an item came, when its answer was due and when it was given."""

    received_at: datetime
    due: date | None
    answered_at: datetime


@dataclass(frozen=True, slots=True)
class Counts:
    """Items of one dataset or agency, and how fast they were answered."""

    received: int
    answered: int
    in_time: int
    median_hours: float | None
