"""How far a long piece of work has come."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Progress:
    """`done` of `total` units (0 where unknown) of the stage named `stage`."""

    stage: str
    done: int = 0
    total: int = 0


Report: TypeAlias = Callable[[Progress], None]
"""What long work calls, from time to time, with how far it is."""
