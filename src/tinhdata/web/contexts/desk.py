"""What the pages of the officer's console show; filled by the routes, read by the templates."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

from tinhdata.kernel import Text
from tinhdata.web.contexts.portal import Comparison
from tinhdata.web.contexts.shell import Badge, Choice, Context, FormState, Pager


@dataclass(frozen=True, slots=True)
class SignIn(Context):
    """The way in."""

    template: ClassVar[str] = "desk/sign_in.html"
    form: FormState
    back: str
    demo_accounts: tuple[tuple[str, str, Text], ...] = ()
    """Name, password and role of the demo accounts, in a demo only."""


@dataclass(frozen=True, slots=True)
class Account(Context):
    """One's own account."""

    template: ClassVar[str] = "desk/account.html"
    login: str
    name: str
    agency: str | None
    roles: tuple[Text, ...]
    form: FormState = field(default_factory=FormState)


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something that waits for the reader, with its clock."""

    href: str
    what: Text
    dataset: str
    verb: Text
    since: datetime
    badge: Badge
    due: datetime | None = None
    late: bool = False


@dataclass(frozen=True, slots=True)
class DeliveryLine:
    """A delivery in a list."""

    id: str
    href: str
    dataset: str
    filename: str | Text
    sent_at: datetime
    sent_by: str | Text
    badge: Badge
    rows: int | None
    quarantined: int | None
    release: str | Text | None = None


@dataclass(frozen=True, slots=True)
class DueDataset:
    """A dataset of the reader's agency that expects data."""

    name: str
    href: str
    badge: Badge
    last: datetime | None


@dataclass(frozen=True, slots=True)
class MyWork(Context):
    """What waits for the reader."""

    template: ClassVar[str] = "desk/my_work.html"
    waiting: tuple[Waiting, ...]
    due: tuple[DueDataset, ...]
    recent: tuple[DeliveryLine, ...]
    may_deliver: bool


