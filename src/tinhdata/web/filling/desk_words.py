"""What the console calls things: states of deliveries, people, kinds of problem."""

from collections.abc import Mapping
from types import MappingProxyType

from tinhdata.access import AccessNotFound, Role, role_name
from tinhdata.bootstrap import Platform
from tinhdata.contracts import Contract
from tinhdata.deliveries import Delivery, Kind, State
from tinhdata.kernel import Text, t
from tinhdata.quality import ItemState, RuleKind
from tinhdata.web.contexts.shell import Badge, Tone

_S = State

_MARKS: Mapping[State, Badge] = MappingProxyType(
    {
        _S.RECEIVED: Badge(t("Received"), Tone.BUSY),
        _S.CHECKING: Badge(t("Being checked"), Tone.BUSY),
        _S.CHOOSING: Badge(t("Columns to confirm"), Tone.WARN),
        _S.REFUSED: Badge(t("Could not be read"), Tone.BAD),
        _S.CHECKED: Badge(t("Ready to publish"), Tone.GOOD),
        _S.HELD: Badge(t("Held back"), Tone.BAD),
        _S.AWAITING: Badge(t("Waiting for approval"), Tone.BUSY),
        _S.PUBLISHING: Badge(t("Being published"), Tone.BUSY),
        _S.RELEASED: Badge(t("Data published"), Tone.GOOD),
        _S.UNCHANGED: Badge(t("Nothing new"), Tone.GOOD),
        _S.RETURNED: Badge(t("Returned"), Tone.CALM),
        _S.WITHDRAWN: Badge(t("Withdrawn"), Tone.BAD),
        _S.SUPERSEDED: Badge(t("Replaced by a newer file"), Tone.CALM),
        _S.FAILED: Badge(t("Stopped by a fault"), Tone.BAD),
    }
)
_TO_MEND = Badge(t("Rows to mend"), Tone.WARN)

ITEM_MARKS: Mapping[ItemState, Badge] = MappingProxyType(
    {
        ItemState.OPEN: Badge(t("Waiting"), Tone.WARN),
        ItemState.CORRECTED: Badge(t("Mended and published"), Tone.GOOD),
        ItemState.WAIVED: Badge(t("Accepted as it is"), Tone.CALM),
        ItemState.RETURNED: Badge(t("Returned to the unit"), Tone.CALM),
        ItemState.SUPERSEDED: Badge(t("Came again in a later file"), Tone.CALM),
    }
)

_KINDS: Mapping[str, Text] = MappingProxyType(
    {
        RuleKind.REQUIRED: t("left empty"),
        RuleKind.TYPE: t("cannot be read"),
        RuleKind.MINIMUM: t("smaller than allowed"),
        RuleKind.MAXIMUM: t("larger than allowed"),
        RuleKind.MIN_LENGTH: t("too short"),
        RuleKind.MAX_LENGTH: t("too long"),
        RuleKind.PATTERN: t("not in the form asked for"),
        RuleKind.ALLOWED: t("not in the list"),
        RuleKind.SEMANTIC: t("not valid for its kind"),
        RuleKind.GEOMETRY_KIND: t("of a kind that is not taken"),
        RuleKind.VERTICES: t("too many vertices"),
        RuleKind.WITHIN: t("outside of the area"),
        RuleKind.VALID_GEOMETRY: t("not a valid geometry"),
        RuleKind.UNIQUE: t("occurs several times"),
        RuleKind.EXISTING_UNIQUE: t("published before"),
        RuleKind.REFERENCE: t("not in the dataset referred to"),
    }
)
_WHOLE_ROWS: Mapping[str, Text] = MappingProxyType(
    {
        RuleKind.KEY: t("Same key, different content"),
        RuleKind.EXISTING_KEY: t("A row with this key is published already"),
        RuleKind.DUPLICATE: t("The same row several times"),
    }
)
_UNREADABLE = t("Lines that could not be split into cells")
_SYSTEM = t("the platform")
_PACK = t("the province's pack")


def items_held(delivery: Delivery) -> int:
    """Say how many rows and lines of a delivery were set aside."""
    return delivery.rows.quarantined + (delivery.units.rejected if delivery.units else 0)


def state_badge(delivery: Delivery) -> Badge:
    """Mark where a delivery stands."""
    if delivery.state is State.CHECKED and items_held(delivery):
        return _TO_MEND
    return _MARKS[delivery.state]


def state_mark(state: State) -> Badge:
    """Give the mark of a state by itself."""
    return _MARKS[state]


def file_name(delivery: Delivery) -> str | Text:
    """Say what was sent: the name of the file, or that it is a correction."""
    if delivery.kind is Kind.CORRECTION:
        return t("Accepted rows") if delivery.waives else t("Mended rows")
    return delivery.filename or "–"


def rule_label(rule: str, contract: Contract, language: str) -> str | Text:
    """Say in words what a rule holds rows for: the column and what is wrong there."""
    kind, _, rest = rule.partition(":")
    if kind == RuleKind.ROW:
        for each in contract.row_rules:
            if each.id == rest:
                return each.message.in_language(language)
    if kind in _WHOLE_ROWS:
        return _WHOLE_ROWS[kind]
    if kind in _KINDS and rest in contract.column_names:
        label = contract.column(rest).label.in_language(language)
        return t("{column}: {problem}", column=label, problem=_KINDS[kind])
    return _UNREADABLE


class Names:
    """The names of people, programs and agencies, each looked up once."""

    def __init__(self, platform: Platform, language: str) -> None:
        self._platform = platform
        self._language = language
        self._known: dict[str, str | Text] = {}

    def person(self, actor: str | None) -> str | Text:
        """Give the name of who acted."""
        if actor is None:
            return "–"
        if actor not in self._known:
            self._known[actor] = self._look_up(actor)
        return self._known[actor]

    def agency(self, code: str) -> str:
        """Give the name of an agency, its code where it is not registered."""
        try:
            return self._platform.access.agency(code).name.in_language(self._language)
        except AccessNotFound:
            return code

    def dataset(self, delivery: Delivery) -> str:
        """Give the name of the dataset that a delivery is for."""
        contract = self._platform.registry.by_hash(delivery.contract_hash).contract
        return contract.name.in_language(self._language)

    def _look_up(self, actor: str) -> str | Text:
        if actor.startswith("system"):
            return _SYSTEM
        if actor == self._platform.pack.actor:
            return _PACK
        if actor.startswith("source:"):
            return t("the data source {source}", source=actor.removeprefix("source:"))
        for key in self._platform.access.source_keys():
            if actor == f"key_{key.id}":
                return key.name
        try:
            return self._platform.access.person(actor).name
        except AccessNotFound:
            return actor


def role_names(roles: frozenset[Role]) -> tuple[Text, ...]:
    """Give what roles are called, in the same order each time."""
    return tuple(role_name(role) for role in Role if role in roles)
