"""The policy: one table of rules and the decision over it. Pure.

Order of a decision: purpose, second person, then every rule that allows (the strictest sight per
column wins), then no. What no rule allows is refused.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, IntEnum, auto
from types import MappingProxyType

from tinhdata.access.errors import SignInNeeded
from tinhdata.access.model import (
    Action,
    Actor,
    ActorKind,
    Permit,
    Refusal,
    Resource,
    Role,
    make_permit,
)
from tinhdata.contracts.model import AccessLevel
from tinhdata.kernel import Refused, Text, t


class Standing(Enum):
    """How an actor stands to a resource."""

    ANY = auto()
    OWNER = auto()
    """His agency owns the dataset."""
    SUPPLIER = auto()
    """His agency may deliver to the dataset."""
    IN_CHARGE = auto()
    """His agency owns the dataset, or he was appointed for all agencies."""
    SENDER = auto()
    """His agency may deliver to the dataset and sent this delivery."""
    OUTSIDER = auto()
    """He has no role in the agency that owns the dataset."""
    KEY = auto()
    """His source key names the dataset, and its agency owns it or delivers to it."""


class Sight(IntEnum):
    """How much of the columns a rule shows."""

    WHOLE = 0
    MASKED = 1
    """Columns with a mask are masked."""
    PUBLIC = 2
    """As MASKED, and columns with personal data or not meant for outside are left out."""


_ALL_LEVELS = frozenset({None, *AccessLevel})


@dataclass(frozen=True, slots=True)
class Rule:
    """Allows `actions` to people with `role` (or, without one, to every actor of `kinds`)."""

    id: str
    actions: frozenset[Action]
    role: Role | None
    standing: Standing
    reason: Text
    kinds: frozenset[ActorKind] = frozenset({ActorKind.PERSON})
    levels: frozenset[AccessLevel | None] = _ALL_LEVELS
    sight: Sight = Sight.WHOLE
    unless: Role | None = None
    """Does not concern people who have this role as well."""


_WITH_A_DELIVERY = frozenset(
    {Action.MEND, Action.RETURN, Action.PUBLISH, Action.READ_QUARANTINE, Action.READ_RAW}
)
_DELIVERING = frozenset({Action.DELIVER, Action.READ_DELIVERY})

POLICY: tuple[Rule, ...] = (
    Rule(
        "open-rows",
        frozenset({Action.READ_ROWS}),
        None,
        Standing.OUTSIDER,
        t("The dataset is open data."),
        kinds=frozenset({ActorKind.PERSON, ActorKind.ANONYMOUS}),
        levels=frozenset({AccessLevel.OPEN}),
        sight=Sight.PUBLIC,
    ),
    Rule(
        "own-rows",
        frozenset({Action.READ_ROWS}),
        Role.OFFICER,
        Standing.OWNER,
        t("You are an officer of the agency that owns the dataset."),
    ),
    # Who knows the data writes its contract; a second person decides whether it comes into force.
    Rule(
        "officer-proposes",
        frozenset({Action.PROPOSE_CONTRACT, Action.TRY_CONTRACT}),
        Role.OFFICER,
        Standing.OWNER,
        t("You are an officer of the agency that owns the dataset."),
    ),
    # An approver judges a release; for that he needs no citizen's number in full.
    Rule(
        "own-rows-masked",
        frozenset({Action.READ_ROWS}),
        Role.APPROVER,
        Standing.OWNER,
        t("You are an approver of the agency that owns the dataset."),
        sight=Sight.MASKED,
    ),
    # Who knows the data answers what people ask of it, and so does who decides about it.
    Rule(
        "officer-answers",
        frozenset({Action.ANSWER}),
        Role.OFFICER,
        Standing.OWNER,
        t("You are an officer of the agency that it concerns."),
    ),
    Rule(
        "approver-answers",
        frozenset({Action.ANSWER}),
        Role.APPROVER,
        Standing.OWNER,
        t("You are an approver of the agency that it concerns."),
    ),
    Rule(
        "officer-delivers",
        _DELIVERING | _WITH_A_DELIVERY,
        Role.OFFICER,
        Standing.OWNER,
        t("You are an officer of the agency that owns the dataset."),
    ),
    Rule(
        "supplier-delivers",
        _DELIVERING,
        Role.OFFICER,
        Standing.SUPPLIER,
        t("Your agency delivers to this dataset."),
    ),
    Rule(
        "supplier-mends",
        _WITH_A_DELIVERY,
        Role.OFFICER,
        Standing.SENDER,
        t("Your agency sent this delivery."),
    ),
    Rule(
        "approver-decides",
        frozenset(
            {
                Action.APPROVE,
                Action.PUBLISH,
                Action.WAIVE,
                Action.RETURN,
                Action.WITHDRAW,
                Action.APPROVE_CONTRACT,
                Action.TRY_CONTRACT,
                Action.READ_DELIVERY,
            }
        ),
        Role.APPROVER,
        Standing.OWNER,
        t("You are an approver of the agency that owns the dataset."),
    ),
    # He judges what waits as he judges a release, so the file itself stays with the officers; who
    # mends the rows as an officer has to see what he mends.
    Rule(
        "approver-sees-held-masked",
        frozenset({Action.READ_QUARANTINE}),
        Role.APPROVER,
        Standing.OWNER,
        t("You are an approver of the agency that owns the dataset."),
        sight=Sight.MASKED,
        unless=Role.OFFICER,
    ),
    # He judges what is written about the people in the data; their rows he need not see.
    Rule(
        "protector-signs",
        frozenset({Action.SIGN_CONTRACT}),
        Role.PROTECTOR,
        Standing.IN_CHARGE,
        t("You are the data protection officer of the agency that owns the dataset."),
    ),
    Rule(
        "operator-runs",
        frozenset(
            {
                Action.OPERATE,
                Action.ANSWER,
                Action.MANAGE_PEOPLE,
                Action.PROPOSE_CONTRACT,
                Action.TRY_CONTRACT,
                Action.WITHDRAW,
                Action.READ_DELIVERY,
            }
        ),
        Role.OPERATOR,
        Standing.ANY,
        t("You operate the platform."),
    ),
    Rule(
        "key-delivers",
        _DELIVERING,
        None,
        Standing.KEY,
        t("The source key is meant for this dataset."),
        kinds=frozenset({ActorKind.SOURCE}),
    ),
    # A source is set up by an operator, who knows that nobody looks at each of its deliveries.
    Rule(
        "source-publishes",
        frozenset({Action.PUBLISH_PULLED}),
        None,
        Standing.KEY,
        t("The source is meant for this dataset, whose contract needs no second person."),
        kinds=frozenset({ActorKind.SOURCE}),
    ),
)

_SECOND_PERSON = frozenset({Action.APPROVE, Action.APPROVE_CONTRACT, Action.SIGN_CONTRACT})
_ROLE_NAMES: Mapping[Role, Text] = MappingProxyType(
    {
        Role.OFFICER: t("officer"),
        Role.APPROVER: t("approver"),
        Role.PROTECTOR: t("data protection officer"),
        Role.OPERATOR: t("operator"),
    }
)
_ASK = t("Ask a colleague who may do it, or the operator of the platform.")


def decide(actor: Actor, action: Action, resource: Resource, purpose: str) -> Permit | Refusal:
    """Say whether `actor` may do `action` to `resource` for `purpose`, always with the reason."""
    if not purpose.strip():
        return _refusal(actor, action, resource, "purpose", t("No purpose was stated."))
    if action in _SECOND_PERSON and resource.sent_by in {None, actor.id}:
        text = t("Who sent or proposed something may not approve it; a second person does.")
        return _refusal(actor, action, resource, "second-person", text, _ASK)
    allowing = [rule for rule in POLICY if _allows(rule, actor, action, resource)]
    if not allowing:
        return _no_rule(actor, action, resource)
    strictest = max(rule.sight for rule in allowing)
    columns = _columns(strictest, resource)
    if columns is not None and not columns:
        text = t("All columns of this dataset are kept from people outside of the agency.")
        return _refusal(actor, action, resource, "no-column", text, _ASK)
    return make_permit(
        actor.id,
        action,
        resource.id,
        purpose,
        columns=columns,
        masks=_masks(strictest, resource, columns),
        rule=allowing[0].id,
        reason=allowing[0].reason,
    )


def require(actor: Actor, action: Action, resource: Resource, purpose: str) -> Permit:
    """Give the Permit, or raise Refused (SignInNeeded where signing in may help)."""
    decision = decide(actor, action, resource, purpose)
    if isinstance(decision, Permit):
        return decision
    refused = SignInNeeded if decision.rule == "sign-in" else Refused
    raise refused(decision.reason, fix=decision.fix)


def system_permit(action: Action, dataset: str, purpose: str, actor_id: str = "system") -> Permit:
    """Give a Permit for the platform's own work; the caller journals it once per run."""
    if not purpose.strip():
        raise ValueError("internal work states its purpose")
    return make_permit(
        actor_id,
        action,
        dataset,
        purpose,
        columns=None,
        masks={},
        rule="system",
        reason=t("The platform works on the dataset itself."),
    )


