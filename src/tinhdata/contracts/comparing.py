"""Two versions of a contract side by side: whom does the change break, and how.

Columns are matched by their stable id, then by name. What one column's change means is in
`comparing_columns`.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from types import MappingProxyType

from tinhdata.contracts.changes import Bump, Change, Comparison, Verdict
from tinhdata.contracts.comparing_columns import called, compare_column, new_column
from tinhdata.contracts.custom_properties import CADENCES
from tinhdata.contracts.model import (
    AccessLevel,
    BatchRule,
    Column,
    Contract,
    DuplicatePolicy,
    Importance,
    RowRule,
    Severity,
)
from tinhdata.contracts.part import Part
from tinhdata.kernel import JSON, Text, t

_WORDS: Mapping[AccessLevel | Importance, Text] = MappingProxyType(
    {
        AccessLevel.OPEN: t("open data"),
        AccessLevel.SHARED: t("shared data"),
        AccessLevel.PRIVATE: t("private data"),
        Importance.CORE: t("core data"),
        Importance.IMPORTANT: t("important data"),
        Importance.ORDINARY: t("ordinary data"),
    }
)
_OPENNESS = (AccessLevel.PRIVATE, AccessLevel.SHARED, AccessLevel.OPEN)
_GRAVITY = tuple(Severity)
_WORDING = ("id", "server", "description", "customProperties")
_HOURS = {"h": 1, "d": 24, "w": 168, "month": 730, "quarter": 2190, "y": 8760}
"""Hours per unit of a service level, months and years as averages: only for which is longer."""


def compare(old: Contract, new: Contract) -> Comparison:
    """Say what changes from `old` to `new`; raises ValueError for two different datasets."""
    if old.id != new.id:
        raise ValueError("only versions of one dataset are compared")
    changes = (
        *_columns(old, new),
        *_identity(old, new),
        *_delivery(old, new),
        *_row_rules(old, new),
        *_batch_rules(old, new),
        *_protection(old, new),
        *_service_levels(old, new),
        *_servers(old, new),
        *_texts(old, new),
    )
    return Comparison(old.version, changes)


def _matched(old: Contract, new: Contract) -> Iterator[tuple[Column | None, Column | None]]:
    by_id = {column.id: column for column in old.columns}
    new_ids = {column.id for column in new.columns}
    by_name = {column.name: column for column in old.columns if column.id not in new_ids}
    taken: set[str] = set()
    for column in new.columns:
        before = by_id.get(column.id) or by_name.get(column.name)
        if before is not None:
            taken.add(before.id)
        yield before, column
    yield from ((column, None) for column in old.columns if column.id not in taken)


def _columns(old: Contract, new: Contract) -> Iterator[Change]:
    order: list[int] = []
    for before, after in _matched(old, new):
        if before and after:
            order.append(old.columns.index(before))
            yield from compare_column(before, after)
        elif after:
            yield new_column(after)
        elif before:
            yield Change(
                "column-dropped",
                t("The column {column} is gone.", column=called(before)),
                before.name,
                consumer=Verdict.BREAK,
            )
    if order != sorted(order):
        text = t("The columns stand in another order.")
        yield Change("order-changed", text, consumer=Verdict.WARN)


def _identity(old: Contract, new: Contract) -> Iterator[Change]:
    if _key_ids(old) != _key_ids(new):
        yield Change(
            "key-changed",
            t("The key is now {new}, not {old}.", new=", ".join(new.key), old=", ".join(old.key)),
            consumer=Verdict.BREAK,
        )
    if old.table != new.table:
        yield Change(
            "table-renamed",
            t("The table is now called {new}, not {old}.", new=new.table, old=old.table),
            consumer=Verdict.BREAK,
        )
    if old.simulated != new.simulated:
        yield Change(
            "simulated-changed",
            t("The rows are real now.") if old.simulated else t("The rows are made up now."),
            consumer=Verdict.BREAK,
        )
    if old.licence != new.licence:
        text = t("The licence is now {new}.", new=new.licence or "-")
        yield Change("licence-changed", text, consumer=Verdict.BREAK)


def _key_ids(contract: Contract) -> tuple[str, ...]:
    return tuple(contract.column(name).id for name in contract.key)


def _delivery(old: Contract, new: Contract) -> Iterator[Change]:
    if (old.mode, old.period) != (new.mode, new.period):
        yield Change(
            "mode-changed",
            t("A delivery now means something else: {new}.", new=new.mode),
            consumer=Verdict.WARN,
            producer=Verdict.BREAK,
        )
    if old.layout != new.layout:
        text = t("Files are expected in another layout.")
        yield Change("layout-changed", text, producer=Verdict.WARN)
    if gone := set(old.missing_values) - set(new.missing_values):
        yield Change(
            "missing-values-narrowed",
            t("{values} no longer counts as empty.", values=", ".join(sorted(gone))),
            producer=Verdict.BREAK,
        )
    if come := set(new.missing_values) - set(old.missing_values):
        yield Change(
            "missing-values-widened",
            t("{values} now counts as empty.", values=", ".join(sorted(come))),
            consumer=Verdict.WARN,
        )
    if new.max_reject_percent != old.max_reject_percent:
        is_stricter = new.max_reject_percent < old.max_reject_percent
        yield Change(
            "reject-limit-changed",
            t(
                "Deliveries are held above {percent} % of failing rows.",
                percent=str(new.max_reject_percent),
            ),
            consumer=Verdict.OK if is_stricter else Verdict.WARN,
            producer=Verdict.BREAK if is_stricter else Verdict.OK,
        )
    if old.duplicates != new.duplicates:
        is_stricter = new.duplicates is DuplicatePolicy.QUARANTINE
        yield Change(
            "duplicates-changed",
            t("Equal rows are now treated so: {new}.", new=new.duplicates),
            producer=Verdict.BREAK if is_stricter else Verdict.OK,
            at_least=Bump.MINOR,
        )
    if old.cadence != new.cadence:
        is_slower = CADENCES.index(new.cadence) > CADENCES.index(old.cadence)
        yield Change(
            "cadence-changed",
            t("Releases are now made: {new}.", new=new.cadence),
            consumer=Verdict.BREAK if is_slower else Verdict.OK,
            at_least=Bump.MINOR,
        )


def _row_rules(old: Contract, new: Contract) -> Iterator[Change]:
    before = {rule.id: rule for rule in old.row_rules}
    after = {rule.id: rule for rule in new.row_rules}
    for name in {**before, **after}:
        yield from _rule(name, before.get(name), after.get(name))


def _batch_rules(old: Contract, new: Contract) -> Iterator[Change]:
    before = {rule.id: rule for rule in old.batch_rules}
    after = {rule.id: rule for rule in new.batch_rules}
    for name in {**before, **after}:
        yield from _rule(name, before.get(name), after.get(name))


def _rule(
    name: str, before: RowRule | BatchRule | None, after: RowRule | BatchRule | None
) -> Iterator[Change]:
    if after is None:
        text = t("The rule {rule} is gone.", rule=name)
        yield Change("rule-dropped", text, consumer=Verdict.WARN)
    elif before is None:
        text = t("The rule {rule} is new.", rule=name)
        yield Change("rule-added", text, producer=_weight(after.severity), at_least=Bump.MINOR)
    elif _condition(before) != _condition(after):
        text = t("The rule {rule} asks for something else.", rule=name)
        yield Change("rule-changed", text, consumer=Verdict.WARN, producer=_weight(after.severity))
    elif before.severity != after.severity:
        is_graver = _GRAVITY.index(after.severity) > _GRAVITY.index(before.severity)
        yield Change(
            "severity-changed",
            t("The rule {rule} is now of severity {new}.", rule=name, new=after.severity),
            consumer=Verdict.OK if is_graver else Verdict.WARN,
            producer=_weight(after.severity) if is_graver else Verdict.OK,
        )
    elif before != after:
        text = t("The rule {rule} is worded anew.", rule=name)
        yield Change("text-changed", text, at_least=Bump.PATCH)


def _condition(rule: RowRule | BatchRule) -> tuple[str, Decimal | None, Decimal | None]:
    if isinstance(rule, RowRule):
        return rule.predicate, None, None
    return rule.metric, rule.minimum, rule.maximum


def _weight(severity: Severity) -> Verdict:
    return Verdict.BREAK if severity in (Severity.ERROR, Severity.CRITICAL) else Verdict.WARN


def _protection(old: Contract, new: Contract) -> Iterator[Change]:
    if old.access_level != new.access_level:
        is_wider = _OPENNESS.index(new.access_level) > _OPENNESS.index(old.access_level)
        yield Change(
            "access-widened" if is_wider else "access-narrowed",
            t(
                "The dataset is now {new}, not {old}.",
                new=_WORDS[new.access_level],
                old=_WORDS[old.access_level],
            ),
            consumer=Verdict.OK if is_wider else Verdict.BREAK,
            privacy=Verdict.BLOCK if is_wider else Verdict.OK,
        )
    if old.second_person and not new.second_person:
        text = t("Publishing no longer needs a second person.")
        yield Change("approval-loosened", text, privacy=Verdict.BLOCK)
    elif old.second_person != new.second_person:
        text = t("Publishing now needs a second person.")
        yield Change("approval-tightened", text, producer=Verdict.WARN)
    for basis in old.legal_basis:
        if basis.url not in {kept.url for kept in new.legal_basis}:
            text = t("The legal basis {title} is gone.", title=basis.title)
            yield Change("legal-basis-removed", text, privacy=Verdict.BLOCK)
    if old.agency != new.agency:
        text = t("The dataset now belongs to {new}, not {old}.", new=new.agency, old=old.agency)
        yield Change("owner-changed", text, privacy=Verdict.BLOCK)
    if old.importance != new.importance:
        text = t(
            "The dataset is now {new}, not {old}.",
            new=_WORDS[new.importance],
            old=_WORDS[old.importance],
        )
        yield Change("importance-changed", text, privacy=Verdict.WARN)
    yield from _roles(old, new)


def _roles(old: Contract, new: Contract) -> Iterator[Change]:
    before, after = _approvers(old), _approvers(new)
    was, will = _accesses(old), _accesses(new)
    for role in (role for role in after if role in before and was[role] != will[role]):
        text = t("The role {role} now has the access {access}.", role=role, access=will[role])
        yield Change("role-loosened", text, privacy=Verdict.BLOCK)
    for role, approvers in after.items():
        if role not in before or before[role] - approvers:
            text = t("The role {role} reads with fewer approvals.", role=role)
            yield Change("role-loosened", text, privacy=Verdict.BLOCK)
    for role in (role for role in before if role not in after):
        text = t("The role {role} is gone.", role=role)
        yield Change("role-removed", text, consumer=Verdict.BREAK)


def _approvers(contract: Contract) -> Mapping[str, frozenset[str]]:
    return {
        role.get("role").text() or "": frozenset(
            name
            for key in ("firstLevelApprovers", "secondLevelApprovers")
            if (name := role.get(key).text())
        )
        for role in Part(contract.extra).get("roles").items()
    }


def _accesses(contract: Contract) -> Mapping[str, str]:
    return {
        role.get("role").text() or "": role.get("access").text() or "-"
        for role in Part(contract.extra).get("roles").items()
    }


def _servers(old: Contract, new: Contract) -> Iterator[Change]:
    before, after = _places(old), _places(new)
    for name, place in before.items():
        if name not in after:
            text = t("The server {server} is gone.", server=name)
            yield Change("server-gone", text, consumer=Verdict.BREAK)
        elif place != after[name]:
            text = t("The server {server} is now elsewhere.", server=name)
            # Rows may come under another law there, so a person has to look.
            yield Change("server-moved", text, consumer=Verdict.BREAK, privacy=Verdict.WARN)
    for name in (name for name in after if name not in before):
        text = t("The rows can also be had from the server {server}.", server=name)
        yield Change("server-added", text, privacy=Verdict.WARN, at_least=Bump.MINOR)


def _places(contract: Contract) -> Mapping[str, tuple[tuple[str, str], ...]]:
    """Give per server everything that says where it is; words about it are left out."""
    return {
        server.get("server").text() or "": tuple(
            sorted((key, str(value)) for key, value in _entries(server) if key not in _WORDING)
        )
        for server in Part(contract.extra).get("servers").items()
    }


def _entries(part: Part) -> Iterator[tuple[str, JSON]]:
    if isinstance(part.value, Mapping):
        yield from part.value.items()


def _service_levels(old: Contract, new: Contract) -> Iterator[Change]:
    before, after = Part(old.extra).get("sla"), Part(new.extra).get("sla")
    for name in ("frequency", "latency", "availability"):
        was, will = _level(before.get(name)), _level(after.get(name))
        if was is None or was == will:
            continue
        is_weaker = will is None or (will < was if name == "availability" else will > was)
        yield Change(
            "service-weaker" if is_weaker else "service-better",
            t("The service level {name} changes.", name=name),
            consumer=Verdict.BREAK if is_weaker else Verdict.OK,
            privacy=Verdict.WARN if is_weaker else Verdict.OK,
            at_least=Bump.MINOR,
        )
    was, will = _level(before.get("retention")), _level(after.get("retention"))
    if was != will:
        # No stated end means that rows are kept for ever.
        is_longer = was is not None and (will is None or will > was)
        yield Change(
            "retention-longer" if is_longer else "retention-shorter",
            t("Rows are kept longer.") if is_longer else t("Rows are kept for a shorter time."),
            consumer=Verdict.BREAK,
            privacy=Verdict.WARN if is_longer else Verdict.OK,
        )


def _level(level: Part) -> Decimal | None:
    value = level.get("value").decimal()
    return None if value is None else value * _HOURS.get(level.get("unit").text() or "", 1)


def _texts(old: Contract, new: Contract) -> Iterator[Change]:
    if _wording(old) != _wording(new):
        text = t("Names or descriptions are worded anew.")
        yield Change("text-changed", text, at_least=Bump.PATCH)
    if _filing(old) != _filing(new):
        text = t("The dataset is filed in another place.")
        yield Change("filing-changed", text, at_least=Bump.MINOR)


def _wording(contract: Contract) -> tuple[object, ...]:
    return (
        contract.name,
        contract.description,
        contract.collection_method,
        contract.contact,
        contract.legal_basis,
        *(contract.extra.get(key) for key in ("usage", "limitations", "granularity", "table_name")),
    )


def _filing(contract: Contract) -> tuple[object, ...]:
    return (
        contract.sector,
        contract.database,
        contract.data_layer,
        contract.tags,
        contract.licence_approval,
        contract.filter_key,
    )
