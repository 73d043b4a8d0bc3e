"""The nouns of access: who acts, on what, and what he was allowed."""

from collections.abc import Mapping
from dataclasses import InitVar, dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import TypeAlias

from tinhdata.contracts.model import AccessLevel, Bilingual, Classification, Contract
from tinhdata.kernel import Text


class Role(StrEnum):
    """What a person may do at the agency he works for."""

    OFFICER = "officer"
    APPROVER = "approver"
    PROTECTOR = "protector"
    """Data protection officer: signs for contracts that concern personal data."""
    OPERATOR = "operator"


class ActorKind(StrEnum):
    """What acts: a person, a program with a source key, the platform itself, anyone."""

    PERSON = "person"
    SOURCE = "source"
    SYSTEM = "system"
    ANONYMOUS = "anonymous"


class Action(StrEnum):
    """What can be asked for; each door and verb names exactly one."""

    READ_ROWS = "read-rows"
    READ_QUARANTINE = "read-quarantine"
    READ_RAW = "read-raw"
    READ_DELIVERY = "read-delivery"
    DELIVER = "deliver"
    MEND = "mend"
    WAIVE = "waive"
    RETURN = "return"
    PUBLISH = "publish"
    """Ask for publishing, which publishes where the contract needs no second person."""
    PUBLISH_PULLED = "publish-pulled"
    """Publish what a source brought, where the contract needs no second person."""
    APPROVE = "approve"
    WITHDRAW = "withdraw"
    PROPOSE_CONTRACT = "propose-contract"
    TRY_CONTRACT = "try-contract"
    """See what a contract would make of what was delivered last; nothing changes by that."""
    APPROVE_CONTRACT = "approve-contract"
    SIGN_CONTRACT = "sign-contract"
    """Sign for data protection, before an approver decides."""
    ANSWER = "answer"
    """Take up and answer what people report and ask."""
    MANAGE_PEOPLE = "manage-people"
    OPERATE = "operate"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts. `datasets` are those of a source key, None for everyone else."""

    id: str
    name: str
    kind: ActorKind
    roles: frozenset[Role] = frozenset()
    agency: str | None = None
    datasets: frozenset[str] | None = None


ANONYMOUS = Actor("anonymous", "", ActorKind.ANONYMOUS)
"""Whoever did not sign in."""


@dataclass(frozen=True, slots=True)
class Resource:
    """What is acted on: a dataset, something of a dataset (a delivery, a contract), the platform.

    `agency` owns it; `suppliers` are agencies that may deliver to it. `sent_by` is the actor who
    sent the delivery or proposed the contract in question, `sent_by_agency` his agency.
    """

    kind: str
    id: str
    agency: str | None = None
    access_level: AccessLevel | None = None
    columns: tuple[str, ...] = ()
    personal: frozenset[str] = frozenset()
    """Columns with personal data."""
    closed: frozenset[str] = frozenset()
    """Further columns that are not for those outside of the agency."""
    masks: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """How columns are shown to those who may not see them whole, as the contract says."""
    suppliers: frozenset[str] = frozenset()
    sent_by: str | None = None
    sent_by_agency: str | None = None

    @classmethod
    def of(cls, contract: Contract, suppliers: frozenset[str] = frozenset()) -> "Resource":
        """Give the dataset of `contract` as a resource."""
        columns = contract.columns
        return cls(
            kind="dataset",
            id=contract.id,
            agency=contract.agency,
            access_level=contract.access_level,
            columns=contract.column_names,
            personal=frozenset(c.name for c in columns if c.personal is not None),
            closed=frozenset(
                c.name
                for c in columns
                if not c.in_open_data or c.classification is Classification.RESTRICTED
            ),
            masks=MappingProxyType({c.name: c.mask for c in columns if c.mask is not None}),
            suppliers=suppliers,
        )

    @classmethod
    def of_release(cls, own: Contract, active: Contract, *others: Contract) -> "Resource":
        """Give a release made under the contract `own` as a resource, under the rules of today.

        A release keeps the columns it was published with, yet what was learnt since about their
        protection counts: the strictest access level, and every column that any of the contracts
        calls personal, closed or masked. Columns are the same by id.
        """
        found = cls.of(own)
        name_of = {column.id: column.name for column in own.columns}
        for contract in (active, *others):
            other = cls.of(contract)
            here = {c.name: name_of[c.id] for c in contract.columns if c.id in name_of}
            masks = {here[name]: mask for name, mask in other.masks.items() if name in here}
            found = replace(
                found,
                personal=found.personal | {here[name] for name in other.personal if name in here},
                closed=found.closed | {here[name] for name in other.closed if name in here},
                masks={**found.masks, **masks},
            )
        levels = [contract.access_level for contract in (own, active, *others)]
        strictest = max(levels, key=tuple(AccessLevel).index)
        return replace(found, agency=active.agency, access_level=strictest)

    def sent(self, by: str, agency: str | None) -> "Resource":
        """Give the same for what the actor `by` of `agency` sent or proposed."""
        return replace(self, sent_by=by, sent_by_agency=agency)


PLATFORM = Resource("platform", "platform")
"""What MANAGE_PEOPLE and OPERATE are asked about."""

RowFilter: TypeAlias = tuple[str, frozenset[str]]
"""A column and the values that rows may have there; an empty set lets no row through."""

_SEAL = object()


@dataclass(frozen=True, slots=True)
class Permit:
    """An allowed action: what a door demands. Only `access` makes one.

    `columns` are those that may be seen (None: all); `masks` says for some of them how.
    """

    actor_id: str
    action: Action
    dataset: str
    purpose: str
    columns: frozenset[str] | None
    masks: Mapping[str, str]
    row_filter: RowFilter | None
    rule: str
    reason: Text
    seal: InitVar[object]

    def __post_init__(self, seal: object) -> None:
        """Refuse a Permit that was not made by `access` (TypeError)."""
        if seal is not _SEAL:
            raise TypeError("a Permit comes from access.decide, never from a constructor")


def make_permit(
    actor_id: str,
    action: Action,
    dataset: str,
    purpose: str,
    *,
    columns: frozenset[str] | None,
    masks: Mapping[str, str],
    rule: str,
    reason: Text,
) -> Permit:
    """Make a Permit; the policy's own, not part of the facade."""
    shown = MappingProxyType(dict(masks))
    return Permit(actor_id, action, dataset, purpose, columns, shown, None, rule, reason, _SEAL)


