"""Pure decisions about deliveries: which state follows which, what is the same, what adds up."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from tinhdata.contracts import Contract, DeliveryMode
from tinhdata.contracts.model import Severity
from tinhdata.deliveries.errors import CountsDisagree, NotNow
from tinhdata.deliveries.model import Change, Delivery, Kind, Rows, State, Units, Verb
from tinhdata.kernel import Text, t
from tinhdata.warehouse import ChangeCounts, Release, ReleaseState

_S = State

NEXT: Mapping[State, frozenset[State]] = MappingProxyType(
    {
        _S.RECEIVED: frozenset({_S.CHECKING, _S.RETURNED, _S.FAILED}),
        _S.CHECKING: frozenset(
            {
                _S.CHOOSING,
                _S.REFUSED,
                _S.CHECKED,
                _S.HELD,
                _S.PUBLISHING,
                _S.UNCHANGED,
                _S.FAILED,
            }
        ),
        _S.CHOOSING: frozenset({_S.RECEIVED, _S.RETURNED, _S.SUPERSEDED}),
        _S.REFUSED: frozenset({_S.RECEIVED, _S.RETURNED, _S.SUPERSEDED}),
        _S.CHECKED: frozenset(
            {_S.RECEIVED, _S.AWAITING, _S.PUBLISHING, _S.RETURNED, _S.SUPERSEDED}
        ),
        _S.HELD: frozenset({_S.RECEIVED, _S.PUBLISHING, _S.RETURNED, _S.SUPERSEDED}),
        _S.AWAITING: frozenset({_S.PUBLISHING, _S.RETURNED, _S.SUPERSEDED}),
        _S.PUBLISHING: frozenset(
            {_S.RELEASED, _S.UNCHANGED, _S.HELD, _S.REFUSED, _S.FAILED, _S.SUPERSEDED}
        ),
        _S.RELEASED: frozenset({_S.WITHDRAWN}),
        _S.UNCHANGED: frozenset({_S.WITHDRAWN}),
        _S.FAILED: frozenset({_S.RECEIVED, _S.PUBLISHING, _S.RETURNED}),
        _S.RETURNED: frozenset(),
        _S.WITHDRAWN: frozenset(),
        _S.SUPERSEDED: frozenset(),
    }
)
"""Which states may follow which. What is in force changes only by withdrawal."""

WORKED_ON = frozenset({_S.RECEIVED, _S.CHECKING, _S.PUBLISHING})
"""States in which the work queue has to act."""

CHOOSABLE = frozenset({_S.CHOOSING, _S.REFUSED, _S.CHECKED, _S.HELD})
"""States in which a file may be read another way."""

MENDABLE = frozenset({_S.CHECKED, _S.HELD, _S.RELEASED})
"""States in which cells may be mended; what an approver looks at does not change under him."""

RETURNS_ITEMS = frozenset({_S.CHECKED, _S.HELD, _S.AWAITING, _S.RELEASED, _S.WITHDRAWN})
"""States in which single rows may be returned; what a withdrawn delivery left must not lie."""

PUBLISHABLE = frozenset({_S.CHECKED, _S.HELD})
"""States in which publishing may be asked for."""

_POSSIBLE: Mapping[Verb, frozenset[State]] = MappingProxyType(
    {
        Verb.CHOOSE: CHOOSABLE,
        Verb.RETRY: CHOOSABLE | {_S.FAILED},
        Verb.MEND: MENDABLE,
        Verb.CORRECT: frozenset({_S.RELEASED}),
        Verb.WAIVE: frozenset({_S.RELEASED}),
        Verb.RETURN_ITEMS: RETURNS_ITEMS,
        Verb.PUBLISH: frozenset({_S.CHECKED}),
        Verb.PUBLISH_HELD: frozenset({_S.HELD}),
        Verb.APPROVE: frozenset({_S.AWAITING}),
        Verb.RETURN: frozenset({s for s in State if _S.RETURNED in NEXT[s]}),
    }
)

_WAITS_FOR: Mapping[State, frozenset[Verb]] = MappingProxyType(
    {
        _S.CHOOSING: frozenset({Verb.CHOOSE}),
        _S.CHECKED: frozenset({Verb.MEND, Verb.CHOOSE}),
        _S.HELD: frozenset({Verb.MEND, Verb.PUBLISH_HELD}),
        _S.AWAITING: frozenset({Verb.APPROVE}),
        _S.FAILED: frozenset({Verb.RETRY}),
    }
)

WAITING_STATES = tuple(_WAITS_FOR)
"""States in which a delivery may be among somebody's work."""

IN_FORCE = frozenset({_S.RELEASED, _S.UNCHANGED})
"""States in which the rows of a delivery stand in the release that it names."""

ENDED_BADLY = frozenset({_S.RETURNED, _S.WITHDRAWN})


def require_step(delivery: Delivery, to: State) -> None:
    """Raise NotNow unless `delivery` may go to `to` from where it stands."""
    if to not in NEXT[delivery.state]:
        raise _not_now(delivery)