@dataclass(frozen=True, slots=True)
class DeliveryList(Context):
    """Deliveries, newest first."""

    template: ClassVar[str] = "desk/deliveries.html"
    lines: tuple[DeliveryLine, ...]
    datasets: tuple[Choice, ...]
    states: tuple[Choice, ...]
    pager: Pager
    may_deliver: bool


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the wizard: `done`, `current` or `ahead`."""

    label: Text
    state: str
    href: str | None = None


@dataclass(frozen=True, slots=True)
class DatasetOption:
    """A dataset that one may deliver to."""

    href: str
    name: str
    summary: str
    agency: str
    badge: Badge | None
    template_href: str


@dataclass(frozen=True, slots=True)
class ChooseDataset(Context):
    """Step 1: which dataset."""

    template: ClassVar[str] = "deliver/choose.html"
    steps: tuple[Step, ...]
    options: tuple[DatasetOption, ...]
    query: str


@dataclass(frozen=True, slots=True)
class SendFile(Context):
    """Step 2: the template, or the file."""

    template: ClassVar[str] = "deliver/send.html"
    steps: tuple[Step, ...]
    dataset: str
    action: str
    template_href: str
    columns: tuple[tuple[str, bool], ...]
    """Label of each column, and whether it must be filled."""
    limit_mb: int
    replaces: Text
    """What a delivery does: replaces all, or the periods in it."""
    form: FormState = field(default_factory=FormState)
    rows_href: str | None = None
    """Where its rows are entered by hand; None where there are too many for that."""


@dataclass(frozen=True, slots=True)
class Match:
    """A column of the dataset and the header it was found under; `how` says why."""

    column: str
    label: str
    required: bool
    options: tuple[Choice, ...]
    how: Badge
    sample: tuple[str, ...] = ()
    is_fixed: bool = False
    """Whether no single column of the file is it, so that there is nothing to choose."""


@dataclass(frozen=True, slots=True)
class NumberWriting:
    """How the numbers of a column are written in this file, where there is a choice."""

    field: str
    label: str
    options: tuple[Choice, ...]
    is_open: bool = False
    """Whether the values alone do not decide it."""


@dataclass(frozen=True, slots=True)
class Understood(Context):
    """Step 3: what the platform read, to be confirmed."""

    template: ClassVar[str] = "deliver/understood.html"
    steps: tuple[Step, ...]
    dataset: str
    filename: str
    action: str
    cancel: str
    facts: tuple[tuple[Text, str | Text], ...]
    """Encoding, sheet, header lines, rows..."""
    notes: tuple[Text, ...]
    matches: tuple[Match, ...]
    unmatched: tuple[str, ...]
    sheets: tuple[Choice, ...] = ()
    preview: tuple[tuple[str | None, ...], ...] = ()
    preview_headers: tuple[str, ...] = ()
    encodings: tuple[Choice, ...] = ()
    systems: tuple[Choice, ...] = ()
    """Coordinate systems in which a layer may be."""
    numbers: tuple[NumberWriting, ...] = ()
    units: tuple[NumberWriting, ...] = ()
    """In which unit the file gives the numbers of a column."""
    wide: tuple[Choice, ...] = ()
    """Columns of values of a wide table, each to be read or left out."""
    recalled: Text | None = None
    """That the file was read as an earlier one, and who had chosen it."""
    totals_are_data: bool = False
    passed: tuple[tuple[Text, str], ...] = ()
    """Lines that hold no data in our reading: where and why, and what stands there."""
    rewritten: tuple[Text, ...] = ()
    """What the check put into another writing, per column."""
    may_choose: bool = True


@dataclass(frozen=True, slots=True)
class BadCell:
    """A cell with what is wrong with it. `field` is the name of its input."""

    field: str
    label: str
    value: str | None
    problems: tuple[Text, ...]
    fixes: tuple[Text, ...] = ()
    mended: str | None = None
    options: tuple[Choice, ...] = ()
    brief: str | None = None
    """Said instead of a value too long to be mended in a line: a geometry of many vertices."""


@dataclass(frozen=True, slots=True)
class HeldItem:
    """A row (or an unreadable line) that waits: every reason, and the whole of it."""

    number: int
    place: Text
    title: str
    badge: Badge
    cells: tuple[BadCell, ...]
    row_problems: tuple[Text, ...]
    whole: tuple[tuple[str, str | None], ...]
    action: str
    raw: str | None = None
    open: bool = True
    may_mend: bool = True
    history: tuple[Text, ...] = ()
    error: Text | None = None
    ref: str = ""
    """What tells it apart on the page: its number, after its delivery where there are several."""
    dataset: Text | None = None
    """Whose row it is, where rows of several datasets stand together."""
    delivery_href: str | None = None

    @property
    def key(self) -> str:
        """Give what names the item on its page."""
        return self.ref or str(self.number)


@dataclass(frozen=True, slots=True)
class RuleCount:
    """How many items a rule holds; the address narrows to it."""

    label: str | Text
    count: int
    href: str
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Problems(Context):
    """Step 4: what is wrong, cell by cell."""

    template: ClassVar[str] = "deliver/problems.html"
    steps: tuple[Step, ...]
    dataset: str
    delivery: str
    made: int
    good: int
    held: int
    mended: int
    batch: tuple[Text, ...]
    stops: Text | None
    """Why nothing of it may be published, where a batch rule holds it."""
    rules: tuple[RuleCount, ...]
    items: tuple[HeldItem, ...]
    pager: Pager
    export_href: str
    upload_action: str | None
    recheck_action: str | None
    return_action: str | None
    next_href: str | None
    send_href: str | None = None
    """Where another file is sent, for those who may."""
    return_rows_action: str | None = None
    """Sends back the rows that still wait; those that are fine go on."""
    form: FormState = field(default_factory=FormState)


@dataclass(frozen=True, slots=True)
class WhatChanges(Context):
    """Step 5: what publishing would change."""

    template: ClassVar[str] = "deliver/changes.html"
    steps: tuple[Step, ...]
    dataset: str
    base: int | None
    """Number of the release it builds on; None for the first."""
    comparison: Comparison
    rows_before: int
    rows_after: int
    held: int
    warnings: tuple[Text, ...]
    action: str | None
    """Address of the form that goes on; None where the reader can only look."""
    button: Text
    hint: Text | None
    problems_href: str
    needs_reason: bool = False
    return_action: str | None = None
    stops: Text | None = None
    mended: int = 0
    """Mended rows that pass now and go along."""
    may_mend: bool = True
    """Whether the rows left out can still be mended before publishing."""
    form: FormState = field(default_factory=FormState)


@dataclass(frozen=True, slots=True)
class Moment:
    """An event of a delivery's life."""

    at: datetime
    text: Text
    who: str | Text | None
    tone: str = "calm"
    note: str | Text | None = None


