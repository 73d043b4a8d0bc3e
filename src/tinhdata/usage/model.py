"""The nouns of usage: one use as it happens, and counts as they are kept."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Act(StrEnum):
    """What was done with a dataset."""

    VIEW = "view"
    """A page of it was opened."""
    DOWNLOAD = "download"
    """A file of its rows was taken."""
    CALL = "call"
    """A program read it through an interface."""


@dataclass(frozen=True, slots=True)
class Use:
    """One use of a dataset. `form` is that of the file, or which interface a program used."""

    dataset: str
    act: Act
    form: str
    by_robot: bool = False


@dataclass(frozen=True, slots=True)
class Count:
    """How often a dataset was used in one way on one day.

    Of months long past one count stands for all days, under the first of them.
    """

    day: date
    use: Use
    times: int


@dataclass(frozen=True, slots=True)
class Sum:
    """How often something was used: by people and their programs, and by robots apart."""

    views: int = 0
    downloads: int = 0
    calls: int = 0
    robots: int = 0

    def __add__(self, other: "Sum") -> "Sum":
        """Give both together."""
        return Sum(
            self.views + other.views,
            self.downloads + other.downloads,
            self.calls + other.calls,
            self.robots + other.robots,
        )

    @property
    def all(self) -> int:
        """Give every use but those of robots."""
        return self.views + self.downloads + self.calls
