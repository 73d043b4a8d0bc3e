"""What the page of standards shows: addresses for programs, and the last check of the catalogue."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from tinhdata.kernel import Text
from tinhdata.web.contexts.shell import Context


@dataclass(frozen=True, slots=True)
class StandardLine:
    """One standard: what it is for, and addresses to begin with."""

    name: str
    purpose: Text
    addresses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ComplaintLine:
    """What a dataset lacks in the catalogue."""

    dataset: str
    texts: tuple[Text, ...]
    forbids: bool


@dataclass(frozen=True, slots=True)
class StandardsPage(Context):
    """How to harvest the catalogue."""

    template: ClassVar[str] = "portal/standards.html"
    lines: tuple[StandardLine, ...]
    checked_at: datetime | None
    checked: int
    failed: int
    complaints: tuple[ComplaintLine, ...]
