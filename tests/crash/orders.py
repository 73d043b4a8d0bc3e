"""What a test asks of the driver, and what it answers: one line of JSON each."""

from dataclasses import dataclass, field
from enum import StrEnum

from pydantic import TypeAdapter

from tests.crash.files import Act, Mode


class By(StrEnum):
    """What decides when a process dies."""

    BOUNDARY = "boundary"
    """The moment called `boundary` came for the `times`-th time."""
    STEP = "step"
    """It did `share` of the steps that the act has undisturbed."""
    TIME = "time"
    """`share` of the time went by that the act takes undisturbed; its parent kills it."""


@dataclass(frozen=True, slots=True)
class Kill:
    """When the process dies."""

    by: By
    boundary: str = ""
    times: int = 1
    share: float = 0.0


@dataclass(frozen=True, slots=True)
class Order:
    """Do `act` and die of `kills`, one per start; without any, only prepare and measure it.

    `comes_back` says whether the people do what is missing of the act after the last restart, or
    go on with the next file at once.
    """

    mode: Mode
    act: Act
    kills: tuple[Kill, ...] = ()
    comes_back: bool = True


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an order."""

    steps: int = 0
    """How many steps the act has, where nothing was killed."""
    seconds: float = 0.0
    died_at: tuple[str, ...] = ()
    """Where each process died; a process that ended before it was killed is missing."""
    grown: dict[str, int] = field(default_factory=dict)
    """What lay in the store after the first death that did not lie there before the act."""
    said: int = 0
    """How much had been acknowledged."""
    faults: tuple[str, ...] = ()
    """What did not hold after the restart; none if all is well."""


ORDERS: TypeAdapter[Order] = TypeAdapter(Order)
OUTCOMES: TypeAdapter[Outcome] = TypeAdapter(Outcome)