def cautious_permit(action: Action, resource: Resource, purpose: str) -> Permit:
    """Give a system Permit for work whose result others read: masks laid over, the rest left out.

    Columns with a mask are masked; personal and closed ones without a mask are not shown at all.
    """
    whole = system_permit(action, resource.id, purpose)
    hidden = (resource.personal | resource.closed) - resource.masks.keys()
    return make_permit(
        whole.actor_id,
        action,
        resource.id,
        purpose,
        columns=frozenset(resource.columns) - hidden,
        masks=resource.masks,
        rule=whole.rule,
        reason=whole.reason,
    )


def role_name(role: Role) -> Text:
    """Give what `role` is called."""
    return _ROLE_NAMES[role]


def _allows(rule: Rule, actor: Actor, action: Action, resource: Resource) -> bool:
    return (
        action in rule.actions
        and actor.kind in rule.kinds
        and (rule.role is None or rule.role in actor.roles)
        and (rule.unless is None or rule.unless not in actor.roles)
        and resource.access_level in rule.levels
        and _stands(actor, resource, rule.standing)
    )


def _stands(actor: Actor, resource: Resource, standing: Standing) -> bool:
    owns = actor.agency is not None and actor.agency == resource.agency
    supplies = actor.agency is not None and actor.agency in resource.suppliers
    match standing:
        case Standing.ANY:
            return True
        case Standing.OWNER:
            return owns
        case Standing.IN_CHARGE:
            return owns or actor.agency is None
        case Standing.SUPPLIER:
            return supplies
        case Standing.SENDER:
            return supplies and actor.agency == resource.sent_by_agency
        case Standing.OUTSIDER:
            return not (owns and actor.roles & {Role.OFFICER, Role.APPROVER})
        case Standing.KEY:
            return resource.id in (actor.datasets or ()) and (owns or supplies)