@dataclass(frozen=True, slots=True)
class Refusal:
    """An action that is not allowed, with the rule's name, the reason and what would help."""

    actor_id: str
    action: Action
    dataset: str
    rule: str
    reason: Text
    fix: Text | None = None


class AgencyKind(StrEnum):
    """On which of the two levels of government an agency stands."""

    PROVINCIAL = "provincial"
    COMMUNE = "commune"


@dataclass(frozen=True, slots=True)
class Agency:
    """A body with a code; `parent` is the code of the one above it."""

    code: str
    name: Bilingual
    kind: AgencyKind
    parent: str | None = None
    contact: str | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """A person with an account; `agency` is where the roles count."""

    id: str
    login: str
    name: str
    agency: str | None
    roles: frozenset[Role]
    is_active: bool
    created_at: datetime


@dataclass(frozen=True, slots=True)
class SessionToken:
    """What goes into the cookie; it is stored nowhere."""

    value: str = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Session:
    """A person signed in. `csrf` goes into each form and comes back with it."""

    id: str
    actor: Actor
    csrf: str = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class SourceKey:
    """What is known about a source key besides its secret."""

    id: str
    name: str
    agency: str
    datasets: frozenset[str]
    issued_at: datetime
    expires_at: datetime
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class IssuedKey:
    """A key just made; `secret` is shown once and stored nowhere."""

    key: SourceKey
    secret: str = field(repr=False)