def _not_now(delivery: Delivery) -> NotNow:
    return NotNow(
        t(
            "Delivery {delivery} is in the state “{state}”, so this cannot be done now.",
            delivery=delivery.id,
            state=state_name(delivery.state),
        ),
        fix=t("Open the delivery's page: it shows what can be done next."),
    )


def require_state(delivery: Delivery, states: frozenset[State]) -> None:
    """Raise NotNow unless `delivery` is in one of `states`."""
    if delivery.state not in states:
        raise _not_now(delivery)


def require_possible(delivery: Delivery, verb: Verb) -> None:
    """Raise NotNow unless `verb` is possible with `delivery` as it stands."""
    if verb not in possible(delivery):
        raise _not_now(delivery)


def was_being_published(delivery: Delivery) -> bool:
    """Say whether a delivery that broke down was on its way into a release, not into a check.

    Checked files are there only after a check that ended well, and a person had decided.
    """
    return delivery.prepared_in is not None and delivery.decided_by is not None


def waits_for(delivery: Delivery) -> frozenset[Verb]:
    """Say for which verbs a delivery waits; who may do one of them has it among his work."""
    if delivery.kind is Kind.CORRECTION and delivery.state is State.CHECKED:
        return frozenset({Verb.PUBLISH})
    return _WAITS_FOR.get(delivery.state, frozenset())


def refuse_critical(delivery: Delivery) -> None:
    """Raise NotNow where a held delivery fails a rule that no row may fail."""
    if _is_critical(delivery):
        raise NotNow(
            delivery.problem or t("A rule failed that no row may fail."),
            fix=t("Mend the file and deliver it again; such a delivery cannot be published."),
        )


def possible(delivery: Delivery) -> frozenset[Verb]:
    """Say what can be done with a delivery as it stands, whoever does it."""
    found = {verb for verb, states in _POSSIBLE.items() if delivery.state in states}
    if delivery.report is None:
        found -= {Verb.MEND, Verb.CORRECT, Verb.WAIVE, Verb.RETURN_ITEMS}
    if delivery.kind is Kind.CORRECTION:
        found -= {Verb.CHOOSE}
    if _is_critical(delivery):
        found -= {Verb.PUBLISH_HELD}
    return frozenset(found)


def _is_critical(delivery: Delivery) -> bool:
    findings = delivery.report.findings if delivery.report else ()
    return any(finding.severity is Severity.CRITICAL for finding in findings)


def overtaken_by(
    delivery: Delivery, others: Sequence[Delivery], contract: Contract
) -> Delivery | None:
    """Find a published delivery that is newer than `delivery` and replaces the same rows.

    Publishing the older one over it would bring back what was replaced. Ids sort by time.
    """
    for other in others:
        is_newer = other.id > delivery.id and other.kind is Kind.DELIVERY
        same = contract.mode is DeliveryMode.REPLACE or bool(
            set(other.periods) & set(delivery.periods)
        )
        if is_newer and same and other.state in IN_FORCE:
            return other
    return None


def changes_nothing(delivery: Delivery, change: Change, base: Release | None) -> bool:
    """Say whether publishing `delivery` would only write the rows of `base` once more.

    Rows that wait are news, and so are a first release and rows under another contract.
    """
    rejected = delivery.units.rejected if delivery.units else 0
    moved = change.inserted + change.deleted + change.updated
    return (
        delivery.kind is Kind.DELIVERY
        and base is not None
        and base.contract_hash == delivery.contract_hash
        and delivery.rows.waiting > 0
        and moved + delivery.rows.quarantined + rejected == 0
    )


def as_confirming(delivery: Delivery, base: Release) -> Delivery:
    """Give `delivery` as one whose rows are those of `base`: none waits for anything any more."""
    rows = replace(
        delivery.rows, released=delivery.rows.released + delivery.rows.waiting, waiting=0
    )
    return replace(delivery, rows=rows, release=base.id, prepared_in=None)


def is_judged_by_other_periods(contract: Contract) -> bool:
    """Say whether rows that stay beside an appended delivery can make a row of it fail.

    They cannot where the period is part of all that must not come twice: what another delivery
    published meanwhile then changes nothing of a check. The same goes for rows changed by key where
    nothing but the key must not come twice.
    """
    if contract.mode is DeliveryMode.UPSERT:
        return any(column.unique and contract.key != (column.name,) for column in contract.columns)
    if contract.mode is not DeliveryMode.APPEND or contract.period is None:
        return False
    period = contract.period.column
    unique = any(column.unique and column.name != period for column in contract.columns)
    return unique or (bool(contract.key) and period not in contract.key)


def without_lines(delivery: Delivery) -> Delivery:
    """Give `delivery` without what it repeats of its file: first rows, samples, lines passed over.

    They are the file's own cells, so they are for those who may open it.
    """
    seen, report = delivery.understanding, delivery.report
    if seen is not None:
        seen = replace(
            seen,
            preview=(),
            encoding=seen.encoding and replace(seen.encoding, sample=""),
            other_encodings=tuple(replace(each, sample="") for each in seen.other_encodings),
        )
    return replace(delivery, understanding=seen, report=report and replace(report, passed=()))