def _columns(sight: Sight, resource: Resource) -> frozenset[str] | None:
    left_out = resource.personal | resource.closed
    if sight is Sight.PUBLIC and left_out:
        return frozenset(resource.columns) - left_out
    return None


def _masks(sight: Sight, resource: Resource, columns: frozenset[str] | None) -> Mapping[str, str]:
    if sight is Sight.WHOLE:
        return {}
    return {c: m for c, m in resource.masks.items() if columns is None or c in columns}


def _refusal(
    actor: Actor,
    action: Action,
    resource: Resource,
    rule: str,
    reason: Text,
    fix: Text | None = None,
) -> Refusal:
    return Refusal(actor.id, action, resource.id, rule, reason, fix)


def _no_rule(actor: Actor, action: Action, resource: Resource) -> Refusal:
    rules = [rule for rule in POLICY if action in rule.actions]
    if actor.kind is ActorKind.SOURCE:
        return _refusal(actor, action, resource, *_why_not_key(rules))
    if actor.kind is ActorKind.SYSTEM:
        text = t("The platform's own work needs a system permit.")
        return _refusal(actor, action, resource, "system", text)
    if actor.kind is ActorKind.ANONYMOUS:
        sign_in = t("Sign in with an account of the agency concerned.")
        return _refusal(actor, action, resource, "sign-in", _why_anonymous(action), sign_in)
    return _refusal(actor, action, resource, *_why_not_person(actor, action, resource, rules))


def _why_not_key(rules: Sequence[Rule]) -> tuple[str, Text, Text | None]:
    if any(ActorKind.SOURCE in rule.kinds for rule in rules):
        text = t("The source key is not meant for this dataset.")
        return "key-dataset", text, t("Ask the operator for a key that names the dataset.")
    text = t("A source key only delivers and reads how its deliveries stand.")
    return "key-action", text, t("Read open data without a key, or sign in as a person.")


def _why_anonymous(action: Action) -> Text:
    if action is Action.READ_ROWS:
        return t("The dataset is not open data.")
    return t("This needs a person who is signed in.")


def _why_not_person(
    actor: Actor, action: Action, resource: Resource, rules: Sequence[Rule]
) -> tuple[str, Text, Text | None]:
    if action is Action.READ_ROWS:
        text = t(
            "The dataset is not open data; only officers and approvers of the agency {agency},"
            " which owns it, see its rows.",
            agency=resource.agency or "-",
        )
        return "not-open", text, _ASK
    roles = [rule.role for rule in rules if rule.role is not None]
    if not roles:
        return "no-person", t("Only a data source does this, in its own name."), None
    if not actor.roles.intersection(roles):
        text = t("This needs the role “{role}”.", role=_ROLE_NAMES[roles[0]])
        return "role", text, _ASK
    if actor.agency is not None and actor.agency in resource.suppliers:
        text = t("Your agency may work only on deliveries that it sent itself.")
        return "other-sender", text, _ASK
    text = t(
        "The dataset belongs to the agency {agency}, and your role counts in another one.",
        agency=resource.agency or "-",
    )
    return "other-agency", text, _ASK
