"""What the pages of the closed loop show: what people told and asked, forms, who follows what."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import ClassVar

from tinhdata.kernel import Text
from tinhdata.web.contexts.portal import DatasetHead
from tinhdata.web.contexts.shell import Badge, Choice, Context, FormState, Pager


@dataclass(frozen=True, slots=True)
class ItemShown:
    """A report, request, reuse or question; without its words where they are not public yet."""

    id: str
    href: str
    kind: Text
    title: str | None
    text: str | None
    badge: Badge
    received: datetime
    clock: Badge | None = None
    """How many working days are left, while it waits."""
    due: date | None = None
    agency: str | None = None
    agency_href: str | None = None
    author: str = ""
    about: tuple[Choice, ...] = ()
    """The datasets, each with its address."""
    place: Text | None = None
    """The column or cell that is meant."""
    place_href: str | None = None
    url: str = ""
    host: str = ""
    votes: int = 0
    vote_action: str | None = None
    answer: str | None = None
    answered: datetime | None = None
    answer_kind: Text | None = None
    legal_basis: str = ""


@dataclass(frozen=True, slots=True)
class Speed:
    """How many items were answered, how many of them in time, and how long half of them took."""

    answered: int
    in_time: int
    median_hours: float


@dataclass(frozen=True, slots=True)
class Discussion(Context):
    """What was said about a dataset, with answers."""

    template: ClassVar[str] = "feedback/discussion.html"
    head: DatasetHead
    lines: tuple[ItemShown, ...]
    pager: Pager
    waiting: int
    """Items that are not public yet."""
    feed: str
    speed: "Speed | None" = None


@dataclass(frozen=True, slots=True)
class Requests(Context):
    """Data that people asked for, with votes and deadlines."""

    template: ClassVar[str] = "feedback/requests.html"
    lines: tuple[ItemShown, ...]
    pager: Pager
    states: tuple[Choice, ...]
    sorts: tuple[Choice, ...]
    waiting: int
    declined: int
    speed: "Speed | None" = None


@dataclass(frozen=True, slots=True)
class Gallery(Context):
    """What people made of the data."""

    template: ClassVar[str] = "feedback/reuses.html"
    lines: tuple[ItemShown, ...]
    pager: Pager


@dataclass(frozen=True, slots=True)
class PlaceFields:
    """What of a dataset a report is about: a column, a row by its key, the cell as it stands."""

    columns: tuple[Choice, ...]
    key: tuple[Choice, ...] = ()
    """Parts of the key: name of the field and label."""
    release: int | None = None
    cell: tuple[str, str] | None = None
    """Heading and value of the cell that is meant."""
    row: tuple[tuple[str, str], ...] = ()
    """Headings and values of the row, where one is meant."""


@dataclass(frozen=True, slots=True)
class Writing(Context):
    """A form in which somebody reports, asks or shows something."""

    template: ClassVar[str] = "feedback/write.html"
    heading: Text
    intro: Text
    crumbs: tuple[Choice, ...]
    action: str
    title_label: Text
    title_hint: Text
    text_label: Text
    text_hint: Text
    verb: Text
    form: FormState = field(default_factory=FormState)
    place: PlaceFields | None = None
    agencies: tuple[Choice, ...] = ()
    with_work: bool = False
    """Whether it asks for the address of what was made and the datasets used."""
    has_mail: bool = False
    promise: Text | None = None
    """Until when the answer is promised."""


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happened to an item."""

    text: Text
    at: datetime | None
    tone: str = "good"


@dataclass(frozen=True, slots=True)
class Answering:
    """What an officer does with an item: addresses of the forms, the words of their buttons."""

    take_up: str | None
    answer: str
    assign: str
    agencies: tuple[Choice, ...]
    answer_verb: Text
    answer_hint: Text
    needs_basis: bool
    form: FormState = field(default_factory=FormState)


@dataclass(frozen=True, slots=True)
class ItemPage(Context):
    """One item with its clock and answer."""

    template: ClassVar[str] = "feedback/item.html"
    item: ItemShown
    crumbs: tuple[Choice, ...]
    steps: tuple[Step, ...]
    hidden_because: Text | None = None
    """Why its words are not shown to this reader."""
    is_public: bool = True
    answering: Answering | None = None


@dataclass(frozen=True, slots=True)
class FollowForm(Context):
    """How somebody wants to be told of changes."""

    template: ClassVar[str] = "feedback/follow.html"
    dataset: str
    name: str
    crumbs: tuple[Choice, ...]
    conditions: tuple[Choice, ...]
    """The filter in words; the address of each takes it away."""
    hidden: tuple[tuple[str, str], ...]
    form: FormState
    by: str
    """The channel chosen: mail or webhook."""
    has_mail: bool
    feed: str
    rows_href: str


@dataclass(frozen=True, slots=True)
class FollowTold(Context):
    """How a follow stands, and what is to be done."""

    template: ClassVar[str] = "feedback/follow_told.html"
    title: Text
    lines: tuple[Text, ...]
    name: str | None = None
    href: str | None = None
    action: str | None = None
    """Address of the form that confirms or stops."""
    verb: Text | None = None
    secret: str | None = None
    stop: str | None = None


@dataclass(frozen=True, slots=True)
class Inbox(Context):
    """What people sent to the visitor's agency."""

    template: ClassVar[str] = "feedback/inbox.html"
    lines: tuple[ItemShown, ...]
    pager: Pager
    states: tuple[Choice, ...]
    kinds: tuple[Choice, ...]
    speed: Speed | None = None
