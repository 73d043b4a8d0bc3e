"""What a verb over held items demands of what it is given: known items and columns, a fit. Pure."""

from collections.abc import Sequence

from tinhdata.contracts.model import Contract
from tinhdata.kernel import t
from tinhdata.quality.errors import DecisionImpossible, QuarantineUnknown
from tinhdata.quality.holding import Batch, CellMend, ItemState

_FINAL = (ItemState.CORRECTED, ItemState.WAIVED)


def known_items(batch: Batch, items: Sequence[int]) -> None:
    """Raise QuarantineUnknown for the first of `items` that `batch` does not have."""
    for item in items:
        if not 1 <= item <= batch.items:
            raise QuarantineUnknown(
                t("The delivery {delivery} has no item {item}.", delivery=batch.delivery, item=item)
            )


def known_columns(contract: Contract, mends: Sequence[CellMend]) -> None:
    """Raise QuarantineUnknown for the first mend of a column that `contract` does not have."""
    for mend in mends:
        if mend.column not in contract.column_names:
            raise QuarantineUnknown(t("There is no column {column}.", column=mend.column))


def fitting(state: ItemState, release: str | None, reason: str | None) -> None:
    """Raise DecisionImpossible where `state` lacks its release or reason, or is no decision."""
    if state in _FINAL and release is None:
        raise DecisionImpossible(t("A corrected or waived row names the release that holds it."))
    if state in (ItemState.WAIVED, ItemState.RETURNED) and not (reason or "").strip():
        raise DecisionImpossible(
            t("A reason is needed."), fix=t("Say in a sentence why, so that others can follow it.")
        )
    if state in (ItemState.OPEN, ItemState.SUPERSEDED):
        raise DecisionImpossible(t("A person cannot decide this state."))
