"""When bytes that come again are the delivery that is already there."""

import pytest

from tests.unit.deliveries.making import delivery
from tinhdata.contracts import DeliveryMode
from tinhdata.deliveries import Kind, State
from tinhdata.deliveries.rules import same_delivery

REPLACE, APPEND = DeliveryMode.REPLACE, DeliveryMode.APPEND
MODES = pytest.mark.parametrize("mode", [REPLACE, APPEND])
V1, V2 = delivery("dlv_1", sha256="v1"), delivery("dlv_2", sha256="v2")


@MODES
def test_the_first_bytes_are_new(mode: DeliveryMode) -> None:
    assert same_delivery([], "v1", "c1", mode) is None


@MODES
@pytest.mark.parametrize(
    "state", [s for s in State if s not in (State.RETURNED, State.WITHDRAWN, State.SUPERSEDED)]
)
def test_the_same_bytes_repeat_the_newest_delivery_however_far_it_is(
    mode: DeliveryMode, state: State
) -> None:
    newest = delivery("dlv_1", state, sha256="v1")
    assert same_delivery([newest], "v1", "c1", mode) is newest


@MODES
@pytest.mark.parametrize("state", [State.RETURNED, State.WITHDRAWN, State.SUPERSEDED])
def test_what_was_sent_back_withdrawn_or_replaced_may_come_again(
    mode: DeliveryMode, state: State
) -> None:
    assert same_delivery([delivery("dlv_1", state, sha256="v1")], "v1", "c1", mode) is None


def test_going_back_to_the_first_version_is_a_new_delivery() -> None:
    assert same_delivery([V2, V1], "v1", "c1", REPLACE) is None
    assert same_delivery([V2, V1], "v2", "c1", REPLACE) is V2


@MODES
def test_another_contract_makes_another_delivery(mode: DeliveryMode) -> None:
    assert same_delivery([V1], "v1", "c2", mode) is None


@MODES
def test_corrections_in_between_change_nothing(mode: DeliveryMode) -> None:
    correction = delivery("dlv_2", State.RELEASED, sha256="", kind=Kind.CORRECTION)
    assert same_delivery([correction, V1], "v1", "c1", mode) is V1


def test_a_period_sent_again_after_another_period_is_still_the_same() -> None:
    january = delivery("dlv_1", State.RELEASED, sha256="v1", periods=("2026-01",))
    february = delivery("dlv_2", State.RELEASED, sha256="v2", periods=("2026-02",))
    assert same_delivery([february, january], "v1", "c1", APPEND) is january


def test_a_period_that_was_replaced_since_may_be_brought_back() -> None:
    first = delivery("dlv_1", State.RELEASED, sha256="v1", periods=("2026-01", "2026-02"))
    better = delivery("dlv_2", State.RELEASED, sha256="v2", periods=("2026-02",))
    assert same_delivery([better, first], "v1", "c1", APPEND) is None
    assert same_delivery([better, first], "v2", "c1", APPEND) is better
