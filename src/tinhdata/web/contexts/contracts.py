"""What the pages about contracts show: the list, a dataset's versions, one version, the editor."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

from tinhdata.kernel import Text
from tinhdata.web.contexts.shell import Badge, Choice, Context, FormState, Pager, Tone


@dataclass(frozen=True, slots=True)
class ContractLine:
    """A dataset's contract in the list."""

    href: str
    name: str
    dataset: str
    agency: str
    version: str
    columns: int
    badge: Badge
    waiting: Badge | None
    """Marks versions that wait for a second person."""
    changed: datetime


@dataclass(frozen=True, slots=True)
class ContractList(Context):
    """The contracts that the reader may look at."""

    template: ClassVar[str] = "contracts/list.html"
    lines: tuple[ContractLine, ...]
    query: str
    states: tuple[Choice, ...]
    pager: Pager
    may_write: bool


@dataclass(frozen=True, slots=True)
class VersionLine:
    """A version of a contract and who brought it where it stands."""

    version: str
    href: str
    badge: Badge
    steps: tuple[tuple[Text, str | Text, datetime], ...]
    """What was done, by whom, when; in the order it happened."""
    hash: str
    download: str


@dataclass(frozen=True, slots=True)
class ContractPage(Context):
    """A dataset's contract: the version in force, what waits, what was before."""

    template: ClassVar[str] = "contracts/dataset.html"
    dataset: str
    name: str
    description: str
    facts: tuple[tuple[Text, str | Text], ...]
    dataset_href: str | None
    active: VersionLine | None
    waiting: tuple[VersionLine, ...]
    before: tuple[VersionLine, ...]
    edit_href: str | None
    """Where the contract is changed; None for those who may only read it."""
    refused: Text | None


@dataclass(frozen=True, slots=True)
class Found:
    """A finding at a line of the text."""

    line: int
    text: Text
    fix: Text | None
    tone: Tone


@dataclass(frozen=True, slots=True)
class Axis:
    """What a new version means for one side: the verdict, and the changes that lead to it."""

    title: Text
    verdict: Badge
    changes: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Compared:
    """A text beside the version in force, for the four sides whom it concerns."""

    old_version: str
    axes: tuple[Axis, ...]
    needs_signatures: bool


@dataclass(frozen=True, slots=True)
class TriedRule:
    """A rule that rows fail, now and before, with some of the reasons."""

    label: Text
    failed: int
    before: int | None
    samples: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class TriedColumn:
    """A column in which rows have no value."""

    label: str
    share: str
    note: Text | None


@dataclass(frozen=True, slots=True)
class Trial:
    """A dry run: how far it is, or what came out."""

    id: str
    at: datetime
    rows_of: str | Text
    """Whose rows were judged."""
    stage: Text | None
    """What is being done; None once it is over."""
    refresh: str
    problem: Text | None = None
    headline: Text | None = None
    tone: Tone = Tone.GOOD
    stops: Text | None = None
    elsewhere: Text | None = None
    rules: tuple[TriedRule, ...] = ()
    columns: tuple[TriedColumn, ...] = ()


@dataclass(frozen=True, slots=True)
class TextChecked:
    """What is said beside the text: findings, comparison, version, dry run."""

    findings: tuple[Found, ...]
    is_sound: bool
    summary: Text
    refusals: tuple[tuple[Text, Text | None], ...] = ()
    compared: Compared | None = None
    is_first: bool = False
    """Whether there is no version in force to compare with."""
    next_version: str | None = None
    trial: Trial | None = None
    may_try: bool = False


@dataclass(frozen=True, slots=True)
class EditContract(Context):
    """The editor: the text of a contract, and beside it what is wrong and what it would change."""

    template: ClassVar[str] = "contracts/edit.html"
    title: str | Text
    dataset: str | None
    back: str
    action: str
    text: str
    lines: int
    widest: int
    seen: str
    """The mark of the dataset's versions when the text was begun."""
    based_on: str
    """Hash of the version that the text was begun from."""
    base: Text | None
    checked: TextChecked | None
    checks: str = "/contracts/check"
    form: FormState = field(default_factory=FormState)
    starts: tuple[Choice, ...] = ()
    """Where a new contract may begin."""
    draft_action: str | None = None
    """Takes a sample file and drafts the contract; only for a new one."""
    limit_mb: int = 0

    @property
    def bad_lines(self) -> frozenset[int]:
        """Give the lines that a finding is about."""
        return (
            frozenset(each.line for each in self.checked.findings) if self.checked else frozenset()
        )


@dataclass(frozen=True, slots=True)
class TextLine:
    """A line of the text, or of what changes in it: `added`, `removed`, `same` or a `gap`."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class VersionPage(Context):
    """One version: what it changes, what it would make of the rows, and the decision about it."""

    template: ClassVar[str] = "contracts/version.html"
    dataset: str
    name: str
    page_href: str
    line: VersionLine
    compared: Compared | None
    is_first: bool
    trial: Trial | None
    text: tuple[str, ...]
    changed: tuple[TextLine, ...]
    action: str
    """Beginning of the addresses of its forms: `/approve`, `/activate`, `/take-back`, `/try`."""
    may_approve: bool
    may_activate: bool
    may_take_back: bool
    may_try: bool
    edit_href: str | None
    refused: Text | None
    """Why this reader may not decide, where someone may."""
    needs_signature: bool
    """Whether the data protection officer has to sign before anyone approves."""
    may_sign: bool = False
    returns: bool = False
    """Whether taking it back means returning it to whoever proposed it."""
    form: FormState = field(default_factory=FormState)
