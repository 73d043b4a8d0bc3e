"""What a comparison of two contracts says: changes, whom each concerns, and the new version."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

from tinhdata.contracts.model import Contract
from tinhdata.kernel import Text


class Verdict(IntEnum):
    """What a change means for one side; the greater, the graver."""

    OK = 0
    WARN = 1
    BREAK = 2
    BLOCK = 3
    """Not without the signatures of the data protection officer and the owner."""


class Bump(IntEnum):
    """Which number of the version a change raises (SemVer 2.0.0)."""

    NONE = 0
    PATCH = 1
    MINOR = 2
    MAJOR = 3


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. `column` is its name in the new contract, or in the old one if it is gone."""

    kind: str
    text: Text
    column: str | None = None
    consumer: Verdict = Verdict.OK
    """For those who read the dataset."""
    producer: Verdict = Verdict.OK
    """For those who deliver to it."""
    privacy: Verdict = Verdict.OK
    """For the people in it, and the law."""
    at_least: Bump = Bump.NONE

    @property
    def bump(self) -> Bump:
        """Say which number the change raises: a break of either side the first."""
        gravest = max(self.consumer, self.producer, self.privacy)
        if gravest >= Verdict.BREAK:
            return Bump.MAJOR
        return max(self.at_least, Bump.MINOR if gravest is Verdict.WARN else Bump.NONE)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Everything that differs between two versions of a contract."""

    old_version: str
    changes: tuple[Change, ...]

    @property
    def bump(self) -> Bump:
        """Say which number of the version has to rise."""
        return max((change.bump for change in self.changes), default=Bump.NONE)

    @property
    def next_version(self) -> str:
        """Give the smallest version that tells the truth about the changes."""
        major, minor, patch = version_numbers(self.old_version)
        match self.bump:
            case Bump.MAJOR:
                return f"{major + 1}.0.0"
            case Bump.MINOR:
                return f"{major}.{minor + 1}.0"
            case Bump.PATCH:
                return f"{major}.{minor}.{patch + 1}"
            case Bump.NONE:
                return self.old_version

    @property
    def breaks_consumers(self) -> bool:
        """Say whether a reader of the dataset has to change something."""
        return self._gravest(change.consumer for change in self.changes) >= Verdict.BREAK

    @property
    def breaks_producers(self) -> bool:
        """Say whether files that were good before may fail now."""
        return self._gravest(change.producer for change in self.changes) >= Verdict.BREAK

    @property
    def needs_signatures(self) -> bool:
        """Say whether data protection officer and owner have to sign."""
        return self._gravest(change.privacy for change in self.changes) >= Verdict.BLOCK

    @staticmethod
    def _gravest(verdicts: Iterable[Verdict]) -> Verdict:
        return max(verdicts, default=Verdict.OK)


def version_numbers(version: str) -> tuple[int, int, int]:
    """Give the three numbers of a version."""
    major, minor, patch = (int(number) for number in version.split("."))
    return major, minor, patch


def is_newer(new: Contract, old: Contract) -> bool:
    """Say whether the version of `new` is higher than that of `old`."""
    return version_numbers(new.version) > version_numbers(old.version)
