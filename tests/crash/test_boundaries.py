"""One kill -9 at each named boundary, for each way of delivering, corrections and withdrawals.

Each case says what must lie in the store at that moment, so that the death is known to have come
where it is said to have come; what follows is the same for all: restart, finish, nothing lost,
nothing double, the next file exact.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.crash.conftest import Ask
from tests.crash.files import Act, Mode, second
from tests.crash.orders import By, Kill, Order

_RECEIVED = {"landed_files": 1, "landed": 1, "deliveries": 1}
_SPLIT = {**_RECEIVED, "held_files": 1}
_CHECKED = {**_SPLIT, "checked": 1, "batches": 1}
_MENDED = {**_CHECKED, "mends": 1}
_DECIDED = {**_MENDED, "decided": 1}
_COMMITTED = {**_DECIDED, "snapshots": 1}
_CHILD = {"mends": 1, "deliveries": 1}
_CHILD_DECIDED = {**_CHILD, "checked": 1, "decided": 1}
_WAIVED = {"deliveries": 1, "decided": 1}


@dataclass(frozen=True, slots=True)
class Case:
    """A boundary and what is new in the store when the process dies there."""

    act: Act
    boundary: str
    grown: dict[str, int]
    times: int = 1
    """Which time the boundary is reached."""


def cases(mode: Mode) -> Iterator[Case]:
    half = len(second(mode).content) // 2
    persons = 2 if mode is Mode.REPLACE else 1
    _, deliver, correct, waive, withdraw = Act
    yield Case(deliver, "landing half written", {"partial_files": 1, "partial_bytes": half}, 2)
    yield Case(deliver, "bytes fsynced", {"landed_files": 1})
    yield Case(deliver, "received, not acknowledged", _RECEIVED)
    yield Case(deliver, "quarantine file half kept", _RECEIVED)
    yield Case(deliver, "split written", _SPLIT)
    yield Case(deliver, "inside the check's transaction", _SPLIT)
    yield Case(deliver, "after the check's transaction", _CHECKED)
    yield Case(deliver, "mends written, not acknowledged", _MENDED)
    yield Case(deliver, "decided, not acknowledged", _DECIDED, persons)
    yield Case(deliver, "Iceberg committed", _COMMITTED)
    yield Case(deliver, "inside the release's transaction", _COMMITTED)
    yield Case(
        deliver, "after the release's transaction", {**_COMMITTED, "releases": 1, "decisions": 1}
    )
    yield Case(correct, "mends written, not acknowledged", {"mends": 1})
    yield Case(correct, "mended rows written", _CHILD)
    yield Case(correct, "inside the check's transaction", _CHILD)
    yield Case(correct, "after the check's transaction", {**_CHILD, "checked": 1})
    yield Case(correct, "decided, not acknowledged", _CHILD_DECIDED, persons)
    yield Case(correct, "mended rows written", _CHILD_DECIDED, 2)
    yield Case(correct, "Iceberg committed", {**_CHILD_DECIDED, "snapshots": 1})
    yield Case(correct, "inside the release's transaction", {**_CHILD_DECIDED, "snapshots": 1})
    yield Case(
        correct,
        "after the release's transaction",
        {**_CHILD_DECIDED, "snapshots": 1, "releases": 1, "decisions": 1},
    )
    yield Case(waive, "inside the check's transaction", _WAIVED)
    yield Case(waive, "after the check's transaction", {**_WAIVED, "checked": 1})
    yield Case(waive, "Iceberg committed", {**_WAIVED, "checked": 1, "snapshots": 1})
    # What rested on a withdrawn release waits again: a waived row; then a corrected and a mended.
    one, all_three = {"withdrawn": 1, "decisions": -1}, {"withdrawn": 3, "decisions": -3}
    yield Case(withdraw, "inside the withdrawal's transaction", {})
    yield Case(withdraw, "withdrawn, not acknowledged", one)
    # The second withdrawal takes two releases: dying between them and after both, uncommitted.
    yield Case(withdraw, "inside the withdrawal's transaction", one, 2)
    yield Case(withdraw, "inside the withdrawal's transaction", one, 3)
    yield Case(withdraw, "withdrawn, not acknowledged", all_three, 2)


@pytest.mark.parametrize(
    ("order", "grown"),
    [
        pytest.param(
            Order(mode, case.act, (Kill(By.BOUNDARY, case.boundary, case.times),)),
            case.grown,
            id=f"{mode}-{case.act}-{case.boundary.replace(' ', '_')}-{case.times}",
        )
        for mode in Mode
        for case in cases(mode)
        # What follows a publication is the same for changes by key as for appended rows.
        if mode is not Mode.UPSERT or case.act in (Act.DELIVER, Act.WITHDRAW)
    ],
)
def test_death_at_a_named_boundary_loses_nothing_and_the_next_delivery_is_exact(
    ask: Ask, order: Order, grown: dict[str, int]
) -> None:
    outcome = ask(order)
    assert outcome.faults == ()
    assert outcome.died_at == (order.kills[0].boundary,)
    assert outcome.grown == grown
