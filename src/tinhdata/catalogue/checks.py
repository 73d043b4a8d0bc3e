"""What the life of deliveries says about the quality of a dataset. Pure."""

from tinhdata.catalogue.model import Quality
from tinhdata.contracts import Severity
from tinhdata.deliveries import Delivery, Kind, State

_LENIENT = frozenset({Severity.INFO, Severity.WARNING})


def held_after(held: str | None, delivery: Delivery) -> str | None:
    """Give the newest delivery of the dataset if it is held, once `delivery` is as it is now.

    `held` is what was said before. Ids of deliveries sort by time.
    """
    if delivery.kind is not Kind.DELIVERY or delivery.id < (held or ""):
        return held
    return delivery.id if delivery.state is State.HELD else None


def has_held(delivery: Delivery) -> bool:
    """Say whether the check of a delivery held any of its rows, or lines that are no rows."""
    rejected = delivery.units.rejected if delivery.units else 0
    return bool(delivery.rows.quarantined or rejected)


def has_marked(delivery: Delivery) -> bool:
    """Say whether rows were published in spite of a rule: waived, or a rule that only warns."""
    rules = delivery.report.rules if delivery.report else ()
    return delivery.waives or any(rule.failed and rule.severity in _LENIENT for rule in rules)


def quality_of(waits: bool, marked: bool) -> Quality:
    """Judge what is published: rows of its delivery still wait, or hold in spite of a rule."""
    return Quality.SOME_HELD if waits or marked else Quality.PASSED
