"""What the pages of pulled sources show; filled by the routes, read by the templates."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from tinhdata.kernel import Text
from tinhdata.web.contexts.shell import Badge, Choice, Context, Notice, Pager


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A source in the list."""

    href: str
    name: str
    id: str
    dataset: str
    kind: Text
    badge: Badge
    rhythm: Text
    next_due: datetime | None
    last_at: datetime | None
    last: Badge | None
    data_at: datetime | None
    alarms: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class SourcesPage(Context):
    """Every source that the reader may know of."""

    template: ClassVar[str] = "desk/sources.html"
    rows: tuple[SourceRow, ...]


@dataclass(frozen=True, slots=True)
class RunRow:
    """One pull of a source."""

    started_at: datetime
    badge: Badge
    bytes: int
    rows: int
    deliveries: tuple[str, ...]
    notes: tuple[Text, ...]
    by: str | Text


@dataclass(frozen=True, slots=True)
class LookColumn:
    """A column at the source and the contract's column that takes it."""

    name: str
    type: str
    column: str | None


@dataclass(frozen=True, slots=True)
class LookFile:
    """A file at the source."""

    name: str
    size: int | None
    modified: datetime | None


@dataclass(frozen=True, slots=True)
class LookShown:
    """What trying the connection showed, or why it did not work."""

    notice: Notice
    columns: tuple[LookColumn, ...] = ()
    missing: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    rows: tuple[tuple[str | None, ...], ...] = ()
    files: tuple[LookFile, ...] = ()
    notes: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True)
class SourcePage(Context):
    """One source: how it stands, its runs, what can be done."""

    template: ClassVar[str] = "desk/source.html"
    name: str
    badge: Badge
    dataset: str
    dataset_href: str
    facts: tuple[tuple[Text, str | Text], ...]
    next_due: datetime | None
    data_at: datetime | None
    alarms: tuple[tuple[Text, datetime], ...]
    runs: tuple[RunRow, ...]
    pager: Pager
    action: str | None
    """Address of the verbs below it; None where the reader can only look."""
    enabled: bool
    is_busy: bool
    twins: tuple[Choice, ...] = ()
    """Other sources and datasets that collect the same."""
    look: LookShown | None = None
