"""The nouns of durable work: pieces, their states, who handles them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeAlias

from tinhdata.db import Tx
from tinhdata.kernel import JSONObject, Problem, Progress, Text


class WorkState(StrEnum):
    """Where a piece of work stands; `failed` means that nobody tries it again."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class WorkItem:
    """A piece of work: `verb` with `args`; `key` says what makes two of them the same."""

    id: str
    verb: str
    key: str
    args: JSONObject
    attempts: int
    """How often it was begun, this time included."""
    error: Text | None = None
    """Why the last attempt failed."""


@dataclass(frozen=True, slots=True)
class WorkStatus:
    """What can be said about a piece of work from outside."""

    id: str
    verb: str
    key: str
    state: WorkState
    attempts: int
    progress: Progress | None
    error: Text | None
    enqueued_at: datetime
    started_at: datetime | None
    finished_at: datetime | None

    @property
    def is_finished(self) -> bool:
        """Say whether nothing more will happen to it."""
        return self.finished_at is not None


@dataclass(frozen=True, slots=True)
class Claim:
    """A piece that a worker holds; `fence` grows with each taking, so an old holder is known."""

    item: WorkItem
    fence: int


ExhaustedHook: TypeAlias = Callable[[Tx, WorkItem], None]
"""Called in the transaction that gives a piece up for good; `item.error` says why."""


@dataclass(frozen=True, slots=True)
class Trial:
    """How often a verb is tried, which Problems pass with time, and who hears when it is over."""

    max_attempts: int
    retry_on: tuple[type[Problem], ...]
    on_exhausted: ExhaustedHook | None


@dataclass(frozen=True, slots=True)
class Schedule:
    """`verb` with `args` is due each `every`; `key` tells schedules of one verb apart."""

    verb: str
    key: str
    every: timedelta
    args: JSONObject
