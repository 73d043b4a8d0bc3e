"""Pure decisions about deliveries: which state follows which, what is the same, what adds up."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from tinhdata.contracts import DeliveryMode
from tinhdata.deliveries.errors import CountsDisagree, NotNow
from tinhdata.deliveries.model import Change, Delivery, Kind, Rows, State, Units
from tinhdata.kernel import Text, t

_S = State

NEXT: Mapping[State, frozenset[State]] = MappingProxyType(
    {
        _S.RECEIVED: frozenset({_S.CHECKING, _S.RETURNED, _S.FAILED}),
        _S.CHECKING: frozenset(
            {_S.CHECKING, _S.CHOOSING, _S.REFUSED, _S.CHECKED, _S.HELD, _S.FAILED}
        ),
        _S.CHOOSING: frozenset({_S.RECEIVED, _S.RETURNED, _S.SUPERSEDED}),
        _S.REFUSED: frozenset({_S.RECEIVED, _S.RETURNED}),
        _S.CHECKED: frozenset(
            {_S.RECEIVED, _S.AWAITING, _S.PUBLISHING, _S.RETURNED, _S.SUPERSEDED}
        ),
        _S.HELD: frozenset({_S.RECEIVED, _S.PUBLISHING, _S.RETURNED, _S.SUPERSEDED}),
        _S.AWAITING: frozenset({_S.CHECKED, _S.PUBLISHING, _S.RETURNED, _S.SUPERSEDED}),
        _S.PUBLISHING: frozenset(
            {_S.RELEASED, _S.HELD, _S.CHECKED, _S.RECEIVED, _S.REFUSED, _S.FAILED, _S.SUPERSEDED}
        ),
        _S.RELEASED: frozenset({_S.WITHDRAWN}),
        _S.FAILED: frozenset({_S.RECEIVED, _S.PUBLISHING, _S.RETURNED}),
        _S.RETURNED: frozenset(),
        _S.WITHDRAWN: frozenset(),
        _S.SUPERSEDED: frozenset(),
    }
)
"""Which states may follow which. Released deliveries change only by withdrawal."""

OPEN_STATES = frozenset(
    {_S.RECEIVED, _S.CHECKING, _S.CHOOSING, _S.CHECKED, _S.HELD, _S.AWAITING, _S.PUBLISHING}
)
"""States in which someone or something still has to act."""

ENDED_BADLY = frozenset({_S.RETURNED, _S.WITHDRAWN})


def require_step(delivery: Delivery, to: State) -> None:
    """Raise NotNow unless `delivery` may go to `to` from where it stands."""
    if to not in NEXT[delivery.state]:
        raise NotNow(
            t(
                "Delivery {delivery} is in the state “{state}”, so this cannot be done now.",
                delivery=delivery.id,
                state=state_name(delivery.state),
            ),
            fix=t("Open the delivery's page: it shows what can be done next."),
        )


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
        if mode is DeliveryMode.REPLACE:
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


def check_rows(rows: Rows, records: int) -> None:
    """Raise CountsDisagree unless every row made from `records` records is in exactly one place."""
    parts = rows.released + rows.quarantined + rows.linked + rows.waiting
    if rows.made != records or rows.made != parts:
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
        _S.RETURNED: t("returned to the sender"),
        _S.WITHDRAWN: t("withdrawn"),
        _S.SUPERSEDED: t("replaced by a newer delivery"),
        _S.FAILED: t("stopped by a fault"),
    }
)


def state_name(state: State) -> Text:
    """Give the name of `state` for people."""
    return _NAMES[state]
