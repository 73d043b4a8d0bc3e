"""Deaths at random moments, the same ones each time; `make soak` has a thousand more."""

import pytest

from tests.crash.conftest import Ask
from tests.crash.orders import Order
from tests.crash.seeds import order_of

SEEDS = range(50)


@pytest.mark.parametrize(
    "order", [pytest.param(order_of(seed), id=f"seed-{seed}") for seed in SEEDS]
)
def test_death_at_any_moment_loses_nothing_and_the_next_delivery_is_exact(
    ask: Ask, order: Order
) -> None:
    outcome = ask(order)
    assert outcome.faults == (), outcome.died_at
    assert outcome.died_at, "it was not killed"