def built_on(
    release: Release, releases: Sequence[Release], replaces_all: Callable[[Release], bool]
) -> tuple[Release, ...]:
    """Give the later releases that may hold rows of `release`, newest first, withdrawn ones not.

    A release holds rows of its base unless it replaced the whole table.
    """
    holding = {release.id}
    found: list[Release] = []
    for each in sorted(releases, key=lambda r: r.number):
        if each.number <= release.number or each.base_id not in holding or replaces_all(each):
            continue
        holding.add(each.id)
        if each.state is not ReleaseState.WITHDRAWN:
            found.append(each)
    return tuple(reversed(found))


def same_delivery(
    newest_first: Sequence[Delivery], sha256: str, contract_hash: str, mode: DeliveryMode
) -> Delivery | None:
    """Find the delivery that sending these bytes again would only repeat (DESIGN.md section 2).

    `newest_first` are the dataset's deliveries. The same bytes under the same contract are the same
    delivery while it is the newest one (for its periods, where periods are appended) and neither
    returned nor withdrawn.
    """
    newer_periods: set[str] = set()
    for delivery in newest_first:
        if delivery.kind is Kind.CORRECTION:
            continue
        if delivery.sha256 == sha256 and delivery.contract_hash == contract_hash:
            repeats = delivery.state not in ENDED_BADLY | {State.SUPERSEDED}
            covered = newer_periods & set(delivery.periods)
            return delivery if repeats and not covered else None
        if mode is not DeliveryMode.APPEND:
            return None
        newer_periods |= set(delivery.periods)
    return None


def check_units(units: Units) -> None:
    """Raise CountsDisagree unless every source unit of a file is accounted for."""
    parts = units.structural + units.record_units + units.rejected + units.dropped
    if units.units != parts:
        raise CountsDisagree(
            t(
                "The file has {units} lines, but only {parts} of them are accounted for.",
                units=units.units,
                parts=parts,
            )
        )


def check_rows(rows: Rows, records: int, spread: int | None = None, empty: int = 0) -> None:
    """Raise CountsDisagree unless every row made from `records` records is in exactly one place.

    A wide table makes `spread` (records times unpivoted columns) less its `empty` cells.
    """
    parts = rows.released + rows.quarantined + rows.linked + rows.waiting
    if spread is not None and rows.made != spread - empty:
        raise CountsDisagree(
            t(
                "{records} records of a wide table hold {spread} cells, {empty} of them empty, and "
                "gave {made} rows.",
                records=records,
                spread=spread,
                empty=empty,
                made=rows.made,
            )
        )
    if (spread is None and rows.made != records) or rows.made != parts:
        raise CountsDisagree(
            t(
                "{records} records gave {made} rows, of which {parts} are accounted for.",
                records=records,
                made=rows.made,
                parts=parts,
            )
        )


def check_change(change: Change) -> None:
    """Raise CountsDisagree unless rows = base + inserted - deleted."""
    if change.rows != change.base + change.inserted - change.deleted:
        raise CountsDisagree(
            t(
                "The release would have {rows} rows; {base} + {inserted} - {deleted} is another "
                "number.",
                rows=change.rows,
                base=change.base,
                inserted=change.inserted,
                deleted=change.deleted,
            )
        )


def counts_of(change: Change) -> ChangeCounts:
    """Give the change of a delivery as the counts that the warehouse made it from."""
    return ChangeCounts(
        base=change.base,
        inserted=change.inserted,
        deleted=change.deleted,
        updated=change.updated,
        unchanged=change.unchanged,
        rows=change.rows,
    )


def change_of(counts: ChangeCounts) -> Change:
    """Give the warehouse's counts as the change of a delivery."""
    change = Change(
        base=counts.base,
        rows=counts.rows,
        inserted=counts.inserted,
        deleted=counts.deleted,
        updated=counts.updated,
        unchanged=counts.unchanged,
    )
    check_change(change)
    return change


_NAMES = MappingProxyType(
    {
        _S.RECEIVED: t("received"),
        _S.CHECKING: t("being checked"),
        _S.CHOOSING: t("waiting for a choice"),
        _S.REFUSED: t("could not be read"),
        _S.CHECKED: t("checked"),
        _S.HELD: t("held"),
        _S.AWAITING: t("waiting for approval"),
        _S.PUBLISHING: t("being published"),
        _S.RELEASED: t("published"),
        _S.UNCHANGED: t("nothing new"),
        _S.RETURNED: t("returned to the sender"),
        _S.WITHDRAWN: t("withdrawn"),
        _S.SUPERSEDED: t("replaced by a newer delivery"),
        _S.FAILED: t("stopped by a fault"),
    }
)


def state_name(state: State) -> Text:
    """Give the name of `state` for people."""
    return _NAMES[state]
