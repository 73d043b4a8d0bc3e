"""Random deaths by seed: the same seed is the same order, for tests and for the long run."""

import random

from tests.crash.files import Act, Mode
from tests.crash.orders import By, Kill, Order


def order_of(seed: int, *, by_time: bool = False) -> Order:
    """Give the order of `seed`: at what act, at which moment, how often, and what follows.

    Of five, one dies a second time while it recovers, and after one nobody comes back: the next
    file is sent at once. `by_time` has the parent kill at a moment of the clock, which reaches
    inside of library calls but is not the same each time.
    """
    chance = random.Random(seed)
    by = By.TIME if by_time else By.STEP
    kills = [Kill(by, share=chance.random())]
    if chance.random() < 0.2:
        kills.append(Kill(by, share=chance.random() * 0.5))
    return Order(
        mode=tuple(Mode)[seed % len(Mode)],
        act=chance.choice(tuple(Act)),
        kills=tuple(kills),
        comes_back=chance.random() < 0.8,
    )
