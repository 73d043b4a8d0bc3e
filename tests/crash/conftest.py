"""A driver per kind of dataset; they work off the orders of all chosen tests side by side."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from typing import TypeAlias

import pytest

from tests.crash.files import Mode
from tests.crash.lane import driver
from tests.crash.orders import Order, Outcome

Ask: TypeAlias = Callable[[Order], Outcome]


@pytest.fixture(scope="session")
def ask(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ask]:
    """Give the outcome of an order; the orders of all tests to come are begun at once."""
    begun: dict[Order, Future[Outcome]] = {}
    with ExitStack() as stack:
        for mode in Mode:
            asked = stack.enter_context(driver(tmp_path_factory.mktemp(mode))).ask
            lane = ThreadPoolExecutor(max_workers=1)
            stack.callback(lane.shutdown, cancel_futures=True)
            for order in _orders(request.session):
                if order.mode is mode:
                    begun[order] = lane.submit(asked, order)
        yield lambda order: begun[order].result()


def _orders(session: pytest.Session) -> Iterator[Order]:
    for item in session.items:
        call = getattr(item, "callspec", None)
        if call is not None and isinstance(order := call.params.get("order"), Order):
            yield order