@dataclass(frozen=True, slots=True)
class Work:
    """Work that runs now."""

    stage: Text
    done: int
    total: int
    refresh: str
    in_rows: bool = True
    """Whether it is counted in rows."""
    """Address of the fragment that shows how far it is."""


@dataclass(frozen=True, slots=True)
class DeliveryPage(Context):
    """Step 6, and the life of a delivery afterwards."""

    template: ClassVar[str] = "deliver/status.html"
    steps: tuple[Step, ...]
    id: str
    dataset: str
    dataset_href: str
    filename: str | Text
    badge: Badge
    sentence: Text
    fix: Text | None
    work: Work | None
    equation: tuple[tuple[Text, int], ...]
    """Rows made = released + quarantined + linked, in that order; empty before the check."""
    facts: tuple[tuple[Text, str | Text], ...]
    moments: tuple[Moment, ...]
    actions: tuple[Choice, ...]
    retry_action: str | None = None
    return_action: str | None = None
    withdraw_action: str | None = None
    withdraw_later: bool = False
    """Whether releases after it hold rows of it and would go too."""
    form: FormState = field(default_factory=FormState)


@dataclass(frozen=True, slots=True)
class QuarantinePage(Context):
    """Rows that wait, over all deliveries or of one."""

    template: ClassVar[str] = "desk/quarantine.html"
    datasets: tuple[Choice, ...]
    deliveries: tuple[Choice, ...]
    columns: tuple[Choice, ...]
    states: tuple[Choice, ...]
    rules: tuple[RuleCount, ...]
    counts: tuple[tuple[Badge, int], ...]
    items: tuple[HeldItem, ...]
    pager: Pager
    export_href: str | None
    upload_action: str | None
    action: str
    """Address of the form over the ticked items: check again, return, waive."""
    may_waive: bool
    rule_label: Text | None = None
    """What the list beside the rows is, where it does not list the kinds of problem."""
    rule: str = ""
    may_decide: bool = True
    may_recheck: bool = True
    form: FormState = field(default_factory=FormState)


@dataclass(frozen=True, slots=True)
class Approval:
    """A delivery or a contract that waits for a second person."""

    title: str
    href: str | None
    kind: Text
    sent_by: str | Text
    sent_at: datetime
    summary: tuple[tuple[Text, int], ...]
    notes: tuple[Text, ...]
    approve_action: str
    return_action: str | None
    refused: Text | None = None
    """Why this reader may not approve it (for instance because they sent it)."""
    look: Text | None = None
    """What `href` leads to, where that is not the changes."""
    button: Text | None = None
    form: FormState = field(default_factory=FormState)


@dataclass(frozen=True, slots=True)
class Approvals(Context):
    """What waits for a second person."""

    template: ClassVar[str] = "desk/approvals.html"
    approvals: tuple[Approval, ...]


@dataclass(frozen=True, slots=True)
class PersonLine:
    """A person with an account."""

    id: str
    name: str
    login: str
    agency: str | None
    roles: tuple[Text, ...]
    since: datetime
    badge: Badge
    action: str


@dataclass(frozen=True, slots=True)
class PersonPage(Context):
    """One account, to be changed."""

    template: ClassVar[str] = "desk/person.html"
    name: str
    login: str
    agency: str | None
    badge: Badge
    created: datetime
    roles: tuple[Choice, ...]
    is_active: bool
    is_self: bool
    action: str
    """Beginning of the addresses of its forms: `/roles`, `/password`, `/close`."""
    form: FormState = field(default_factory=FormState)


@dataclass(frozen=True, slots=True)
class KeyLine:
    """A key with which a program delivers."""

    id: str
    name: str
    agency: str
    datasets: tuple[str, ...]
    expires: datetime
    badge: Badge
    revoke_action: str | None


@dataclass(frozen=True, slots=True)
class People(Context):
    """Accounts and roles, and the keys of programs."""

    template: ClassVar[str] = "desk/people.html"
    people: tuple[PersonLine, ...]
    agencies: tuple[Choice, ...]
    roles: tuple[Choice, ...]
    pager: Pager
    query: str
    action: str
    form: FormState = field(default_factory=FormState)
    keys: tuple[KeyLine, ...] = ()
    datasets: tuple[Choice, ...] = ()
    key_action: str = "/people/keys"
    key_form: FormState = field(default_factory=FormState)
    issued: str | None = None
    """A key just made; it is shown this once."""
